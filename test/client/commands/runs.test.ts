import { describe, expect, test } from "vitest";
import type { ResponseOf } from "../../../shared/protocol/messages.ts";
import { runSummary } from "../view/samples.ts";
import { applied, type FakeHost, PLAN, problem, respond, RUN } from "./fake-services.ts";
import { hostkit, settle, start } from "./hostkit.ts";

const answer = (more: Partial<ResponseOf<"runs">> = {}): ResponseOf<"runs"> => ({
  runs: [runSummary()],
  plan: null,
  outcome: null,
  diagnostics: [],
  pending: null,
  ...more,
});

describe("a list", () => {
  test("is asked for in one session, and needs no declaration for an address", async () => {
    const { code, log, world } = await hostkit("runs --ssh root@app", {
      hosts: { "root@app": { runs: answer() } },
    });
    expect(code).toBe(0);
    expect(log).toEqual(["connect root@app", "runs root@app null", "close root@app"]);
    expect(world.stdout()).toMatch(/^root@app .*\n {2}run +state .*\n {2}20260102T030405-abcdef /);
  });

  test("that is empty says so", async () => {
    const { code, world } = await hostkit("runs --host app");
    expect(code).toBe(0);
    expect(world.stdout()).toBe("app (root@app.example.com:22): no runs yet.\n");
  });

  test("of several hosts is shown in their order, whoever fails", async () => {
    const hosts = {
      app: { runs: answer() },
      db: { connect: problem("ssh", "HK2001") },
      web: { runs: answer() },
    };
    const { code, world } = await hostkit("runs --all --json", { hosts });
    expect(code).toBe(4);
    expect(world.events().filter(({ event }) => event === "runs")).toEqual([
      expect.objectContaining({ host: "app", runs: [runSummary()] }),
      expect.objectContaining({ host: "web" }),
    ]);
    expect(world.events().at(-1)).toMatchObject({
      hosts: [
        { host: "app", result: "1 run", exitCode: 0 },
        { host: "db", exitCode: 4 },
        { host: "web", result: "1 run" },
      ],
    });
  });

  test("is shown although one of them can't be read, and what is wrong is told", async () => {
    const { diagnostics } = problem("host", "HK4040");
    const { code, world } = await hostkit("runs --host app", {
      hosts: { app: { runs: answer({ diagnostics: [...diagnostics] }) } },
    });
    expect(code).toBe(0);
    expect(world.stdout()).toContain(RUN);
    expect(world.stderr()).toContain("HK4040");
  });

  test("Ctrl-C while it is read: 130", async () => {
    const { code, world } = start("runs --host app", { hosts: { app: { connect: "never" } } });
    await settle();
    world.interrupt();
    expect(await code).toBe(130);
    expect(world.stderr()).toContain("Interrupted. Nothing was changed.");
  });
});

describe("--run", () => {
  const outcome = applied(PLAN).outcome;
  const known = { app: { runs: answer({ plan: PLAN, outcome }) } };

  test("shows one, with each change", async () => {
    const { code, log, world } = await hostkit(`runs --host app --run ${RUN}`, { hosts: known });
    expect(code).toBe(0);
    expect(log).toContain(`runs app ${RUN}`);
    expect(world.stdout()).toContain("done    file:/etc/motd");
  });

  test("as JSON it comes with its plan and outcome, last the summary", async () => {
    const { world } = await hostkit(`runs --host app --run ${RUN} --json`, { hosts: known });
    expect(world.events().filter(({ event }) => event !== "phase")).toEqual([
      {
        version: 1,
        event: "run",
        host: "app",
        label: "root@app.example.com:22",
        run: runSummary(),
        plan: PLAN,
        outcome,
        predictions: { tested: 0, asPredicted: 0 },
      },
      {
        version: 1,
        event: "summary",
        exitCode: 0,
        hosts: [{ host: "app", exitCode: 0, result: "applied" }],
      },
    ]);
  });

  test("an id that is none is refused before anything is contacted", async () => {
    const { code, log, world } = await hostkit("runs --host app --run yesterday");
    expect(code).toBe(64);
    expect(log).toEqual([]);
    expect(world.stderr()).toContain("HK5003");
  });
});

describe("--follow", () => {
  const running = (attach: FakeHost["attach"]): FakeHost => ({
    runs: answer({ runs: [runSummary({ state: "running" })] }),
    ...(attach === undefined ? {} : { attach }),
  });

  test("shows the run that is at work, from its first event to its end", async () => {
    const { id } = PLAN.changes[0]!;
    const app = running(async ({ onEvent }) => {
      onEvent({ seq: 1, type: "begun" });
      onEvent({ seq: 2, type: "started", id });
      onEvent({ seq: 3, type: "done", id });
      return applied(PLAN);
    });
    const { code, log, world } = await hostkit("runs --host app --follow --json", {
      hosts: { app },
    });
    expect(code).toBe(0);
    expect(log).toEqual([
      "load",
      "connect app",
      "runs app null",
      `runs app ${RUN}`,
      `attach app ${RUN} after 0`,
      "close app",
    ]);
    expect(world.events().filter(({ event }) => event === "step")).toHaveLength(2);
    expect(world.events().find(({ event }) => event === "outcome")).toMatchObject({
      outcome: { verdict: "applied" },
    });
  });

  test("ends as the run that is followed", async () => {
    const app = running(async () => respond(PLAN, { verdict: "rolled-back", changes: [] }));
    const { code } = await hostkit(`runs --host app --follow --run ${RUN}`, { hosts: { app } });
    expect(code).toBe(8);
  });

  test("without a run at work: told, 1", async () => {
    const { code, world } = await hostkit("runs --host app --follow", {
      hosts: { app: { runs: answer() } },
    });
    expect(code).toBe(1);
    expect(world.stderr()).toContain("HK3024");
  });

  test("an unknown run: told, 1", async () => {
    const app = running(undefined);
    const line = `runs --host app --follow --run ${RUN}`;
    const { code, world } = await hostkit(line, { hosts: { app } });
    expect(code).toBe(1);
    expect(world.stderr()).toContain("HK3022");
  });

  test("Ctrl-C leaves with 130, does not stop the run, and does not come back", async () => {
    let stopped: boolean | undefined;
    let lose = (_why: Error) => {};
    const app = running(({ stop }) => {
      stopped = stop !== undefined;
      return new Promise((_resolve, reject) => (lose = reject));
    });
    const { code, world, services } = start("runs --host app --follow", { hosts: { app } });
    await settle();
    world.interrupt();
    expect(await code).toBe(130);
    lose(problem("ssh", "HK2030"));
    await settle();
    expect(stopped).toBe(false);
    expect(world.stderr()).toContain(`app: the run ${RUN} goes on without being watched.`);
    expect(world.stderr()).not.toContain("Nothing was changed");
    expect(world.stderr()).not.toContain("the connection was lost");
    expect(services.log.at(-1)).toBe("close app");
  });

  test("a run that somebody stopped is not told as if nothing had been changed", async () => {
    const { diagnostics } = problem("agent", "HK3030");
    const ended = respond(PLAN, { verdict: "rolled-back", changes: [] });
    const app = running(async () => ({ ...ended, diagnostics: [...diagnostics] }));
    const { code, world } = await hostkit("runs --host app --follow", { hosts: { app } });
    expect(code).toBe(130);
    expect(world.stderr()).not.toContain("Nothing was changed");
  });
});

describe("--prune", () => {
  test.each([
    ["runs --host app --prune", 10],
    ["runs --host app --prune --keep 3", 3],
    ["runs --host app --prune --keep 0", 0],
  ])("%s keeps %i", async (line, keep) => {
    const { code, log, world } = await hostkit(line);
    expect(code).toBe(0);
    expect(log).toContain(`prune app ${keep}`);
    expect(world.stdout()).toBe(
      "Removed the record of 1 run from app (root@app.example.com:22).\n",
    );
  });

  test("as JSON the ids are told", async () => {
    const { world } = await hostkit("runs --host app --prune --json");
    expect(world.events().find(({ event }) => event === "pruned")).toMatchObject({
      host: "app",
      removed: [RUN],
    });
  });

  test.each(["--follow", `--run ${RUN}`])("contradicts %s", async (flag) => {
    const { code, log, world } = await hostkit(`runs --host app --prune ${flag}`);
    expect(code).toBe(64);
    expect(log).toEqual([]);
    expect(world.stderr()).toContain("HK5006");
  });

  test.each(["-1", "many", "1.5"])("--keep %s is no number", async (value) => {
    expect((await hostkit(`runs --host app --prune --keep=${value}`)).code).toBe(64);
  });
});
