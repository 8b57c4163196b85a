import { describe, expect, test } from "vitest";
import { readDot } from "../view/graph/read-dot.ts";
import { readMarkdown } from "../view/markdown/read-markdown.ts";
import { everyAction } from "../view/rich-plans.ts";
import { makePlan } from "../view/samples.ts";
import { type FakeProject, NO_CHANGES, PLAN, problem } from "./fake-services.ts";
import { hostkit, settle, start } from "./hostkit.ts";

const TWO: FakeProject = { hosts: { app: {}, db: { plan: NO_CHANGES } } };
const FAILING: FakeProject = { hosts: { app: {}, db: { connect: problem("ssh", "HK2001") } } };
const LAST = "Plan: 2 to create, 0 to change, 0 to remove, 0 restarts, 0 unknown.";

describe("three levels", () => {
  test("--quiet: a line for each change, and the counts", async () => {
    const { world } = await hostkit("plan --host app --quiet");
    expect(world.stdout()).toBe(
      [
        "app (root@app.example.com:22)",
        "  + file:/etc/motd (missing)",
        "  + directory:/etc/app (missing)",
        LAST,
        "",
      ].join("\n"),
    );
    expect(world.stderr()).toBe("");
  });

  test("--full: digests and what waits for what; it wins over --quiet", async () => {
    const hosts = { app: { plan: everyAction().plan } };
    const { world } = await hostkit("plan --host app --full --quiet", { hosts });
    expect(world.stdout()).toContain("      after group:api (group)\n");
    expect(world.stdout()).toContain(`  plan      ${everyAction().plan.digest}\n`);
    expect(world.stderr()).toBe("");
  });

  test("push shows them as plan does", async () => {
    const brief = await hostkit("push --host app --yes --quiet");
    expect(brief.world.stdout()).toContain(`  + directory:/etc/app (missing)\n${LAST}`);
    const full = await hostkit("push --host app --yes --full");
    expect(full.world.stdout()).toContain("fingerprint");
  });
});

describe("--graph", () => {
  test("text", async () => {
    const hosts = { app: { plan: everyAction().plan } };
    const { world, code } = await hostkit("plan --host app --graph --exit-code", { hosts });
    expect(code).toBe(2);
    expect(world.stdout()).toContain("  level 2\n  + directory:/etc/app (missing)\n");
    expect(world.stdout()).toContain("Graph: 14 changes, 6 edges, 5 levels.");
    expect(world.stdout()).not.toContain("ExecStart");
  });

  test("dot and JSON, without colours also where these are wanted", async () => {
    const dot = await hostkit("plan --all --graph --format dot --color always", TWO);
    expect(readDot(dot.world.stdout()).nodes.size).toBe(2);
    const json = await hostkit("plan --all --graph --format json --color always", TWO);
    expect(JSON.parse(json.world.stdout())).toMatchObject([{ host: "app" }, { host: "db" }]);
  });
});

describe("--format json", () => {
  test("of one host an object, as the event has it", async () => {
    const { world } = await hostkit("plan --host app --format json");
    const event = (await hostkit("plan --host app --json")).world
      .events()
      .find((each) => each["event"] === "plan");
    const { event: _name, ...body } = event!;
    expect(JSON.parse(world.stdout())).toEqual({ ...body, diagnostics: [] });
    expect(world.stderr()).toContain("app: planning");
  });

  test("of several a list; one that can't be planned says why, there and on stderr", async () => {
    const { world, code } = await hostkit("plan --all --format json", FAILING);
    expect(code).toBe(4);
    expect(JSON.parse(world.stdout())).toMatchObject([
      { host: "app", plan: PLAN },
      { host: "db", plan: null, summary: null, diagnostics: [{ code: "HK2001" }] },
    ]);
    expect(world.stderr()).toContain("HK2001");
  });

  test("of a declaration that can't be read there is none", async () => {
    const { world, code } = await hostkit("plan --all --format json", {
      load: problem("config", "HK1001"),
    });
    expect(code).toBe(3);
    expect(world.stdout()).toBe("");
    expect(world.stderr()).toContain("HK1001");
  });
});

describe("--format markdown", () => {
  test("one comment for all hosts", async () => {
    const { world, code } = await hostkit("plan --all --format markdown", FAILING);
    expect(code).toBe(4);
    const text = world.stdout();
    readMarkdown(text);
    expect(text).toContain(`**${LAST}** On 2 hosts. **1 host could not be planned.**`);
    expect(text).toContain("<code>+ file:/etc/motd</code>");
    expect(text).toContain("Error `HK2001`: `ssh problem.`");
  });

  test("of a declaration that can't be read, too", async () => {
    const { world, code } = await hostkit("plan --all --format markdown", {
      load: problem("config", "HK1001"),
    });
    expect(code).toBe(3);
    expect(world.stdout()).toContain("No host could be planned.");
    expect(world.stdout()).toContain("HK1001");
  });

  test("interrupted, half of it is not taken for all", async () => {
    const hosts = { app: {}, db: { plan: "never" as const } };
    const { code, world } = start("plan --all --format markdown", { hosts });
    await settle();
    world.interrupt();
    expect(await code).toBe(130);
    expect(world.stdout()).toBe("");
  });
});

describe("what does not go together is told before anything is contacted", () => {
  test.each([
    ["plan --host app --format dot", /--format dot.*add --graph/],
    ["plan --host app --graph --format markdown", /no markdown/],
    ["plan --host app --graph --full", /no differences/],
    ["plan --host app --format brief", /takes text, json, markdown, dot/],
  ])("%s", async (line, message) => {
    const { code, world, log } = await hostkit(line);
    expect(code).toBe(64);
    expect(world.stdout()).toBe("");
    expect(world.stderr().replaceAll(/\s+/g, " ")).toMatch(message);
    expect(log).toEqual([]);
  });

  test.each(["plan --host app --json --graph", "plan --host app --json --format markdown"])(
    "%s: as an event",
    async (line) => {
      const { code, world, log } = await hostkit(line);
      expect(code).toBe(64);
      expect(world.events().map((each) => each["event"])).toEqual(["diagnostic", "summary"]);
      expect(world.events()[0]).toMatchObject({ code: "HK5006" });
      expect(log).toEqual([]);
    },
  );

  test("a command has not what it has no flag for", async () => {
    const { code, world } = await hostkit("push --host app --graph");
    expect(code).toBe(64);
    expect(world.stderr()).toContain("HK5002");
    const env = { HOSTKIT_FORMAT: "dot", HOSTKIT_GRAPH: "1", HOSTKIT_FULL: "1" };
    const quiet = await hostkit("version", {}, { env });
    expect([quiet.code, quiet.world.stdout()]).toEqual([0, "hostkit 1.2.3\n"]);
    const pushed = await hostkit("push --host app --yes", {}, { env: { HOSTKIT_FORMAT: "json" } });
    expect(pushed.world.stdout()).toContain("Applied 2 changes");
  });
});

describe("a locale that knows nothing but ASCII", () => {
  const hosts = { äpp: { plan: makePlan([...everyAction().plan.changes]) } };
  test("is for what people read", async () => {
    const options = { env: { LC_ALL: "C", NO_COLOR: "1" }, answers: ["no"] };
    const { world } = await hostkit("push --all", { hosts }, options);
    // oxlint-disable-next-line no-control-regex
    expect(world.stdout() + world.stderr() + world.asked.join("")).not.toMatch(/[^\u0000-\u007f]/);
    expect(world.stdout()).toContain("  -/+ directory:/var/cache/app (drift)");
    expect(world.asked[0]).toContain(String.raw`\u00e4pp`);
  });

  test("and not for what programs read", async () => {
    const options = { env: { LC_ALL: "C" } };
    const { world } = await hostkit("plan --all --format markdown", { hosts }, options);
    expect(world.stdout()).toContain("± directory:/var/cache/app");
  });
});
