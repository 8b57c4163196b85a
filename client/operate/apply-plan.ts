import { dangersOf } from "../../shared/plan.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import type { OnFailure } from "../../shared/run.ts";
import { followRun } from "./follow-run.ts";
import { Interrupted } from "./interrupt.ts";
import type { Operating } from "./operating.ts";
import type { PlannedHost } from "./planned-host.ts";

export interface ApplyPlan {
  readonly onFailure: OnFailure;
  /** Milliseconds to wait for another run on the host to end. */
  readonly wait: number;
  /** Milliseconds there are to confirm a plan that could lock the operator out. */
  readonly confirmWithin: number;
}

/** Applies exactly the plan that was reviewed, in the session that made it, and waits for the end whatever it is. */
export async function applyPlan(
  { target, session, contents, plan }: PlannedHost,
  { onFailure, wait, confirmWithin }: ApplyPlan,
  operating: Operating,
): Promise<ResponseOf<"apply">> {
  const progress = operating.talk.progress(target.name);
  try {
    // Other hosts were being changed when somebody wanted it to stop: this one has not begun.
    if (operating.interrupt.requested) throw new Interrupted("interrupted");
    const run = session.newRunId();
    progress.applying(plan.changes.length);
    return await followRun({
      target,
      run,
      session,
      progress,
      operating,
      isOurs: true,
      isDangerous: dangersOf(plan).length > 0,
      ask: (how) => session.apply(plan, { run, contents, onFailure, wait, confirmWithin, ...how }),
    });
  } finally {
    progress.end();
  }
}
