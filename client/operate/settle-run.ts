import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunId } from "../../shared/run.ts";
import type { Session } from "../session.ts";
import { followRun } from "./follow-run.ts";
import type { Operating } from "./operating.ts";
import type { HostProgress } from "./talk.ts";
import type { Target } from "./target.ts";

export interface SettleRun {
  readonly target: Target;
  readonly session: Session;
  readonly progress: HostProgress;
  readonly operating: Operating;
  /** Milliseconds to wait for another run on the host to end. */
  readonly wait: number;
}

/**
 * Brings a run to its end that was cut off, as its own operator wanted it: nobody should plan from a host that was left in
 * between. Where not everything could be taken back, a person is needed first.
 */
export async function settleRun(run: RunId, settle: SettleRun): Promise<void> {
  const { target, session, progress, operating, wait } = settle;
  operating.talk.notice(target, { type: "cut-off", run });
  progress.phase({ name: "recovering" });
  const response = await followRun({
    ...settle,
    run,
    isOurs: true,
    ask: (how) => session.recover({ run, goal: "settle", wait }, how),
  });
  operating.talk.notice(target, { type: "settled", run, response });
  if (response.outcome.verdict === "rollback-failed") throw new HostKitError(response.diagnostics);
  progress.phase({ name: "planning" });
}
