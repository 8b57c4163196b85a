import type { Difference } from "../shared/change.ts";
import type { Diagnostic } from "../shared/diagnostic.ts";
import { indexLinks } from "../shared/links.ts";
import type { Claim } from "../shared/resources/define-kind.ts";
import { type Kind, kindOf, type Observed, type Resource } from "../shared/resources/registry.ts";
import type { ResourceId } from "../shared/brands.ts";
import type { LookingHost } from "./host/host.ts";
import { readNames, renumbered } from "./host/names.ts";
import type { ReadContext, Reading } from "./resources/driver.ts";
import { driverOf } from "./resources/drivers.ts";

/** What was found of one resource. */
export interface Observation {
  readonly observed: Observed<Kind>;
  /** What a creation would bring along besides the resource itself. */
  readonly notes: readonly Difference[];
}

export interface Observations {
  readonly byId: ReadonlyMap<ResourceId, Observation>;
  readonly problems: readonly Diagnostic[];
  /** The same, by what can't be managed because of it. */
  readonly problemOf: ReadonlyMap<ResourceId, Diagnostic>;
  /** What a person should know before it is changed. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads resources, one batch for each kind. `all` is what is declared, which they may rely on. What is not among it is about to
 * go or has gone, and what it relied on may have gone before: that is no problem. Changes nothing.
 */
export async function observe(
  resources: readonly Resource[],
  { host, all }: { readonly host: LookingHost; readonly all: readonly Resource[] },
): Promise<Observations> {
  const claims = new Set<Claim>(all.flatMap((r) => kindOf(r.kind).provides(r.desired)));
  const declared = new Set<ResourceId>(all.map((r) => r.id));
  const names = await readNames(host);
  const later = renumbered(
    names,
    all.flatMap((r) => kindOf(r.kind).numbers?.(r.desired) ?? []),
  );
  const links = indexLinks(all);
  const byId = new Map<ResourceId, Observation>();
  const problemOf = new Map<ResourceId, Diagnostic>();
  const warnings: Diagnostic[] = [];
  const batches = [
    {
      context: { host, names, later, links, provided: (claim: Claim) => claims.has(claim) },
      isIn: ({ id }: Resource) => declared.has(id),
    },
    {
      context: { host, names, later: names, links: NO_LINKS, provided: () => true },
      isIn: ({ id }: Resource) => !declared.has(id),
    },
  ].flatMap(({ context, isIn }) =>
    [...groupByKind(resources.filter(isIn))]
      .toSorted(([a], [b]) => bringing(a) - bringing(b))
      .map((entry) => [...entry, context] as const),
  );
  for (const [kind, group, context] of batches) {
    const readings = await readKind(kind, group, context);
    for (const [index, resource] of group.entries()) {
      const reading = readings[index];
      if (reading === undefined)
        throw new Error(`The driver of ${kind} left out ${resource.id}. This is a bug in HostKit.`);
      const { source } = resource;
      const at = (told: Diagnostic) => (source === undefined ? told : { ...told, source });
      if ("problem" in reading) {
        problemOf.set(resource.id, at(reading.problem));
      } else {
        if (reading.warning !== undefined) warnings.push(at(reading.warning));
        if (reading.obstacle !== undefined && declared.has(resource.id)) {
          problemOf.set(resource.id, at(reading.obstacle));
        }
        if (reading.observed.state === "absent" && declared.has(resource.id)) {
          for (const claim of kindOf(kind).brings?.(resource.desired) ?? []) claims.add(claim);
        }
        byId.set(resource.id, { observed: reading.observed, notes: reading.notes ?? [] });
      }
    }
  }
  return { byId, problems: [...problemOf.values()], problemOf, warnings };
}

const NO_LINKS: ReadContext["links"] = new Map();

/** Kinds that bring something along are read before those that may lie in it. */
const bringing = (kind: Kind): number => (kindOf(kind).brings === undefined ? 1 : 0);

function groupByKind(resources: readonly Resource[]): Map<Kind, Resource[]> {
  const groups = new Map<Kind, Resource[]>();
  for (const resource of resources) {
    const group = groups.get(resource.kind);
    if (group === undefined) groups.set(resource.kind, [resource]);
    else group.push(resource);
  }
  return groups;
}

/** The group holds resources of this kind only, which the type of a list of unions can't say: the one cast. */
function readKind<K extends Kind>(
  kind: K,
  group: readonly Resource[],
  context: ReadContext,
): Promise<Reading<K>[]> {
  type Group = Parameters<ReturnType<typeof driverOf<K>>["read"]>[0];
  return driverOf(kind).read(group as unknown as Group, context);
}
