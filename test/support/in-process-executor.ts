import type { Executor } from "../../agent/executor/executor.ts";
import { execute } from "../../agent/executor/execute.ts";
import type { Host } from "../../agent/host/host.ts";
import type { RunLock } from "../../agent/run-lock.ts";
import type { Hello } from "../../shared/protocol/messages.ts";

/** Runs in this very process, on a host in memory: what is on its disk is all that an executor shares with an agent. */
export interface InProcessExecutor extends Executor {
  /** Settles when nobody is at work any more. */
  idle(): Promise<void>;
}

/** One at a time, whatever the patience. */
export function createMemoryLock(): RunLock {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

export function createInProcessExecutor(
  host: Host,
  {
    root,
    hello,
    lock = createMemoryLock(),
  }: { readonly root: string; readonly hello: Hello; readonly lock?: RunLock },
): InProcessExecutor {
  const atWork = new Map<string, Promise<void>>();
  const asked = new Set<string>();
  return {
    async start(task, secrets) {
      const { agentId, bootId, machineId } = hello;
      const work = execute(task, {
        host,
        root,
        lock,
        agentId,
        bootId,
        machineId,
        fetchSecrets: async () => secrets,
        stopping: () => (asked.has(task.run) ? "asked" : undefined),
      })
        // It was killed: nobody hears of it.
        .catch(() => undefined)
        .finally(() => atWork.delete(task.run));
      atWork.set(task.run, work);
    },
    isAlive: async (run) => atWork.has(run),
    stop: async (run) => void asked.add(run),
    idle: async () => {
      await Promise.all(atWork.values());
    },
  };
}
