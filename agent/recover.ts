import type { ResourceId } from "../shared/brands.ts";
import { canonical } from "../shared/canonical.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { ChangeOutcome } from "../shared/outcome.ts";
import { type Change, dangersOf } from "../shared/plan.ts";
import { kindOf } from "../shared/resources/registry.ts";
import type { RunId } from "../shared/run.ts";
import { type CarryOut, carryOut, conclude } from "./carry-out.ts";
import { fingerprint } from "./change.ts";
import { observe, type Observation, type Observations } from "./observe.ts";
import { revert } from "./revert.ts";
import type { RunContext, RunResult } from "./run-context.ts";
import { decide } from "./transaction/confirmation.ts";
import { keepAgain } from "./transaction/kept.ts";
import { type JournalRead, readJournal } from "./transaction/read-journal.ts";
import { recorded } from "./transaction/record.ts";
import { PRIVATE_FILE, runOf } from "./transaction/places.ts";
import { isAsBefore, rollBack } from "./transaction/rollback.ts";
import { removeTemporaries } from "./transaction/temporaries.ts";
import { openRun, readOutcome, type Run } from "./transaction/run.ts";
import { drivenOf, followOf } from "./steps.ts";
import { isUntouched, leftOf, unmetBy } from "./verify.ts";

/** A run that was cut off or stopped, and what is known of it. */
interface Found {
  readonly run: Run;
  readonly journal: JournalRead;
  readonly begun: number;
}

/**
 * Brings a run to an end that has none: `settle` as it would have ended had it failed, unless all of it was done; `finish` by
 * making what is left. Whatever is done can be cut off again, and be repeated.
 */
export async function recover(context: RunContext, goal: "settle" | "finish"): Promise<RunResult> {
  const { host, root, requested } = context;
  const { run: id } = requested.request;
  const found: Found = {
    run: openRun(host, { id, directory: runOf(root, id) }),
    journal: await readJournal(host, `${runOf(root, id)}/journal.jsonl`),
    begun: performance.now(),
  };
  const ended = await readOutcome(host, found.run.directory);
  if (ended !== null && (goal === "settle" || ended.verdict !== "partial")) {
    const { diagnostics, ...outcome } = ended;
    return { outcome, diagnostics };
  }
  const { changes, reverts } = requested.plan;
  const { intents, rollingBack } = found.journal;
  await removeTemporaries(host, { changes, intents });
  const begun = hasBegun(found, reverts);
  const isForward = goal === "finish" && begun && reverts === undefined && !rollingBack;
  // A refusal comes before anything is written: the record goes on telling how it was left.
  const rest = isForward ? await restOfRun(context, found) : undefined;
  await recorded(() => goOn(context, found, goal));
  if (!begun) return nothingBegun(context, found);
  if (reverts !== undefined) return revert(context, { ...found, reverts });
  if (rollingBack) return takeBack(context, found, "taking it back was cut off");
  if (rest === undefined) return settle(context, found);
  const ids = new Set(rest.changes.map(({ id }) => id));
  const left = intents.filter(({ id }) => ids.has(id));
  await recorded(() => keepAgain(host, left));
  return carryOut(context, { ...found, ...rest, intents });
}

/** Nothing is changed before all intents are on disk; a run that takes another back has none. */
const hasBegun = ({ journal: { begin, intents } }: Found, reverts: RunId | undefined): boolean =>
  begin !== undefined && (reverts !== undefined || intents.length >= begin.changes);

/** A line that was torn goes, so that the next one stands alone. */
async function goOn(
  { host, agentId, bootId }: RunContext,
  { run, journal }: Found,
  goal: "settle" | "finish",
): Promise<void> {
  if (journal.torn) {
    const whole = async function* () {
      yield new TextEncoder().encode(journal.whole);
    };
    const metadata = { uid: host.uid, gid: -1, mode: PRIVATE_FILE };
    const path = `${run.directory}/journal.jsonl`;
    await host.writeFile(path, whole(), metadata, { over: "anything" });
  }
  await run.journal.write({
    type: "recovered",
    goal,
    agent: agentId,
    boot: bootId,
    at: new Date().toISOString(),
  });
}

/** Its intents never were on disk as a whole, so nothing was changed. */
async function nothingBegun(
  context: RunContext,
  { run, journal, begun }: Found,
): Promise<RunResult> {
  const { intents } = journal;
  // None of what was kept by then was replaced, and a second link would stay on all of it.
  await recorded(() => context.host.removeTree(run.keptDirectory));
  return conclude(context, {
    run,
    intents,
    begun,
    record: new Map(),
    verdict: "failed",
    diagnostics: [cutOff(run.id, "It had not begun to change anything.")],
  });
}

async function settle(context: RunContext, found: Found): Promise<RunResult> {
  const { host, requested } = context;
  const { plan, manifest, request } = requested;
  const { run, journal, begun } = found;
  const dangers = dangersOf(plan);
  if (dangers.length > 0) {
    // Whoever settles it is not the operator who was to confirm it.
    const word = await decide(host, run.directory, "refused");
    if (word !== "confirmed") return takeBack(context, found, "it was not confirmed");
    return allDone(context, found);
  }
  const isDone = drivenOf(plan).every(
    (change) => journal.done.has(change.id) || followOf(change) === null,
  );
  if (isDone && (await unmetBy({ plan, host, manifest })).length === 0) {
    return allDone(context, found);
  }
  if (request.onFailure === "rollback") return takeBack(context, found, "it was cut off");
  const isNothing = await isUntouched(drivenOf(plan), { host, manifest });
  return conclude(context, {
    run,
    begun,
    intents: journal.intents,
    record: recordOf(found, plan.changes),
    verdict: isNothing ? "failed" : "partial",
    diagnostics: [cutOff(run.id, "It was told to leave what it had done.")],
  });
}

/** Only the word that it had ended was missing. */
function allDone(context: RunContext, found: Found): Promise<RunResult> {
  const { changes } = context.requested.plan;
  const record = new Map(changes.map(({ id }) => [id, done(id)]));
  const { intents } = found.journal;
  return conclude(context, { ...found, intents, record, verdict: "applied", diagnostics: [] });
}

const done = (id: ResourceId): ChangeOutcome => ({ id, result: "done", milliseconds: 0 });

/** What the journal tells of each change. */
function recordOf({ journal }: Found, changes: readonly Change[]): Map<ResourceId, ChangeOutcome> {
  return new Map(
    changes.map(({ id }): [ResourceId, ChangeOutcome] => {
      if (journal.done.has(id)) return [id, done(id)];
      return journal.started.has(id)
        ? [id, { id, result: "failed", message: "cut off" }]
        : [id, { id, result: "skipped", because: "the run was cut off" }];
    }),
  );
}

/** Everything it may have begun; what it did not come to is as before already. */
async function takeBack(context: RunContext, found: Found, because: string): Promise<RunResult> {
  const { host, requested, events } = context;
  const { plan, manifest } = requested;
  const { run, journal, begun } = found;
  const { intents } = journal;
  events.emit({ type: "rolling-back", because });
  const { left, remarks } = await rollBack({
    host,
    manifest,
    changes: drivenOf(plan),
    intents,
    journal: run.journal,
    because,
  });
  return conclude(context, {
    run,
    intents,
    begun,
    record: recordOf(found, plan.changes),
    verdict: left.length === 0 ? "rolled-back" : "rollback-failed",
    diagnostics: [cutOff(run.id, "It was taken back."), ...left, ...remarks],
  });
}

/** What is left to be made, unless somebody else changed it meanwhile. */
async function restOfRun(
  { host, requested: { plan, manifest }, bootId }: RunContext,
  { run, journal }: Found,
): Promise<Pick<CarryOut, "before" | "changes">> {
  const changes = drivenOf(plan);
  const resources = changes.map((change) => change.resource);
  const before = await observe(resources, { host, all: manifest.resources });
  // What was noted as begun may not have come to the disk before the host went down.
  const rebooted = journal.begin?.boot !== bootId;
  const left: Change[] = [];
  const foreign: Change[] = [];
  for (const change of changes) {
    const rest = restOf(change, before.byId.get(change.id), { ...journal, rebooted });
    if (rest === "foreign") foreign.push(change);
    else if (rest !== undefined) left.push(rest);
  }
  if (foreign.length > 0) throw changedMeanwhile(run.id, foreign, before);
  return { before, changes: left };
}

/** What is left to do of a change; `foreign` where it is neither as before, nor as wished, nor half way between. */
function restOf(
  change: Change,
  now: Observation | undefined,
  { intents, started, done: finished, rebooted }: JournalRead & { readonly rebooted: boolean },
): Change | "foreign" | undefined {
  if (now === undefined) return "foreign";
  if (fingerprint(now) === change.fingerprint) return change;
  // What the run did elsewhere may have given a name of it another meaning.
  const before = intents.find(({ id }) => id === change.id)?.before;
  const isBefore = before !== undefined && isAsBefore(change.resource.kind, before, now.observed);
  if (isBefore && !finished.has(change.id)) return change;
  const begun = rebooted || started.has(change.id);
  if (change.action === "delete") {
    if (leftOf(change.resource, now.observed).length === 0) return undefined;
    // Stopped and not yet removed, for one; whoever removes it looks at what it removes.
    return begun ? change : "foreign";
  }
  const kind = kindOf(change.resource.kind);
  const { desired } = change.resource;
  if (now.observed.state === "absent") {
    // Parents were made for it, and not yet itself.
    return change.action === "create"
      ? { ...change, differences: [...now.notes, ...kind.created(desired)] }
      : "foreign";
  }
  const differences = kind.diff(desired, now.observed);
  const isOurs = differences.every(({ field, before: value }) => {
    const planned = change.differences.find((each) => each.field === field);
    if (planned !== undefined && canonical(planned.before) === canonical(value)) return true;
    // Always written in one step: another content is somebody else's.
    if (field === "content") return false;
    // What is new is as it was made first; what is not was changed in steps, each of which is as before or as wished.
    return begun && (planned === undefined || change.action === "create");
  });
  if (!isOurs) return "foreign";
  // A restart that was owed still is, though all else is as wished.
  if (differences.length === 0 && (finished.has(change.id) || followOf(change) === null)) {
    return undefined;
  }
  const inputs = change.differences.filter(({ field }) => field === "inputs");
  return { ...change, differences: [...differences, ...inputs] };
}

function changedMeanwhile(
  run: string,
  foreign: readonly Change[],
  { problems }: Observations,
): HostKitError {
  const told = foreign.map(({ id }) => `  ${id}`).join("\n");
  return new HostKitError([
    {
      severity: "error",
      side: "host",
      code: "HK4044",
      summary: "The run can't be finished: the host was changed after it was cut off.",
      detail: `The run ${run} did not come to these, and somebody else changed them since:\n${told}\nNothing was changed. \`hostkit push\` plans from what is there now; \`hostkit rollback\` takes back what the run did.`,
      resource: foreign[0]?.id ?? "",
    },
    ...problems,
  ]);
}

function cutOff(run: string, what: string): Diagnostic {
  return {
    severity: "error",
    side: "host",
    code: "HK4045",
    summary: "The run was cut off.",
    detail: `The run ${run} did not come to its end: its process was killed, or the host went down. ${what}`,
  };
}
