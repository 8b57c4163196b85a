import { spawn } from "node:child_process";
import { asFault } from "./fault.ts";
import type { CommandOptions, CommandResult } from "./host.ts";

/** Bytes kept of each stream; what a tool says beyond that is of no use in a message. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;

/** Where programs are looked for. */
export const PROGRAM_DIRECTORIES = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
] as const;

/**
 * Nothing of the login's environment: its locale would translate messages, its PATH would choose other programs.
 * TERM and pagers are left out so that no tool thinks somebody is looking.
 */
const ENVIRONMENT = {
  PATH: PROGRAM_DIRECTORIES.join(":"),
  LANG: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  HOME: "/root",
  SYSTEMD_PAGER: "",
  SYSTEMD_COLORS: "0",
};

/** Runs a program in a session of its own, so that its whole group ends with the timeout. */
export function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  { input, timeout, signal, output = "beginning" }: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: "/",
      env: ENVIRONMENT,
      detached: true,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const stdout = collect(child.stdout, output);
    const stderr = collect(child.stderr, output);
    const end = () => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const timer = setTimeout(end, timeout);
    signal?.addEventListener("abort", end);
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    };
    child.once("error", (error) => {
      settled();
      reject(asFault(program, error));
    });
    child.once("close", (status, by) => {
      settled();
      resolve({ status, signal: by, stdout: stdout(), stderr: stderr() });
    });
    // A program that ends without reading its input is judged by its status, not by the broken pipe.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function collect(stream: NodeJS.ReadableStream | null, part: "beginning" | "end"): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on("data", (chunk: Buffer) => {
    if (part === "beginning") {
      if (size < OUTPUT_LIMIT) chunks.push(chunk);
      size += chunk.length;
      return;
    }
    chunks.push(chunk);
    size += chunk.length;
    while (size - (chunks[0]?.length ?? 0) >= OUTPUT_LIMIT) size -= chunks.shift()?.length ?? 0;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended in the same moment.
  }
}
