import { describe, expect, test } from "vitest";
import { runSummary } from "../view/samples.ts";
import { applied, type FakeHost, PLAN, problem, respond, RUN } from "./fake-services.ts";
import { hostkit, settle, start } from "./hostkit.ts";

const YES = { answers: ["y"] } as const;
const pending = { run: RUN, onFailure: "stop", state: "stopped" } as const;
const stopped = (recover: FakeHost["recover"] = async () => applied(PLAN)): FakeHost => ({
  runs: {
    runs: [runSummary({ state: "partial", done: 1 })],
    plan: PLAN,
    outcome: null,
    diagnostics: [],
    pending,
  },
  ...(recover === undefined ? {} : { recover }),
});

test("shows the run, asks, and finishes it in the same session", async () => {
  const { code, log, world } = await hostkit(
    "resume --host app",
    { hosts: { app: stopped() } },
    YES,
  );
  expect(code).toBe(0);
  expect(log).toEqual([
    "load",
    "connect app",
    "runs app null",
    `runs app ${RUN}`,
    `recover app ${RUN} finish`,
    "close app",
  ]);
  expect(world.asked).toEqual([`Finish the run ${RUN} on app (2 changes)? [y/N] `]);
  expect(world.stdout()).toMatch(
    /20260102T030405-abcdef\S* on app .*state +\S*stopped.*Applied\S* 2 changes/s,
  );
});

test("nothing to finish: said, 0, and nobody is asked", async () => {
  const { code, log, world } = await hostkit("resume --host app", {}, YES);
  expect(code).toBe(0);
  expect(world.asked).toEqual([]);
  expect(log.join()).not.toContain("recover");
  expect(world.stderr()).toContain("app: every run came to an end; there is nothing to finish.");
});

test("a record that can't be read is not taken for nothing to finish", async () => {
  const { diagnostics } = problem("host", "HK4040");
  const runs = { ...stopped().runs!, pending: null, diagnostics: [...diagnostics] };
  const { code, world } = await hostkit("resume --host app", { hosts: { app: { runs } } }, YES);
  expect(code).toBe(1);
  expect(world.stderr()).toContain("HK4040");
  expect(world.stderr()).not.toContain("nothing to finish");
});

test("declined: nothing is changed, 1", async () => {
  const { code, log, world } = await hostkit(
    "resume --host app",
    { hosts: { app: stopped() } },
    { answers: ["n"] },
  );
  expect(code).toBe(1);
  expect(log.join()).not.toContain("recover");
  expect(world.stderr()).toContain("Nothing was changed.");
});

test("--yes asks nobody", async () => {
  const { code, world } = await hostkit("resume --host app --yes", { hosts: { app: stopped() } });
  expect(code).toBe(0);
  expect(world.asked).toEqual([]);
});

test("nobody to ask: 64 with the flag to add, before anything is contacted", async () => {
  const { code, log, world } = await hostkit("resume --host app", { hosts: { app: stopped() } });
  expect(code).toBe(64);
  expect(log).toEqual([]);
  expect(world.stderr()).toContain("HK5009");
});

test.each([
  ["HK4044", 5],
  ["HK4003", 9],
  ["HK4040", 1],
] as const)("refused with %s: %i", async (code, expected) => {
  const app = stopped(async () => {
    throw problem("host", code);
  });
  const ran = await hostkit("resume --host app --yes", { hosts: { app } });
  expect(ran.code).toBe(expected);
  expect(ran.world.stderr()).toContain(code);
});

test("a run that fails again is told like any other, with its exit code", async () => {
  const app = stopped(async () => respond(PLAN, { verdict: "partial", changes: [] }));
  const { code, world } = await hostkit("resume --host app --yes", { hosts: { app } });
  expect(code).toBe(7);
  expect(world.stdout()).toContain("hostkit resume --host app");
});

describe("several hosts", () => {
  test("each is asked about by itself, and one that fails does not stop the others", async () => {
    const hosts = { app: stopped(), db: { connect: problem("ssh", "HK2001") }, web: stopped() };
    const { code, world } = await hostkit("resume --all", { hosts }, { answers: ["y", "y"] });
    expect(world.asked.map((question) => /on (\w+)/.exec(question)?.[1])).toEqual(["app", "web"]);
    expect(code).toBe(4);
  });

  test("Ctrl-C while one is changed: the others are left alone, and not said to be unchanged all", async () => {
    let finish = () => {};
    const app = stopped(() => new Promise((resolve) => (finish = () => resolve(applied(PLAN)))));
    const { code, world, services } = start("resume --all --yes", {
      hosts: { app, web: stopped() },
    });
    await settle();
    world.interrupt();
    finish();
    expect(await code).toBe(130);
    expect(services.log.join()).not.toContain("connect web");
    expect(world.stderr()).toContain("Interrupted. Left as before: web.");
    expect(world.stderr()).not.toContain("Nothing was changed");
  });
});
