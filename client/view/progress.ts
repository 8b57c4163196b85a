import type { HostProgress } from "../operate/talk.ts";
import type { Clock } from "./stream.ts";

/** Shows that work goes on, on a terminal or in a log. */
export interface ProgressBoard {
  host(name: string): HostProgress;
  /** Runs `write` with nothing of the board on the screen. */
  aside(write: () => void): void;
  close(): void;
}

const nothing = () => {};

/** Said to nobody: `--quiet`. */
export function createSilentBoard(): ProgressBoard {
  return {
    host: () => ({ phase: nothing, applying: nothing, step: nothing, end: nothing }),
    aside: (write) => write(),
    close: nothing,
  };
}

/** A timer that runs only while there is something to show. */
export function createTicker(
  clock: Clock,
  { milliseconds, tick }: { readonly milliseconds: number; readonly tick: () => void },
): { readonly start: () => void; readonly stop: () => void } {
  let cancel: (() => void) | undefined;
  return {
    start: () => {
      cancel ??= clock.every(milliseconds, tick);
    },
    stop: () => {
      cancel?.();
      cancel = undefined;
    },
  };
}
