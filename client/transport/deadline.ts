/** A time limit that stands still while a person is being asked something. */
export interface Deadline {
  /** Runs `ask` with the clock stopped. */
  whilePaused<T>(ask: () => Promise<T>): Promise<T>;
  clear(): void;
}

export function startDeadline(ms: number, onExpired: () => void): Deadline {
  let left = ms;
  let startedAt = performance.now();
  let timer = setTimeout(onExpired, left);
  let cleared = false;
  return {
    async whilePaused(ask) {
      clearTimeout(timer);
      left -= performance.now() - startedAt;
      try {
        return await ask();
      } finally {
        startedAt = performance.now();
        if (!cleared) timer = setTimeout(onExpired, Math.max(left, 0));
      }
    },
    clear() {
      cleared = true;
      clearTimeout(timer);
    },
  };
}
