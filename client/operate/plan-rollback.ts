import { HostKitError } from "../../shared/diagnostic.ts";
import type { Plan } from "../../shared/plan.ts";
import type { RunId } from "../../shared/run.ts";
import type { Contents } from "../session.ts";
import { close, connect } from "./connect.ts";
import type { Operating } from "./operating.ts";
import type { PlannedHost } from "./planned-host.ts";
import { type SettleRun, settleRun } from "./settle-run.ts";
import type { Target } from "./target.ts";

/** The host has all that it takes. */
const NO_CONTENTS: Contents = {
  open: () => {
    throw new Error("A rollback asks for no contents. This is a bug in HostKit.");
  },
};

export interface PlanRollback {
  /** The run to take back; `null`: the last one that left something. */
  readonly run: RunId | null;
  /** Milliseconds to wait for another run on the host to end. */
  readonly wait: number;
}

/** Plans what taking a run back would change, from what it replaced. The session stays open, and is the caller's to close. */
export async function planRollback(
  target: Target,
  { run, wait }: PlanRollback,
  operating: Operating,
): Promise<PlannedHost> {
  const { interrupt, talk } = operating;
  const progress = talk.progress(target.name);
  try {
    const session = await connect(target, progress, operating);
    try {
      progress.phase({ name: "planning" });
      const { plan, diagnostics } = await interrupt.race(session.planRollback(run));
      if (plan === null) throw new HostKitError(diagnostics);
      if (plan.changes.length === 0) {
        await endCutOff(plan, { target, session, progress, operating, wait });
      }
      return { target, session, contents: NO_CONTENTS, plan, texts: new Map(), diagnostics };
    } catch (error) {
      await close(session);
      throw error;
    }
  } finally {
    progress.end();
  }
}

/** A run that was cut off before it had changed anything needs no plan to come to its end. */
async function endCutOff({ reverts }: Plan, settle: SettleRun): Promise<void> {
  const { pending } = await settle.operating.interrupt.race(settle.session.runs(null));
  if (pending?.state === "cut-off" && pending.run === reverts) await settleRun(reverts, settle);
}
