import { existsSync } from "node:fs";
import { execFile, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunId } from "../../shared/run.ts";
import { runOf, spoolOf } from "../transaction/places.ts";
import type { Executor, Task } from "./executor.ts";
import { offerSecrets, socketOf } from "./hand-over.ts";
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
const START_TIMEOUT = 120_000;
const LOOK = 5;
/** Milliseconds between two looks whether it ended without a word; each costs a process. */
const LOOK_FOR_END = 1_000;

/**
 * Executors are processes that end with nobody: neither with the connection, nor with the login's session, nor with sshd.
 * Under systemd each is a unit of its own, since what belongs to a login is ended with it where logind has
 * KillUserProcesses=yes, and what sshd started may be ended with sshd.
 */
export function createDetachedExecutor(options: DetachedOptions): Executor {
  const { root, bootId } = options;
  const recordOf = (run: RunId) => readProcess(runOf(root, run)) ?? readProcess(spoolOf(root, run));
  return {
    async start(task, secrets) {
      if (secrets.length > 0) await offerSecrets(socketOf(root, task), secrets);
      const launched = await launch(task, options);
      const isAtWorkNow = () => recordOf(task.run)?.attempt === task.attempt;
      const until = performance.now() + START_TIMEOUT;
      let nextLook = performance.now() + LOOK_FOR_END;
      while (!isAtWorkNow()) {
        const now = performance.now();
        if (now > until) throw notStarted(task.run, launched.said, "was not at work in time");
        if (now > nextLook) {
          nextLook = now + LOOK_FOR_END;
          // It may have said so, and ended, between the two looks.
          if ((await launched.isOver()) && !isAtWorkNow()) {
            throw notStarted(task.run, launched.said, "ended before it began");
          }
        }
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

interface Launched {
  /** What was said when it was launched, for the case that it never shows itself. */
  readonly said: string;
  /** Whether the process has ended. */
  readonly isOver: () => Promise<boolean>;
}

async function launch(task: Task, options: DetachedOptions): Promise<Launched> {
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
    ...(task.written === undefined ? [] : ["--written", task.written]),
  ] as const;
  if (options.systemd) {
    const { status, said } = await bySystemd(task, command);
    if (status === 0) return { said, isOver: () => isCollected(unitOf(task)) };
  }
  const child = spawn(command[0], command.slice(1), {
    cwd: "/",
    env: ENVIRONMENT,
    // setsid(2): what ends the login's process group does not end it.
    detached: true,
    stdio: "ignore",
  });
  const over = { yet: false };
  const said = await new Promise<string>((resolve) => {
    child.once("error", (error) => {
      over.yet = true;
      resolve(error.message);
    });
    child.once("exit", () => (over.yet = true));
    child.once("spawn", () => resolve(""));
  });
  child.unref();
  return { said, isOver: () => Promise.resolve(over.yet) };
}

const unitOf = ({ run, attempt }: Task) => `hostkit-run-${run}-${attempt}`;

/** systemd forgets a unit that was made with --collect when it has ended, however it did. */
function isCollected(unit: string): Promise<boolean> {
  const args = ["show", "--property=LoadState", "--value", `${unit}.service`];
  return new Promise((resolve) => {
    execFile("systemctl", args, { env: ENVIRONMENT, timeout: 10_000 }, (error, stdout) =>
      resolve(error === null && stdout.trim() === "not-found"),
    );
  });
}

const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

function bySystemd(
  task: Task,
  command: readonly string[],
): Promise<{ status: number | null; said: string }> {
  const args = [
    `--unit=${unitOf(task)}`,
    "--description=HostKit run",
    "--slice=system.slice",
    "--collect",
    "--no-block",
    "--quiet",
    // However it ends, what it has started is let finish: half of what useradd(8) writes is worse than none.
    "--property=KillMode=process",
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

function notStarted(run: string, said: string, what: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "agent",
    code: "HK3020",
    summary: "The run could not be started.",
    detail: `The process that was to make the changes ${what}${said === "" ? "" : ` (${said})`}. Nothing was changed. \`journalctl -u 'hostkit-run-${run}-*'\` on the host tells more; a full disk is a common cause, a policy that forbids systemd to run programs below /var/lib another.`,
  });
}
