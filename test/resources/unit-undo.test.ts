import { describe, expect, test } from "vitest";
import { readNames } from "../../agent/host/names.ts";
import type { Reading, Step, UndoStep } from "../../agent/resources/driver.ts";
import { unitDriver } from "../../agent/resources/unit.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { DesiredInput } from "../../shared/resources/registry.ts";
import { applySteps, read, resourceOf, stepFor } from "../contract/cycle.ts";
import { isOfTheHost, prepare, RUN } from "../contract/undo.ts";
import { Interruption, MemoryHost } from "../support/memory-host/memory-host.ts";

const unit = unitDriver({ settle: 1 });

const FILE = "/etc/systemd/system/api.service";
const VENDOR = "/usr/lib/systemd/system/api.service";
const WANTS = "/etc/systemd/system/multi-user.target.wants";
const text = (program: string) =>
  `[Service]\nExecStart=${program}\nExecReload=/bin/true\n\n[Install]\nWantedBy=multi-user.target\n`;
const OLD = text("/opt/api/old");
const NEW = text("/opt/api/new");
const api = { name: "api.service", content: NEW } satisfies DesiredInput<"unit">;

type Given = (host: MemoryHost) => void;

const running: Given = (host) => {
  host.put(FILE, OLD);
  host.systemd.settle("api.service", "active");
};
const enabled: Given = (host) => {
  host.tree.ensureDirectory(WANTS);
  host.tree.putSymlink(`${WANTS}/api.service`, FILE);
  host.systemd.reload();
};

interface Trial {
  readonly host: MemoryHost;
  readonly steps: readonly Step<"unit">[];
  /** Files and links, what is active and what it runs with. */
  readonly before: readonly string[];
  readonly now: () => string[];
  readonly apply: () => Promise<unknown>;
  readonly undo: () => Promise<void>;
  /** Whether an observation now is as good as the one before. */
  readonly isRestored: () => Promise<boolean[]>;
}

async function trial(given: readonly Given[], ...inputs: DesiredInput<"unit">[]): Promise<Trial> {
  const host = new MemoryHost();
  for (const act of given) act(host);
  host.tree.ensureDirectory(RUN);
  const resources = inputs.map((input) => resourceOf("unit", input));
  const readings = await read(unit, resources, { host });
  const now = () => host.snapshot().filter(isOfTheHost);
  const before = now();
  const steps = resources.flatMap(
    (resource, index) => stepFor(resource, readings[index] as Reading<"unit">) ?? [],
  );
  const undoSteps: UndoStep<"unit">[] = [];
  const kept = new Map<string, string>();
  for (const step of steps) {
    const prepared = await prepare(unit, step, host);
    undoSteps.push({ ...step, memory: prepared.memory });
    for (const [path, place] of prepared.kept) kept.set(path, place);
  }
  return {
    host,
    steps,
    before,
    now,
    apply: () => applySteps(unit, steps, host).catch((error: unknown) => error),
    async undo() {
      const context = {
        host,
        names: () => readNames(host),
        kept: (path: string) => kept.get(path),
      };
      const failures: Diagnostic[] = [];
      const collect = (error: unknown) => {
        if (!(error instanceof HostKitError)) throw error;
        failures.push(...error.diagnostics);
      };
      await unit.undo(undoSteps.toReversed(), context).catch(collect);
      await unit.resume!(undoSteps, context).catch(collect);
      const byUnit = new Map(failures.map((failure) => [failure.resource, failure]));
      if (failures.length > 0) throw new HostKitError([...byUnit.values()]);
    },
    async isRestored() {
      const again = await read(
        unit,
        steps.map((step) => step.resource),
        { host },
      );
      return again.map(
        (reading, index) =>
          "observed" in reading &&
          unit.restored!((steps[index] as Step<"unit">).observed, reading.observed),
      );
    },
  };
}

const changing = (host: MemoryHost, since: number) =>
  host.commands
    .slice(since)
    .filter((command) => !/^(systemctl show|find) /.test(command))
    .map((command) => command.replace(/^systemctl (\S+) .*?(?:-- |$)/, "$1 ").trim());

async function refusalOf(act: Promise<void>): Promise<readonly { code: string; detail: string }[]> {
  const error: unknown = await act.catch((reason: unknown) => reason);
  if (error instanceof HostKitError) return error.diagnostics;
  throw new Error(`expected a HostKitError, not ${String(error)}`);
}

describe("a unit is as it was, also what it runs with, wherever the run was cut off", () => {
  const all = { ...api, enabled: true, active: true };
  const cases: [title: string, given: Given[], ...inputs: DesiredInput<"unit">[]][] = [
    ["new, enabled, started", [], all],
    ["running, with another file", [running], all],
    ["running, reloaded", [running], { ...all, onChange: "reload" }],
    [
      "running and enabled, to be neither",
      [running, enabled],
      { ...api, enabled: false, active: false },
    ],
    ["of a package, running", [vendor], all],
    ["two, one of which is new", [running], all, { ...all, name: "web.service" }],
    ["a new template", [], { ...api, name: "worker@.service" }],
    [
      "with another unit that goes along",
      [also],
      { ...api, content: `${OLD}Also=extra.service\n`, enabled: false },
    ],
  ];
  test.each(cases)("%s", async (_title, given, ...inputs) => {
    const whole = await trial(given, ...inputs);
    const { calls } = whole.host;
    await whole.apply();
    const total = whole.host.calls - calls;
    for (let after = 0; after <= total; after++) {
      const one = await trial(given, ...inputs);
      if (after < total) one.host.faultAfter(after);
      const left = await one.apply();
      expect(left).toSatisfy((value) => Array.isArray(value) || value instanceof Interruption);
      one.host.revive();
      await one.undo();
      expect(one.now(), `after ${after} of ${total} calls`).toEqual(one.before);
      await one.undo();
      expect(one.now()).toEqual(one.before);
      expect(await one.isRestored()).toEqual(one.steps.map(() => true));
    }
  });
});

function vendor(host: MemoryHost): void {
  host.put(VENDOR, OLD);
  host.systemd.settle("api.service", "active");
}

/** Enabled together with another one, which a link of its own name tells. */
function also(host: MemoryHost): void {
  host.put(FILE, `${OLD}Also=extra.service\n`);
  host.put("/etc/systemd/system/extra.service", OLD);
  enabled(host);
  host.tree.putSymlink(`${WANTS}/extra.service`, "/etc/systemd/system/extra.service");
  host.systemd.reload();
}

test("a new unit that fails to start leaves no file, no link, no directory and no failed state", async () => {
  const one = await trial([], { ...api, enabled: true, active: true });
  one.host.systemd.behave("api.service", { start: "fails" });
  expect(await one.apply()).toBeInstanceOf(HostKitError);
  expect(one.host.systemd.describe().join()).toContain("api.service failed");
  await one.undo();
  expect(one.now()).toEqual(one.before);
  expect(await one.isRestored()).toEqual([true]);
});

test("a unit whose restart fails runs again with its old file", async () => {
  const one = await trial([running], { ...api, active: true });
  one.host.systemd.behave("api.service", { start: "fails" });
  expect(await one.apply()).toBeInstanceOf(HostKitError);
  one.host.systemd.behave("api.service", { start: "runs" });
  await one.undo();
  expect(one.host.systemd.runningText("api.service")).toBe(OLD);
  expect(one.now()).toEqual(one.before);
});

test("a unit of a package that was overridden runs by its own file again", async () => {
  const one = await trial([vendor], { ...api, active: true });
  await one.apply();
  expect(one.host.systemd.runningText("api.service")).toBe(NEW);
  await one.undo();
  expect(one.host.text(FILE)).toBeUndefined();
  expect(one.host.systemd.runningText("api.service")).toBe(OLD);
});

test("what ran by another file stands still until everything is undone", async () => {
  const one = await trial([running], { ...api, active: true });
  await one.apply();
  const { processes } = one.host;
  await one.undo();
  expect(changing(one.host, processes)).toEqual([
    "daemon-reload",
    "stop api.service",
    "reset-failed api.service",
    "restart api.service",
  ]);
});

test("a unit that starts for ever is stopped", async () => {
  const one = await trial([], { ...api, active: true });
  one.host.systemd.behave("api.service", { start: "hangs" });
  expect(await one.apply()).toBeInstanceOf(HostKitError);
  await one.undo();
  expect(one.now()).toEqual(one.before);
});

test("a batch costs one call for each phase, in the order in which units stop and start", async () => {
  const names = ["a", "b", "c"];
  const given = names.map((name) => (host: MemoryHost) => {
    host.put(`/etc/systemd/system/${name}.service`, OLD);
    host.systemd.settle(`${name}.service`, "active");
  });
  const wishes = [...names, "d", "e"].map((name) => ({
    ...api,
    name: `${name}.service`,
    active: true,
  }));
  const one = await trial(given, ...wishes);
  await one.apply();
  const { processes } = one.host;
  await one.undo();
  expect(changing(one.host, processes)).toEqual([
    "stop e.service d.service",
    "daemon-reload",
    "stop c.service b.service a.service",
    "reset-failed c.service b.service a.service",
    "restart a.service b.service c.service",
  ]);
});

test("what was not touched is left alone", async () => {
  const one = await trial([running], { ...api, active: true });
  await one.undo();
  expect(one.host.systemd.jobs).toEqual([]);
});

test("a unit that kept its old process is not restarted", async () => {
  const one = await trial([running], { ...api, onChange: "none" });
  await one.apply();
  await one.undo();
  expect(one.host.systemd.jobs).toEqual([]);
  expect(one.host.text(FILE)).toBe(OLD);
});

test("a unit that reloads is reloaded again", async () => {
  const one = await trial([running], { ...api, onChange: "reload" });
  await one.apply();
  await one.undo();
  expect(one.host.systemd.jobs).toEqual(["reload api.service", "reload api.service"]);
});

test("a unit that had failed is as before when it is inactive", async () => {
  const failed: Given = (host) => {
    host.put(FILE, OLD);
    host.systemd.settle("api.service", "failed");
  };
  const one = await trial([failed], { ...api, active: true });
  await one.apply();
  expect(await one.isRestored()).toEqual([false]);
  await one.undo();
  expect(one.host.systemd.describe().join()).not.toContain("api.service");
  expect(await one.isRestored()).toEqual([true]);
});

test("a unit that was failing again and again may do so again", async () => {
  const failing: Given = (host) => {
    host.put(FILE, OLD);
    host.systemd.settle("api.service", "activating");
  };
  const one = await trial([failing], { ...api, active: true });
  await one.apply();
  one.host.systemd.behave("api.service", { start: "loops" });
  await one.undo();
  expect(one.host.text(FILE)).toBe(OLD);
  expect(await one.isRestored()).toEqual([true]);
});

test("tells of a unit that does not come back, and takes back the others", async () => {
  const one = await trial(
    [running],
    { ...api, active: true },
    { ...api, name: "web.service", active: true },
  );
  one.host.systemd.behave("api.service", { start: "fails", status: 3 });
  one.host.systemd.log("api.service", "no config");
  await one.apply();
  const told = await refusalOf(one.undo());
  expect(told.map(({ code }) => code)).toEqual(["HK4333"]);
  expect(told[0]?.detail).toMatch(
    /unit:api\.service.*ended with status 3[^]*no config[^]*systemctl restart api\.service/,
  );
  expect(one.host.text("/etc/systemd/system/web.service")).toBeUndefined();
  expect(one.host.text(FILE)).toBe(OLD);
});

test("tells of a unit that does not stop again", async () => {
  const one = await trial([], { ...api, active: true });
  await one.apply();
  one.host.systemd.behave("api.service", { start: "runs", stop: "is started again" });
  const told = await refusalOf(one.undo());
  expect(told.map(({ code }) => code)).toEqual(["HK4332"]);
  expect(told[0]?.detail).toContain("list-dependencies --reverse api.service");
});

test("puts files and links back when systemd does not answer, and says what is left to do", async () => {
  const one = await trial([running], { ...api, enabled: true, active: true });
  await one.apply();
  one.host.missing.add("systemctl");
  const told = await refusalOf(one.undo());
  expect(told.map(({ code }) => code)).toEqual(["HK4330"]);
  expect(told[0]?.detail).toContain("systemctl daemon-reload");
  expect(one.host.files().filter(isOfTheHost)).toEqual(
    one.before.filter((line) => line.startsWith("/")),
  );
});

test("tells of a unit that can't reload what was put back", async () => {
  const one = await trial([running], { ...api, onChange: "reload" });
  await one.apply();
  one.host.systemd.behave("api.service", { start: "runs", reload: "fails" });
  expect((await refusalOf(one.undo())).map(({ code }) => code)).toEqual(["HK4334"]);
});

test("nothing is changed where the links can't be known", async () => {
  const missing: Given = (host) => void host.missing.add("find");
  const found = trial([missing], { ...api, enabled: true });
  await expect(found).rejects.toThrow("HK4335");
});

test("a masked unit stays refused", async () => {
  const host = new MemoryHost();
  host.tree.putSymlink(FILE, "/dev/null");
  const [reading] = await read(unit, [resourceOf("unit", api)], { host });
  expect(reading).toMatchObject({ problem: { code: "HK4301" } });
});
