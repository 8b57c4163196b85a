import { randomBytes } from "node:crypto";
import { HostKitError } from "../shared/diagnostic.ts";
import type { ResponseOf } from "../shared/protocol/messages.ts";
import type { OperatorSecret } from "../shared/secret.ts";
import type { RunEvent, RunId } from "../shared/run.ts";
import type { Executor, Task } from "./executor/executor.ts";
import type { EndRecord } from "./transaction/events.ts";
import { followRun, lastSeq } from "./transaction/follow.ts";
import { findDirectory, type Root, runOf, spoolOf } from "./transaction/places.ts";
import { readOutcome } from "./transaction/run.ts";
import { unknownRun } from "./transaction/unknown-run.ts";

/** What whoever waits for a run on behalf of a client needs. */
export interface RunTaskContext extends Root {
  readonly executor: Executor;
  /** What the run may need that the operator's side sent. */
  readonly secrets: readonly OperatorSecret[];
  readonly onEvent: (event: RunEvent) => void;
  /** Aborted when the client has left; the run goes on. */
  readonly signal: AbortSignal;
  /** Has a function called when the client wants the run to stop. */
  readonly onCancel: (stop: () => void) => void;
}

type RunEnded = ResponseOf<"apply">;

/** Has a task of a run done and tells its events, to its end. A run whose process is killed is settled by another. */
export async function runTask(
  context: RunTaskContext,
  task: Omit<Task, "attempt">,
): Promise<RunEnded> {
  const { executor } = context;
  const directory = await findDirectory(context, task.run);
  const after = directory === undefined ? 0 : await lastSeq(context.host, directory);
  const attempt = randomBytes(4).toString("hex");
  await executor.start({ ...task, attempt }, context.secrets);
  context.onCancel(() => void executor.stop(task.run));
  const end = await followRun({
    ...context,
    run: task.run,
    after,
    attempt,
    isAlive: (run) => executor.isAlive(run),
  });
  return end === undefined
    ? afterDeath(context, task)
    : responseOf(context, { run: task.run, end });
}

/** The end of a run as an answer. One that was refused leaves nothing behind. */
async function responseOf(
  { host, root }: RunTaskContext,
  { run, end }: { run: RunId; end: EndRecord },
): Promise<RunEnded> {
  const { outcome, diagnostics } = end;
  await host.removeTree(spoolOf(root, run));
  if (outcome === null) throw new HostKitError(diagnostics);
  return { outcome, diagnostics, fresh: null };
}

/** Its process was killed: what it had begun is brought to an end, unless that is what was being done. */
async function afterDeath(
  context: RunTaskContext,
  { run, goal, wait }: Omit<Task, "attempt">,
): Promise<RunEnded> {
  const { host, root } = context;
  const ended = await readOutcome(host, runOf(root, run));
  if (ended !== null && ended.verdict !== "partial") {
    const { diagnostics, ...outcome } = ended;
    return { outcome, diagnostics: [...diagnostics], fresh: null };
  }
  const [begun] = await host.inspect([runOf(root, run)], { digest: false });
  if (begun?.type !== "directory") throw new HostKitError(killedEarly(run));
  if (goal === "settle") throw new HostKitError(killedAgain(run));
  return runTask(context, { run, goal: "settle", wait });
}

/** Follows a run that somebody else asked for; without an id the one that is at work. */
export async function attach(
  context: RunTaskContext,
  { run, after }: { readonly run: RunId; readonly after: number },
): Promise<RunEnded> {
  const { executor } = context;
  if ((await findDirectory(context, run)) === undefined) throw new HostKitError(unknownRun(run));
  context.onCancel(() => void executor.stop(run));
  const end = await followRun({ ...context, run, after, isAlive: (one) => executor.isAlive(one) });
  return end === undefined
    ? afterDeath(context, { run, goal: "apply", wait: 0 })
    : responseOf(context, { run, end });
}

const killedEarly = (run: string) =>
  ({
    severity: "error",
    side: "agent",
    code: "HK3021",
    summary: "The run's process ended before it had begun.",
    detail: `Something ended the process of the run ${run} (want of memory is a common cause). Nothing was changed. Push again.`,
  }) as const;

const killedAgain = (run: string) =>
  ({
    severity: "error",
    side: "agent",
    code: "HK3023",
    summary: "The run's process was ended, and the one that took its place as well.",
    detail: `The run ${run} is open: some of its changes may be made and others not. Look on the host at what ends its processes (\`journalctl -u 'hostkit-run-${run}-*'\`, want of memory is a common cause); then \`hostkit resume\` finishes the run and \`hostkit rollback\` takes it back.`,
  }) as const;
