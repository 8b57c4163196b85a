import type { ResourceId } from "../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { ChangeOutcome } from "../shared/outcome.ts";
import { type Change, dangersOf } from "../shared/plan.ts";
import type { RunId } from "../shared/run.ts";
import { carryOut, conclude } from "./carry-out.ts";
import { bytesOf } from "./host/bytes-of.ts";
import { type Found, restOfRun, unmakeHalf } from "./rest-of-run.ts";
import { mustBeAllowed } from "./policy/enforce.ts";
import { revert } from "./revert.ts";
import type { RunContext, RunResult } from "./run-context.ts";
import { decide } from "./transaction/confirmation.ts";
import { keepAgain, unlockKept } from "./transaction/kept.ts";
import { readJournal } from "./transaction/read-journal.ts";
import { recorded } from "./transaction/record.ts";
import { secretsMoved } from "./secrets/secrets-moved.ts";
import { runOf, writePrivate } from "./transaction/places.ts";
import { rollBack } from "./transaction/rollback.ts";
import { removeTemporaries } from "./transaction/temporaries.ts";
import { openRun, readOutcome } from "./transaction/run.ts";
import { drivenOf, dueOf } from "./steps.ts";
import { isUntouched, lookAgain, unmetIn, unmetOf } from "./verify.ts";

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
  if (isForward) {
    await mustBeAllowed(host, { plan: requested.plan, artifact: requested.request.artifact });
  }
  const rest = isForward ? await restOfRun(context, found) : undefined;
  const moved = rest === undefined ? [] : await secretsMoved(rest.changes, context);
  if (moved.length > 0) throw new HostKitError(moved);
  await recorded(() => goOn(context, found, goal));
  await recorded(() => unlockKept(host, intents));
  if (!begun) return nothingBegun(context, found);
  if (reverts !== undefined) return revert(context, { ...found, reverts });
  if (rollingBack) return takeBack(context, found, "taking it back was cut off");
  if (rest === undefined) return settle(context, found);
  const toMake = (await unmakeHalf(context, found, rest)) ? await restOfRun(context, found) : rest;
  const ids = new Set(toMake.changes.map(({ id }) => id));
  const left = intents.filter(({ id }) => ids.has(id));
  await recorded(() => keepAgain(host, left));
  return carryOut(context, { ...found, ...toMake, intents });
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
    await writePrivate(host, `${run.directory}/journal.jsonl`, bytesOf(journal.whole));
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
    (change) => journal.done.has(change.id) || dueOf(change) === null,
  );
  const now = await lookAgain(drivenOf(plan), { host, manifest });
  if (isDone && unmetIn(drivenOf(plan), now).length === 0) return allDone(context, found);
  if (request.onFailure === "rollback") return takeBack(context, found, "it was cut off");
  const isNothing = isUntouched(drivenOf(plan), now);
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
async function allDone(context: RunContext, found: Found): Promise<RunResult> {
  const { host, requested } = context;
  const { plan, manifest } = requested;
  const record = new Map(plan.changes.map(({ id }) => [id, done(id)]));
  const { intents } = found.journal;
  const now = await lookAgain(drivenOf(plan), { host, manifest });
  const unmet = (change: Change) => unmetOf(change, now);
  return conclude(context, {
    ...found,
    intents,
    record,
    unmet,
    verdict: "applied",
    diagnostics: [],
  });
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

function cutOff(run: string, what: string): Diagnostic {
  return {
    severity: "error",
    side: "host",
    code: "HK4045",
    summary: "The run was cut off.",
    detail: `The run ${run} did not come to its end: its process was killed, or the host went down. ${what}`,
  };
}
