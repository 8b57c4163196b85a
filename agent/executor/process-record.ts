import { readFileSync, writeFileSync } from "node:fs";

/** Which process is at work on a run. A number alone may be another's by now: its start and the boot belong to it. */
export interface ProcessRecord {
  readonly pid: number;
  /** In clock ticks after boot: field 22 of proc_pid_stat(5). */
  readonly start: string;
  readonly boot: string;
  readonly attempt: string;
}

const fileIn = (directory: string) => `${directory}/executor.json`;

/** Says that this process is at work on the run in `directory`. */
export function recordProcess(
  directory: string,
  { boot, attempt }: Pick<ProcessRecord, "boot" | "attempt">,
): void {
  const record: ProcessRecord = {
    pid: process.pid,
    start: startOf(process.pid) ?? "",
    boot,
    attempt,
  };
  writeFileSync(fileIn(directory), `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

export function readProcess(directory: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(directory), "utf8")) as ProcessRecord;
  } catch {
    // Not there, or not yet whole.
    return undefined;
  }
}

export function isAtWork({ pid, start, boot }: ProcessRecord, bootNow: string): boolean {
  return boot === bootNow && start !== "" && startOf(pid) === start;
}

function startOf(pid: number): string | undefined {
  try {
    // By way of its first thread, which started with it: of a process itself user-mode qemu makes up when it started.
    const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8");
    // The name before may hold anything, a closing parenthesis too.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; what it was is not reaped yet.
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
