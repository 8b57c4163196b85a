import { describe, expect, test, vi } from "vitest";
import { run } from "../../../client/cli/run.ts";
import { createFakeWorld, NEVER } from "../cli/fake-world.ts";
import type { ResponseOf } from "../../../shared/protocol/messages.ts";
import { change, digest, id, makePlan } from "../view/samples.ts";
import {
  applied,
  createFakeServices,
  type FakeHost,
  NO_CHANGES,
  PLAN,
  problem,
  respond,
  RUN,
} from "./fake-services.ts";
import { hostkit, settle, start } from "./hostkit.ts";

const YES = { answers: ["y"] } as const;
const DIGEST = PLAN.digest.slice(0, 12);

test("plans, shows, asks, applies, in one session", async () => {
  const { code, world, log } = await hostkit("push --host app", {}, YES);
  expect(code).toBe(0);
  expect(log).toEqual(["load", "connect app", "plan app", "apply app", "close app"]);
  expect(world.asked).toEqual([
    `Apply these 2 changes to app (root@app.example.com:22, plan ${DIGEST})? [y/N] `,
  ]);
  expect(world.stdout()).toContain(
    "Plan: 2 to create, 0 to change, 0 to remove, 0 restarts, 0 unknown.\n",
  );
  expect(world.stdout()).toMatch(/Applied\S* 2 changes to app in 1\.2 s\.\n$/);
});

describe("the question", () => {
  test.each(["n", "", "no", "yep", "Y E S", null])(
    "%j means no: nothing is changed, 1",
    async (answer) => {
      const { code, world, log } = await hostkit("push --host app", {}, { answers: [answer] });
      expect(code).toBe(1);
      expect(log).toEqual(["load", "connect app", "plan app", "close app"]);
      expect(world.stderr()).toContain("Nothing was changed.");
    },
  );

  test.each(["y", "Y", "yes", " YES "])("%j means yes", async (answer) => {
    expect((await hostkit("push --host app", {}, { answers: [answer] })).code).toBe(0);
  });

  test("counts in words that fit one change", async () => {
    const plan = makePlan([change("directory", { path: "/a" })]);
    const { world } = await hostkit("push --host app", { hosts: { app: { plan } } }, YES);
    expect(world.asked[0]).toMatch(/^Apply this change to app /);
  });

  test("is not asked with --yes, nor when there is nothing to do", async () => {
    const forced = await hostkit("push --host app --yes", {}, YES);
    expect(forced.world.asked).toEqual([]);
    expect(forced.code).toBe(0);
    const idle = await hostkit("push --host app", { hosts: { app: { plan: NO_CHANGES } } }, YES);
    expect(idle.world.asked).toEqual([]);
    expect(idle.code).toBe(0);
    expect(idle.log).not.toContain("apply app");
    expect(idle.world.stdout()).toBe("No changes. app is as declared (5 resources).\n");
  });

  test("is asked once for several hosts, of those that can be changed", async () => {
    const hosts = {
      app: {},
      db: { connect: problem("ssh", "HK2001") },
      web: {},
      idle: { plan: NO_CHANGES },
    };
    const { code, world, log } = await hostkit("push --all", { hosts }, YES);
    expect(world.asked).toEqual([
      `Apply these 4 changes to 2 hosts (app plan ${DIGEST}, web plan ${DIGEST})? [y/N] `,
    ]);
    expect(log.filter((each) => each.startsWith("apply"))).toEqual(["apply app", "apply web"]);
    expect(code).toBe(4);
  });
});

describe("nobody to ask", () => {
  test.each([
    ["no terminal", "push --host app", {}],
    ["CI", "push --host app", { answers: ["y"], env: { CI: "true" } }],
    ["--json", "push --host app --json", { answers: ["y"] }],
  ])(
    "%s: 64 with the flag to add, before anything is read or contacted",
    async (_what, line, options) => {
      const { code, world, log } = await hostkit(line, {}, options);
      expect(code).toBe(64);
      expect(log).toEqual([]);
      const said = world.stderr() + world.stdout();
      expect(said).toContain("HK5009");
      expect(said).toContain("--yes");
      expect(said).toContain("HOSTKIT_YES=1");
    },
  );

  test("--yes or its variable is enough", async () => {
    expect((await hostkit("push --host app --yes")).code).toBe(0);
    expect((await hostkit("push --host app", {}, { env: { HOSTKIT_YES: "1" } })).code).toBe(0);
    expect((await hostkit("push --host app", {}, { env: { HOSTKIT_YES: "0" } })).code).toBe(64);
  });
});

describe("what came of it", () => {
  const verdict = (answer: ResponseOf<"apply">): FakeHost => ({
    apply: async ({ send }) => {
      send();
      return answer;
    },
  });
  const failed = {
    id: id("file:/etc/motd"),
    result: "failed" as const,
    message: "The disk is full.",
  };
  const fresh = makePlan(PLAN.changes.map((each) => ({ ...each, fingerprint: digest("moved") })));

  test.each([
    ["applied", applied(PLAN), 0, "Applied"],
    [
      "failed",
      respond(PLAN, { verdict: "failed", changes: [failed] }),
      1,
      "Failed before anything was changed",
    ],
    ["stale", respond(PLAN, { verdict: "stale", changes: [] }, fresh), 5, "Now it would take:"],
    ["partial", respond(PLAN, { verdict: "partial", changes: [failed] }), 7, "The disk is full."],
    [
      "rolled back",
      respond(PLAN, { verdict: "rolled-back", changes: [failed] }),
      8,
      "as it was before",
    ],
    [
      "rollback failed",
      respond(PLAN, { verdict: "rollback-failed", changes: [failed] }),
      10,
      "needs attention",
    ],
  ] as const)("%s", async (_verdict, answer, expected, said) => {
    const { code, world } = await hostkit("push --host app --yes", {
      hosts: { app: verdict(answer) },
    });
    expect(code).toBe(expected);
    expect(world.stdout()).toContain(said);
  });

  test("diagnostics of an apply are shown", async () => {
    const answer = { ...applied(PLAN), diagnostics: [...problem("host", "HK4009").diagnostics] };
    const { world } = await hostkit("push --host app --yes", { hosts: { app: verdict(answer) } });
    expect(world.stderr()).toContain("HK4009");
  });

  test("of several hosts the worst counts", async () => {
    const hosts = {
      app: verdict(respond(PLAN, { verdict: "stale", changes: [] })),
      db: verdict(respond(PLAN, { verdict: "partial", changes: [failed] })),
      web: {},
    };
    const { code, world } = await hostkit("push --all --yes --json", { hosts });
    expect(code).toBe(7);
    expect(world.events().at(-1)).toMatchObject({
      event: "summary",
      exitCode: 7,
      hosts: [
        { host: "app", exitCode: 5 },
        { host: "db", exitCode: 7 },
        { host: "web", exitCode: 0, result: "2 changes applied" },
      ],
    });
    expect(world.stderr()).toBe("");
  });
});

describe("the connection goes away", () => {
  const losing = (
    error: Error,
    more: FakeHost & { send?: boolean; begin?: boolean },
  ): FakeHost => ({
    ...more,
    apply: async ({ send, onEvent, plan }) => {
      if (more.send !== false) send();
      const [first] = plan.changes;
      if (more.begin !== false && first !== undefined) {
        onEvent({ seq: 7, type: "started", id: first.id });
      }
      throw error;
    },
  });
  /** With all that is waited for taking no time. */
  const quickly = async <Result>(running: Promise<Result>): Promise<Result> => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    for (let step = 0; step < 60; step++) {
      await vi.advanceTimersByTimeAsync(10_000);
      await settle();
    }
    vi.useRealTimers();
    return running;
  };
  const LOST = [
    ["SSH says so", problem("ssh", "HK2030")],
    ["the agent's output ends", problem("agent", "HK3004")],
    ["the agent falls silent", problem("agent", "HK3005")],
    ["the agent's output is garbled", problem("agent", "HK3003")],
    ["a bug of ours", new TypeError("oops")],
  ] as const;

  test.each(LOST)(
    "%s: the run is followed over another one, from where it was",
    async (_, error) => {
      const app = losing(error, { attach: async () => applied(PLAN) });
      const { code, world, services } = await hostkit("push --host app --yes", { hosts: { app } });
      expect(code).toBe(0);
      expect(services.log).toEqual([
        "load",
        "connect app",
        "plan app",
        "apply app",
        "connect app",
        "attach app 20260102T030405-abcdef after 7",
        "close app",
        "close app",
      ]);
      expect(world.stderr()).toContain("app: the connection was lost");
      expect(world.stdout()).toContain("Applied 2 changes");
    },
  );

  test("while it waits to be confirmed: to come back confirms it, before it is followed", async () => {
    const app: FakeHost = {
      apply: async ({ send, onEvent }) => {
        send();
        onEvent({ seq: 7, type: "confirm", milliseconds: 0 });
        throw problem("ssh", "HK2030");
      },
      attach: async () => applied(PLAN),
    };
    const { code, services } = await hostkit("push --host app --yes", { hosts: { app } });
    expect(code).toBe(0);
    expect(services.log.slice(3, 7)).toEqual([
      "apply app",
      "connect app",
      "confirm app 20260102T030405-abcdef",
      "attach app 20260102T030405-abcdef after 7",
    ]);
  });

  test("before anybody heard that a dangerous plan waits to be confirmed: to come back confirms it as well", async () => {
    const plan = makePlan(PLAN.changes.map((each) => ({ ...each, danger: "sshd" })));
    const app = losing(problem("ssh", "HK2030"), { plan, attach: async () => applied(plan) });
    const { code, services } = await hostkit("push --host app --yes", { hosts: { app } });
    expect(code).toBe(0);
    expect(services.log.slice(4, 7)).toEqual([
      "connect app",
      "confirm app 20260102T030405-abcdef",
      "attach app 20260102T030405-abcdef after 7",
    ]);
  });

  test("again and again: each time it is followed from where it was", async () => {
    let times = 0;
    const app = losing(problem("ssh", "HK2030"), {
      attach: async ({ onEvent }) => {
        const { id } = PLAN.changes[0]!;
        onEvent({ seq: 8 + times, type: "done", id });
        if (++times < 3) throw problem("ssh", "HK2030");
        return applied(PLAN);
      },
    });
    const { code, services } = await quickly(hostkit("push --host app --yes", { hosts: { app } }));
    expect(code).toBe(0);
    expect(services.log.filter((each) => each.startsWith("attach")).map((l) => l.at(-1))).toEqual([
      "7",
      "8",
      "9",
    ]);
  });

  test("for good, while changes are made: 7, and what is not known is said", async () => {
    const app = losing(problem("ssh", "HK2030"), { connectAgain: problem("ssh", "HK2001") });
    const { code, world } = await quickly(hostkit("push --host app --yes", { hosts: { app } }));
    expect(code).toBe(7);
    const said = world.stderr().replaceAll(/\s+/g, " ");
    expect(said).toContain("HK5030");
    expect(said).toContain("What it has changed so far is not known");
    expect(said).toContain("`hostkit runs --host app --run 20260102T030405-abcdef --follow`");
  });

  test("before the request arrived: the host knows no such run, so nothing was changed", async () => {
    const app = losing(problem("ssh", "HK2030"), { begin: false });
    const { code, world } = await hostkit("push --host app --yes", { hosts: { app } });
    expect(code).toBe(4);
    expect(world.stderr()).toContain("HK3022");
    expect(world.stderr()).not.toContain("HK5030");
  });

  test("before the request left: nothing was changed, and it is not claimed otherwise", async () => {
    const app = losing(problem("agent", "HK3004"), { send: false, begin: false });
    const { code, world } = await hostkit("push --host app --yes", { hosts: { app } });
    expect(code).toBe(1);
    expect(world.stderr()).not.toContain("HK5030");
  });

  test("the agent refuses before its first step: nothing was changed", async () => {
    const app = losing(problem("agent", "HK3010"), { begin: false });
    const { code, services } = await hostkit("push --host app --yes", { hosts: { app } });
    expect(code).toBe(1);
    expect(services.log.join()).not.toContain("attach");
  });

  test("the run's processes are ended one after the other: partly changed", async () => {
    const app = losing(problem("agent", "HK3023"), {});
    expect((await hostkit("push --host app --yes", { hosts: { app } })).code).toBe(7);
  });
});

describe("a run that has not come to an end", () => {
  const pending = (state: "cut-off" | "stopped", recover?: FakeHost["recover"]): FakeHost => ({
    pending: { run: RUN, onFailure: "rollback", state },
    ...(recover === undefined ? {} : { recover }),
  });
  const back = async () => respond(PLAN, { verdict: "rolled-back", changes: [] });

  test("and was cut off is settled first, then it is planned again", async () => {
    const app = pending("cut-off", back);
    const { code, log, world } = await hostkit("push --host app", { hosts: { app } }, YES);
    expect(code).toBe(0);
    expect(log).toEqual([
      "load",
      "connect app",
      "plan app",
      `recover app ${RUN} settle`,
      "plan app",
      "apply app",
      "close app",
    ]);
    const said = world.stderr().replaceAll(/\s+/g, " ");
    expect(said).toContain(
      `app: the last run, ${RUN}, was cut off. It is brought to its end first.`,
    );
    expect(said).toContain(`the run ${RUN}: failed and rolled back, the host is as before.`);
  });

  test("and could not be taken back whole: nothing is planned from that, 10", async () => {
    const failed = respond(PLAN, { verdict: "rollback-failed", changes: [] });
    const { diagnostics } = problem("host", "HK4045");
    const app = pending("cut-off", async () => ({ ...failed, diagnostics: [...diagnostics] }));
    const { code, log } = await hostkit("push --host app --yes", { hosts: { app } });
    expect(code).toBe(10);
    expect(log).not.toContain("apply app");
  });

  test("and stopped part way is left to a person: push goes on from what is there", async () => {
    const app = pending("stopped");
    const { code, log } = await hostkit("push --host app --yes", { hosts: { app } });
    expect(code).toBe(0);
    expect(log.join()).not.toContain("recover");
  });

  test("is never settled by a plan", async () => {
    const app = pending("cut-off", back);
    const { log } = await hostkit("plan --host app", { hosts: { app } });
    expect(log).toEqual(["load", "connect app", "plan app", "close app"]);
  });
});

describe("Ctrl-C", () => {
  test("at the question: nothing was changed, 130", async () => {
    const { code, world, services } = start("push --host app", {}, { answers: [NEVER] });
    await settle();
    world.interrupt();
    expect(await code).toBe(130);
    expect(world.stderr()).toContain("Interrupted. Nothing was changed.");
    expect(services.log).toEqual(["load", "connect app", "plan app", "close app"]);
  });

  test("while one of several is planned: none is applied", async () => {
    const hosts: Record<string, FakeHost> = { app: {}, db: { plan: "never" } };
    const { code, world, services } = start("push --all --yes", { hosts });
    await settle();
    world.interrupt();
    expect(await code).toBe(130);
    expect(services.log.join(" ")).not.toContain("apply");
    expect(services.log.filter((each) => each.startsWith("close"))).toHaveLength(2);
    expect(world.stderr()).toContain("Nothing was changed.");
  });

  test("while changes are made: asks for a stop, says how to look, and waits for the end", async () => {
    let finish = () => {};
    let stopped = false;
    const app: FakeHost = {
      apply: ({ send, plan, stop }) => {
        send();
        stop?.addEventListener("abort", () => (stopped = true));
        const answer = respond(plan, { verdict: "rolled-back", changes: [] });
        const { diagnostics } = problem("agent", "HK3030");
        return new Promise(
          (resolve) => (finish = () => resolve({ ...answer, diagnostics: [...diagnostics] })),
        );
      },
    };
    const { code, world } = start("push --host app --yes", { hosts: { app } });
    await settle();
    world.interrupt();
    await settle();
    const said = world.stderr().replaceAll(/\s+/g, " ");
    expect(said).toContain("app is being changed: the run 20260102T030405-abcdef stops after");
    expect(said).toContain("`hostkit runs --host app --follow` shows it");
    expect(stopped).toBe(true);
    finish();
    expect(await code).toBe(130);
    expect(world.left).toEqual([]);
  });

  test("twice while changes are made: leaves at once with 130, and says how to look", async () => {
    const app: FakeHost = { apply: () => new Promise(() => {}) };
    const { world } = start("push --host app --yes", { hosts: { app } });
    await settle();
    world.interrupt();
    world.interrupt();
    expect(world.left).toEqual([130]);
    expect(world.stderr().replaceAll(/\s+/g, " ")).toContain("hostkit runs --follow shows it");
  });

  test("hosts whose turn has not come are left alone", async () => {
    const finish: (() => void)[] = [];
    const slow: FakeHost = {
      apply: ({ send, plan }) => {
        send();
        return new Promise((resolve) => finish.push(() => resolve(applied(plan))));
      },
    };
    const hosts = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`h${index}`, slow]));
    const { code, world, services } = start("push --all --yes --json", { hosts });
    while (finish.length < 8) await settle();
    world.interrupt();
    for (const each of finish) each();
    expect(await code).toBe(130);
    expect(services.log.filter((each) => each.startsWith("apply"))).toHaveLength(8);
    const summary = world.events().at(-1) as { hosts: { exitCode: number; result: string }[] };
    expect(summary.hosts.map(({ exitCode }) => exitCode)).toEqual([
      ...Array<number>(8).fill(0),
      130,
      130,
    ]);
    expect(JSON.stringify(world.events())).toContain("Interrupted. Left as before: h8, h9.");
    expect(summary.hosts.at(-1)?.result).toBe("interrupted, nothing was changed");
  });
});

test("several hosts are applied side by side, at most eight", async () => {
  let [running, most] = [0, 0];
  const host: FakeHost = {
    apply: async ({ send, plan }) => {
      send();
      running += 1;
      most = Math.max(most, running);
      await settle();
      running -= 1;
      return applied(plan);
    },
  };
  const hosts = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`h${index}`, host]));
  const { code } = await hostkit("push --all --yes", { hosts });
  expect(code).toBe(0);
  expect(most).toBe(8);
});

test("progress on a terminal is gone when everything is done", async () => {
  const { world } = await hostkit("push --host app --yes", {}, { terminal: true });
  expect(world.stderr().endsWith("\u001b[J")).toBe(true);
  expect(world.clock.timers).toBe(0);
});

test("--json tells each step", async () => {
  const { world } = await hostkit("push --host app --yes --json");
  const steps = world.events().filter((event) => event["event"] === "step");
  expect(steps).toMatchObject([
    { host: "app", resource: "file:/etc/motd", state: "started" },
    { host: "app", resource: "file:/etc/motd", state: "done" },
    { host: "app", resource: "directory:/etc/app", state: "started" },
    { host: "app", resource: "directory:/etc/app", state: "done" },
  ]);
  expect(world.events().map((event) => event["event"])).toContain("outcome");
});

test("Ctrl-C between the answer and the first change: nothing is changed, 130", async () => {
  const pressed: (() => void)[] = [];
  const world = createFakeWorld({ answers: ["y"] });
  const services = createFakeServices();
  const ask: NonNullable<typeof world.ask> = async () => {
    for (const press of pressed) press();
    return "y";
  };
  const onInterrupt = (callback: () => void) => {
    pressed.push(callback);
    return () => {};
  };
  const code = await run(["push", "--host", "app"], { ...world, ask, onInterrupt }, services);
  expect(code).toBe(130);
  expect(services.log).toEqual(["load", "connect app", "plan app", "close app"]);
  expect(world.stderr()).toContain("Interrupted. Left as before: app.");
});
