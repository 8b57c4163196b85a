import { EXIT } from "../cli/exit-code.ts";
import type { Options } from "../cli/flags.ts";
import { findHost } from "../cli/target.ts";
import type { LoadedProject } from "../compile/load.ts";
import type { Command } from "./command.ts";
import { load } from "./load.ts";

/** Prints manifests. */
export const dump: Command = async (context) => {
  const loaded = await load(context);
  const names = hostsNamed(loaded, context.options);
  const compiled = await Promise.all(names.map((name) => loaded.manifestFor(name)));
  context.view.manifests(compiled.map(({ manifest }) => manifest));
  return { exitCode: EXIT.ok, hosts: [] };
};

/** The hosts that --host names; unless it is given, all that are declared. */
export function hostsNamed(
  { project: { hosts } }: LoadedProject,
  { host: names }: Pick<Options, "host">,
): string[] {
  return names.length === 0
    ? hosts.map(({ name }) => name)
    : [...new Set(names)].map((name) => findHost(name, hosts).name);
}
