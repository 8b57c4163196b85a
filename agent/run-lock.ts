import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { HostKitError } from "../shared/diagnostic.ts";
import { errnoOf } from "./host/fault.ts";

/** Runs `work` while no other run changes the host. */
export type RunLock = <Result>(
  work: () => Promise<Result>,
  options: RunLockOptions,
) => Promise<Result>;

interface RunLockOptions {
  /** Milliseconds to wait for another run to end. */
  readonly patience: number;
  /** Who takes it, for whoever comes second: `The run … of root from 192.0.2.7`. */
  readonly name: string;
  /** Aborted when nobody wants it any more; of no effect once it is taken. */
  readonly signal?: AbortSignal;
}

/** flock(1) when the time is over. */
const EXIT_BUSY = 1;

type Holder = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * The lock of the file at `path`, in a directory that nobody else can write to. Node can't ask the kernel for it, so a
 * child holds it, which ends with its stdin: however this process ends, by SIGKILL too, the lock is free again.
 */
export function createRunLock(path: string): RunLock {
  return async (work, options) => {
    const holder = await take(path, options);
    try {
      return await work();
    } finally {
      await release(holder);
    }
  };
}

/** Milliseconds for a child that only has to notice the end of its input. */
const RELEASE_TIMEOUT = 2_000;

/** Free when this returns, so that whoever is told that the run is over can begin the next. */
async function release(holder: Holder): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    holder.once("exit", () => resolve());
    setTimeout(resolve, RELEASE_TIMEOUT).unref();
  });
  holder.stdin.end();
  if (holder.exitCode === null && holder.signalCode === null) await ended;
}

async function take(path: string, { patience, name, signal }: RunLockOptions): Promise<Holder> {
  if (signal?.aborted === true) throw givenUp();
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw untaken(path, String(error));
  }
  const seconds = String(patience / 1000);
  const command = [
    "flock",
    "--exclusive",
    "--timeout",
    seconds,
    path,
    "sh",
    "-c",
    "echo; exec cat",
  ];
  const holder = spawn(command[0] as string, command.slice(1), {
    cwd: "/",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
    // What ends the login's process group must not free the lock under a run that goes on.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  holder.stdin.on("error", () => undefined);
  const giveUp = () => {
    // Should it have the lock by now, the end of its input ends what holds it.
    holder.stdin.end();
    holder.kill();
  };
  signal?.addEventListener("abort", giveUp);
  await new Promise<void>((resolve, reject) => {
    let said = "";
    holder.stderr.setEncoding("utf8").on("data", (text: string) => (said += text.slice(0, 1000)));
    holder.once("error", (error) =>
      reject(untaken(path, errnoOf(error) === "ENOENT" ? "flock is not installed" : error.message)),
    );
    holder.once("close", (status) =>
      reject(
        signal?.aborted === true
          ? givenUp()
          : status === EXIT_BUSY && said === ""
            ? busy(path, patience)
            : untaken(path, said.trim()),
      ),
    );
    holder.stdout.once("data", () => resolve());
  }).finally(() => signal?.removeEventListener("abort", giveUp));
  nameHolder(path, name);
  return holder;
}

/** For the message to whoever waits in vain, no more: a full disk must not keep a run from making room. */
function nameHolder(path: string, name: string): void {
  try {
    const since = new Date().toISOString();
    writeFileSync(path, `${name}, at work since ${since} as process ${process.pid},`);
  } catch {
    // The message says less then.
  }
}

function busy(path: string, patience: number): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4003",
    summary: "Another run is changing the host.",
    detail: `${holderOf(path)} holds ${path}, and did not end within ${patience / 1000} s. Nothing was changed. Push again when it is done, or give --wait more time.`,
  });
}

/** Whoever waited for the lock has left, or was asked to stop. */
export function givenUp(): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4073",
    summary: "It was stopped before its turn came.",
    detail:
      "It waited for another run on the host to end, and was asked to stop, or its client left. Nothing was changed.",
  });
}

function holderOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim() || "Another agent";
  } catch {
    return "Another agent";
  }
}

function untaken(path: string, why: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4004",
    summary: "The lock that keeps runs apart can't be taken.",
    detail: `${path}: ${why}. Without it two runs could change the host at once. Nothing was changed. The lock takes flock(1) of util-linux, and a state directory that can be written.`,
  });
}
