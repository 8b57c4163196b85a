import { Digest, type ResourceId } from "../../shared/brands.ts";
import type { Inputs } from "../../shared/graph.ts";
import type { Change } from "../../shared/plan.ts";
import { kindOf, type Resource } from "../../shared/resources/registry.ts";
import { digestOf } from "../digest.ts";
import type { Ledger, Started } from "./ledger.ts";

/** What services read, and which of it is another by now than when they were started. */

export interface Declared {
  readonly inputs: Inputs;
  readonly byId: ReadonlyMap<ResourceId, Resource>;
}

/** What each thing that a resource reads is, as declared. */
export function wantedInputs(id: ResourceId, { inputs, byId }: Declared): Started {
  const entries = (inputs.get(id) ?? []).flatMap((input) => {
    const resource = byId.get(input);
    return resource === undefined ? [] : [[input, digestOfInput(resource)] as const];
  });
  return Object.fromEntries(entries) as Started;
}

function digestOfInput({ kind, desired }: Resource): Digest {
  const definition = kindOf(kind);
  const fields = desired as Readonly<Record<string, unknown>>;
  const value = definition.inputOf?.(desired) ?? fields[definition.inputField ?? ""];
  const digest = Digest.safeParse(value);
  return digest.success ? digest.data : digestOf(value);
}

/**
 * What a resource reads that is another by now than when it was started: what the given changes change, what differs from
 * what was taken down at that time, and what an earlier run changed without coming to the restart.
 */
export function changedInputs(
  id: ResourceId,
  {
    declared,
    changes,
    ledger,
  }: {
    readonly declared: Declared;
    readonly changes: ReadonlyMap<ResourceId, Change>;
    readonly ledger: Ledger;
  },
): ResourceId[] {
  const started = ledger.started.get(id) ?? {};
  const owed = ledger.owed.get(id)?.inputs ?? [];
  const wanted = wantedInputs(id, declared);
  const changed = (Object.keys(wanted) as ResourceId[]).filter(
    (input) =>
      changesInput(changes.get(input)) ||
      (started[input] !== undefined && started[input] !== wanted[input]),
  );
  const removed = (Object.keys(started) as ResourceId[]).filter(
    (input) => changes.get(input)?.action === "delete",
  );
  return [...new Set([...changed, ...removed, ...owed])];
}

/** Owners and modes of a file are not what a service reads. */
export function changesInput(change: Change | undefined): boolean {
  if (change === undefined) return false;
  const { inputField } = kindOf(change.resource.kind);
  return change.differences.some(({ field }) => field === inputField);
}
