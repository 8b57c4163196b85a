import { EXIT } from "../cli/exit-code.ts";
import { findHost } from "../cli/target.ts";
import type { Command } from "./command.ts";
import { load } from "./load.ts";

/** Prints manifests. */
export const dump: Command = async (context) => {
  const loaded = await load(context);
  const declared = loaded.project.hosts;
  const names =
    context.options.host.length === 0
      ? declared.map((host) => host.name)
      : [...new Set(context.options.host)].map((name) => findHost(name, declared).name);
  const compiled = await Promise.all(names.map((name) => loaded.manifestFor(name)));
  context.view.manifests(compiled.map(({ manifest }) => manifest));
  return { exitCode: EXIT.ok, hosts: [] };
};
