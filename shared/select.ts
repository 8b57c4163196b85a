import type { ResourceId } from "./brands.ts";
import { buildGraph } from "./graph.ts";
import type { Manifest } from "./manifest.ts";
import type { Edge } from "./plan.ts";

/** What is asked for of a manifest. All that is named is in it. */
export interface Asked {
  readonly services: readonly {
    readonly name: string;
    /** What the service declares. */
    readonly members: readonly ResourceId[];
  }[];
  readonly only: readonly ResourceId[];
  readonly except: readonly ResourceId[];
}

/** Something that was asked for by name, and can't be had without what was to be left out. */
export interface Contradiction {
  readonly only: ResourceId;
  readonly except: ResourceId;
}

export type Selected =
  | { readonly manifest: Manifest }
  | { readonly contradictions: readonly Contradiction[] };

/**
 * The part of a manifest that is asked for: with all that it relies on, and without what relies on what is to be left out. So every
 * dependency of what is in the part is in it too, and the part is in order where the whole is.
 */
export function select(manifest: Manifest, asked: Asked): Selected {
  const { resources } = manifest;
  const result = buildGraph(resources);
  if ("faults" in result)
    throw new Error("A manifest that was compiled has no order. This is a bug in HostKit.");
  const { edges } = result.graph;
  const { services, only, except } = asked;
  const named = new Set([...services.flatMap(({ members }) => members), ...only]);
  const isWhole = services.length + only.length === 0;
  const base = isWhole ? new Set(resources.map(({ id }) => id)) : reach(named, upward(edges));
  const users = downward(edges);
  const out = reach(except, users);
  const contradictions = only
    .filter((id) => out.has(id))
    .map((id) => ({ only: id, except: except.find((one) => reach([one], users).has(id)) ?? id }));
  if (contradictions.length > 0) return { contradictions };
  const ids = (test: (id: ResourceId) => boolean) =>
    resources.map(({ id }) => id).filter((id) => base.has(id) && test(id));
  const part = resources.filter(({ id }) => base.has(id) && !out.has(id));
  return {
    manifest: {
      ...manifest,
      resources: part,
      selection: {
        services: services.map(({ name }) => name),
        only: [...only],
        except: [...except],
        needed: isWhole ? [] : ids((id) => !named.has(id) && !out.has(id)),
        dependants: ids((id) => out.has(id) && !except.includes(id)),
        left: resources.length - part.length,
      },
    },
  };
}

type Neighbours = ReadonlyMap<ResourceId, readonly ResourceId[]>;

/** From each resource to what it relies on. */
const upward = (edges: readonly Edge[]): Neighbours =>
  neighbours(edges.map(({ from, to }) => [to, from]));

/** From each resource to what relies on it. */
const downward = (edges: readonly Edge[]): Neighbours =>
  neighbours(edges.map(({ from, to }) => [from, to]));

function neighbours(pairs: readonly (readonly [ResourceId, ResourceId])[]): Neighbours {
  const found = new Map<ResourceId, ResourceId[]>();
  for (const [id, next] of pairs) {
    const list = found.get(id);
    if (list === undefined) found.set(id, [next]);
    else list.push(next);
  }
  return found;
}

/** The ids and all that can be reached from them. */
function reach(ids: Iterable<ResourceId>, next: Neighbours): Set<ResourceId> {
  const found = new Set(ids);
  // A set that grows while it is gone through is gone through to its end.
  for (const id of found) for (const one of next.get(id) ?? []) found.add(one);
  return found;
}
