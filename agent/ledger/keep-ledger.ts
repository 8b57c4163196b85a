import type { ResourceId } from "../../shared/brands.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { ChangeOutcome, Verdict } from "../../shared/outcome.ts";
import type { Change, Plan } from "../../shared/plan.ts";
import { type Observations, observe } from "../observe.ts";
import { drivenOf, dueOf, isDriven } from "../steps.ts";
import { leftOf } from "../verify.ts";
import { afterRollback } from "./after-rollback.ts";
import type { Root } from "../transaction/places.ts";
import { readLedger, writeLedger } from "./ledger-file.ts";
import type { Ledger, Owed } from "./ledger.ts";
import { causesOf, nextLedger, type Settled } from "./next-ledger.ts";

/** When a run writes the ledger: before its first change what it will owe, and at its end what it made. */

/** A run, as far as it matters here. */
interface Running extends Root {
  readonly requested: { readonly plan: Plan; readonly manifest: Manifest };
}

/**
 * Takes down what services will have to be made to do, so that it is not forgotten when the run ends between a change of what
 * they read and their restart. It has to be on disk before the first change; whoever calls it flushes.
 */
export async function noteOwed(running: Running, run: string): Promise<void> {
  const { plan } = running.requested;
  if (drivenOf(plan).every((change) => !isOwed(change))) return;
  const ledger = await readLedger(running);
  await writeLedger(running, { ...ledger, owed: withOwed(ledger, { plan, run }) });
}

const isOwed = (change: Change): boolean => dueOf(change) !== null && change.action !== "delete";

/** One that is owed already stays that of the earlier run: taking this one back does not settle it. */
function withOwed(
  ledger: Ledger,
  { plan, run }: { readonly plan: Plan; readonly run: string },
): Map<ResourceId, Owed> {
  const owed = new Map(ledger.owed);
  for (const change of plan.changes.filter(isOwed)) {
    const earlier = ledger.owed.get(change.id);
    const inputs = [...new Set([...(earlier?.inputs ?? []), ...causesOf(change)])];
    const follow = dueOf(change) ?? "restart";
    owed.set(change.id, { follow, inputs, run: earlier?.run ?? run });
  }
  return owed;
}

interface Ending {
  readonly run: string;
  readonly verdict: Verdict;
  readonly record: ReadonlyMap<ResourceId, ChangeOutcome>;
}

/**
 * Takes down what is true after a run. One that changed nothing, or was taken back, leaves the ledger as it was before it.
 * Doing it again changes nothing.
 */
export async function settleLedger(running: Running, ending: Ending): Promise<void> {
  const { host, requested } = running;
  const { run, verdict } = ending;
  const before = await readLedger(running);
  const owed = new Map([...before.owed].filter(([, one]) => one.run !== run));
  const ledger: Ledger = { ...before, owed };
  if (verdict === "failed" || verdict === "rolled-back") {
    if (owed.size === before.owed.size) return;
    await writeLedger(running, ledger);
  } else {
    const settled: Settled = { ...requested, ...ending, ledger };
    const cameTrue = await whatCameTrue(running, ending);
    const next = requested.plan.reverts === undefined ? nextLedger : afterRollback;
    await writeLedger(running, next(settled, cameTrue));
  }
  await host.flush();
}

/** Whether each change is true on the host: as the run says where it went well, else by looking. */
async function whatCameTrue(
  { host, requested: { plan, manifest } }: Running,
  { verdict, record }: Ending,
): Promise<(change: Change) => boolean> {
  if (verdict === "applied") return () => true;
  const resources = drivenOf(plan).map((change) => change.resource);
  const now = await observe(resources, { host, all: manifest.resources });
  return (change) =>
    isDriven(change) && isTrue(change, now) && record.get(change.id)?.result !== "skipped";
}

function isTrue({ id, action, resource }: Change, { byId }: Observations): boolean {
  const observed = byId.get(id)?.observed;
  if (observed === undefined) return false;
  return action === "delete"
    ? leftOf(resource, observed).length === 0
    : observed.state === "present";
}
