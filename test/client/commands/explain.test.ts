import { describe, expect, test } from "vitest";
import { HostKitError } from "../../../shared/diagnostic.ts";
import { problem } from "./fake-services.ts";
import { hostkit } from "./hostkit.ts";

// oxlint-disable-next-line no-control-regex
const ESCAPES = /\u001b\[[0-9;]*m/g;

describe("explain", () => {
  test.each(["HK4010", "hk4010", "4010", "HK4010]:"])("%s", async (word) => {
    const { code, world, log } = await hostkit(`explain ${word}`);
    expect(code).toBe(0);
    expect(world.stdout()).toMatch(
      /^HK4010: The owner or group does not exist on the host\.\n\n[\s\S]*Usual causes\n[\s\S]*What to do\n[\s\S]*The host\n {2}Unchanged\. Exit code 1\.\n\nSee also: HK4203\n$/,
    );
    expect(world.stderr()).toBe("");
    expect(log).toEqual([]);
  });

  test("several, each once and apart", async () => {
    const { world } = await hostkit("explain HK4010 4011 hk4010");
    expect(world.stdout().match(/^HK\d{4}: /gm)).toEqual(["HK4010: ", "HK4011: "]);
    expect(world.stdout()).toContain("\n\nHK4011: ");
  });

  test("without a code: all of them by area", async () => {
    const { code, world } = await hostkit("explain");
    expect(code).toBe(0);
    expect(world.stdout()).toMatch(/^The declaration\n {2}HK1000 {2}No declaration was found\.\n/);
    expect(world.stdout()).toContain("\n\nUnits\n  HK4300  ");
    expect(world.stdout().match(/^ {2}HK\d{4} {2}/gm)?.length).toBeGreaterThan(240);
  });

  test("one that does not exist: the nearest are named, and those that do are told, 64", async () => {
    const { code, world } = await hostkit("explain HK4031 HK0431 nonsense");
    expect(code).toBe(64);
    expect(world.stdout()).toMatch(/^HK4031: /);
    expect(world.stderr()).toMatch(/HK5031[\s\S]*no code "HK0431"\.\n[\s\S]*HK4031 /);
    expect(world.stderr()).toMatch(/no code "nonsense"\. Codes are printed with each problem/);
  });

  test("a slip of the fingers", async () => {
    const { world } = await hostkit("explain 4019");
    expect(world.stderr()).toMatch(
      /Did you mean one of these\?\n {4}HK4013 {2}The agent is not allowed to read a path\.\n/,
    );
    const { world: swapped } = await hostkit("explain HK4301 HK4130");
    expect(swapped.stderr()).toContain("HK4310");
  });

  test("lines fit the terminal; what is to be copied is not broken; colours only repeat", async () => {
    for (const columns of [44, 80, 200]) {
      const { world } = await hostkit("explain HK4007", {}, { columns });
      const lines = world.stdout().split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(
        Math.min(columns, 90),
      );
      expect(world.stdout()).toContain("`hostkit rollback --host NAME`");
    }
    const plain = await hostkit("explain HK4007");
    const coloured = await hostkit("explain HK4007 --color always");
    expect(coloured.world.stdout()).not.toBe(plain.world.stdout());
    expect(coloured.world.stdout().replaceAll(ESCAPES, "")).toBe(plain.world.stdout());
  });

  test("as events", async () => {
    const one = await hostkit("explain 4061 --json");
    expect(one.world.events()[0]).toEqual({
      version: 1,
      event: "explanation",
      code: "HK4061",
      area: "Confirming and taking back",
      summary: "The run was not confirmed in time.",
      means: expect.stringContaining("sshd"),
      causes: expect.any(Array),
      steps: expect.any(Array),
      host: expect.stringContaining("As before"),
      exitCodes: [8, 10],
      see: ["HK2020", "HK4062"],
    });
    const all = await hostkit("explain --json");
    expect(all.world.events()[0]).toEqual({
      version: 1,
      event: "code",
      code: "HK1000",
      summary: "No declaration was found.",
      area: "The declaration",
    });
  });
});

describe("the hint behind errors", () => {
  const failing = (...codes: `HK${number}`[]) => ({
    load: new HostKitError(codes.flatMap((code) => problem("config", code).diagnostics)),
  });

  test("once, at the end, with each code once", async () => {
    const { world } = await hostkit("check", failing("HK1020", "HK1021", "HK1020"));
    expect(world.stderr()).toMatch(/\n\nhostkit explain HK1020 HK1021 tells more\.\n$/);
    expect(world.stderr().match(/hostkit explain/g)).toHaveLength(1);
  });

  test("of many only some are named", async () => {
    const many = failing("HK1020", "HK1021", "HK1022", "HK1023");
    const { world } = await hostkit("check", many);
    expect(world.stderr()).toMatch(
      /\nhostkit explain HK1020 HK1021 HK1022, and any other code, tells more\.\n$/,
    );
  });

  test("after the lines of several hosts", async () => {
    const hosts = { app: { connect: problem("ssh", "HK2001") }, db: {} };
    const { world } = await hostkit("plan --all", { hosts });
    expect(world.stderr()).toMatch(/\napp .*\ndb .*\nhostkit explain HK2001 tells more\.\n$/);
  });

  test.each([
    ["with --quiet", "check --quiet"],
    ["for programs", "check --json"],
  ])("not %s", async (_when, line) => {
    const { world } = await hostkit(line, failing("HK1020"));
    expect(world.stdout() + world.stderr()).not.toContain("hostkit explain");
  });

  test("not for what was mistyped, which is told whole, and not without an error", async () => {
    for (const line of ["chek", "plan", "check"]) {
      const { world } = await hostkit(line);
      expect(world.stderr()).not.toContain("hostkit explain");
    }
  });
});
