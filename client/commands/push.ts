import { planHost } from "../operate/plan-host.ts";
import type { Command } from "./command.ts";
import { planAndApply } from "./plan-and-apply.ts";
import { checkAsking } from "./review.ts";
import { loadTargets } from "./sessions.ts";

/** Makes every host as declared. */
export const push: Command = async (context) => {
  checkAsking("push", context);
  const { loaded, targets } = await loadTargets(context);
  const how = { loaded, changes: true, wait: context.options.wait };
  return planAndApply(targets, (target) => planHost(target, how, context), context);
};
