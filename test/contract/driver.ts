import { describe, expect, test } from "vitest";
import type { Driver, Reading } from "../../agent/resources/driver.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Claim } from "../../shared/resources/define-kind.ts";
import { canonical } from "../../shared/canonical.ts";
import { type DesiredInput, type Kind, kindOf } from "../../shared/resources/registry.ts";
import { Interruption, MemoryHost } from "../support/memory-host/memory-host.ts";
import { type EditCase, provesEdits } from "./edits.ts";
import { applySteps, cycle, read, resourceOf, stepFor } from "./cycle.ts";
import { provesRemoval } from "./removal.ts";
import { provesRuns, type RunCase } from "./runs.ts";
import { callsOfApply, isOfTheHost, prepare, RUN, undo } from "./undo.ts";

/** What every driver promises, proved case by case on a host in memory. */

interface DriverCase<K extends Kind> {
  readonly title: string;
  /** The host before. */
  readonly given?: (host: MemoryHost) => void;
  readonly desired: DesiredInput<K>;
  /** What other resources of the manifest bring. */
  readonly provided?: readonly Claim[];
  /** `absent`, or the fields that differ; none when all is as desired. */
  readonly differs: "absent" | readonly string[];
  /** What must hold afterwards, besides that nothing differs any more. */
  readonly leaves?: (host: MemoryHost) => void;
}

/** A refusal, when reading or when applying. */
interface FailureCase<K extends Kind> {
  readonly title: string;
  readonly given?: (host: MemoryHost) => void;
  readonly desired: DesiredInput<K>;
  readonly provided?: readonly Claim[];
  /** Where it is found out. */
  readonly at: "read" | "apply";
  /** What changes between plan and apply. */
  readonly meanwhile?: (host: MemoryHost) => void;
  readonly code: Diagnostic["code"];
  /** Words that the detail must have: what stands in the way, what to do. */
  readonly says: readonly (string | RegExp)[];
}

interface AnyContract<K extends Kind> {
  readonly kind: K;
  readonly driver: Driver<K>;
  /** Inputs in every spelling a person may use. */
  readonly spellings: readonly DesiredInput<K>[];
  readonly failures: readonly FailureCase<K>[];
}

/** Of a kind that is run and has nothing on the host. */
interface RunContract<K extends Kind> extends AnyContract<K> {
  readonly runs: readonly [RunCase<K>, ...RunCase<K>[]];
  /** What waits until it is told not to. */
  readonly waits: RunCase<K>;
}

interface DriverContract<K extends Kind> extends AnyContract<K> {
  readonly cases: readonly DriverCase<K>[];
  /** How others edit things of the kind in the middle of a run. */
  readonly edits: readonly [EditCase<K>, ...EditCase<K>[]];
  /** As many different resources as wanted, none of which is on a new host. */
  readonly many: (index: number) => DesiredInput<K>;
}

/** Calls that change nothing whatever they are given. */
const READS = ["inspect", "readFiles"];
const BATCH = 40;

export function driverContract<K extends Kind>(contract: DriverContract<K> | RunContract<K>): void {
  describe(`the driver of ${contract.kind}`, () => {
    test.each(contract.spellings.map((input, index) => [index, input] as const))(
      "spelling %i has one canonical form, and a sound creation",
      (_index, input) => provesSpelling(contract.kind, input),
    );
    for (const failure of contract.failures) {
      test(`refuses when ${failure.at === "read" ? "planning" : "applying"}: ${failure.title}`, () =>
        provesFailure(contract, failure));
    }
    if ("runs" in contract) {
      provesRuns(contract);
      return;
    }
    const titled = contract.cases.map((one) => [one.title, one] as const);
    describe.each(titled)("%s", (_title, one) => {
      provesCase(contract, one);
    });
    provesEdits(contract);
    test(`reads ${BATCH} with the calls and processes of one`, () => provesBatch(contract));
    test("makes many in one batch, and says of each when it begins and ends", () =>
      provesMany(contract));
  });
}

function provesSpelling<K extends Kind>(kind: K, input: DesiredInput<K>): void {
  const definition = kindOf(kind);
  const once = definition.desired.parse(input);
  const twice = definition.desired.parse(once);
  expect(twice).toEqual(once);
  expect(canonical(twice)).toBe(canonical(once));
  // As it arrives at the agent, through JSON.
  expect(definition.desired.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  // A creation announces only what it brings; each is a difference from nothing.
  for (const { before, after } of definition.created(once)) {
    expect(before).toBeNull();
    expect(after).not.toBeNull();
  }
  // What has nothing on the host has nothing for others.
  const provided = definition.triggered === undefined ? 1 : 0;
  expect(definition.provides(once).length).toBeGreaterThanOrEqual(provided);
  for (const need of definition.needs(once)) {
    expect(need.claim).toMatch(/^(path|user|group|unit):/);
  }
}

function provesCase<K extends Kind>({ kind, driver }: DriverContract<K>, one: DriverCase<K>): void {
  const resource = resourceOf(kind, one.desired);
  const newHost = () => {
    const host = new MemoryHost();
    one.given?.(host);
    return host;
  };
  const options = (host: MemoryHost) => ({ host, provided: one.provided ?? [] });
  const converge = (host: MemoryHost) => cycle(driver, [resource], options(host));

  test("undoing it, finished or cut off after any call, restores what there was", async () => {
    const total = await callsOfApply(newHost(), { driver, resource, options });
    for (let calls = 0; calls <= total; calls++) {
      const host = newHost();
      host.tree.ensureDirectory(RUN);
      const before = host.files().filter(isOfTheHost);
      const step = stepFor(resource, (await read(driver, [resource], options(host)))[0]!);
      if (step === undefined) return;
      const prepared = await prepare(driver, step, host);
      if (calls < total) host.faultAfter(calls);
      await applySteps(driver, [step], host).catch((error: unknown) => {
        if (!(error instanceof Interruption)) throw error;
      });
      host.revive();
      await undo(driver, { ...step, memory: prepared.memory }, { host, kept: prepared.kept });
      expect(host.files().filter(isOfTheHost), `cut off after ${calls} of ${total} calls`).toEqual(
        before,
      );
      // Undoing what is undone already changes nothing.
      await undo(driver, { ...step, memory: prepared.memory }, { host, kept: prepared.kept });
      expect(host.files().filter(isOfTheHost)).toEqual(before);
    }
  });

  provesRemoval(driver, { resource, newHost, options });

  test("reading changes nothing", async () => {
    const host = newHost();
    const before = host.digest();
    await read(driver, [resource], options(host));
    await read(driver, [resource], options(host));
    expect(host.digest()).toBe(before);
  });

  test("names what differs, and nothing else", async () => {
    const [reading] = await read(driver, [resource], options(newHost()));
    const step = reading && stepFor(resource, reading);
    if (one.differs === "absent") expect(step?.observed.state).toBe("absent");
    else expect(step?.differences.map(({ field }) => field) ?? []).toEqual(one.differs);
    for (const { before, after } of step?.differences ?? []) expect(after).not.toEqual(before);
  });

  test("nothing differs after it was applied", async () => {
    const host = newHost();
    const { events, steps } = await converge(host);
    const expected = steps.length === 0 ? [] : [`started ${resource.id}`, `done ${resource.id}`];
    expect(events).toEqual(expected);
    const [reading] = await read(driver, [resource], options(host));
    expect(reading).not.toHaveProperty("problem");
    expect(reading).toHaveProperty("observed.state", "present");
    expect(reading && stepFor(resource, reading)).toBeUndefined();
    one.leaves?.(host);
  });

  test("applying twice equals applying once", async () => {
    const host = newHost();
    await converge(host);
    const once = host.snapshot();
    const calls = host.log.length;
    await converge(host);
    expect(host.snapshot()).toEqual(once);
    const asked = host.log.slice(calls).filter(({ call, what }) => !isRead(call, what));
    expect(asked).toEqual([]);
  });

  test("an interruption after any call is made good by the next run", async () => {
    const whole = newHost();
    await converge(whole);
    const expected = whole.files();
    for (let after = 0; after < whole.calls; after++) {
      const host = newHost();
      host.faultAfter(after);
      await expect(converge(host), `after ${after} calls`).rejects.toThrow(Interruption);
      host.revive();
      await converge(host);
      const [reading] = await read(driver, [resource], options(host));
      expect(reading && stepFor(resource, reading), `after ${after} calls`).toBeUndefined();
      expect(host.files(), `after ${after} calls`).toEqual(expected);
      one.leaves?.(host);
    }
  });
}

const isRead = (call: string, what: string) =>
  READS.includes(call) || (call === "run" && what.startsWith("systemctl show "));

async function provesFailure<K extends Kind>(
  { kind, driver }: AnyContract<K>,
  failure: FailureCase<K>,
): Promise<void> {
  const host = new MemoryHost();
  failure.given?.(host);
  const resource = resourceOf(kind, failure.desired);
  const options = { host, provided: failure.provided ?? [] };
  const found =
    failure.at === "read"
      ? await problemsOf<K>(() => read(driver, [resource], options))
      : await refusalsOf(async () => {
          const [reading] = await read(driver, [resource], options);
          const step = reading && stepFor(resource, reading);
          if (step === undefined) throw new Error("the case has nothing to apply");
          failure.meanwhile?.(host);
          await applySteps(driver, [step], host);
        });
  expect(found.map(({ code }) => code)).toEqual([failure.code]);
  const [diagnostic] = found as [Diagnostic];
  expect(diagnostic.severity).toBe("error");
  expect(diagnostic.side).toBe("host");
  expect(diagnostic.resource).toBe(resource.id);
  expect(diagnostic.detail).toContain(keyOf(kind, resource));
  for (const words of failure.says) expect(diagnostic.detail).toMatch(words);
  // A fixed sentence, and full ones behind it.
  expect(diagnostic.summary).toMatch(/^([A-Z]|systemd ).*\.$/);
  expect(diagnostic.summary).not.toContain(keyOf(kind, resource));
  expect(diagnostic.detail).toMatch(/\.$/);
}

async function problemsOf<K extends Kind>(
  readAll: () => Promise<Reading<K>[]>,
): Promise<Diagnostic[]> {
  return (await readAll()).flatMap((reading) => ("problem" in reading ? [reading.problem] : []));
}

async function refusalsOf(act: () => Promise<void>): Promise<readonly Diagnostic[]> {
  const error: unknown = await act().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HostKitError) return error.diagnostics;
  throw new Error(`expected a HostKitError, not ${String(error)}`, { cause: error });
}

async function provesBatch<K extends Kind>({
  kind,
  driver,
  many,
}: DriverContract<K>): Promise<void> {
  const all = Array.from({ length: BATCH }, (_, index) => resourceOf(kind, many(index)));
  const host = new MemoryHost();
  const cost = async (resources: typeof all) => {
    const { calls, processes } = host;
    const readings = await read(driver, resources, { host });
    expect(readings).toHaveLength(resources.length);
    return { calls: host.calls - calls, processes: host.processes - processes };
  };
  const absent = await cost(all.slice(0, 1));
  expect(await cost(all)).toEqual(absent);
  await cycle(driver, all, { host });
  const present = await cost(all.slice(0, 1));
  expect(await cost(all)).toEqual(present);
}

async function provesMany<K extends Kind>({
  kind,
  driver,
  many,
}: DriverContract<K>): Promise<void> {
  const all = Array.from({ length: BATCH }, (_, index) => resourceOf(kind, many(index)));
  const host = new MemoryHost();
  const { events } = await cycle(driver, all, { host });
  for (const { id } of all) {
    expect(events.filter((event) => event.endsWith(` ${id}`))).toEqual([
      `started ${id}`,
      `done ${id}`,
    ]);
  }
  const again = await cycle(driver, all, { host });
  expect(again.steps).toEqual([]);
}

const keyOf = <K extends Kind>(kind: K, { id }: { readonly id: string }) =>
  id.slice(kind.length + 1);
