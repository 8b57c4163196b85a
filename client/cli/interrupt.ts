import { type Interrupt, Interrupted, raceWith } from "../operate/interrupt.ts";

export interface InterruptOptions {
  /** Calls back at each Ctrl-C or SIGTERM; returns how to stop listening. */
  readonly listen: (callback: () => void) => () => void;
  /** The second Ctrl-C: leaves at once. `changing`: while a host is being changed. */
  readonly leave: (state: { readonly changing: boolean }) => void;
}

export interface InterruptControl extends Interrupt {
  stop(): void;
}

/** What Ctrl-C means: the first one asks to stop, the second one leaves at once. */
export function createInterrupt({ listen, leave }: InterruptOptions): InterruptControl {
  const controller = new AbortController();
  const explanations = new Set<() => void>();
  let requested = false;
  const stop = listen(() => {
    if (requested) {
      leave({ changing: explanations.size > 0 });
      return;
    }
    requested = true;
    if (explanations.size === 0) controller.abort(new Interrupted("interrupted"));
    else for (const explain of explanations) explain();
  });
  return {
    signal: controller.signal,
    get requested() {
      return requested;
    },
    whileChanging: async (work, explain) => {
      const stop = new AbortController();
      const answer = () => {
        explain();
        stop.abort();
      };
      explanations.add(answer);
      try {
        return await work(stop.signal);
      } finally {
        explanations.delete(answer);
      }
    },
    race: (promise) => raceWith(promise, controller.signal),
    stop,
  };
}
