import type { ResourceId } from "../shared/brands.ts";
import type { ChangeOutcome } from "../shared/outcome.ts";
import type { RunId } from "../shared/run.ts";
import { conclude } from "./carry-out.ts";
import type { RunContext, RunResult } from "./run-context.ts";
import { forgetUnused, lockKept, unlockKept } from "./transaction/kept.ts";
import { openRunIds } from "./transaction/list-runs.ts";
import { runOf } from "./transaction/places.ts";
import { readJournal } from "./transaction/read-journal.ts";
import { attemptRecord, recorded } from "./transaction/record.ts";
import { readRequest } from "./transaction/request.ts";
import { rollBack } from "./transaction/rollback.ts";
import { removeTemporaries } from "./transaction/temporaries.ts";
import { finishRun, openRun, readOutcome, type Run } from "./transaction/run.ts";

/**
 * Makes the changes of a plan that takes another run back. They are that run's undo, so they can be cut off and repeated;
 * there is nothing to take back about them.
 */
export async function revert(
  context: RunContext,
  { run, reverts, begun }: { run: Run; reverts: RunId; begun: number },
): Promise<RunResult> {
  const { host, root, requested, events } = context;
  const directory = runOf(root, reverts);
  const { plan, manifest } = await readRequest(context, directory);
  const { intents } = await readJournal(host, `${directory}/journal.jsonl`);
  await recorded(() => unlockKept(host, intents));
  // One that was cut off may have been writing.
  await removeTemporaries(host, { changes: plan.changes, intents });
  const wanted = new Set(requested.plan.changes.map(({ id }) => id));
  const changes = plan.changes.filter(({ id }) => wanted.has(id));
  for (const { id } of changes) events.emit({ type: "started", id });
  const { left, remarks } = await rollBack({
    host,
    manifest,
    changes,
    intents,
    journal: run.journal,
    because: `taking back the run ${reverts}`,
  });
  const record = new Map<ResourceId, ChangeOutcome>();
  for (const { id } of changes) {
    const why = left.find((each) => each.resource === id);
    record.set(
      id,
      why === undefined
        ? { id, result: "done", milliseconds: performance.now() - begun }
        : { id, result: "failed", message: why.detail },
    );
    events.emit({ type: why === undefined ? "done" : "failed", id });
  }
  // What is in its place again must not have a second link; see `forgetKept`.
  await attemptRecord(async () => {
    await forgetUnused(host, intents);
    await lockKept(host, intents);
  });
  if (left.length === 0) await closeReverted(context, reverts);
  return conclude(context, {
    run,
    begun,
    record,
    intents: [],
    // It was read again: whatever is not as before is among what is left.
    unmet: () => [],
    verdict: left.length === 0 ? "applied" : "rollback-failed",
    diagnostics: [...left, ...remarks],
  });
}

/** A run that had not come to an end has one now. */
async function closeReverted(context: RunContext, id: RunId): Promise<void> {
  const { host, root } = context;
  if (!(await openRunIds(context)).includes(id)) return;
  const run = openRun(host, { id, directory: runOf(root, id) });
  const ended = await readOutcome(host, run.directory);
  const { plan } = await readRequest(context, run.directory);
  const { diagnostics = [], ...outcome } = ended ?? {
    planDigest: plan.digest,
    run: id,
    changes: plan.changes.map(({ id: change }) => ({
      id: change,
      result: "skipped" as const,
      because: "the run was cut off",
    })),
    milliseconds: 0,
  };
  await attemptRecord(() =>
    finishRun(context, { run, outcome: { ...outcome, verdict: "rolled-back" }, diagnostics }),
  );
}
