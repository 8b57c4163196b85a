import type { ResourceId } from "../shared/brands.ts";
import type { Graph } from "../shared/graph.ts";
import type { Manifest } from "../shared/manifest.ts";
import type { Change } from "../shared/plan.ts";
import { changeOf } from "./change.ts";
import { changedInputs } from "./ledger/inputs.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { recordedOtherwise } from "./ledger/recorded.ts";
import type { Observations } from "./observe.ts";
import { runOf } from "./triggered.ts";

interface Compared extends Pick<Observations, "byId"> {
  readonly removals: readonly Change[];
  readonly ledger: Ledger;
  readonly manifest: Manifest;
}

/** All that would change, by id: removals first, then in order. What was not observed is left out. */
export function changesOf(
  { order, edges, inputs }: Graph,
  { byId, removals, ledger, manifest }: Compared,
): Map<ResourceId, Change> {
  const changes = new Map<ResourceId, Change>(removals.map((change) => [change.id, change]));
  const declared = { inputs, byId: new Map(order.map((resource) => [resource.id, resource])) };
  // What a service reads comes before it in the order, so its change is known by then.
  for (const resource of order) {
    const observation = byId.get(resource.id);
    const change =
      changeOf(resource, observation, {
        inputs: changedInputs(resource.id, { declared, changes, ledger }),
        recorded: recordedOtherwise(resource, { ledger, manifest }),
      }) ?? runOf(resource, observation, { edges, inputs, changes, ledger });
    if (change !== undefined) changes.set(resource.id, change);
  }
  return changes;
}
