import { basename, dirname } from "node:path";
import { RunId } from "../../shared/run.ts";
import { readIdentity } from "../host/facts.ts";
import { createLinuxHost } from "../host/linux.ts";
import { createRunLock } from "../run-lock.ts";
import { findDirectory } from "../transaction/places.ts";
import { execute } from "./execute.ts";
import type { Task } from "./executor.ts";
import { recordProcess } from "./process-record.ts";

/** What the command line of an executor says; `undefined` where it is none. */
export function taskOf(values: Readonly<Record<string, unknown>>): Task | undefined {
  const { run, goal, wait, attempt } = values;
  const id = RunId.safeParse(run);
  if (!id.success || typeof attempt !== "string" || !/^\d+$/.test(String(wait))) return undefined;
  if (goal !== "apply" && goal !== "settle" && goal !== "finish") return undefined;
  return { run: id.data, goal, wait: Number(wait), attempt };
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
  const host = createLinuxHost();
  const { machineId, bootId } = readIdentity();
  const directory = await findDirectory({ host, root }, task.run);
  if (directory === undefined) throw new Error(`there is no run ${task.run} below ${root}`);
  recordProcess(directory, { boot: bootId, attempt: task.attempt });
  await execute(task, {
    host,
    root,
    agentId: basename(dirname(process.execPath)),
    bootId,
    machineId,
    lock: createRunLock(`${root}/lock`),
    stopping: () => stop,
  });
}
