import { basename, dirname } from "node:path";
import { Digest } from "../../shared/brands.ts";
import { RunId } from "../../shared/run.ts";
import { readIdentity } from "../host/facts.ts";
import { createLinuxHost } from "../host/linux.ts";
import { createRunLock } from "../run-lock.ts";
import { findDirectory, keyOf, lockOf } from "../transaction/places.ts";
import { hasSystemd } from "./detached.ts";
import { fetchSecrets, socketOf } from "./hand-over.ts";
import { execute } from "./execute.ts";
import type { Task } from "./executor.ts";
import { leftoversGone } from "./leftovers.ts";
import { isAtWork, readProcess, recordProcess } from "./process-record.ts";
import { createWatchdog } from "./watchdog.ts";

/** What the command line of an executor says; `undefined` where it is none. */
export function taskOf(values: Readonly<Record<string, unknown>>): Task | undefined {
  const { run, goal, wait, attempt } = values;
  const id = RunId.safeParse(run);
  const written = Digest.optional().safeParse(values["written"]).data;
  if (!id.success || typeof attempt !== "string" || !/^\d+$/.test(String(wait))) return undefined;
  if (goal !== "apply" && goal !== "settle" && goal !== "finish" && goal !== "boot") {
    return undefined;
  }
  return { run: id.data, goal, wait: Number(wait), attempt, written };
}

/** The process that works on one run and ends with it. Nobody needs to listen. */
export async function runExecutor(task: Task, root: string): Promise<void> {
  let stop: "asked" | "ending" | undefined;
  process.on("SIGUSR2", () => {
    stop ??= "asked";
  });
  process.on("SIGTERM", () => {
    stop = "ending";
  });
  const host = createLinuxHost({ key: keyOf(root) });
  const { machineId, bootId } = readIdentity();
  const directory = await findDirectory({ host, root }, task.run);
  const watchdog =
    host.uid === 0 && hasSystemd()
      ? createWatchdog({ host, root, program: process.execPath })
      : undefined;
  if (directory === undefined) {
    // The record of the run was removed since: nothing may be left that still watches it.
    await watchdog?.disarm(task.run);
    throw new Error(`there is no run ${task.run} below ${root}`);
  }
  const lock = createRunLock(lockOf(root));
  const record = () => recordProcess(directory, { boot: bootId, attempt: task.attempt });
  const other = readProcess(directory);
  // Where another is at work on it, which a watchdog may find, that one stays who is told to stop.
  if (other === undefined || !isAtWork(other, bootId)) record();
  await execute(task, {
    host,
    root,
    agentId: basename(dirname(process.execPath)),
    bootId,
    machineId,
    fetchSecrets: () => fetchSecrets(socketOf(root, task)),
    lock: (work, options) =>
      lock(async () => {
        await leftoversGone();
        record();
        return work();
      }, options),
    watchdog,
    stopping: () => stop,
  });
}
