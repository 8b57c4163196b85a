import { planRollback } from "../operate/plan-rollback.ts";
import type { Command } from "./command.ts";
import { planAndApply } from "./plan-and-apply.ts";
import { checkAsking } from "./review.ts";
import { targetsOf } from "./sessions.ts";

/** Takes a run back on every host that is named: planned from what it replaced, and reviewed like any other plan. */
export const rollback: Command = async (context) => {
  checkAsking("rollback", context);
  const targets = await targetsOf(context);
  const { run = null, wait } = context.options;
  return planAndApply(targets, (target) => planRollback(target, { run, wait }, context), context);
};
