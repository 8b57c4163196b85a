import { existsSync } from "node:fs";
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunId } from "../../shared/run.ts";
import { runOf, spoolOf } from "../transaction/places.ts";
import type { Executor, Task } from "./executor.ts";
import { isAtWork, readProcess } from "./process-record.ts";

export interface DetachedOptions {
  readonly root: string;
  readonly bootId: string;
  /** The agent's own binary. */
  readonly program: string;
  /** Whether to ask systemd; else, and where it refuses, a session of its own has to do. */
  readonly systemd: boolean;
}

/** Milliseconds until an executor has said that it is at work; the host may be busy. */
const START_TIMEOUT = 30_000;
const LOOK = 5;

/**
 * Executors are processes that end with nobody: neither with the connection, nor with the login's session, nor with sshd.
 * Under systemd each is a unit of its own, since what belongs to a login is ended with it where logind has
 * KillUserProcesses=yes, and what sshd started may be ended with sshd.
 */
export function createDetachedExecutor(options: DetachedOptions): Executor {
  const { root, bootId } = options;
  const recordOf = (run: RunId) => readProcess(runOf(root, run)) ?? readProcess(spoolOf(root, run));
  return {
    async start(task) {
      const said = await launch(task, options);
      const until = Date.now() + START_TIMEOUT;
      while (recordOf(task.run)?.attempt !== task.attempt) {
        if (Date.now() > until) throw notStarted(task.run, said);
        await sleep(LOOK);
      }
    },
    async isAlive(run) {
      const record = recordOf(run);
      return record !== undefined && isAtWork(record, bootId);
    },
    async stop(run) {
      const record = recordOf(run);
      if (record === undefined || !isAtWork(record, bootId)) return;
      try {
        process.kill(record.pid, "SIGUSR2");
      } catch {
        // It ended in the same moment.
      }
    },
  };
}

/** What was said when it was launched, for the case that it never shows itself. */
async function launch(task: Task, options: DetachedOptions): Promise<string> {
  const command = [
    options.program,
    "execute",
    "--root",
    options.root,
    "--run",
    task.run,
    "--goal",
    task.goal,
    "--wait",
    String(task.wait),
    "--attempt",
    task.attempt,
  ] as const;
  if (options.systemd) {
    const { status, said } = await bySystemd(task, command);
    if (status === 0) return said;
  }
  const child = spawn(command[0], command.slice(1), {
    cwd: "/",
    env: ENVIRONMENT,
    // setsid(2): what ends the login's process group does not end it.
    detached: true,
    stdio: "ignore",
  });
  const failed = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("spawn", () => resolve(""));
  });
  child.unref();
  return failed;
}

const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

function bySystemd(
  { run, attempt }: Task,
  command: readonly string[],
): Promise<{ status: number | null; said: string }> {
  const args = [
    `--unit=hostkit-run-${run}-${attempt}`,
    "--description=HostKit run",
    "--slice=system.slice",
    "--collect",
    "--no-block",
    "--quiet",
    // It is told first, and ends by itself; what it started ends with it only when it does not.
    "--property=KillMode=mixed",
    "--property=TimeoutStopSec=90",
    // The last thing to be ended for want of memory is what is changing the host.
    "--property=OOMScoreAdjust=-500",
    "--",
    ...command,
  ];
  return new Promise((resolve) => {
    const child = spawn("systemd-run", args, {
      cwd: "/",
      env: ENVIRONMENT,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: START_TIMEOUT,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text.slice(0, 1000)));
    child.once("error", (error) => resolve({ status: null, said: error.message }));
    child.once("close", (status) => resolve({ status, said: said.trim() }));
  });
}

/** sd_booted(3). */
export const hasSystemd = () => existsSync("/run/systemd/system");

function notStarted(run: string, said: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "agent",
    code: "HK3020",
    summary: "The run could not be started.",
    detail: `The process that was to make the changes did not begin within ${START_TIMEOUT / 1000} s${said === "" ? "" : ` (${said})`}. Nothing was changed. \`journalctl -u 'hostkit-run-${run}-*'\` on the host tells more; a policy that forbids systemd to run programs below /var/lib is one cause.`,
  });
}
