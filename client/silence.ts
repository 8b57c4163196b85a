/** Milliseconds without a byte after which the agent is asked whether it lives. */
const ASK_AFTER = 10_000;
/**
 * Milliseconds without a byte after which it is given up; it answers pings whatever else it does. Longer than a slow line
 * needs for the contents that are on their way before a ping (2 MiB at 32 KiB/s). That a connection is dead, the transport
 * notices earlier.
 */
const GIVE_UP_AFTER = 120_000;

export interface Silence {
  heard(): void;
  stop(): void;
}

/** Watches a conversation for silence: pings first, then gives up. */
export function watchSilence(on: { ask(): void; giveUp(seconds: number): void }): Silence {
  let last = Date.now();
  const timer = setInterval(() => {
    const quiet = Date.now() - last;
    if (quiet >= GIVE_UP_AFTER) on.giveUp(Math.round(quiet / 1000));
    else if (quiet >= ASK_AFTER) on.ask();
  }, ASK_AFTER / 2);
  timer.unref();
  return {
    heard: () => {
      last = Date.now();
    },
    stop: () => clearInterval(timer),
  };
}
