import type { Command } from "./command.ts";
import { planAndApply } from "./plan-and-apply.ts";
import { loadTargets, planHost } from "./plan-host.ts";
import { checkAsking } from "./review.ts";

/** Makes every host as declared. */
export const push: Command = async (context) => {
  checkAsking("push", context);
  const { loaded, targets } = await loadTargets(context);
  return planAndApply(
    targets,
    (target) => planHost(target, loaded, { context, changes: true }),
    context,
  );
};
