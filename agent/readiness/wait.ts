import { setTimeout as sleep } from "node:timers/promises";
import { HostKitError } from "../../shared/diagnostic.ts";
import { milliseconds } from "../../shared/duration-text.ts";
import { unitsOf } from "../../shared/resources/readiness.ts";
import type { ApplyContext, Step } from "../resources/driver.ts";
import { checksOf } from "./checks.ts";
import { failedWhileWaiting, type Look, notReady } from "./failures.ts";
import { looksAtUnits } from "./units.ts";

type Context = Pick<ApplyContext, "host" | "signal">;

/** Milliseconds that one question may take: what takes longer is not ready. */
const ATTEMPT = 5000;
/** Milliseconds that the last look may take, which is begun when the time is over. */
const LAST = 500;
/** The longest pause between two looks, unless it was begun with a longer one. */
const PAUSE = 2000;
const GROWTH = 1.5;

/** Returns when all checks have passed; throws when the time is over, when a unit has failed for good, or as the signal says. */
export async function waitUntilReady(step: Step<"readiness">, context: Context): Promise<void> {
  const { host, signal } = context;
  const { desired } = step;
  const deadline = performance.now() + milliseconds(desired.timeout);
  const names = unitsOf(desired);
  const look = looksAtUnits(host, names);
  const checks = checksOf(desired, host);
  const first = milliseconds(desired.interval);
  const story = { step, host, names };
  let pause = first;
  let passed = 0;
  let looks = 0;

  for (;;) {
    const left = Math.max(deadline - performance.now(), LAST);
    const isLast = performance.now() >= deadline;
    const units = await look();
    const limits = { timeout: Math.min(left, ATTEMPT), left, signal, units };
    const found: Look[] = await Promise.all(
      checks.map(async ({ text, ask }) => ({ text, refusal: await ask(limits) })),
    );
    signal.throwIfAborted();
    looks += 1;
    passed = found.every(({ refusal }) => refusal === undefined) ? passed + 1 : 0;
    if (passed >= desired.successes) return;
    const [failed] = units.failed;
    if (failed !== undefined && passed === 0) {
      throw new HostKitError(await failedWhileWaiting(failed, { ...story, looks }));
    }
    if (isLast) throw new HostKitError(await notReady(found, { ...story, looks }));
    await wait(Math.min(pause, Math.max(deadline - performance.now(), 0)), signal);
    pause = Math.min(pause * GROWTH, Math.max(PAUSE, first));
  }
}

async function wait(time: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(time, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
