import type { ResourceId } from "../../shared/brands.ts";
import { buildGraph } from "../../shared/graph.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { ChangeOutcome, Verdict } from "../../shared/outcome.ts";
import type { Change, Plan } from "../../shared/plan.ts";
import { kindOf, type Resource } from "../../shared/resources/registry.ts";
import { driverOf } from "../resources/drivers.ts";
import { dueOf, isDriven } from "../steps.ts";
import { changedInputs, wantedInputs } from "./inputs.ts";
import { type Ledger, type Owed, type Entry, ownerOf } from "./ledger.ts";

interface Running {
  /** As it was when the run began. */
  readonly ledger: Ledger;
  readonly run: string;
  readonly plan: Plan;
}

/** A run that has come to its end. */
export interface Settled extends Running {
  readonly manifest: Manifest;
  readonly verdict: Verdict;
  readonly record: ReadonlyMap<ResourceId, ChangeOutcome>;
}

/** What the ledger says after a run that changed something: what is owned, what services run with, what is still owed. */
export function nextLedger(settled: Settled, cameTrue: (change: Change) => boolean): Ledger {
  const resources = nextResources(settled, cameTrue);
  return { resources, ...nextStarts(settled, cameTrue) };
}

function nextResources(
  { ledger, manifest, plan, run }: Settled,
  cameTrue: (change: Change) => boolean,
): Map<ResourceId, Entry> {
  const resources = new Map(ledger.resources);
  const owner = ownerOf(manifest);
  const own = (declared: Resource, origin: Entry["origin"]) => {
    const { source: _source, ...resource } = declared;
    const origins = resources.get(resource.id)?.origin ?? origin;
    resources.set(resource.id, { owner, origin: origins, resource, run });
  };
  const changes = new Map(plan.changes.map((change) => [change.id, change]));
  for (const change of plan.changes) {
    if (change.reason === "not-declared" && cameTrue(change)) resources.delete(change.id);
  }
  for (const resource of manifest.resources) {
    // There is nothing of it on the host that could be owned.
    if (kindOf(resource.kind).triggered !== undefined) continue;
    const change = changes.get(resource.id);
    if (change !== undefined && !cameTrue(change)) continue;
    own(resource, change?.action === "create" ? "created" : "adopted");
    if (change?.action !== "create") continue;
    for (const made of driverOf(resource.kind).made?.(change.differences) ?? []) {
      if (resources.has(made.id)) continue;
      resources.set(made.id, { owner, origin: "created", incidental: true, resource: made, run });
    }
  }
  // What a part of the declaration says nothing of stays as it was written down.
  if (manifest.selection !== undefined) return resources;
  const stillToGo = plan.changes.filter(
    (change) => change.reason === "not-declared" && isDriven(change) && !cameTrue(change),
  );
  return withoutIdle(resources, new Set(stillToGo.map(({ id }) => id)));
}

const keyOf = (id: ResourceId) => id.slice(id.indexOf(":") + 1);

/**
 * What was made on the way to other things is of no concern any more when none of them is left; but for what a run was about
 * to remove for that very reason, and did not come to.
 */
export function withoutIdle(
  resources: Map<ResourceId, Entry>,
  stillToGo: ReadonlySet<ResourceId> = new Set(),
): Map<ResourceId, Entry> {
  const keys = [...resources].flatMap(([id, { incidental }]) =>
    incidental === true ? [] : [keyOf(id)],
  );
  for (const [id, { incidental }] of resources) {
    const below = `${keyOf(id)}/`;
    if (incidental !== true || stillToGo.has(id)) continue;
    if (!keys.some((key) => key.startsWith(below))) resources.delete(id);
  }
  return resources;
}

function nextStarts(
  settled: Settled,
  cameTrue: (change: Change) => boolean,
): Pick<Ledger, "started" | "owed"> {
  const { ledger, manifest, plan } = settled;
  const ids = new Set(manifest.resources.map(({ id }) => id));
  const started = new Map(ledger.started);
  const owed = new Map(ledger.owed);
  for (const { id, reason } of plan.changes) {
    if (reason !== "not-declared") continue;
    started.delete(id);
    owed.delete(id);
  }
  for (const [id, { follow, inputs: causes }] of owed) {
    if (manifest.selection !== undefined) break;
    // Nobody waits any more for what this declaration changed.
    if (follow === "run" && !ids.has(id) && causes.some((cause) => ids.has(cause))) owed.delete(id);
  }
  const inputs = inputsOf(settled);
  const followed = plan.changes.filter((change) => dueOf(change) !== null);
  const concerned = [
    ...inputs.all,
    ...followed.map(({ id }) => id),
    ...started.keys(),
    ...owed.keys(),
  ];
  for (const id of new Set(concerned)) {
    if (!ids.has(id)) continue;
    const fate = fateOf(id, { settled, cameTrue, inputs });
    if (fate === "up to date" || fate === "not running") owed.delete(id);
    if (fate === "not running") started.delete(id);
    if (fate === "up to date" || fate === "untouched") started.set(id, inputs.wanted(id));
    if (typeof fate === "object") owed.set(id, fate);
    if (Object.keys(started.get(id) ?? {}).length === 0) started.delete(id);
  }
  return { started, owed };
}

/** What each service reads, and which of it the run changed. */
function inputsOf({ manifest, plan, ledger }: Settled) {
  const result = buildGraph(manifest.resources);
  if ("faults" in result)
    throw new Error("What was planned has no order any more. This is a bug in HostKit.");
  const byId = new Map(manifest.resources.map((resource) => [resource.id, resource]));
  const declared = { inputs: result.graph.inputs, byId };
  const changes = new Map(plan.changes.map((change) => [change.id, change]));
  return {
    all: [...declared.inputs.keys()],
    changes,
    wanted: (id: ResourceId) => wantedInputs(id, declared),
    changed: (id: ResourceId) => changedInputs(id, { declared, changes, ledger }),
  };
}

interface Fated {
  readonly settled: Settled;
  readonly cameTrue: (change: Change) => boolean;
  readonly inputs: ReturnType<typeof inputsOf>;
}

/** How a service stands to what it reads after a run; an object: what it is still owed. */
function fateOf(
  id: ResourceId,
  { settled, cameTrue, inputs }: Fated,
): "up to date" | "not running" | "untouched" | "as before" | Owed {
  const { record, verdict, run } = settled;
  const change = inputs.changes.get(id);
  const result = record.get(id)?.result;
  if (change !== undefined && isDriven(change)) {
    if (result === "done") return "up to date";
    const follow = dueOf(change);
    const causes = causesOf(change);
    const touched = causes.some((cause) => {
      const own = inputs.changes.get(cause);
      return cause === id ? result === "failed" : own === undefined || cameTrue(own);
    });
    return follow === null || !touched ? "as before" : { follow, inputs: causes, run };
  }
  if (inputs.changed(id).length === 0) return "untouched";
  // Whoever starts it later starts it with what is there by then.
  return verdict === "applied" ? "not running" : "as before";
}

/** What a service has to start again for: what it reads, or its own file. */
export function causesOf({ id, action, differences }: Change): ResourceId[] {
  const inputs = differences.find(({ field }) => field === "inputs")?.after;
  const isOwn = action !== "run" && differences.some(({ field }) => field !== "inputs");
  return [...(Array.isArray(inputs) ? (inputs as ResourceId[]) : []), ...(isOwn ? [id] : [])];
}
