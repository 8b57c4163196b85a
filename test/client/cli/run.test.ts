import { describe, expect, test } from "vitest";
import { run } from "../../../client/cli/run.ts";
import { createFakeServices, problem } from "../commands/fake-services.ts";
import { createFakeWorld, type FakeWorldOptions } from "./fake-world.ts";

async function hostkit(line: string, options: FakeWorldOptions = {}) {
  const world = createFakeWorld(options);
  const services = createFakeServices();
  const code = await run(
    line.split(" ").filter((word) => word !== ""),
    world,
    services,
  );
  return { code, world, services };
}

describe("usage errors", () => {
  test.each([
    ["plna", "HK5001"],
    ["plan --hots app", "HK5002"],
    ["plan --host app --color blue", "HK5003"],
    ["plan", "HK5005"],
    ["plan --ssh root@app --local", "HK5006"],
    ["plan --host ap", "HK5007"],
    ["push --host app", "HK5009"],
    ["plan --host", "HK5000"],
  ])("hostkit %s ends with 64 and says %s on stderr", async (line, code) => {
    const result = await hostkit(line);
    expect(result.code).toBe(64);
    expect(result.world.stderr()).toContain(`error[cli ${code}]`);
    expect(result.world.stdout()).toBe("");
    expect(result.services.log.filter((each) => each.startsWith("connect"))).toEqual([]);
  });

  test("as events with --json, wherever it is written, or set in the environment", async () => {
    for (const [line, env] of [
      ["plna --json", {}],
      ["--json plan", {}],
      ["plna", { HOSTKIT_JSON: "1" }],
    ] as const) {
      const { code, world } = await hostkit(line, { env });
      expect(code).toBe(64);
      expect(world.stderr()).toBe("");
      expect(world.events().map((event) => event["event"])).toEqual(["diagnostic", "summary"]);
      expect(world.events().at(-1)).toMatchObject({ exitCode: 64 });
    }
  });

  test("a variable with a bad value is named", async () => {
    const { code, world } = await hostkit("version", { env: { HOSTKIT_QUIET: "perhaps" } });
    expect(code).toBe(64);
    expect(world.stderr()).toContain('HOSTKIT_QUIET is "perhaps"');
  });
});

describe("help and version", () => {
  test("asked for: on stdout, 0", async () => {
    for (const line of ["--help", "-h", "plan --help", "help push"]) {
      const { code, world } = await hostkit(line);
      expect(code).toBe(0);
      expect(world.stdout()).toContain("Usage: hostkit");
      expect(world.stderr()).toBe("");
    }
  });

  test("nothing asked: on stderr, 64", async () => {
    const { code, world } = await hostkit("");
    expect(code).toBe(64);
    expect(world.stdout()).toBe("");
    expect(world.stderr()).toContain("Usage: hostkit");
  });

  test("with --json help is an event", async () => {
    const { world } = await hostkit("plan --help --json", {});
    expect(world.events()[0]).toMatchObject({
      event: "help",
      text: expect.stringContaining("Usage"),
    });
  });

  test("version", async () => {
    expect((await hostkit("version")).world.stdout()).toBe("hostkit 1.2.3\n");
    expect((await hostkit("--version -v")).world.stdout()).toBe(
      "hostkit 1.2.3\nNode.js 24 on linux x64\n",
    );
    expect((await hostkit("version --json")).world.events()).toEqual([
      { version: 1, event: "version", hostkit: "1.2.3", runtime: "Node.js 24 on linux x64" },
      { version: 1, event: "summary", exitCode: 0, hosts: [] },
    ]);
  });
});

describe("what is thrown", () => {
  const failing = async (error: Error, line = "check") => {
    const world = createFakeWorld();
    const services = createFakeServices({ load: error });
    return { code: await run(line.split(" "), world, services), world };
  };

  test("a problem is shown with its code and ends as its side says", async () => {
    const { code, world } = await failing(problem("config", "HK1020"));
    expect(code).toBe(3);
    expect(world.stderr()).toContain("error[config HK1020]");
  });

  test("anything else is a bug: said so, its place under -v, 1", async () => {
    const { code, world } = await failing(new TypeError("x is not a function"));
    expect(code).toBe(1);
    expect(world.stderr()).toContain("x is not a function");
    expect(world.stderr()).toContain("This is a bug in HostKit.");
    expect(world.stderr()).not.toContain("run.test.ts");
    const verbose = await failing(new TypeError("x is not a function"), "check -v");
    expect(verbose.world.stderr()).toContain("run.test.ts");
  });

  test("a thrown value that is no error does not crash the report", async () => {
    const { code, world } = await failing("just text" as unknown as Error);
    expect(code).toBe(1);
    expect(world.stderr()).toContain("just text");
  });
});

test("the environment sets flags, and the command line wins", async () => {
  const byEnvironment = await hostkit("plan", {
    env: { HOSTKIT_HOST: "app", HOSTKIT_EXIT_CODE: "1" },
  });
  expect(byEnvironment.code).toBe(2);
  const byFlag = await hostkit("plan --local", { env: { HOSTKIT_HOST: "nobody" } });
  expect(byFlag.services.targets).toEqual([{ kind: "local" }]);
});

test("colour follows the flag and the environment", async () => {
  const painted = async (line: string, env: Record<string, string>, terminal = false) =>
    (await hostkit(line, { env, terminal })).world.stdout().includes("\u001b[");
  expect(await painted("plan --host app", {})).toBe(false);
  expect(await painted("plan --host app", {}, true)).toBe(true);
  expect(await painted("plan --host app", { NO_COLOR: "1" }, true)).toBe(false);
  expect(await painted("plan --host app --color always", {})).toBe(true);
  expect(await painted("plan --host app --json --color always", {})).toBe(false);
});

test("nobody listens for Ctrl-C afterwards, and no timer runs", async () => {
  const { world } = await hostkit("plan --host app", { terminal: true });
  expect(world.listening).toBe(false);
  expect(world.clock.timers).toBe(0);
});
