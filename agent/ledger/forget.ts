import type { ResourceId } from "../../shared/brands.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { didYouMean } from "../../shared/nearest-name.ts";
import { type LedgerPlace, ledgerPath, readLedger, writeLedger } from "./ledger-file.ts";

/**
 * Lets go of resources without touching them: what is protected too. All or none; whoever calls it holds the lock of the
 * host's runs.
 */
export async function forget(place: LedgerPlace, ids: readonly string[]): Promise<void> {
  const ledger = await readLedger(place);
  const known = [...ledger.resources.keys()];
  const unknown = ids.filter((id) => !ledger.resources.has(id as ResourceId));
  if (unknown.length > 0) {
    throw new HostKitError(
      unknown.map((id) => ({
        severity: "error",
        side: "host",
        code: "HK4058",
        summary: "The ledger has no such resource.",
        detail: `HostKit does not manage ${id} on this host, so there is nothing to forget.${didYouMean(id, known)} ${ledgerPath(place.root)} lists what it manages. Nothing was changed.`,
        resource: id,
      })),
    );
  }
  const left = <Value>(entries: ReadonlyMap<ResourceId, Value>) =>
    new Map([...entries].filter(([id]) => !ids.includes(id)));
  await writeLedger(place, {
    resources: left(ledger.resources),
    started: left(ledger.started),
    owed: left(ledger.owed),
  });
  await place.host.flush();
}
