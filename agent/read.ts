import type { DifferenceValue } from "../shared/change.ts";
import type { Found } from "../shared/found.ts";
import type { FoundField } from "../shared/resources/define-kind.ts";
import { type Kind, kindOf, type Observed, type Resource } from "../shared/resources/registry.ts";
import { sha256 } from "./digest.ts";
import type { Looked } from "./look.ts";

/** What the host has of each declared resource, in order. A kind that has nothing on a host has nothing to tell. */
export function readAll({ graph, observations }: Looked): Found[] {
  const { byId, problemOf } = observations;
  return graph.order
    .filter(({ kind }) => kindOf(kind).triggered === undefined)
    .map((resource): Found => {
      const { id } = resource;
      const problem = problemOf.get(id);
      if (problem !== undefined) return { id, state: "problem", problem };
      const observed = byId.get(id)?.observed;
      if (observed?.state !== "present") return { id, state: "absent" };
      return { id, state: "present", fields: fieldsOf(resource, observed) };
    });
}

type Present = Extract<Observed<Kind>, { state: "present" }>;
type Field = Extract<Found, { state: "present" }>["fields"][number];

function fieldsOf({ kind, desired }: Resource, observed: Present): Field[] {
  const found = kindOf(kind).found?.(desired, observed) ?? allOf(observed);
  return found.map(({ field, before, keys }) => ({
    field,
    value: byReference(before),
    ...(keys === undefined ? {} : { keys }),
  }));
}

const allOf = ({ state: _state, ...fields }: Present): FoundField[] =>
  Object.entries(fields).map(([field, before]) => ({ field, before: before as DifferenceValue }));

/** Texts of several lines are contents: how large and which is enough to know. */
function byReference(value: DifferenceValue): DifferenceValue {
  if (typeof value !== "string" || !value.includes("\n")) return value;
  const size = Buffer.byteLength(value);
  return { sha256: sha256(value), size, text: true };
}
