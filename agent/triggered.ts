import type { ResourceId } from "../shared/brands.ts";
import type { EdgeReason } from "../shared/change.ts";
import type { Inputs } from "../shared/graph.ts";
import type { Change, Edge } from "../shared/plan.ts";
import { kindOf, type Resource } from "../shared/resources/registry.ts";
import { fingerprint } from "./change.ts";
import { changesInput } from "./ledger/inputs.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { Observation } from "./observe.ts";
import { predicted } from "./predict.ts";
import { isDriven } from "./steps.ts";

/** Kinds that are run and not compared: when a plan has one of them run, and why. */

export interface Upstream {
  readonly edges: readonly Edge[];
  readonly inputs: Inputs;
  /** Of all that comes before it. */
  readonly changes: ReadonlyMap<ResourceId, Change>;
  readonly ledger: Ledger;
}

/** The run of a resource because of what it comes after; none where nothing of that changes, and nothing is owed. */
export function runOf(
  resource: Resource,
  observation: Observation | undefined,
  upstream: Upstream,
): Change | undefined {
  const kind = kindOf(resource.kind);
  if (kind.triggered === undefined || observation === undefined) return undefined;
  const causes = causesOf(resource.id, upstream);
  if (causes.length === 0) return undefined;
  const change: Change = {
    id: resource.id,
    action: "run",
    reason: "inputs-changed",
    differences: [
      ...kind.created(resource.desired),
      { field: "inputs", before: null, after: causes },
    ],
    follow: null,
    prediction: { class: "exact" },
    fingerprint: fingerprint(observation),
    resource,
  };
  return predicted(change, observation.observed);
}

/** What comes after for one of these reasons works with the other one while both run. */
const WORKS_WITH: readonly EdgeReason[] = ["unit-order", "timer-service", "readiness"];

/**
 * The changes that it is run for: of what it comes after itself; and where that is left alone, of what it reads, and of what it
 * works with. A service that was not touched may rely on another one that was.
 */
function causesOf(id: ResourceId, { edges, inputs, changes, ledger }: Upstream): ResourceId[] {
  const causes = new Set<ResourceId>(ledger.owed.get(id)?.inputs);
  const seen = new Set<ResourceId>();
  const queue = edges.filter(({ to }) => to === id).map(({ from }) => from);
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const change = changes.get(at);
    if (change !== undefined && isDriven(change)) {
      causes.add(at);
      continue;
    }
    const read = inputs.get(at) ?? [];
    for (const input of read) if (changesInput(changes.get(input))) causes.add(input);
    const next = edges.filter(({ to, reason }) => to === at && WORKS_WITH.includes(reason));
    queue.push(...next.map(({ from }) => from));
  }
  return [...causes];
}
