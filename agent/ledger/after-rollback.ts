import type { Change } from "../../shared/plan.ts";
import { type Ledger, ownerOf } from "./ledger.ts";
import type { Settled } from "./next-ledger.ts";

/**
 * What the ledger says after a run was taken back by another one: what it had made is gone, what it had removed is HostKit's
 * again. What services run with by now is not taken down: it follows from their next start.
 */
export function afterRollback(
  { ledger, manifest, plan, run }: Settled,
  cameTrue: (change: Change) => boolean,
): Ledger {
  const resources = new Map(ledger.resources);
  const owed = new Map(ledger.owed);
  const undone = plan.changes.filter(cameTrue);
  for (const { id, action, resource: declared, owned } of undone) {
    owed.delete(id);
    if (action === "delete") resources.delete(id);
    if (owned === undefined || action === "delete" || resources.has(id)) continue;
    const { source: _source, ...resource } = declared;
    resources.set(id, { ...owned, owner: ownerOf(manifest), resource, run });
  }
  const ids = new Set<string>(undone.map(({ id }) => id));
  const declared = new Set<string>(manifest.resources.map(({ id }) => id));
  const started = [...ledger.started].filter(([id, inputs]) => {
    // A run of a part of the declaration started nothing that is not in it.
    if (manifest.selection !== undefined && !declared.has(id)) return true;
    return !ids.has(id) && !Object.keys(inputs).some((input) => ids.has(input));
  });
  return { resources, started: new Map(started), owed };
}
