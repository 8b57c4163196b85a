import { EXIT, type ExitCode } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import type { HostResult } from "../view/view.ts";
import type { Context } from "./command.ts";

export type Result = HostResult & { exitCode: ExitCode };

/** Whether whoever is asked agrees; `undefined`: nobody needs to be asked. */
export async function agrees({ ask, interrupt }: Context, question: string): Promise<boolean> {
  const answer = await ask?.(question, interrupt.signal);
  return /^\s*y(?:es)?\s*$/i.test(answer ?? "");
}

/** Refuses, before anything is contacted, what would have to ask where nobody can be asked. */
export function checkAsking(
  verb: string,
  context: Context,
  hint = "; hostkit plan shows what would change",
): void {
  const { options, ask } = context;
  if (options.yes || options.dryRun || ask !== undefined) return;
  const why = options.json ? "with --json nobody is asked" : "there is no terminal to ask at";
  throw cliFault(
    "HK5009",
    `${verb} asks before it changes anything, and ${why}. Add --yes (or set HOSTKIT_YES=1) to apply without being asked${hint}.`,
  );
}

export const declined = (host: string): Result => ({
  host,
  exitCode: EXIT.failed,
  result: "declined, nothing was changed",
});
