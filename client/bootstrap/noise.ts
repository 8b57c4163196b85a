import { printable } from "../transport/printable.ts";
import type { Exec, Exit } from "../transport/transport.ts";

/** What a start-up file may print before the agent's first line. */
const NOISE_LIMIT = 64 * 1024;
/** As much of it as is worth showing. */
const EXCERPT_LIMIT = 2 * 1024;

/** What came of waiting for a line. `before` is all that was printed until then. */
export type Opening =
  /** The line was there; stdout now starts with the byte after it. */
  | { readonly kind: "found"; readonly before: string }
  | { readonly kind: "ended"; readonly before: string; readonly exit: Exit }
  | { readonly kind: "silent"; readonly before: string; readonly windowMs: number }
  | { readonly kind: "flooded"; readonly before: string };

export interface AwaitLine {
  readonly exec: Exec;
  /** Without newline; it has to stand alone on its line. */
  readonly line: string;
  readonly windowMs: number;
  readonly signal: AbortSignal;
}

/** Reads stdout up to the line that proves the peer, through whatever the account's start-up files print. */
export function awaitLine({ exec, line, windowMs, signal }: AwaitLine): Promise<Opening> {
  const { stdout } = exec;
  const marker = Buffer.from(`\n${line}\n`);
  // A newline in front stands for the start of the stream.
  let seen = Buffer.from("\n");

  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (action: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      stdout.off("readable", pump);
      signal.removeEventListener("abort", onAbort);
      action();
    };
    const pump = (): void => {
      for (
        let chunk = stdout.read() as Buffer | null;
        chunk !== null;
        chunk = stdout.read() as Buffer | null
      ) {
        const from = Math.max(0, seen.length - marker.length);
        seen = Buffer.concat([seen, chunk]);
        const at = seen.indexOf(marker, from);
        if (at >= 0) {
          const rest = seen.subarray(at + marker.length);
          return settle(() => {
            if (rest.length > 0) stdout.unshift(rest);
            resolve({ kind: "found", before: textBefore(seen, at + 1) });
          });
        }
        if (seen.length > NOISE_LIMIT)
          return settle(() => resolve({ kind: "flooded", before: textBefore(seen) }));
      }
    };
    const onAbort = (): void => settle(() => reject(signal.reason as Error));
    const timer = setTimeout(
      () => settle(() => resolve({ kind: "silent", before: textBefore(seen), windowMs })),
      windowMs,
    );
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    stdout.on("readable", pump);
    void exec.exit.then((exit) => {
      if (!settled) pump();
      settle(() => resolve({ kind: "ended", before: textBefore(seen), exit }));
    });
    return pump();
  });
}

function textBefore(seen: Buffer, end = seen.length): string {
  return seen.subarray(1, Math.max(end, 1)).toString("utf8");
}

/** The first 2 KiB of what was printed, safe to show. */
export function excerpt(text: string): string {
  return printable(text.slice(0, EXCERPT_LIMIT)).trim();
}
