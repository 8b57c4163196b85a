import type { ResourceId } from "../../shared/brands.ts";
import { buildGraph, type GraphResult } from "../../shared/graph.ts";
import type { Resource } from "../../shared/resources/registry.ts";

type Ordered =
  | { readonly resources: readonly Resource[] }
  | Extract<GraphResult, { faults: unknown }>;

/**
 * Makes everything else come after bootstrap resources and all they rely on. Those move to the front in their own
 * order; every other resource that would be free to begin at once depends on the ones at the end of it. Where a
 * bootstrap resource relies on one declared elsewhere, that one counts as bootstrap too, so no circle can arise.
 */
export function bootstrapFirst(
  resources: readonly Resource[],
  { bootstrap, refused }: { bootstrap: ReadonlySet<ResourceId>; refused: ReadonlySet<string> },
): Ordered {
  const result = buildGraph(resources, { refused });
  if ("faults" in result) return result;
  if (bootstrap.size === 0) return { resources };
  const { edges } = result.graph;

  const first = new Set(bootstrap);
  // Backwards through the order, every dependant is met before what it depends on.
  const needs = new Map<ResourceId, ResourceId[]>();
  for (const { from, to } of edges) needs.set(to, [...(needs.get(to) ?? []), from]);
  for (const { id } of result.graph.order.toReversed()) {
    if (first.has(id)) for (const need of needs.get(id) ?? []) first.add(need);
  }

  const followed = new Set(edges.filter(({ to }) => first.has(to)).map(({ from }) => from));
  const last = resources.filter(({ id }) => first.has(id) && !followed.has(id)).map(({ id }) => id);
  const waits = new Set(
    edges.filter(({ from, to }) => !first.has(from) && !first.has(to)).map(({ to }) => to),
  );

  const later = resources
    .filter(({ id }) => !first.has(id))
    .map((resource) =>
      waits.has(resource.id)
        ? resource
        : { ...resource, dependsOn: [...new Set([...resource.dependsOn, ...last])] },
    );
  return { resources: [...resources.filter(({ id }) => first.has(id)), ...later] };
}
