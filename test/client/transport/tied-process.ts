import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";

import { findProgram } from "./scratch.ts";

/** A server process that ends with the test runner even when that is killed: a test that hangs must leave nothing behind. */
export function spawnTied(
  program: string,
  args: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  const setpriv = findProgram("setpriv");
  const command = [findProgram(program) ?? program, ...args];
  const tied = setpriv === undefined ? command : [setpriv, "--pdeathsig", "KILL", ...command];
  return spawn(tied[0] ?? program, tied.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
}

/** Asks the process to end, and waits for it. */
export async function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  child.kill("SIGTERM");
  await ended;
}
