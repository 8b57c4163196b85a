import type { Due, Follow } from "../shared/change.ts";
import type { Change, Plan } from "../shared/plan.ts";
import type { Kind } from "../shared/resources/registry.ts";
import type { Observations } from "./observe.ts";
import type { Step } from "./resources/driver.ts";

/** Changes of one kind as their driver takes them. That they are of one kind a list of unions can't say: the one cast. */
export function stepsOf<K extends Kind>(
  changes: readonly Change[],
  { byId }: Pick<Observations, "byId">,
): Step<K>[] {
  return changes.map((change) => ({
    resource: change.resource,
    desired: change.resource.desired,
    observed: byId.get(change.id)?.observed,
    differences: change.differences,
    follow: followOf(change),
    removal: change.action === "delete",
  })) as unknown as Step<K>[];
}

/** What a running thing is made to do by a change, as a consequence or as the change itself. */
export function followOf({ action, follow }: Change): Follow | null {
  return action === "restart" || action === "reload" ? action : follow;
}

/** What is still to be done when a run did not come to it, although the host looks as wished. */
export function dueOf(change: Change): Due | null {
  return change.action === "run" ? "run" : followOf(change);
}

/** Whether anything is done on the host; else a change is only taken down. */
export const isDriven = ({ action }: Change): boolean => action !== "none";

/** What a plan does on the host. */
export const drivenOf = ({ changes }: Pick<Plan, "changes">): Change[] => changes.filter(isDriven);
