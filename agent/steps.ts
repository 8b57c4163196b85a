import type { Change } from "../shared/plan.ts";
import type { Kind } from "../shared/resources/registry.ts";
import type { Observations } from "./observe.ts";
import type { Step } from "./resources/driver.ts";

/** Changes of one kind as their driver takes them. That they are of one kind a list of unions can't say: the one cast. */
export function stepsOf<K extends Kind>(
  changes: readonly Change[],
  { byId }: Pick<Observations, "byId">,
): Step<K>[] {
  return changes.map(({ id, resource, differences, follow }) => ({
    resource,
    desired: resource.desired,
    observed: byId.get(id)?.observed,
    differences,
    follow,
  })) as unknown as Step<K>[];
}
