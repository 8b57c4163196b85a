/** Thrown where work stopped because a person asked for it. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * What it means that somebody wants work to stop. Before changes are made it stops everything. While they are made none is
 * stopped half way: a stop between two changes is asked for, and hosts that have not begun are left alone.
 */
export interface Interrupt {
  /** Aborted when somebody wants to stop and no changes are being made. */
  readonly signal: AbortSignal;
  /** Whether somebody wants to stop at all. */
  readonly requested: boolean;
  /** Runs work that makes changes; when somebody wants it to stop, it is told by the signal, and `explain` is called. */
  whileChanging<T>(work: (stop: AbortSignal) => Promise<T>, explain: () => void): Promise<T>;
  /** The promise, or `Interrupted` as soon as the signal says so. */
  race<T>(promise: Promise<T>): Promise<T>;
}

export interface InterruptOptions {
  /** Calls back each time somebody wants work to stop, which may be at once; returns how to stop listening. */
  readonly listen: (callback: () => void) => () => void;
  /** The second time: leaves at once. `changing`: while a host is being changed. */
  readonly leave: (state: { readonly changing: boolean }) => void;
}

export interface InterruptControl extends Interrupt {
  stop(): void;
}

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
    race: (promise) => race(promise, controller.signal),
    stop,
  };
}

async function race<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = withResolvers();
  const abort = () => reject(new Interrupted("interrupted"));
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  // The loser may still fail; somebody else was told why already.
  for (const each of [promise, aborted]) each.catch(() => undefined);
  try {
    // In this order: what is there already counts less than that somebody wants to stop.
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** A promise that only ever fails, and how to make it. Promise.withResolvers came with Node 22. */
function withResolvers(): {
  readonly promise: Promise<never>;
  readonly reject: (why: Error) => void;
} {
  const made: { reject?: (why: Error) => void } = {};
  const promise = new Promise<never>((_resolve, reject) => {
    made.reject = reject;
  });
  return { promise, reject: (why) => made.reject?.(why) };
}
