import { expect, test } from "vitest";
import { makePlan } from "../view/samples.ts";
import { type FakeHost, NO_CHANGES, PLAN, problem, respond, RUN } from "./fake-services.ts";
import { hostkit } from "./hostkit.ts";

const YES = { answers: ["y"] } as const;
const BACK = { ...makePlan(PLAN.changes), reverts: RUN };
const hosts = { app: { rollback: BACK } };

test("shows the plan and which run it takes back, asks, and applies it in the same session", async () => {
  const { code, log, world } = await hostkit("rollback --host app", { hosts }, YES);
  expect(code).toBe(0);
  expect(log).toEqual(["load", "connect app", "plan rollback app null", "apply app", "close app"]);
  expect(world.stdout()).toContain(`Takes back the run ${RUN}.\n`);
  expect(world.asked[0]).toMatch(/^Apply these 2 changes to app \(.*, plan [0-9a-f]{12}\)/);
  expect(world.stdout()).toMatch(/Applied\S* 2 changes to app/);
});

test("--run names another, and an address needs no declaration", async () => {
  const { log } = await hostkit(`rollback --ssh root@app --run ${RUN} --yes`, {
    hosts: { "root@app": { rollback: BACK } },
  });
  expect(log).toEqual([
    "connect root@app",
    `plan rollback root@app ${RUN}`,
    "apply root@app",
    "close root@app",
  ]);
});

test("declined: nothing is changed, 1", async () => {
  const { code, log } = await hostkit("rollback --host app", { hosts }, { answers: [null] });
  expect(code).toBe(1);
  expect(log).not.toContain("apply app");
});

test("nobody to ask: 64, before anything is contacted", async () => {
  const { code, log, world } = await hostkit("rollback --host app", { hosts });
  expect(code).toBe(64);
  expect(log).toEqual([]);
  expect(world.stderr()).toMatch(/HK5009.*rollback asks/s);
});

test("no run to take back: told, 1", async () => {
  const app = { rollback: problem("host", "HK4063") };
  const { code, world } = await hostkit("rollback --host app --yes", { hosts: { app } });
  expect(code).toBe(1);
  expect(world.stderr()).toContain("HK4063");
});

test("a run of which nothing is left: said, 0, and nobody is asked", async () => {
  const app = { rollback: { ...NO_CHANGES, reverts: RUN } };
  const { code, world } = await hostkit("rollback --host app", { hosts: { app } }, YES);
  expect(code).toBe(0);
  expect(world.asked).toEqual([]);
  expect(world.stdout()).toContain(
    `Nothing to take back: app has nothing that is as the run ${RUN}`,
  );
  expect(world.stdout()).not.toContain("as declared");
});

test("a run that was cut off before it changed anything comes to its end all the same", async () => {
  const app: FakeHost = {
    rollback: { ...NO_CHANGES, reverts: RUN },
    runs: {
      runs: [],
      plan: null,
      outcome: null,
      diagnostics: [],
      pending: { run: RUN, onFailure: "stop", state: "cut-off" },
    },
    recover: async () => respond(PLAN, { verdict: "failed", changes: [] }),
  };
  const { code, log } = await hostkit("rollback --host app --yes", { hosts: { app } });
  expect(code).toBe(0);
  expect(log).toContain(`recover app ${RUN} settle`);
});

test("as JSON the plan names the run that it takes back", async () => {
  const { world } = await hostkit("rollback --host app --yes --json", { hosts });
  expect(world.events().find(({ event }) => event === "plan")).toMatchObject({
    plan: { reverts: RUN },
  });
});
