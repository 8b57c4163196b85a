import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../shared/diagnostic.ts";
import { MOTD } from "../view/samples.ts";
import { type FakeHost, NO_CHANGES, PLAN, problem } from "./fake-services.ts";
import { hostkit, settle, start } from "./hostkit.ts";

test("shows the plan on stdout, with what new files hold, and closes the session", async () => {
  const { code, world, log } = await hostkit("plan --host app");
  expect(code).toBe(0);
  expect(world.stdout()).toBe(
    [
      "app (root@app.example.com:22)",
      "",
      "  + file:/etc/motd (missing)",
      "      content: 16 B",
      `      +${MOTD.trim()}`,
      "      owner: root, group: root, mode: 0644",
      "",
      "  + directory:/etc/app (missing)",
      "      owner: root, group: root, mode: 0755",
      "",
      "  3 resources unchanged",
      "",
      "Plan: 2 to create, 0 to change, 0 to remove, 0 restarts, 0 unknown.",
      "",
    ].join("\n"),
  );
  expect(world.stderr()).toBe(
    [
      "declaration: compiling",
      "app: connecting",
      "app: checking",
      "app: uploading agent",
      "app: planning",
      "",
    ].join("\n"),
  );
  expect(log).toEqual(["load", "connect app", "plan app", "close app"]);
});

test("never applies", async () => {
  const { log } = await hostkit("plan --all", { hosts: { app: {}, db: {} } });
  expect(log.join(" ")).not.toContain("apply");
});

test("no changes", async () => {
  const { code, world } = await hostkit("plan --host app --exit-code", {
    hosts: { app: { plan: NO_CHANGES } },
  });
  expect(code).toBe(0);
  expect(world.stdout()).toBe("No changes. app is as declared (5 resources).\n");
});

test("--exit-code: 2 when there are changes, and only then; problems win", async () => {
  expect((await hostkit("plan --host app --exit-code")).code).toBe(2);
  expect((await hostkit("plan --host app")).code).toBe(0);
  const hosts = { app: {}, db: { connect: problem("ssh", "HK2001") } };
  expect((await hostkit("plan --all --exit-code", { hosts })).code).toBe(4);
});

describe("exit codes", () => {
  test.each<[string, FakeHost, number]>([
    ["unreachable", { connect: problem("ssh", "HK2001") }, 4],
    ["no agent for it", { connect: problem("host", "HK2102") }, 1],
    ["the agent can't plan", { plan: problem("agent", "HK3004") }, 1],
    ["the declaration does not fit", { plan: problem("config", "HK1010") }, 3],
    ["a bug", { plan: new TypeError("oops") }, 1],
  ])("%s", async (_what, app, expected) => {
    const { code, world, log } = await hostkit("plan --host app", { hosts: { app } });
    expect(code).toBe(expected);
    expect(world.stdout()).toBe("");
    expect(world.stderr()).toContain("app:");
    expect(log.filter((each) => each === "close app")).toHaveLength(
      app.connect === undefined ? 1 : 0,
    );
  });

  test("no plan but diagnostics: all of them are shown", async () => {
    const [first, second] = [problem("host", "HK4001"), problem("host", "HK4002")];
    const diagnostics = [...first.diagnostics, ...second.diagnostics];
    const { code, world } = await hostkit("plan --host app", {
      hosts: { app: { plan: { plan: null, diagnostics } } },
    });
    expect(code).toBe(1);
    expect(world.stderr()).toMatch(/HK4001[\s\S]*HK4002/);
  });

  test("warnings come with the plan and change nothing", async () => {
    const warning: Diagnostic = {
      severity: "warning",
      side: "host",
      code: "HK4003",
      summary: "The clock is off.",
      detail: "By 5 s.",
    };
    const { code, world } = await hostkit("plan --host app", {
      hosts: { app: { plan: { plan: PLAN, diagnostics: [warning] } } },
      warnings: [{ ...warning, side: "config", code: "HK1008" }],
    });
    expect(code).toBe(0);
    expect(world.stderr()).toContain("warning[host HK4003]");
    expect(world.stderr()).toContain("warning[config HK1008]");
  });
});

describe("several hosts", () => {
  test("in the order named, whichever is first; one that fails does not stop the others", async () => {
    const hosts: Record<string, FakeHost> = {
      app: {},
      db: { connect: problem("ssh", "HK2001") },
      web: { plan: NO_CHANGES },
    };
    const { code, world } = await hostkit("plan --all", { hosts });
    expect(code).toBe(4);
    const out = world.stdout();
    expect(out.indexOf("app (root@")).toBeLessThan(out.indexOf("No changes. web"));
    expect(world.stderr()).toMatch(/db:\nerror\[ssh HK2001\]/);
    expect(world.stderr()).toContain(
      "app  2 changes\ndb   ssh problem (HK2001) (exit code 4)\nweb  no changes\n",
    );
  });

  test("at most eight at the same time", async () => {
    const hosts = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`h${index}`, {}]));
    const { code, services, log } = await hostkit("plan --all", { hosts });
    expect(code).toBe(0);
    expect(services.most()).toBeLessThanOrEqual(8);
    expect(services.most()).toBeGreaterThan(1);
    expect(log.filter((each) => each.startsWith("close"))).toHaveLength(20);
  });
});

test("--json: one plan event for each host and one summary, nothing else on stdout, nothing on stderr", async () => {
  const hosts = { app: {}, db: { connect: problem("ssh", "HK2001") } };
  const { code, world } = await hostkit("plan --all --json", { hosts });
  expect(code).toBe(4);
  expect(world.stderr()).toBe("");
  const events = world.events();
  expect(events.every((event) => event["version"] === 1)).toBe(true);
  expect(events.filter((event) => event["event"] === "plan")).toMatchObject([
    { host: "app", label: "root@app.example.com:22", plan: PLAN, summary: { create: 2 } },
  ]);
  expect(events.filter((event) => event["event"] === "diagnostic")).toMatchObject([
    { host: "db", code: "HK2001" },
  ]);
  expect(events.at(-1)).toEqual({
    version: 1,
    event: "summary",
    exitCode: 4,
    hosts: [
      { host: "app", exitCode: 0, result: "2 changes" },
      { host: "db", exitCode: 4, result: "ssh problem (HK2001)" },
    ],
  });
});

test("--full, --config, -v", async () => {
  const { world, log } = await hostkit("plan --host app --config x.ts -v");
  expect(log[0]).toBe("load x.ts");
  expect(world.stderr()).toContain("Declaration: /srv/infra/hostkit.config.ts");
  expect(world.stderr()).toContain("Debian GNU/Linux 12");
  expect(world.stderr().replaceAll(/\s/g, "")).toContain(PLAN.digest);
});

test("a machine named by hand gets the only declaration", async () => {
  const { code, world, services } = await hostkit("plan --local", { hosts: { app: {} } });
  expect(code).toBe(0);
  expect(services.targets).toEqual([{ kind: "local" }]);
  expect(world.stdout()).toContain("app (root@local.example.com:22)");
  const several = await hostkit("plan --ssh root@x", { hosts: { app: {}, db: {} } });
  expect(several.code).toBe(64);
  expect(several.log).toEqual(["load"]);
});

describe("Ctrl-C", () => {
  test.each<[string, FakeHost]>([
    ["while connecting", { connect: "never" }],
    ["while planning", { plan: "never" }],
  ])("%s: everything is closed, 130, and what that means is said", async (_when, app) => {
    const { code, world, services } = start("plan --all", { hosts: { app, db: {} } });
    await settle();
    world.interrupt();
    expect(await code).toBe(130);
    expect(world.stderr()).toContain("Interrupted. Nothing was changed.");
    expect(world.left).toEqual([]);
    const opened = services.log.filter((each) => each.startsWith("plan"));
    const closed = services.log.filter((each) => each.startsWith("close"));
    expect(closed).toHaveLength(opened.length);
  });

  test("a session that is there too late is closed", async () => {
    let arrive = () => {};
    const connect = new Promise<void>((resolve) => (arrive = resolve));
    const { code, world, services } = start("plan --host app", { hosts: { app: { connect } } });
    await settle();
    world.interrupt();
    expect(await code).toBe(130);
    arrive();
    await settle();
    expect(services.log).toEqual(["load", "connect app", "close app"]);
  });

  test("twice: leaves at once", async () => {
    const { world } = start("plan --host app", { hosts: { app: { connect: "never" } } });
    await settle();
    world.interrupt();
    world.interrupt();
    expect(world.left).toEqual([130]);
  });
});

test.each([40, 10])("a terminal of %i columns", async (columns) => {
  const { code, world } = await hostkit("plan --host app", {}, { terminal: true, columns });
  expect(code).toBe(0);
  expect(world.stdout()).toContain("Plan: 2 to create");
});
