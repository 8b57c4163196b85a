import type { Readable } from "node:stream";

import type { Exit } from "./transport.ts";

/** A grandchild can keep the streams open for ever; then the exit is told without their end. */
const OPEN_STREAMS_MS = 2_000;
/** stderr is at its end, but nobody reads stdout to its end. */
const UNREAD_STDOUT_MS = 250;

export interface ExitWatch {
  /** The command said how it ended. */
  ended(exit: Exit): void;
  /** The channel or the connection is closed: `reason` is told unless the command said how it ended. */
  closed(reason: string): void;
  readonly exit: Promise<Exit>;
}

/**
 * Settles when the command has said how it ended and its channel is closed, so that stderr is complete and the next command
 * finds its place free on a server with `MaxSessions 1`. The end of a channel alone says nothing about success.
 */
export function watchExit(stderr: Readable): ExitWatch {
  let known: Exit | undefined;
  let drained = false;
  let timer: NodeJS.Timeout | undefined;
  let settle: (exit: Exit) => void;
  const exit = new Promise<Exit>((resolve) => {
    settle = (value) => {
      clearTimeout(timer);
      resolve(value);
    };
  });
  const settleSoon = (): void => {
    const value = known;
    if (value === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(() => settle(value), drained ? UNREAD_STDOUT_MS : OPEN_STREAMS_MS);
  };
  stderr.once("end", () => {
    drained = true;
    settleSoon();
  });

  return {
    exit,
    ended(ended) {
      known ??= ended;
      settleSoon();
    },
    closed(reason) {
      settle(known ?? { kind: "lost", reason });
    },
  };
}
