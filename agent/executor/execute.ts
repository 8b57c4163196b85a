import { applyPlan } from "../apply.ts";
import { diagnosticsOf } from "../failure.ts";
import { recover } from "../recover.ts";
import type { RunContext, RunResult } from "../run-context.ts";
import type { RunLock } from "../run-lock.ts";
import { readDecision } from "../transaction/confirmation.ts";
import { type Events, openEvents } from "../transaction/events.ts";
import { findPending } from "../transaction/pending.ts";
import { findDirectory, runOf, type Root } from "../transaction/places.ts";
import { readOwnRequest } from "../transaction/request.ts";
import { lastSeq } from "../transaction/follow.ts";
import { isOpenVerdict } from "../transaction/run.ts";
import { unknownRun } from "../transaction/unknown-run.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { OperatorSecret } from "../../shared/secret.ts";
import { SecretValues } from "../secrets/secret-values.ts";
import type { Task } from "./executor.ts";

export interface ExecuteOptions
  extends Root, Pick<RunContext, "agentId" | "bootId" | "stopping" | "watchdog"> {
  readonly machineId: string;
  /** Asks whoever started it for the secrets of the run; none where nobody has any. */
  readonly fetchSecrets: () => Promise<readonly OperatorSecret[]>;
  /** Keeps other runs from changing the host meanwhile. */
  readonly lock: RunLock;
}

/** Works on one run, to its end. Never rejects: what became of it is the last event. */
export async function execute(task: Task, options: ExecuteOptions): Promise<void> {
  const { host } = options;
  const directory = (await findDirectory(options, task.run)) ?? runOf(options.root, task.run);
  const last = await lastSeq(host, directory);
  const events = openEvents(host, { directory, attempt: task.attempt, last });
  let result: RunResult;
  try {
    result = await work(task, { directory, events, options });
  } catch (error) {
    result = { outcome: null, diagnostics: diagnosticsOf(error) };
  }
  // It goes on later, so this is not its end.
  if (result.outcome === null && options.stopping() === "ending") return;
  if (result.outcome !== null && !isOpenVerdict(result.outcome.verdict)) {
    await options.watchdog?.disarm(task.run).catch(() => undefined);
  }
  if (task.goal === "boot" && result.outcome === null) return;
  await events.end(result);
}

async function work(
  task: Task,
  { directory, events, options }: { directory: string; events: Events; options: ExecuteOptions },
): Promise<RunResult> {
  const { host, lock } = options;
  const [entry] = await host.inspect([directory], { digest: false });
  if (entry?.type !== "directory") throw new HostKitError(unknownRun(task.run));
  const requested = await readOwnRequest(options, directory, task.written);
  const secrets = new SecretValues(host, await options.fetchSecrets());
  const context: RunContext = { ...options, requested, events, secrets };
  // Taken before the plan is compared with the host: nothing may move between that look and the last change.
  return lock(
    async () => {
      if (task.goal === "boot") return settleAtBoot(context, directory);
      if (task.goal !== "apply") return recover(context, task.goal);
      await settleOthers(context, options);
      return applyPlan(context);
    },
    { patience: task.wait, name: `The run ${task.run} of ${requested.request.by}` },
  );
}

/** What was cut off comes to its end first. The plan may not fit any more then, and is refused as stale. */
async function settleOthers(
  context: RunContext,
  { machineId }: Pick<ExecuteOptions, "machineId">,
): Promise<void> {
  // Whoever holds the lock is the only one at work.
  const pending = await findPending(context, () => Promise.resolve(false));
  if (pending?.state !== "cut-off") return;
  // What takes it back was planned from what it left.
  if (pending.run === context.requested.plan.reverts) return;
  const directory = runOf(context.root, pending.run);
  const requested = await readOwnRequest({ ...context, machineId }, directory);
  await recover({ ...context, requested }, "settle");
}

/** The time to confirm a run begins anew with the host: its operator lost some of it. The timer sees to the end of it. */
async function settleAtBoot(context: RunContext, directory: string): Promise<RunResult> {
  const decision = await readDecision(context.host, directory);
  if (decision === "awaiting") return { outcome: null, diagnostics: [] };
  return recover(context, "settle");
}
