import { EXIT, type ExitCode } from "../cli/exit-code.ts";
import { selectPart } from "../cli/selection.ts";
import type { LoadedProject } from "../compile/load.ts";
import type { DeclaredTarget } from "../operate/target.ts";
import { oneLine } from "../view/text.ts";
import type { HostResult } from "../view/view.ts";
import type { Context } from "./command.ts";

interface Loaded {
  readonly loaded: LoadedProject;
  readonly targets: readonly DeclaredTarget[];
}

interface SelectedHosts extends Loaded {
  /** What is said of hosts that have nothing of what is selected. */
  readonly skipped: readonly (HostResult & { readonly exitCode: ExitCode })[];
}

/** The part of the declaration that is meant, and the hosts that have something of it. */
export async function selectHosts(
  { loaded, targets }: Loaded,
  { options, view }: Context,
): Promise<SelectedHosts> {
  const hosts = targets.map(({ declared }) => declared);
  const part = await selectPart(loaded, hosts, options);
  const isSkipped = ({ declared }: DeclaredTarget) => part.without.includes(declared);
  const skipped = targets.filter(isSkipped).map(({ name }) => name);
  for (const name of skipped) view.warn(`${oneLine(name)} has nothing of what is selected.`);
  return {
    loaded: part.loaded,
    targets: targets.filter((target) => !isSkipped(target)),
    skipped: skipped.map((host) => ({ host, exitCode: EXIT.ok, result: "nothing selected" })),
  };
}
