import type { ResourceId } from "../shared/brands.ts";
import type { Change, Edge } from "../shared/plan.ts";

/** Edges between changes, by way of unchanged resources too: order must hold where a link of the chain needs nothing. */
export function edgesBetween(changes: readonly Change[], edges: readonly Edge[]): Edge[] {
  const changed = new Set<ResourceId>(changes.map((change) => change.id));
  const into = new Map<ResourceId, Edge[]>();
  for (const edge of edges) {
    const list = into.get(edge.to);
    if (list === undefined) into.set(edge.to, [edge]);
    else list.push(edge);
  }
  const found: Edge[] = [];
  for (const { id } of changes) {
    const seen = new Set<ResourceId>();
    const queue = [...(into.get(id) ?? [])];
    for (let edge = queue.pop(); edge !== undefined; edge = queue.pop()) {
      if (seen.has(edge.from)) continue;
      seen.add(edge.from);
      if (changed.has(edge.from)) found.push({ from: edge.from, to: id, reason: edge.reason });
      else queue.push(...(into.get(edge.from) ?? []));
    }
  }
  return found;
}
