import type { ResourceId } from "../shared/brands.ts";
import type { Difference, KeyDifference } from "../shared/change.ts";
import type { ContentRef } from "../shared/content.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { Manifest } from "../shared/manifest.ts";
import type { Change, Plan } from "../shared/plan.ts";
import { PROTOCOL } from "../shared/protocol/messages.ts";
import { kindOf } from "../shared/resources/registry.ts";
import type { RunId } from "../shared/run.ts";
import { fingerprint } from "./change.ts";
import { digestOf } from "./digest.ts";
import { type Observation, observe } from "./observe.ts";
import { addPatches } from "./patch.ts";
import { chooseRunToTakeBack } from "./transaction/choose-run.ts";
import type { Intent } from "./transaction/journal.ts";
import { digestIn } from "./transaction/kept.ts";
import type { IsAlive } from "./transaction/pending.ts";
import { type Root, runOf } from "./transaction/places.ts";
import { type JournalRead, readJournal } from "./transaction/read-journal.ts";
import { readOwnRequest } from "./transaction/request.ts";
import { isAsBefore } from "./transaction/rollback.ts";
import { causesOf } from "./ledger/next-ledger.ts";
import { predicted } from "./predict.ts";
import { addRemarks } from "./remarks.ts";
import { drivenOf } from "./steps.ts";
import { leftOf } from "./verify.ts";

export interface PlanRollback extends Root {
  /** `null`: the last run that left something behind. */
  readonly run: RunId | null;
  readonly machineId: string;
  readonly isAlive: IsAlive;
}

export interface RollbackPlanned {
  readonly plan: Plan;
  /** Of the run that is taken back. */
  readonly manifest: Manifest;
  readonly diagnostics: readonly Diagnostic[];
}

/** Says what taking a run back would change. Leaves out, with a word, what somebody else changed since. Changes nothing. */
export async function planRollback(options: PlanRollback): Promise<RollbackPlanned> {
  const { host, root } = options;
  const run = await chooseRunToTakeBack(options);
  const directory = runOf(root, run);
  const { plan, manifest } = await readOwnRequest(options, directory);
  if (plan.reverts !== undefined) throw isRollback(run, plan.reverts);
  const journal = await readJournal(host, `${directory}/journal.jsonl`);
  const intents = new Map(journal.intents.map((intent) => [intent.id, intent]));
  const resources = drivenOf(plan).map((change) => change.resource);
  const now = await observe(resources, { host, all: manifest.resources });

  const changes: Change[] = [];
  const left: ResourceId[] = [];
  // What came last goes first.
  for (const change of plan.changes.toReversed()) {
    const intent = intents.get(change.id);
    if (intent === undefined) continue;
    const inverse = inverseOf(change, {
      intent,
      now: now.byId.get(change.id),
      ended: isKnown(change.id, journal),
    });
    if (inverse === "foreign") left.push(change.id);
    else if (inverse !== undefined) changes.push(inverse);
  }
  changes.push(...restartsOf(plan, { undone: changes, intents, now: now.byId }));
  const patched = await addPatches(changes, { host, texts: keptTexts(options, intents) });
  const body = {
    version: 1 as const,
    host: plan.host,
    project: plan.project,
    manifestDigest: plan.manifestDigest,
    protocol: PROTOCOL,
    changes: await addRemarks(patched, host),
    edges: plan.edges
      .filter(({ from, to }) => [from, to].every((id) => changes.some((each) => each.id === id)))
      .map(({ from, to, reason }) => ({ from: to, to: from, reason })),
    unchanged: plan.changes.length - changes.length,
    contents: [],
    reverts: run,
  };
  return {
    plan: { ...body, digest: digestOf(body) },
    manifest,
    diagnostics: left.length === 0 ? [] : [leftAlone(run, left)],
  };
}

/** Whether it is known to be as the run left it: all of it made, or not begun. */
function isKnown(id: ResourceId, { verdict, started, done }: JournalRead): boolean {
  if (verdict === "partial") return done.has(id) || !started.has(id);
  return verdict === "applied";
}

/** The change that takes one back; nothing where it is as before, `foreign` where it is not as the run left it. */
function inverseOf(
  change: Change,
  { intent, now, ended }: { intent: Intent; now: Observation | undefined; ended: boolean },
): Change | "foreign" | undefined {
  if (now === undefined) return "foreign";
  const { before } = intent;
  const { kind, desired } = change.resource;
  if (fingerprint(now) === change.fingerprint) return undefined;
  if (isAsBefore(kind, before, now.observed)) return undefined;
  const isGone = now.observed.state === "absent";
  const isAsLeft =
    change.action === "delete"
      ? leftOf(change.resource, now.observed).length === 0
      : now.observed.state === "present" && kindOf(kind).diff(desired, now.observed).length === 0;
  // A run that was cut off may have left something half way; its drivers know what is theirs.
  if (!isAsLeft && ended) return "foreign";
  const inverse: Change = {
    ...change,
    action: before.state === "absent" ? "delete" : isGone ? "create" : "update",
    reason: "rollback",
    differences: change.differences.map(inverted),
    follow: before.state === "absent" ? null : change.follow,
    prediction: { class: "exact" },
    fingerprint: fingerprint(now),
  };
  return predicted(inverse, now.observed, { reverts: true });
}

function inverted({ field, before, after, keys }: Difference): Difference {
  const inverse = { field, before: after, after: before };
  return keys === undefined ? inverse : { ...inverse, keys: keys.map(invertedKey) };
}

const invertedKey = ({ before, after, ...key }: KeyDifference): KeyDifference => ({
  ...key,
  ...(after === undefined ? {} : { before: after }),
  ...(before === undefined ? {} : { after: before }),
});

/** Services that the run restarted, and nothing else of them, where what they read is taken back: they start again with it. */
function restartsOf(
  { changes }: Plan,
  {
    undone,
    intents,
    now,
  }: {
    readonly undone: readonly Change[];
    readonly intents: ReadonlyMap<ResourceId, Intent>;
    readonly now: ReadonlyMap<ResourceId, Observation>;
  },
): Change[] {
  const ids = new Set<string>(undone.map(({ id }) => id));
  return changes
    .filter(({ action }) => action === "restart" || action === "reload")
    .filter(({ id }) => intents.has(id) && !ids.has(id))
    .filter((change) => causesOf(change).some((cause) => ids.has(cause)))
    .flatMap((change) => {
      const observation = now.get(change.id);
      if (observation === undefined) return [];
      const back = {
        ...change,
        reason: "rollback" as const,
        fingerprint: fingerprint(observation),
      };
      return [predicted(back, observation.observed, { reverts: true })];
    });
}

/** What files will hold again: kept on the host, so nobody has to be asked. */
function keptTexts({ host }: Root, intents: ReadonlyMap<ResourceId, Intent>) {
  return async (wanted: readonly ContentRef[]) => {
    const digests = new Set<string>(wanted.map(({ sha256 }) => sha256));
    const places = [...intents.values()]
      .flatMap(({ kept }) => Object.values(kept))
      .map((place) => [digestIn(place) ?? "", place] as const)
      .filter(([digest]) => digests.has(digest));
    const bytes = await host.readFiles(
      places.map(([, place]) => place),
      { limit: Number.MAX_SAFE_INTEGER },
    );
    const texts = new Map<string, string>();
    for (const [index, [digest]] of places.entries()) {
      const found = bytes[index];
      if (found != null) texts.set(digest, new TextDecoder().decode(found));
    }
    return texts;
  };
}

function leftAlone(run: string, ids: readonly string[]): Diagnostic {
  return {
    severity: "warning",
    side: "host",
    code: "HK4048",
    summary: "Some of what the run changed was changed again since.",
    detail: `It is not as the run ${run} left it, so it is somebody else's by now, or a later run's, and is left alone:\n${ids.map((id) => `  ${id}`).join("\n")}\nTake later runs back first, or put it right by hand.`,
  };
}

function isRollback(run: string, reverts: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4049",
    summary: "A rollback can't be rolled back.",
    detail: `The run ${run} took back the run ${reverts}. Nothing was changed. Push the declaration again to have its state back.`,
  });
}
