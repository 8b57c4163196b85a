import type { ResourceId } from "../../shared/brands.ts";
import type { Difference } from "../../shared/change.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { arrange } from "../../shared/graph.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Change, Edge, Plan } from "../../shared/plan.ts";
import { type Kind, kindOf, Resource } from "../../shared/resources/registry.ts";
import { fingerprint } from "../change.ts";
import type { LookingHost } from "../host/host.ts";
import { type Observation, observe } from "../observe.ts";
import { predicted } from "../predict.ts";
import { driverOf } from "../resources/drivers.ts";
import type { Root } from "../transaction/places.ts";
import { readLedger } from "./ledger-file.ts";
import { isSameOwner, type Ledger, type Entry, ownerOf } from "./ledger.ts";
import * as problems from "./removal-problems.ts";
import { surroundingsOf, whyKept } from "./why-kept.ts";

export interface Removals {
  /** Removals and releases, in the order in which they are made. */
  readonly changes: readonly Change[];
  /** Among them, and from them to what is declared. */
  readonly edges: readonly Edge[];
}

const NONE: Removals = { changes: [], edges: [] };

/** Something that the ledger has and the declaration has no more. */
interface Leaving {
  readonly owned: Entry;
  readonly resource: Resource;
  readonly observation: Observation;
}

/**
 * What becomes of what HostKit owns for this declaration and the declaration names no more: it is removed where HostKit made
 * it, and let go of where it was there before, or somebody else needs it.
 */
export async function planRemovals(
  manifest: Manifest,
  { host, ledger }: { readonly host: LookingHost; readonly ledger: Ledger },
): Promise<Removals> {
  // What is not in a part of a declaration may well be declared.
  if (manifest.selection !== undefined) return NONE;
  const declared = new Set<ResourceId>(manifest.resources.map(({ id }) => id));
  const owner = ownerOf(manifest);
  const undeclared = [...ledger.resources.values()].filter(
    (owned) => isSameOwner(owned.owner, owner) && !declared.has(owned.resource.id),
  );
  if (undeclared.length === 0) return NONE;
  refuseProtected(undeclared);
  const { order, edges } = arrange(undeclared.map(recall));
  // Whatever uses another one goes before it.
  const leaving = await look(order.toReversed(), { host, manifest, ledger });
  const reasons = await decide(leaving, { host, manifest });
  const changes = leaving.flatMap((one) => changeOf(one, reasons.get(one.resource.id)));
  const gone = changes.filter((change) => change.action === "delete");
  return {
    changes,
    edges: [
      ...edges.map(({ from, to, reason }) => ({ from: to, to: from, reason })),
      ...edgesToUsers(gone, { manifest, ledger }),
    ],
  };
}

function refuseProtected(undeclared: readonly Entry[]): void {
  const ids = undeclared
    .filter(({ resource }) => resource.protect)
    .map(({ resource }) => resource.id);
  if (ids.length > 0) throw new HostKitError(ids.map(problems.isProtected));
}

/** The resource as it was declared, checked now that it is needed. */
function recall({ resource }: Entry): Resource {
  const parsed = Resource.safeParse(resource);
  if (parsed.success) return parsed.data;
  throw new HostKitError(problems.notUnderstood(resource.id, parsed.error.issues[0]));
}

async function look(
  resources: readonly Resource[],
  { host, manifest, ledger }: { host: LookingHost; manifest: Manifest; ledger: Ledger },
): Promise<Leaving[]> {
  const found = await observe(resources, { host, all: manifest.resources });
  if (found.problems.length > 0) throw new HostKitError(found.problems.map(problems.notRemovable));
  return resources.map((resource) => ({
    resource,
    owned: ledger.resources.get(resource.id)!,
    observation: found.byId.get(resource.id)!,
  }));
}

/** Why each one that stays does. */
async function decide(
  leaving: readonly Leaving[],
  { host, manifest }: { readonly host: LookingHost; readonly manifest: Manifest },
): Promise<ReadonlyMap<ResourceId, string>> {
  const surroundings = surroundingsOf(manifest);
  const reasons = new Map<ResourceId, string>();
  for (const { owned, resource, observation } of leaving) {
    const why = whyKept({ owned, resource, observed: observation.observed }, surroundings);
    if (why !== undefined) reasons.set(resource.id, why);
  }
  const going = leaving.filter(({ resource }) => !reasons.has(resource.id));
  const claims = new Set(
    going.flatMap(({ resource }) =>
      driverOf(resource.kind).obstacles === undefined
        ? kindOf(resource.kind).provides(resource.desired)
        : [],
    ),
  );
  for (const kind of new Set(going.map(({ resource }) => resource.kind))) {
    const own = going.flatMap(({ resource }) => (resource.kind === kind ? [resource] : []));
    const found = await obstaclesOf(kind, own, { host, going: (claim) => claims.has(claim) });
    for (const [index, { id }] of own.entries()) {
      const why = found[index];
      if (typeof why === "string") reasons.set(id, why);
    }
  }
  return reasons;
}

type RemovalContext = Parameters<NonNullable<ReturnType<typeof driverOf>["obstacles"]>>[1];

/** All of one kind, which the type of a list of unions can't say: the one cast. */
async function obstaclesOf<K extends Kind>(
  kind: K,
  resources: readonly Resource[],
  context: RemovalContext,
): Promise<readonly (string | null)[]> {
  type Own = Parameters<NonNullable<ReturnType<typeof driverOf<K>>["obstacles"]>>[0];
  return (await driverOf(kind).obstacles?.(resources as unknown as Own, context)) ?? [];
}

function changeOf(
  { owned, resource, observation }: Leaving,
  why: string | undefined,
): Change | readonly [] {
  const { observed } = observation;
  // Nobody declared it: when it stays, nobody needs to hear of it.
  if (why !== undefined && owned.incidental === true) return [];
  const differences: readonly Difference[] =
    observed.state === "absent"
      ? []
      : why !== undefined
        ? [{ field: "stays", before: null, after: why }]
        : kindOf(resource.kind).removed(resource.desired, observed);
  const change: Change = {
    id: resource.id,
    action: why === undefined ? "delete" : "none",
    reason: "not-declared",
    differences: [...differences],
    follow: null,
    prediction: { class: "exact" },
    fingerprint: fingerprint(observation),
    resource,
    owned: {
      origin: owned.origin,
      ...(owned.incidental === undefined ? {} : { incidental: owned.incidental }),
    },
  };
  return predicted(change, observed);
}

/** What is declared and used, by name or by what it read when it was started, something that goes. */
function edgesToUsers(
  gone: readonly Change[],
  { manifest, ledger }: { readonly manifest: Manifest; readonly ledger: Ledger },
): Edge[] {
  const byClaim = new Map(
    gone.flatMap(({ id, resource: { kind, desired } }) =>
      kindOf(kind)
        .provides(desired)
        .map((claim) => [claim, id] as const),
    ),
  );
  const ids = new Set(gone.map(({ id }) => id));
  /** What goes is where the link leads by now, not where it will. */
  const below = (from: string) =>
    [...byClaim].flatMap(([claim, id]) => (claim.startsWith(`path:${from}/`) ? [id] : []));
  return manifest.resources.flatMap(({ id: to, kind, desired }): Edge[] => {
    const link = kindOf(kind).leadsTo?.(desired);
    return [
      ...(link === undefined ? [] : below(link.from)).map((from): Edge => ({
        from,
        to,
        reason: "parent-directory",
      })),
      ...kindOf(kind)
        .needs(desired)
        .flatMap(({ claim, reason }) => {
          const from = byClaim.get(claim);
          return from === undefined ? [] : [{ from, to, reason }];
        }),
      ...(Object.keys(ledger.started.get(to) ?? {}) as ResourceId[])
        .filter((from) => ids.has(from))
        .map((from): Edge => ({ from, to, reason: "source-input" })),
    ];
  });
}

interface Planned {
  readonly plan: Plan;
  readonly manifest: Manifest;
}

/** What the ledger no longer has as the plan had it, so that the plan must be made again. */
export async function disowned({
  host,
  root,
  requested: { plan, manifest },
}: Root & { readonly requested: Planned }): Promise<Diagnostic[]> {
  const ledger = await readLedger({ host, root });
  const owner = ownerOf(manifest);
  return plan.changes
    .filter(({ id, reason }) => {
      if (reason !== "not-declared") return false;
      const owned = ledger.resources.get(id);
      return (
        owned === undefined || !isSameOwner(owned.owner, owner) || owned.resource.protect === true
      );
    })
    .map(({ id }) => problems.ownedOtherwise(id));
}
