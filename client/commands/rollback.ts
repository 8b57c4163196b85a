import { HostKitError } from "../../shared/diagnostic.ts";
import { type Plan, summarise } from "../../shared/plan.ts";
import type { Target } from "../cli/target.ts";
import type { Contents } from "../session.ts";
import type { Command, Context } from "./command.ts";
import { close, connect } from "./hosts.ts";
import { planAndApply } from "./plan-and-apply.ts";
import type { PlannedHost } from "./plan-host.ts";
import { checkAsking } from "./review.ts";
import { targetsOf } from "./sessions.ts";
import { type SettleRun, settleRun } from "./settle-run.ts";

/** Takes a run back on every host that is named: planned from what it replaced, and reviewed like any other plan. */
export const rollback: Command = async (context) => {
  checkAsking("rollback", context);
  const targets = await targetsOf(context);
  return planAndApply(targets, (target) => planRollback(target, context), context);
};

/** The host has all that it takes. */
const NO_CONTENTS: Contents = {
  open: () => {
    throw new Error("A rollback asks for no contents. This is a bug in HostKit.");
  },
};

async function planRollback(target: Target, context: Context): Promise<PlannedHost> {
  const { options, interrupt, view } = context;
  const progress = view.progress(target.name);
  try {
    const session = await connect(target, progress, context);
    try {
      progress.phase({ name: "planning" });
      const answer = await interrupt.race(session.planRollback(options.run ?? null));
      const { plan, diagnostics } = answer;
      if (plan === null) throw new HostKitError(diagnostics);
      if (plan.changes.length === 0) await endCutOff(plan, { target, session, progress, context });
      const shown = {
        host: target.name,
        label: session.label,
        target: target.flags,
        plan,
        summary: summarise(plan),
        texts: new Map<string, string>(),
        full: options.full,
      };
      return { target, session, contents: NO_CONTENTS, shown, diagnostics };
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
  const { pending } = await settle.context.interrupt.race(settle.session.runs(null));
  if (pending?.state === "cut-off" && pending.run === reverts) await settleRun(reverts, settle);
}
