import type { ResourceId } from "../../../shared/brands.ts";
import type { Change, Edge, Plan } from "../../../shared/plan.ts";

/** A change, and what has to be done before it. */
export interface PlanNode {
  readonly change: Change;
  /** 1 for what waits for nothing; else one more than the highest of what it waits for. */
  readonly level: number;
  readonly after: readonly Edge[];
}

/**
 * The changes of a plan by level, within one in the order of the plan. What goes round in a circle, as no host plans it, is all
 * on the level behind the last.
 */
export function planGraph({ changes, edges }: Pick<Plan, "changes" | "edges">): PlanNode[] {
  const known = new Set(changes.map(({ id }) => id));
  const after = new Map<ResourceId, Edge[]>(changes.map(({ id }) => [id, []]));
  const before = new Map<ResourceId, ResourceId[]>(changes.map(({ id }) => [id, []]));
  const waits = new Map<ResourceId, number>();
  for (const edge of edges) {
    after.get(edge.to)?.push(edge);
    if (!known.has(edge.from) || !known.has(edge.to)) continue;
    before.get(edge.from)?.push(edge.to);
    waits.set(edge.to, (waits.get(edge.to) ?? 0) + 1);
  }
  const levels = new Map<ResourceId, number>();
  let level = 1;
  let ready = changes.map(({ id }) => id).filter((id) => !waits.has(id));
  while (ready.length > 0) {
    const next: ResourceId[] = [];
    for (const id of ready) {
      levels.set(id, level);
      for (const to of before.get(id) ?? []) {
        const left = (waits.get(to) ?? 0) - 1;
        waits.set(to, left);
        if (left === 0) next.push(to);
      }
    }
    ready = next;
    level += 1;
  }
  return changes
    .map((change) => ({
      change,
      level: levels.get(change.id) ?? level,
      after: after.get(change.id) ?? [],
    }))
    .toSorted((a, b) => a.level - b.level);
}
