import { expect, test } from "vitest";
import type { Driver, Step } from "../../agent/resources/driver.ts";
import { type Kind, kindOf, type ResourceOf } from "../../shared/resources/registry.ts";
import { Interruption, type MemoryHost } from "../support/memory-host/memory-host.ts";
import { applyContext, cycle, read, type ReadOptions } from "./cycle.ts";
import { isOfTheHost, prepare, RUN, undo } from "./undo.ts";

/** What every driver promises of a removal. */

interface Removed<K extends Kind> {
  readonly resource: ResourceOf<K>;
  readonly newHost: () => MemoryHost;
  readonly options: (host: MemoryHost) => ReadOptions & { host: MemoryHost };
}

export function provesRemoval<K extends Kind>(driver: Driver<K>, removed: Removed<K>): void {
  const { resource, newHost, options } = removed;
  /** A host where it was made. */
  const made = async () => {
    const host = newHost();
    await cycle(driver, [resource], options(host));
    host.tree.ensureDirectory(RUN);
    return host;
  };
  const snapshot = (host: MemoryHost) => host.files().filter(isOfTheHost);
  const stepOf = async (host: MemoryHost): Promise<Step<K> | undefined> => {
    const [reading] = await read(driver, [resource], options(host));
    if (reading === undefined || "problem" in reading || reading.observed.state === "absent") {
      return undefined;
    }
    const { observed } = reading;
    const differences = kindOf(resource.kind).removed(resource.desired, observed);
    const inTheWay = await driver.obstacles?.([resource], { host, going: () => false });
    if (differences.length === 0 || typeof inTheWay?.[0] === "string") return undefined;
    const { desired } = resource;
    return { resource, desired, observed, differences, follow: null, removal: true };
  };

  test("removed, nothing of it is left to remove, and it is said when it begins and ends", async () => {
    const host = await made();
    const step = await stepOf(host);
    if (step === undefined) return;
    for (const { before, after } of step.differences) {
      expect(before).not.toBeNull();
      expect(after).toBeNull();
    }
    const events: string[] = [];
    await driver.remove([step], applyContext(host, events));
    expect(events).toEqual([`started ${resource.id}`, `done ${resource.id}`]);
    expect(await stepOf(host)).toBeUndefined();
  });

  test("its removal, finished or cut off after any call, can be undone and can be finished", async () => {
    const whole = await made();
    const first = await stepOf(whole);
    if (first === undefined) return;
    const from = whole.calls;
    await driver.remove([first], applyContext(whole, []));
    const total = whole.calls - from;
    const gone = snapshot(whole);
    for (let calls = 0; calls <= total; calls++) {
      const about = `cut off after ${calls} of ${total} calls`;
      const host = await made();
      const before = snapshot(host);
      const step = await stepOf(host);
      if (step === undefined) throw new Error("what was made is not there");
      const { memory, kept } = await prepare(driver, step, host);
      if (calls < total) host.faultAfter(calls);
      await driver.remove([step], applyContext(host, [])).catch((error: unknown) => {
        if (!(error instanceof Interruption)) throw error;
      });
      host.revive();
      const again = await stepOf(host);
      if (calls % 2 === 1) {
        if (again !== undefined) await driver.remove([again], applyContext(host, []));
        expect(snapshot(host), about).toEqual(gone);
      }
      await undo(driver, { ...step, memory }, { host, kept });
      expect(snapshot(host), about).toEqual(before);
      await undo(driver, { ...step, memory }, { host, kept });
      expect(snapshot(host), about).toEqual(before);
    }
  });
}
