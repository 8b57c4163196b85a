import { setTimeout as sleep } from "node:timers/promises";

export interface RetryPolicy {
  /** How often to try in all; 1 means no second attempt. */
  readonly attempts: number;
  /** Before the second attempt; doubled for each further one. Default 500. */
  readonly baseDelayMs?: number;
  /** Default 8000. */
  readonly maxDelayMs?: number;
}

export interface Retrying<T> {
  readonly policy: RetryPolicy;
  readonly signal: AbortSignal;
  readonly attempt: () => Promise<T>;
  readonly isTransient: (error: unknown) => boolean;
}

export async function withRetry<T>({
  policy,
  signal,
  attempt,
  isTransient,
}: Retrying<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (count >= policy.attempts || !isTransient(error)) throw error;
    }
    await sleep(backoff(policy, count), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Exponential with jitter, so that many hosts behind one bastion do not knock again in step. */
function backoff({ baseDelayMs = 500, maxDelayMs = 8_000 }: RetryPolicy, failures: number): number {
  const full = Math.min(maxDelayMs, baseDelayMs * 2 ** (failures - 1));
  return full * (0.5 + Math.random() / 2);
}
