import type { Clock, TextStream } from "../../../client/view/stream.ts";

export interface FakeStream extends TextStream {
  /** Everything written so far. */
  readonly text: string;
  readonly bytes: Uint8Array;
  columns: number;
  rows: number;
}

export function createFakeStream(
  options: { readonly isTerminal?: boolean; readonly columns?: number } = {},
): FakeStream {
  const written: Uint8Array[] = [];
  return {
    write: (text) => {
      written.push(typeof text === "string" ? Buffer.from(text) : text);
    },
    get text() {
      return Buffer.concat(written).toString("utf8");
    },
    get bytes() {
      return Buffer.concat(written);
    },
    isTerminal: options.isTerminal ?? false,
    columns: options.columns ?? 80,
    rows: 24,
  };
}

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  advance(milliseconds: number): void;
  /** Timers that run. */
  readonly timers: number;
}

export function createFakeClock(): FakeClock {
  let time = 0;
  const timers = new Set<{ readonly period: number; readonly callback: () => void; due: number }>();
  return {
    now: () => time,
    every: (period, callback) => {
      const timer = { period, callback, due: time + period };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (milliseconds) => {
      const end = time + milliseconds;
      for (;;) {
        const next = [...timers].toSorted((a, b) => a.due - b.due)[0];
        if (next === undefined || next.due > end) break;
        time = next.due;
        next.due += next.period;
        next.callback();
      }
      time = end;
    },
    get timers() {
      return timers.size;
    },
  };
}

// oxlint-disable-next-line no-control-regex
const MOVES = /(\u001b\[\d+A|\u001b\[J|\n)/;

/** What a terminal that understands "up" and "erase below" would show. */
export function screenOf(text: string): string[] {
  const lines = [""];
  let row = 0;
  for (const part of text.split(MOVES)) {
    // oxlint-disable-next-line no-control-regex
    const up = /^\u001b\[(\d+)A$/.exec(part);
    if (up !== null) {
      row -= Number(up[1]);
      if (row < 0) throw new Error("The cursor left the screen at the top.");
    } else if (part === "\u001b[J") {
      lines.length = row + 1;
      lines[row] = "";
    } else if (part === "\n") {
      row += 1;
      lines[row] ??= "";
    } else {
      lines[row] = (lines[row] ?? "") + part;
    }
  }
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
