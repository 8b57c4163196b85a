import type { ContentRef } from "../shared/content.ts";
import { type Diagnostic, HostKitError } from "../shared/diagnostic.ts";
import type { Outcome } from "../shared/outcome.ts";
import { dangersOf, type Plan } from "../shared/plan.ts";
import { carryOut, conclude } from "./carry-out.ts";
import { type Host, HostFault } from "./host/host.ts";
import { diagnosticsOf } from "./failure.ts";
import { readNames } from "./host/names.ts";
import { noteOwed } from "./ledger/keep-ledger.ts";
import { disowned } from "./ledger/removals.ts";
import { observe } from "./observe.ts";
import { mustBeAllowed } from "./policy/enforce.ts";
import { revert } from "./revert.ts";
import type { RunContext, RunResult } from "./run-context.ts";
import type { Intent } from "./transaction/journal.ts";
import { secretsMoved } from "./secrets/secrets-moved.ts";
import { contentsIn } from "./transaction/contents.ts";
import { noteApplied, refuseApplied } from "./transaction/applied-artifacts.ts";
import { nextSequence, openRunIds } from "./transaction/list-runs.ts";
import { prepareUndo } from "./transaction/prepare.ts";
import { attemptRecord, recorded } from "./transaction/record.ts";
import { adoptRun, closeRun, type Run } from "./transaction/run.ts";
import { damagedKept } from "./transaction/kept.ts";
import { validateChanges } from "./transaction/validate.ts";
import { drivenOf } from "./steps.ts";
import { movedSince } from "./verify.ts";

/** Makes exactly the plan's changes, whole or not at all; or none, when the host moved after the plan was made. */
export async function applyPlan(context: RunContext): Promise<RunResult> {
  const begun = performance.now();
  const { host, requested, events } = context;
  const { plan, manifest } = requested;
  const driven = drivenOf(plan);
  const resources = driven.map((change) => change.resource);
  const before = await observe(resources, { host, all: manifest.resources });
  const drift = [
    ...movedSince(plan, before),
    ...(await disowned(context)),
    ...(plan.reverts === undefined ? await secretsMoved(driven, context) : []),
  ];
  if (drift.length > 0) {
    return {
      outcome: refusedAsStale(plan, begun),
      diagnostics: drift,
    };
  }

  const { artifact } = requested.request;
  // The policy may have come, or a signer gone, since the agent took the plan.
  await mustBeAllowed(host, { plan, artifact });
  if (artifact !== undefined) await refuseApplied(context, artifact.digest);
  const run = await recorded(() => adoptRun(context, requested.request.run));
  events.moveTo(run.directory);
  // What was asked for has moved along with the run's directory.
  const contents = contentsIn(host, `${run.directory}/contents`, plan.contents);
  let intents: Intent[] = [];
  let doubts: readonly Diagnostic[] = [];
  try {
    await recorded(() => announce(context, run));
    const names = () => readNames(host);
    const content = (ref: ContentRef) => contents.open(ref);
    const undo = { run, before, context: { host, names, content, secrets: context.secrets } };
    if (plan.reverts === undefined) {
      intents = await recorded(() => prepareUndo(driven, undo));
      doubts = await validateChanges(driven, { ...undo, root: context.root });
      if (doubts.some(({ severity }) => severity === "error")) {
        const refused = { verdict: "failed", diagnostics: doubts, record: new Map() } as const;
        return await conclude(context, { run, intents, begun, ...refused });
      }
    }
    if (artifact !== undefined) {
      await recorded(() => noteApplied(context, { artifact: artifact.digest, run: run.id }));
    }
    await recorded(() => noteOwed(context, run.id));
    await recorded(() => begin(host, { run, intents }));
    if (dangersOf(plan).length > 0) await arm(context, { run, intents });
  } catch (error) {
    await context.watchdog?.disarm(run.id).catch(() => undefined);
    const diagnostics = diagnosticsOf(error);
    await conclude(context, {
      run,
      intents,
      begun,
      verdict: "failed",
      diagnostics,
      record: new Map(),
    });
    throw error;
  }
  await attemptRecord(() => supersede(context, run));
  events.emit({ type: "begun" });
  if (plan.reverts !== undefined) return revert(context, { run, reverts: plan.reverts, begun });
  const moved = { ...context, requested: { ...requested, contents } };
  return carryOut(moved, { run, intents, before, changes: driven, begun, doubts });
}

/** Says what the run is, so that it is told of however early it ends. */
async function announce(context: RunContext, run: Run): Promise<void> {
  const { requested, agentId, bootId } = context;
  const { request, plan, manifest } = requested;
  await run.journal.note({
    type: "begin",
    format: 1,
    run: run.id,
    sequence: await nextSequence(context),
    plan: plan.digest,
    project: manifest.project,
    host: manifest.host,
    by: request.by,
    changes: drivenOf(plan).length,
    reverts: plan.reverts ?? null,
    agent: agentId,
    boot: bootId,
    at: new Date().toISOString(),
  });
}

/** Writes down all that an undo needs; on disk before the first change, in one write. */
async function begin(
  host: Host,
  { run, intents }: { readonly run: Run; readonly intents: readonly Intent[] },
): Promise<void> {
  await run.journal.write(...intents);
  // Names of the directory, the kept files and the journal itself.
  await host.flush();
}

/** Milliseconds by which the watchdog is later than the run's own process, which does the same if it is alive. */
const LATER = 15_000;

/** Before the first change: what could lock the operator out must be able to be taken back without one. */
async function arm(
  { host, watchdog, requested }: RunContext,
  { run, intents }: { readonly run: Run; readonly intents: readonly Intent[] },
): Promise<void> {
  const damaged = await damagedKept(host, intents);
  if (damaged.size > 0) throw notArmed(`${[...damaged].join(", ")} is not what was kept`);
  try {
    await watchdog?.arm(run.id, requested.request.confirmWithin + LATER);
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    throw notArmed(error.message);
  }
}

function notArmed(why: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4062",
    summary: "What takes a dangerous change back could not be set up.",
    detail: `The plan changes what could lock you out, so it is taken back by itself unless you confirm it; that could not be made sure: ${why}. Nothing was changed. See to what it names, then push again.`,
  });
}

/** What stopped part way before can't be finished any more: this run goes on from what is there. */
async function supersede(context: RunContext, run: Run): Promise<void> {
  const { reverts } = context.requested.plan;
  for (const id of await openRunIds(context)) {
    if (id !== run.id && id !== reverts) await closeRun(context, id);
  }
}

/** It never became a run, so nothing of it is recorded. */
function refusedAsStale(plan: Plan, begun: number): Outcome {
  return {
    verdict: "stale",
    planDigest: plan.digest,
    run: null,
    changes: plan.changes.map(({ id }) => ({
      id,
      result: "skipped",
      because: "nothing was changed",
    })),
    milliseconds: performance.now() - begun,
  };
}
