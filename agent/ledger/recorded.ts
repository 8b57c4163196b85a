import type { Difference } from "../../shared/change.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { isSameOwner, type Ledger, type Owner, ownerOf } from "./ledger.ts";
import { takenOver } from "./removal-problems.ts";

interface Recording {
  readonly ledger: Ledger;
  readonly manifest: Manifest;
}

/** What the ledger remembers of a resource otherwise than it is declared, where that will matter when it is declared no more. */
export function recordedOtherwise(
  { id, protect, onRemove }: Resource,
  { ledger, manifest }: Recording,
): Difference[] {
  const owned = ledger.resources.get(id);
  if (owned === undefined) return [];
  const owner = ownerOf(manifest);
  const fields = [
    { field: "managed by", before: named(owned.owner), after: named(owner) },
    { field: "protect", before: owned.resource.protect === true, after: protect === true },
    {
      field: "onRemove",
      before: owned.resource.onRemove ?? "unset",
      after: onRemove ?? "unset",
    },
  ];
  return fields.filter(({ before, after }) => before !== after);
}

const named = ({ project, host }: Owner) => `project ${project}, host ${host}`;

/** A warning for what another declaration managed so far. */
export function takenFromOthers({ ledger, manifest }: Recording): Diagnostic[] {
  const owner = ownerOf(manifest);
  return takenOver(
    manifest.resources.flatMap(({ id }) => {
      const owned = ledger.resources.get(id);
      return owned === undefined || isSameOwner(owned.owner, owner) ? [] : [owned];
    }),
  );
}
