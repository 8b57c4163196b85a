import { existsSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { namesIn } from "../host/inspect.ts";

/** Milliseconds for what an executor had started to come to its end; then it is ended, as it would be with the host. */
const PATIENCE = 10_000;
const LOOK = 20;

/**
 * Waits for programs that a killed executor had started: useradd(8) and its kind write several files, one after the other, so
 * they are let finish before anybody looks at what they did. Whoever calls it holds the lock of the host's runs.
 */
export async function leftoversGone(): Promise<void> {
  const until = performance.now() + PATIENCE;
  for (let left = leftovers(); left.length > 0; left = leftovers()) {
    if (performance.now() > until) {
      left.forEach(end);
      return;
    }
    await sleep(LOOK);
  }
}

/** In the control groups of our units: those in which no executor is at work, nor waits for its turn. */
function leftovers(): number[] {
  const own = ownGroup();
  if (own === undefined) return [];
  const siblings = dirname(own);
  return (namesIn(siblings) ?? [])
    .filter((name) => /^hostkit-(run|watch|boot)-/.test(name) && name !== basename(own))
    .flatMap((name) => {
      const processes = processesIn(`${siblings}/${name}`);
      return processes.some(isExecutor) ? [] : processes;
    });
}

/** cgroups(7); with version 1, or both, systemd keeps a hierarchy of its own. */
function ownGroup(): string | undefined {
  const lines = read("/proc/self/cgroup").split("\n");
  const pathAfter = (prefix: RegExp) =>
    lines.find((line) => prefix.test(line))?.replace(prefix, "");
  const [v1, v2] = [pathAfter(/^\d+:name=systemd:/), pathAfter(/^0::/)];
  return [
    ...(v2 === undefined ? [] : [`/sys/fs/cgroup${v2}`, `/sys/fs/cgroup/unified${v2}`]),
    ...(v1 === undefined ? [] : [`/sys/fs/cgroup/systemd${v1}`]),
  ].find((path) => basename(path).startsWith("hostkit-") && existsSync(`${path}/cgroup.procs`));
}

const processesIn = (group: string): number[] =>
  read(`${group}/cgroup.procs`).split("\n").filter(Boolean).map(Number);

const isExecutor = (pid: number) => read(`/proc/${pid}/cmdline`).split("\0")[1] === "execute";

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended in the same moment.
  }
}

/** Nothing where it has gone meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
