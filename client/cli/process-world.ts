import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline/promises";
import type { WriteStream } from "node:tty";
import type { Clock, TextStream } from "../view/stream.ts";
import { packageVersion } from "./package-version.ts";
import { readHidden } from "./read-hidden.ts";
import type { World } from "./world.ts";

/** The real process. */
export function createProcessWorld(): World {
  const { stdin, stdout, stderr } = process;
  const interactive = stdin.isTTY && stderr.isTTY;
  return {
    env: process.env,
    cwd: process.cwd(),
    out: textStream(stdout),
    err: textStream(stderr),
    clock,
    runtime: `Node.js ${process.versions.node} on ${process.platform} ${process.arch}`,
    version: packageVersion(),
    user: () => userInfo().username,
    ask: interactive ? ask : undefined,
    askHidden: interactive ? askHidden : undefined,
    onInterrupt: (callback) => {
      for (const signal of SIGNALS) process.on(signal, callback);
      return () => {
        for (const signal of SIGNALS) process.off(signal, callback);
      };
    },
    leave: (code) => process.exit(code),
    readText: (path) => {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return null;
      }
    },
  };
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** What went wrong with writing, stdout first. */
const failures: NodeJS.ErrnoException[] = [];

function textStream(stream: WriteStream): TextStream {
  // An error that nobody handles would end a run that changes hosts; it is told when everything is done.
  stream.on("error", (error) => failures.push(error));
  return {
    write: (text) => {
      if (stream.writable) stream.write(text);
    },
    // Where it is none, Node leaves it out.
    isTerminal: (stream as { readonly isTTY?: boolean }).isTTY ?? false,
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
  };
}

/**
 * Waits until everything written has left the process, and says why some of it could not. A reader that went away
 * (`hostkit dump | head`) has what it wanted.
 */
export async function flushOutput(): Promise<Error | undefined> {
  await Promise.all([process.stdout, process.stderr].map(flush));
  return failures.find((error) => error.code !== "EPIPE");
}

async function flush(stream: WriteStream): Promise<void> {
  if (!stream.writable) return;
  await new Promise<void>((resolve) => {
    stream.write("", () => resolve());
  });
}

const clock: Clock = {
  now: () => performance.now(),
  every: (milliseconds, callback) => {
    const timer = setInterval(callback, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
};

function askHidden(question: string, signal: AbortSignal): Promise<string | null> {
  return readHidden(question, signal, {
    keyboard: process.stdin,
    write: (text) => void process.stderr.write(text),
    onInterrupt: () => process.kill(process.pid, "SIGINT"),
  });
}

async function ask(question: string, signal: AbortSignal): Promise<string | null> {
  // Not `terminal`: the line is edited by the terminal itself, and Ctrl-C stays a signal.
  const lines = createInterface({ input: process.stdin, terminal: false });
  let answered = false;
  try {
    process.stderr.write(question);
    return await new Promise<string | null>((resolve, reject) => {
      lines.once("line", (line) => {
        answered = true;
        resolve(line);
      });
      lines.once("close", () => resolve(null));
      if (signal.aborted) reject(signal.reason as Error);
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
  } finally {
    lines.close();
    // Whoever did not press Enter is still on the line of the question.
    if (!answered) process.stderr.write("\n");
  }
}
