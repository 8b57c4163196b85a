import { expect, test } from "vitest";
import { HostFault } from "../../agent/host/host.ts";
import { readNames } from "../../agent/host/names.ts";
import type { Driver, Reading, Step, UndoStep } from "../../agent/resources/driver.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Claim } from "../../shared/resources/define-kind.ts";
import { type DesiredInput, type Kind, kindOf } from "../../shared/resources/registry.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { applyContext, read, resourceOf, stepFor } from "./cycle.ts";
import { isOfTheHost, prepare, RUN } from "./undo.ts";

/** What another party does on the host is left alone: by a run that comes to it, and by an undo. */

/** How another party edits a thing of the kind while a run changes it. */
export interface EditCase<K extends Kind> {
  readonly title: string;
  /** The host before. */
  readonly given?: (host: MemoryHost) => void;
  readonly desired: DesiredInput<K>;
  readonly provided?: readonly Claim[];
  /** Done before the run comes to it, and in another trial after. */
  readonly edit: (host: MemoryHost) => void;
}

interface Edits<K extends Kind> {
  readonly kind: K;
  readonly driver: Driver<K>;
  readonly edits: readonly [EditCase<K>, ...EditCase<K>[]];
  readonly many: (index: number) => DesiredInput<K>;
}

/** The refusals of an undo: paths and units, keys, accounts and groups. */
const LEFT = ["HK4024", "HK4221", "HK4222"];

export function provesEdits<K extends Kind>(contract: Edits<K>): void {
  const titled = contract.edits.map((one) => [one.title, one] as const);
  test.each(titled)("leaves alone before its turn: %s", (_title, one) =>
    provesGuard(contract, one),
  );
  test.each(titled)("leaves alone what is to be removed, or was: %s", (_title, one) =>
    provesRemoval(contract, one),
  );
  test.each(titled)("leaves alone when taking back, and takes back the rest: %s", (_title, one) =>
    provesUndo(contract, one),
  );
}

/** The same with a thing that was made earlier, and that the run removes. */
async function provesRemoval<K extends Kind>(
  { kind, driver }: Edits<K>,
  { given, desired, provided = [], edit }: EditCase<K>,
): Promise<void> {
  const resource = resourceOf(kind, desired);
  const made = async () => {
    const host = newHost(given);
    await driver.apply(
      await stepsFor(driver, [resource], { host, provided }),
      applyContext(host, []),
    );
    return host;
  };
  const removal = async (host: MemoryHost): Promise<Step<K> | undefined> => {
    const [reading] = await read(driver, [resource], { host, provided });
    if (reading === undefined || "problem" in reading || reading.observed.state === "absent") {
      return undefined;
    }
    const { observed } = reading;
    const differences = kindOf(kind).removed(resource.desired, observed);
    const base = { resource, desired: resource.desired, follow: null, removal: true } as const;
    return { ...base, observed, differences };
  };

  const before = await made();
  const step = await removal(before);
  if (step === undefined) return;
  edit(before);
  const edited = before.snapshot();
  const now = await removal(before);
  if (seenOf(now) !== seenOf(step)) {
    const events: string[] = [];
    const refusals = await refusalsOf(driver.remove([step], applyContext(before, events)));
    expect(refusals).toMatchObject([{ code: "HK4023", resource: resource.id }]);
    expect(events).toEqual([]);
    expect(before.snapshot()).toEqual(edited);
  }

  const after = await made();
  const again = (await removal(after))!;
  const { memory, kept } = await prepare(driver, again, after);
  await driver.remove([again], applyContext(after, []));
  const removed = lines(after);
  try {
    edit(after);
  } catch (error) {
    if (error instanceof HostFault) return;
    throw error;
  }
  const added = [...lines(after)].filter((line) => !removed.has(line));
  const context = {
    host: after,
    names: () => readNames(after),
    kept: (path: string) => kept.get(path),
  };
  const refusals = await driver.undo([{ ...again, memory }], context).then(
    () => [],
    (error: HostKitError) => error.diagnostics,
  );
  for (const { code } of refusals) expect(LEFT).toContain(code);
  const left = lines(after);
  expect(added.filter((line) => !left.has(line))).toEqual([]);
}

/** Keys stay in the home of an account that goes, whoever changes them. */
const seenOf = (step: Step<Kind> | undefined) =>
  JSON.stringify({ ...step?.observed, authorizedKeys: null, keyFile: null });

async function provesGuard<K extends Kind>(
  { kind, driver }: Edits<K>,
  { given, desired, provided = [], edit }: EditCase<K>,
): Promise<void> {
  const host = newHost(given);
  const resource = resourceOf(kind, desired);
  const [step] = await stepsFor(driver, [resource], { host, provided });
  edit(host);
  const edited = host.snapshot();
  const events: string[] = [];
  const refusals = await refusalsOf(driver.apply([step!], applyContext(host, events)));
  expect(refusals).toMatchObject([{ code: "HK4023", resource: resource.id }]);
  expect(refusals[0]!.detail).toMatch(/left alone.*taken back.*plan again\.$/);
  // Not begun, so that there is nothing of it to take back.
  expect(events).toEqual([]);
  expect(host.snapshot()).toEqual(edited);
}

async function provesUndo<K extends Kind>(
  { kind, driver, many }: Edits<K>,
  { given, desired, provided = [], edit }: EditCase<K>,
): Promise<void> {
  const host = newHost(given);
  const own = resourceOf(kind, desired);
  const others = [resourceOf(kind, many(0)), resourceOf(kind, many(1))];
  const resources = [others[0]!, own, others[1]!];
  const steps = await stepsFor(driver, resources, { host, provided });
  expect(steps).toHaveLength(3);
  const undos: UndoStep<K>[] = [];
  const kept = new Map<string, string>();
  for (const step of steps) {
    const prepared = await prepare(driver, step, host);
    undos.unshift({ ...step, memory: prepared.memory });
    for (const [path, place] of prepared.kept) kept.set(path, place);
  }
  await driver.apply(steps, applyContext(host, []));

  const made = lines(host);
  edit(host);
  const edited = lines(host);
  const added = [...edited].filter((line) => !made.has(line));
  const removed = [...made].filter((line) => !edited.has(line));
  expect(added.length + removed.length).toBeGreaterThan(0);
  const keeps = [...kept.values()].map((place) => host.text(place));
  const context = { host, names: () => readNames(host), kept: (path: string) => kept.get(path) };
  // Whoever asks again is told the same.
  for (const _time of ["first", "second"]) {
    const refusals = await refusalsOf(driver.undo(undos, context));
    expect(refusals.length).toBeGreaterThan(0);
    for (const { code, resource, detail } of refusals) {
      expect(resource).toBe(own.id);
      expect(LEFT).toContain(code);
      expect(detail).toContain("left as it");
    }
    const now = lines(host);
    expect(added.filter((line) => !now.has(line))).toEqual([]);
    expect(removed.filter((line) => now.has(line))).toEqual([]);
    expect([...kept.values()].map((place) => host.text(place))).toEqual(keeps);
    const readings = await read(driver, others, { host, provided });
    expect(readings.map((one) => "observed" in one && one.observed.state)).toEqual([
      "absent",
      "absent",
    ]);
  }
}

function newHost(given: EditCase<Kind>["given"]): MemoryHost {
  const host = new MemoryHost();
  given?.(host);
  host.tree.ensureDirectory(RUN);
  return host;
}

async function stepsFor<K extends Kind>(
  driver: Driver<K>,
  resources: readonly ReturnType<typeof resourceOf<K>>[],
  options: { readonly host: MemoryHost; readonly provided: readonly Claim[] },
): Promise<Step<K>[]> {
  const readings = await read(driver, resources, options);
  return resources.flatMap(
    (resource, index) => stepFor(resource, readings[index] as Reading<K>) ?? [],
  );
}

/** Paths, each with all that belongs to it; of the account databases each line, since they are many things in one file. */
function lines(host: MemoryHost): ReadonlySet<string> {
  const databases = ["/etc/passwd", "/etc/group"];
  return new Set([
    ...host
      .files()
      .filter(isOfTheHost)
      .filter((line) => !databases.some((path) => line.startsWith(`${path} `))),
    ...databases.flatMap((path) =>
      (host.text(path) ?? "").split("\n").map((line) => `${path}: ${line}`),
    ),
  ]);
}

async function refusalsOf(act: Promise<void>): Promise<readonly Diagnostic[]> {
  const error: unknown = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HostKitError) return error.diagnostics;
  throw new Error(`expected a HostKitError, not ${String(error)}`, { cause: error });
}
