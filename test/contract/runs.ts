import { describe, expect, test } from "vitest";
import type { Driver, Step } from "../../agent/resources/driver.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { type DesiredInput, type Kind, kindOf } from "../../shared/resources/registry.ts";
import { Interruption, MemoryHost } from "../support/memory-host/memory-host.ts";
import { applyContext, read, resourceOf, stepFor } from "./cycle.ts";
import { prepare, undo } from "./undo.ts";

/** What a driver promises of a kind that is run and not compared: it only looks, however often, and can be told to stop. */

export interface RunCase<K extends Kind> {
  readonly title: string;
  /** The host before; it is made anew for each trial. */
  readonly given?: (host: MemoryHost) => void;
  readonly desired: DesiredInput<K>;
}

interface Runs<K extends Kind> {
  readonly kind: K;
  readonly driver: Driver<K>;
  readonly runs: readonly [RunCase<K>, ...RunCase<K>[]];
  readonly waits: RunCase<K>;
}

/** Milliseconds. */
const PROMPT = 200;

export function provesRuns<K extends Kind>({ kind, driver, runs, waits }: Runs<K>): void {
  const newHost = ({ given }: RunCase<K>) => {
    const host = new MemoryHost();
    given?.(host);
    return host;
  };
  const stepOf = async (one: RunCase<K>, host: MemoryHost): Promise<Step<K>> => {
    const resource = resourceOf(kind, one.desired);
    const [reading] = await read(driver, [resource], { host });
    return stepFor(resource, reading!)!;
  };
  const titled = runs.map((one) => [one.title, one] as const);

  describe.each(titled)("%s", (_title, one) => {
    test("is always there and never differs, and nobody has to look for that", async () => {
      const host = newHost(one);
      const resource = resourceOf(kind, one.desired);
      const before = host.calls;
      const context = {
        host,
        names: { users: new Map(), groups: new Map() },
        provided: () => false,
      };
      const [reading] = await driver.read([resource], context as never);
      expect(host.calls).toBe(before);
      expect(reading).toEqual({ observed: { state: "present" } });
      const { observed } = reading as { observed: object };
      expect(kindOf(kind).diff(resource.desired, observed)).toEqual([]);
      expect(kindOf(kind).removed(resource.desired, observed)).toEqual([]);
      // Whether what it waits for comes about is for others to say.
      const planned = { action: "run", differences: [], follow: null, reverts: false } as const;
      expect(
        kindOf(kind).predict?.(resource.desired, { ...planned, observed: { state: "present" } }),
      ).toMatchObject({ class: "bounded", ends: ["done", "failed"] });
    });

    test("looks and changes nothing, and says when it begins and ends", async () => {
      const host = newHost(one);
      const step = await stepOf(one, host);
      const before = host.digest();
      const events: string[] = [];
      await driver.apply([step], applyContext(host, events));
      expect(events).toEqual([`started ${step.resource.id}`, `done ${step.resource.id}`]);
      expect(host.digest()).toBe(before);
    });

    test("can be cut off after any call and be run again", async () => {
      const whole = newHost(one);
      const step = await stepOf(one, whole);
      const from = whole.calls;
      await driver.apply([step], applyContext(whole, []));
      for (let after = 0; after < whole.calls - from; after++) {
        const host = newHost(one);
        const again = await stepOf(one, host);
        host.faultAfter(after);
        await expect(driver.apply([again], applyContext(host, []))).rejects.toThrow(Interruption);
        host.revive();
        await driver.apply([again], applyContext(host, []));
      }
    });

    test("has nothing to take back or to remove", async () => {
      const host = newHost(one);
      const step = await stepOf(one, host);
      const { memory, kept } = await prepare(driver, step, host);
      const before = host.calls;
      await undo(driver, { ...step, memory }, { host, kept });
      const events: string[] = [];
      await driver.remove([{ ...step, removal: true }], applyContext(host, events));
      expect(events).toEqual([`started ${step.resource.id}`, `done ${step.resource.id}`]);
      expect(host.calls).toBe(before);
    });
  });

  test("waits no longer than it is wanted, and tells what it was stopped for", async () => {
    const host = newHost(waits);
    const step = await stepOf(waits, host);
    const quit = new AbortController();
    const events: string[] = [];
    const running = driver.apply([step], applyContext(host, events, quit.signal));
    const ended = running.then(
      () => undefined,
      (error: unknown) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const reason = new HostKitError([]);
    const at = performance.now();
    quit.abort(reason);
    expect(await ended).toBe(reason);
    expect(performance.now() - at).toBeLessThan(PROMPT);
    expect(events).toEqual([`started ${step.resource.id}`]);
  });
}
