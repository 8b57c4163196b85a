import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunId } from "../../shared/run.ts";
import { EXIT } from "../cli/exit-code.ts";
import type { Target } from "../cli/target.ts";
import type { Session } from "../session.ts";
import { oneLine } from "../view/text.ts";
import type { HostProgress } from "../view/view.ts";
import { resultOfRun } from "./apply-host.ts";
import type { Context } from "./command.ts";
import { followRun } from "./follow-run.ts";

export interface SettleRun {
  readonly target: Target;
  readonly session: Session;
  readonly progress: HostProgress;
  readonly context: Context;
}

/**
 * Brings a run to its end that was cut off, as its own operator wanted it: nobody should plan from a host that was left in
 * between. Where not everything could be taken back, a person is needed first.
 */
export async function settleRun(run: RunId, settle: SettleRun): Promise<void> {
  const { target, session, progress, context } = settle;
  const { view, options } = context;
  view.warn(
    `${oneLine(target.name)}: the last run, ${run}, was cut off. It is brought to its end first.`,
  );
  progress.phase({ name: "recovering" });
  const response = await followRun({
    ...settle,
    run,
    isOurs: true,
    ask: (how) => session.recover({ run, goal: "settle", wait: options.wait }, how),
  });
  const { exitCode, result } = resultOfRun(response);
  view.warn(`${oneLine(target.name)}: the run ${run}: ${result}.`);
  if (exitCode === EXIT.rollbackFailed) throw new HostKitError(response.diagnostics);
  progress.phase({ name: "planning" });
}
