import type { ResourceId } from "../shared/brands.ts";
import type { Diagnostic } from "../shared/diagnostic.ts";
import type { ChangeOutcome, Outcome, Verdict } from "../shared/outcome.ts";
import type { Change } from "../shared/plan.ts";
import { dangersOf } from "../shared/plan.ts";
import { actualOf, type Seen } from "./actual.ts";
import { awaitConfirmation, unconfirmed } from "./await-confirmation.ts";
import { settleLedger } from "./ledger/keep-ledger.ts";
import { makeChanges } from "./make-changes.ts";
import type { Observations } from "./observe.ts";
import type { RunContext, RunResult } from "./run-context.ts";
import { drivenOf, isDriven } from "./steps.ts";
import type { Intent } from "./transaction/journal.ts";
import { forgetUnused, lockKept } from "./transaction/kept.ts";
import { attemptRecord, flushed } from "./transaction/record.ts";
import { rollBack } from "./transaction/rollback.ts";
import { finishRun, type Run } from "./transaction/run.ts";
import { isUntouched, lookAgain, unmetIn, unmetOf } from "./verify.ts";

export interface CarryOut {
  readonly run: Run;
  readonly intents: readonly Intent[];
  /** As things are right before. */
  readonly before: Observations;
  /** What is left to do: all of the plan, or what an earlier attempt did not come to. */
  readonly changes: readonly Change[];
  /** When this attempt began; milliseconds of `performance.now()`. */
  readonly begun: number;
  /** What is to be told whatever becomes of it. */
  readonly doubts?: readonly Diagnostic[];
}

/** Makes the changes of a run that is recorded, looks whether they took, and takes them back when not all did. */
export async function carryOut(context: RunContext, work: CarryOut): Promise<RunResult> {
  const { host, requested } = context;
  const { plan, manifest, request } = requested;
  const { run, intents, before, changes, doubts = [] } = work;
  const record = new Map<ResourceId, ChangeOutcome>();
  for (const { id } of drivenOf(plan)) {
    if (!changes.some((change) => change.id === id))
      record.set(id, { id, result: "done", milliseconds: 0 });
  }
  let now: Observations | undefined;
  const unmet = (change: Change) => (now === undefined ? undefined : unmetOf(change, now));
  const finish = (verdict: Verdict, diagnostics: readonly Diagnostic[]) =>
    conclude(context, {
      ...work,
      record,
      verdict,
      unmet,
      diagnostics: [...diagnostics, ...doubts],
    });

  const remarks: Diagnostic[] = [];
  const failures = [
    ...(await makeChanges(context, { changes, before, record, journal: run.journal, remarks })),
    ...(await flushed(host)),
  ];
  // Whoever comes next finds the run as it is: there is no time to take it back in a shutdown.
  if (context.stopping() === "ending") return { outcome: null, diagnostics: failures };
  const touched = drivenOf(plan).filter(({ id }) => record.get(id)?.result !== "skipped");
  now = await lookAgain(touched, { host, manifest });
  const problems = failures.length > 0 ? failures : unmetIn(touched, now);
  const dangers = problems.length === 0 ? dangersOf(plan) : [];
  const word = dangers.length === 0 ? "confirmed" : await awaitConfirmation(context, run);
  if (word === "ending") return { outcome: null, diagnostics: [] };
  if (word === "refused") problems.push(unconfirmed(run.id, dangers));
  if (problems.length === 0) return finish("applied", remarks);

  if (isUntouched(touched, now)) return finish("failed", problems);
  // What could lock the operator out is never left for later.
  if (request.onFailure === "stop" && dangersOf(plan).length === 0) {
    return finish("partial", problems);
  }
  const because = problems[0]?.detail ?? "";
  context.events.emit({ type: "rolling-back", because });
  const { left, remarks: refusals } = await rollBack({
    host,
    manifest,
    changes: touched,
    intents,
    journal: run.journal,
    because,
  });
  return left.length === 0
    ? finish("rolled-back", [...problems, ...refusals])
    : finish("rollback-failed", [...problems, ...left, ...refusals]);
}

export interface Conclusion extends Pick<CarryOut, "run" | "intents" | "begun"> {
  /** What of a change is not as planned, where anybody looked before it was taken back. */
  readonly unmet?: Seen["unmet"];
  readonly record: ReadonlyMap<ResourceId, ChangeOutcome>;
  readonly verdict: Verdict;
  readonly diagnostics: readonly Diagnostic[];
}

/** Records how a run ended. */
export async function conclude(
  context: RunContext,
  { run, intents, begun, record, verdict, diagnostics, unmet = () => undefined }: Conclusion,
): Promise<RunResult> {
  const { plan } = context.requested;
  const told = (change: Change): ChangeOutcome => {
    const outcome = record.get(change.id) ?? notDriven(change, verdict === "applied");
    const actual = actualOf(change, outcome, { unmet, diagnostics });
    return actual === undefined ? outcome : { ...outcome, actual };
  };
  const outcome: Outcome = {
    verdict,
    planDigest: plan.digest,
    run: run.id,
    changes: plan.changes.map(told),
    milliseconds: performance.now() - begun,
  };
  const unrecorded = await attemptRecord(async () => {
    await forgetUnused(context.host, intents);
    await lockKept(context.host, intents);
    // Before the end: a run that is cut off in between is found, and its ledger made good.
    await settleLedger(context, { run: run.id, verdict, record });
    await finishRun(context, { run, outcome, diagnostics });
  });
  return { outcome, diagnostics: [...diagnostics, ...unrecorded] };
}

/** What is only taken down is done with that. */
function notDriven(change: Change, isApplied: boolean): ChangeOutcome {
  const { id } = change;
  return isApplied && !isDriven(change)
    ? { id, result: "done", milliseconds: 0 }
    : { id, result: "skipped", because: "nothing was changed" };
}
