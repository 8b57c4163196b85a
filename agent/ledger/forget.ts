import type { ResourceId } from "../../shared/brands.ts";
import { canonical } from "../../shared/canonical.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Held } from "../../shared/held.ts";
import { didYouMean } from "../../shared/nearest-name.ts";
import type { Root } from "../transaction/places.ts";
import { ledgerPath, readLedger, writeLedger } from "./ledger-file.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { withoutIdle } from "./next-ledger.ts";

/** What the ledger says of resources; refused as a whole when it does not have one of them. */
export async function heldOf(place: Root, ids: readonly ResourceId[]): Promise<Held[]> {
  return find(await readLedger(place), ids, place);
}

/**
 * Lets go of resources without touching them: what is protected too. All or none; whoever calls it holds the lock of the
 * host's runs.
 */
export async function forget(place: Root, reviewed: readonly Held[]): Promise<void> {
  const ledger = await readLedger(place);
  const ids = reviewed.map(({ id }) => id);
  const held = find(ledger, ids, place);
  const moved = held.filter((now, index) => factsOf(now) !== factsOf(reviewed[index]!));
  if (moved.length > 0) throw new HostKitError(moved.map(movedSince));
  const gone = new Set(ids);
  const left = <Value>(entries: ReadonlyMap<ResourceId, Value>) =>
    new Map([...entries].filter(([id]) => !gone.has(id)));
  await writeLedger(place, {
    resources: withoutIdle(left(ledger.resources)),
    started: left(ledger.started),
    owed: left(ledger.owed),
  });
  await place.host.flush();
}

function find({ resources }: Ledger, ids: readonly ResourceId[], { root }: Root): Held[] {
  const path = ledgerPath(root);
  if (resources.size === 0) throw new HostKitError(nothingHeld(path));
  const unknown = ids.filter((id) => !resources.has(id));
  if (unknown.length > 0) {
    const known = [...resources.keys()];
    throw new HostKitError(unknown.map((id) => unknownResource(id, { known, path })));
  }
  return ids.map((id) => describe(resources.get(id)!));
}

const describe = ({ resource, origin, owner, run }: Entry): Held => ({
  id: resource.id,
  origin,
  protect: resource.protect === true,
  ...owner,
  run,
});

/** Every push declares it again, which changes nothing of what was reviewed. */
const factsOf = (held: Held): string => canonical({ ...held, run: "" });

function unknownResource(
  id: ResourceId,
  { known, path }: { readonly known: readonly string[]; readonly path: string },
): Diagnostic {
  return {
    severity: "error",
    side: "host",
    code: "HK4058",
    summary: "The ledger has no such resource.",
    detail: `HostKit does not manage ${id} on this host, so there is nothing to forget.${didYouMean(id, known)} ${path} lists what it manages. Nothing was changed.`,
    resource: id,
  };
}

const nothingHeld = (path: string): Diagnostic => ({
  severity: "error",
  side: "host",
  code: "HK4070",
  summary: "HostKit manages nothing on this host.",
  detail: `${path}, which lists what it manages, is empty or was never written, so there is nothing to forget. Either nothing was pushed to this host by this login yet, or all of it was let go of or removed. Nothing was changed.`,
});

const movedSince = ({ id, project, host, protect }: Held): Diagnostic => ({
  severity: "error",
  side: "host",
  code: "HK4071",
  summary: "The ledger moved after the review.",
  detail: `${id} belongs to project ${project}, host ${host} by now, and is ${protect ? "protected" : "not protected"}: a push changed that after it was shown. Nothing was changed. Run the command again to see it as it is now.`,
  resource: id,
});
