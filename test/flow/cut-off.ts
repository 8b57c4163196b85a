import { execute } from "../../agent/executor/execute.ts";
import { findPending } from "../../agent/transaction/pending.ts";
import { runOf } from "../../agent/transaction/places.ts";
import { submitRun } from "../../agent/transaction/request.ts";
import { readOutcome } from "../../agent/transaction/run.ts";
import type { Digest } from "../../shared/brands.ts";
import type { Contents } from "../../client/session.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Plan } from "../../shared/plan.ts";
import { runId } from "../../shared/run.ts";
import { createMemoryLock } from "../support/in-process-executor.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";
import { HELLO, join, ROOT } from "./joined.ts";

/** Runs whose executor is killed in the middle, and what whoever comes next does about them. */

const ignore = () => undefined;

export const RUN = runId(new Date("2026-01-02T03:04:05Z"), 1);

export interface Cut {
  readonly host: MemoryHost;
  readonly contents: Contents;
  /** Calls of the executor, until it is killed; unset: it is let end. */
  readonly after?: number;
  readonly onFailure?: "rollback" | "stop";
  /** Milliseconds. */
  readonly confirmWithin?: number;
  /** What the plan was reviewed as, and who signed that. */
  readonly artifact?: { readonly digest: Digest; readonly signatures: string[] };
}

async function planOf(manifest: Manifest, { host, contents }: Cut): Promise<Plan> {
  const { session } = await join(host);
  const { plan } = await session.plan(manifest, contents);
  await session.close();
  return plan as Plan;
}

/** Plans, and has an executor that is killed make it true; says how many calls it made. */
export async function cutOffRun(
  manifest: Manifest,
  cut: Cut,
): Promise<{ readonly host: MemoryHost; readonly calls: number }> {
  const { host, contents, after, onFailure = "rollback", confirmWithin = 1000 } = cut;
  const plan = await planOf(manifest, cut);
  const source = { open: (ref: { sha256: string }) => contents.open(ref.sha256) };
  const signed = cut.artifact === undefined ? {} : { artifact: cut.artifact };
  const base = { run: RUN, by: "tester", confirmWithin, onFailure, ...signed };
  const asked = { ...base, plan, manifest, contents: source };
  await submitRun({ host, root: ROOT }, asked);
  const before = host.calls;
  if (after !== undefined) host.faultAfter(after);
  await execute(
    { run: RUN, goal: "apply", wait: 0, attempt: "first" },
    {
      ...HELLO,
      host,
      root: ROOT,
      lock: createMemoryLock(),
      fetchSecrets: async () => [],
      stopping: ignore,
    },
  ).catch(ignore);
  const calls = host.calls - before;
  host.revive();
  return { host, calls };
}

/** What whoever comes next does about it; `undefined` where there is nothing to be done. */
export async function settle(host: MemoryHost, goal: "settle" | "finish") {
  const at = { host, root: ROOT };
  const pending = await findPending(at, async () => false);
  if (pending === undefined) return undefined;
  await execute(
    { run: pending.run, goal, wait: 0, attempt: "next" },
    { ...HELLO, ...at, lock: createMemoryLock(), fetchSecrets: async () => [], stopping: ignore },
  );
  const ended = await readOutcome(host, runOf(ROOT, pending.run));
  return ended?.verdict ?? host.text(`${runOf(ROOT, pending.run)}/events.jsonl`);
}
