import { spawn } from "node:child_process";

interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Bytes of output. */
  readonly limit: number;
}

/** Milliseconds; a person may have to unlock something meanwhile. */
const TIMEOUT = 120_000;

/**
 * Runs a program for what it prints. It shares this terminal, so that it can ask for a passphrase; what it prints to stdout goes
 * nowhere else.
 */
export function runForSecret(
  [program = "", ...args]: readonly string[],
  { env, directory, limit }: RunOptions,
): Promise<{ readonly output: string } | { readonly why: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: directory,
      env,
      stdio: ["inherit", "pipe", "inherit"],
      timeout: TIMEOUT,
      killSignal: "SIGKILL",
    });
    const pieces: Buffer[] = [];
    let size = 0;
    child.stdout.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size <= limit) pieces.push(piece);
    });
    child.once("error", (error) => {
      const code = "code" in error ? error.code : undefined;
      resolve({
        why: code === "ENOENT" ? "there is no such program" : `could not be run (${String(code)})`,
      });
    });
    child.once("close", (status, signal) => {
      if (signal !== null) resolve({ why: `was ended by ${signal} (it has ${TIMEOUT / 1000} s)` });
      else if (status !== 0) resolve({ why: `ended with status ${status}` });
      else if (size > limit) resolve({ why: `printed more than ${limit / 1024} KiB` });
      else resolve({ output: Buffer.concat(pieces).toString("utf8") });
    });
  });
}
