import type { ResourceId } from "../shared/brands.ts";
import type { Diagnostic } from "../shared/diagnostic.ts";
import type { Manifest } from "../shared/manifest.ts";
import type { ChangeOutcome, Outcome, Verdict } from "../shared/outcome.ts";
import type { Plan } from "../shared/plan.ts";
import type { RequestOf } from "../shared/protocol/messages.ts";
import type { ContentStore } from "./content-store.ts";
import type { Host } from "./host/host.ts";
import { readNames } from "./host/names.ts";
import { makeChanges } from "./make-changes.ts";
import { observe } from "./observe.ts";
import type { Intent } from "./transaction/journal.ts";
import { prepareUndo } from "./transaction/prepare.ts";
import { attemptRecord, flushed, recorded } from "./transaction/record.ts";
import { rollBack } from "./transaction/rollback.ts";
import { beginRun, type Run } from "./transaction/run.ts";
import { isUntouched, movedSince, unmetBy } from "./verify.ts";

export interface ApplyOptions {
  readonly host: Host;
  readonly plan: Plan;
  readonly manifest: Manifest;
  readonly contents: ContentStore;
  readonly onFailure: RequestOf<"apply">["onFailure"];
  /** The agent's own directory on the host. */
  readonly root: string;
  readonly agentId: string;
  readonly bootId: string;
  readonly onEvent: (event: {
    readonly type: "started" | "done" | "failed";
    readonly id: ResourceId;
  }) => void;
}

export interface ApplyResult {
  readonly outcome: Outcome;
  readonly diagnostics: readonly Diagnostic[];
}

/** Writes down all that an undo needs; on disk before the first change, in one write. */
async function begin(
  { plan, host, agentId, bootId }: ApplyOptions,
  { run, intents }: { readonly run: Run; readonly intents: readonly Intent[] },
): Promise<void> {
  await host.flush();
  await run.journal.write(
    {
      type: "begin",
      format: 1,
      run: run.id,
      plan: plan.digest,
      agent: agentId,
      boot: bootId,
      at: new Date().toISOString(),
    },
    ...intents,
  );
}

/** Makes exactly the plan's changes, whole or not at all; or none, when the host moved after the plan was made. */
export async function applyPlan(options: ApplyOptions): Promise<ApplyResult> {
  const begun = performance.now();
  const { plan, host, manifest } = options;
  const resources = plan.changes.map((change) => change.resource);
  const before = await observe(resources, { host, all: manifest.resources });
  const moved = movedSince(plan, before);
  const record = new Map<ResourceId, ChangeOutcome>();
  const outcomeOf = (verdict: Verdict, run: Run | null): Outcome => ({
    verdict,
    planDigest: plan.digest,
    run: run?.id ?? null,
    changes: plan.changes.map(
      ({ id }) => record.get(id) ?? { id, result: "skipped", because: "nothing was changed" },
    ),
    milliseconds: performance.now() - begun,
  });
  if (moved.length > 0) return { outcome: outcomeOf("stale", null), diagnostics: moved };

  const run = await recorded(() => beginRun(plan, { host, root: options.root, now: new Date() }));
  let intents: Intent[] = [];
  const finish = async (verdict: Verdict, diagnostics: readonly Diagnostic[]) => {
    const outcome = outcomeOf(verdict, run);
    const unrecorded = await attemptRecord(async () => {
      for (const [path, kept] of intents.flatMap((intent) => Object.entries(intent.kept))) {
        await host.forgetKept(kept, path);
      }
      await run.journal.write({ type: "end", verdict, at: new Date().toISOString() });
      await run.finish(outcome);
    });
    return { outcome, diagnostics: [...diagnostics, ...unrecorded] };
  };

  try {
    const context = { host, names: () => readNames(host) };
    intents = await recorded(() => prepareUndo(plan.changes, { run, before, context }));
    await recorded(() => begin(options, { run, intents }));
  } catch (error) {
    await finish("failed", []);
    throw error;
  }
  const failures = [
    ...(await makeChanges(options, { before, record, journal: run.journal })),
    ...(await flushed(host)),
  ];
  const problems = failures.length > 0 ? failures : await unmetBy(options);
  if (problems.length === 0) return finish("applied", []);

  const touched = plan.changes.filter(({ id }) => record.get(id)?.result !== "skipped");
  if (await isUntouched(touched, options)) return finish("failed", problems);
  if (options.onFailure === "stop") return finish("partial", problems);
  const { left, remarks } = await rollBack({
    host,
    manifest,
    changes: touched,
    intents,
    journal: run.journal,
    because: problems[0]?.detail ?? "",
  });
  return left.length === 0
    ? finish("rolled-back", [...problems, ...remarks])
    : finish("rollback-failed", [...problems, ...left, ...remarks]);
}
