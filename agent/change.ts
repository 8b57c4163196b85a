import type { ResourceId } from "../shared/brands.ts";
import type { Difference, Reason } from "../shared/change.ts";
import type { Change } from "../shared/plan.ts";
import { kindOf, type Resource } from "../shared/resources/registry.ts";
import { digestOf } from "./digest.ts";
import type { Observation } from "./observe.ts";
import { predicted } from "./predict.ts";

/** What makes one resource what it should be, besides what it is itself. */
export interface Surroundings {
  /** What it reads that is another by now than when it was started. */
  readonly inputs: readonly ResourceId[];
  /** What the ledger has otherwise than it is declared, although nothing on the host differs. */
  readonly recorded: readonly Difference[];
}

/** The change that makes one resource what it should be; none when it is. */
export function changeOf(
  resource: Resource,
  observation: Observation | undefined,
  surroundings: Surroundings,
): Change | undefined {
  if (observation === undefined) return undefined;
  const change = wholeChange(resource, observation, surroundings);
  return change === undefined ? undefined : predicted(change, observation.observed);
}

function wholeChange(
  resource: Resource,
  observation: Observation,
  surroundings: Surroundings,
): Change | undefined {
  const own = ownChange(resource, observation);
  const whole = withInputs(
    own ?? unchanged(resource, observation),
    observation,
    surroundings.inputs,
  );
  if (whole !== undefined) return whole;
  if (own !== undefined) return own;
  if (surroundings.recorded.length === 0) return undefined;
  return { ...unchanged(resource, observation), differences: [...surroundings.recorded] };
}

/** A change of what is written down of a resource, and of nothing else. */
const unchanged = (resource: Resource, observation: Observation): Change => ({
  id: resource.id,
  action: "none",
  reason: "metadata-changed",
  differences: [],
  follow: null,
  prediction: { class: "exact" },
  fingerprint: fingerprint(observation),
  resource,
});

function ownChange(resource: Resource, observation: Observation): Change | undefined {
  const { observed, notes } = observation;
  const kind = kindOf(resource.kind);
  const created = observed.state === "absent";
  const differences = created
    ? [...notes, ...kind.created(resource.desired)]
    : [...kind.diff(resource.desired, observed)];
  if (!created && differences.length === 0) return undefined;
  return {
    ...unchanged(resource, observation),
    action: created ? "create" : "update",
    reason: created ? "missing" : reasonOf(differences),
    differences,
    follow: kind.follow(resource.desired, observed, differences),
  };
}

/** The same with what follows from its inputs, where anything does. */
function withInputs(
  change: Change,
  { observed }: Observation,
  inputs: readonly ResourceId[],
): Change | undefined {
  if (inputs.length === 0) return undefined;
  const { resource, action, differences: own } = change;
  const differences = [...own, { field: "inputs", before: null, after: [...inputs] }];
  const follow = kindOf(resource.kind).follow(resource.desired, observed, differences);
  if (follow === null) return undefined;
  return action === "none"
    ? { ...change, action: follow, reason: "inputs-changed", differences }
    : { ...change, differences, follow };
}

/** What apply compares before its first write: everything that was seen of the resource. */
export function fingerprint({ observed, notes }: Observation) {
  return digestOf({ observed, notes });
}

const METADATA: readonly string[] = ["owner", "group", "mode"];

function reasonOf(differences: readonly Difference[]): Reason {
  if (differences.some((difference) => difference.field === "content")) return "content-changed";
  return differences.every((d) => METADATA.includes(d.field)) ? "metadata-changed" : "drift";
}
