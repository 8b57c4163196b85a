import type { World } from "../../../client/cli/world.ts";
import { checkedEvents } from "../view/checked-events.ts";
import { createFakeClock, createFakeStream, type FakeClock } from "../view/fake-stream.ts";

export interface FakeWorld extends World {
  readonly clock: FakeClock;
  stdout(): string;
  stderr(): string;
  /** The events of a run with `--json`, each checked against what is promised of it. */
  events(): Record<string, unknown>[];
  /** Presses Ctrl-C. */
  interrupt(): void;
  /** Exit codes of `leave`. */
  readonly left: number[];
  /** Questions that were asked. */
  readonly asked: string[];
  /** Somebody listens for Ctrl-C. */
  readonly listening: boolean;
}

/** An answer that nobody ever gives. */
export const NEVER = Symbol("never");

export interface FakeWorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What is typed at each question; without it there is no terminal to ask at. */
  readonly answers?: readonly (string | null | typeof NEVER)[];
  readonly terminal?: boolean;
  readonly columns?: number;
}

export function createFakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  const { answers, terminal = answers !== undefined, columns = 80 } = options;
  const out = createFakeStream({ isTerminal: terminal, columns });
  const err = createFakeStream({ isTerminal: terminal, columns });
  const handlers = new Set<() => void>();
  const left: number[] = [];
  const asked: string[] = [];
  const ask = (question: string, signal: AbortSignal) => {
    const answer = answers?.[asked.length] ?? null;
    asked.push(question);
    return answer === NEVER
      ? new Promise<null>((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        })
      : Promise.resolve(answer);
  };
  return {
    env: options.env ?? {},
    cwd: options.cwd ?? "/srv/infra",
    out,
    err,
    clock: createFakeClock(),
    runtime: "Node.js 24 on linux x64",
    version: "1.2.3",
    user: () => "ann",
    ask: answers === undefined ? undefined : ask,
    askHidden: answers === undefined ? undefined : ask,
    onInterrupt: (callback) => {
      handlers.add(callback);
      return () => handlers.delete(callback);
    },
    leave: (code) => {
      left.push(code);
    },
    readText: () => null,
    stdout: () => out.text,
    stderr: () => err.text,
    events: () => checkedEvents(out.text),
    interrupt: () => {
      for (const handler of handlers) handler();
    },
    left,
    asked,
    get listening() {
      return handlers.size > 0;
    },
  };
}
