import { describe, expect, test } from "vitest";
import type { ResourceId } from "../../../shared/brands.ts";
import type { Held } from "../../../shared/held.ts";
import { createFakeWorld } from "../cli/fake-world.ts";
import { run } from "../../../client/cli/run.ts";
import { createFakeServices, problem } from "./fake-services.ts";
import { hostkit, settle } from "./hostkit.ts";

const MOTD: Held = {
  id: "file:/etc/motd" as ResourceId,
  origin: "created",
  protect: true,
  project: "prod",
  host: "app",
  run: "20260102T030405-abcdef",
};
const OLD: Held = {
  ...MOTD,
  id: "unit:old.service" as ResourceId,
  origin: "adopted",
  protect: false,
};
const YES = { answers: ["y"] } as const;
const old = { hosts: { app: { held: [OLD] } } };
const OLD_LINE = "forget --host app --id unit:old.service";

test("shows what is let go of, asks, and lets go of it", async () => {
  const { code, world, log } = await hostkit(`${OLD_LINE} --color never`, old, YES);
  expect(code).toBe(0);
  expect(log).toEqual([
    "load",
    "connect app",
    "held app unit:old.service",
    "forget app unit:old.service wait 10000",
    "close app",
  ]);
  expect(world.asked).toEqual(["Let go of unit:old.service on app? [y/N] "]);
  expect(world.stdout()).toBe(
    `app (root@app.example.com:22)

    unit:old.service is left as it is, and no longer managed
      there before HostKit; not protected; declared by project prod, host app,
      last in the run 20260102T030405-abcdef

Forgot 1 resource on app (root@app.example.com:22). Nothing else was changed.
`,
  );
  expect(world.stderr()).not.toContain("HK1040");
});

test("several at once, each named once; with the wait that was given", async () => {
  const { log, world } = await hostkit(
    "forget --host app --id file:/etc/motd --id unit:old.service --id file:/etc/motd --wait 5m",
    { hosts: { app: { held: [MOTD, OLD] } } },
    YES,
  );
  expect(log).toContain("held app file:/etc/motd unit:old.service");
  expect(log).toContain("forget app file:/etc/motd unit:old.service wait 300000");
  expect(world.asked).toEqual(["Let go of these 2 resources on app? [y/N] "]);
  expect(world.stdout()).toContain("made by HostKit; protected; declared by");
});

test("warns of what is still declared, and does as told", async () => {
  const held = { hosts: { app: { held: [MOTD] } } };
  const { code, world } = await hostkit("forget --host app --id file:/etc/motd --yes", held);
  expect(code).toBe(0);
  expect(world.stderr()).toContain("HK1040");
  expect(world.stderr()).toContain("file:/etc/motd is declared for the host app");
});

test("of a machine named by its address nothing is known to be declared, and that is said", async () => {
  const { code, world, log } = await hostkit(
    "forget --ssh root@192.0.2.7 --id file:/etc/motd --yes",
    { hosts: { "root@192.0.2.7": { held: [MOTD] } } },
  );
  expect(code).toBe(0);
  expect(log).not.toContain("load");
  expect(world.stderr()).toContain("no declaration was read");
});

test("as JSON: what is let go of, that it is, and the end", async () => {
  const { code, world } = await hostkit(`${OLD_LINE} --yes --json`, old);
  expect(code).toBe(0);
  const events = world
    .stdout()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.filter(({ event }) => event !== "phase")).toEqual([
    { version: 1, event: "held", host: "app", label: "root@app.example.com:22", held: [OLD] },
    {
      version: 1,
      event: "forgotten",
      host: "app",
      label: "root@app.example.com:22",
      forgotten: ["unit:old.service"],
    },
    {
      version: 1,
      event: "summary",
      exitCode: 0,
      hosts: [{ host: "app", exitCode: 0, result: "1 resource forgotten" }],
    },
  ]);
});

describe("nothing is let go of", () => {
  const isLeft = (log: readonly string[]) =>
    expect(log.filter((each) => each.startsWith("forget"))).toEqual([]);

  test("when the answer is no", async () => {
    const { code, log, world } = await hostkit(OLD_LINE, old, { answers: ["n"] });
    expect(code).toBe(1);
    expect(world.stderr()).toContain("Nothing was changed.");
    isLeft(log);
  });

  test.each([
    ["there is no terminal", OLD_LINE, "HK5009"],
    ["only a program listens", `${OLD_LINE} --json`, "HK5009"],
    ["nothing is named", "forget --host app --yes", "HK5011"],
    ["what is named is no id", "forget --host app --yes --id /etc/motd", "HK5003"],
    ["no host is named", "forget --id file:/etc/motd --yes", "HK5005"],
  ])("when %s: nothing is contacted", async (_title, line, code) => {
    const result = await hostkit(line, old);
    expect(result.code).toBe(64);
    expect(result.world.stdout() + result.world.stderr()).toContain(code);
    expect(result.log).toEqual([]);
  });

  test("when the host does not have it; other hosts are not kept from it", async () => {
    const hosts = { app: { held: problem("host", "HK4058") }, db: { held: [OLD] } };
    const { code, log } = await hostkit("forget --all --id unit:old.service --yes", { hosts });
    expect(code).toBe(1);
    expect(log.filter((each) => each.startsWith("forget"))).toEqual([
      "forget db unit:old.service wait 10000",
    ]);
  });

  test("when another run is at work: 9", async () => {
    const app = { held: [OLD], forget: () => Promise.reject(problem("host", "HK4003")) };
    const { code, world } = await hostkit(`${OLD_LINE} --yes`, { hosts: { app } });
    expect(code).toBe(9);
    expect(world.stdout()).not.toContain("Forgot");
  });
});

test("Ctrl-C ends the wait for another run, and comes before the other hosts' turn", async () => {
  const app = {
    held: [OLD],
    forget: ({ stop }: { stop: AbortSignal | undefined }) =>
      new Promise<void>((_resolve, reject) => {
        stop?.addEventListener("abort", () => reject(problem("host", "HK4073")));
      }),
  };
  const world = createFakeWorld();
  const services = createFakeServices({ hosts: { app, db: { held: [OLD] } } });
  const argv = ["forget", "--all", "--id", "unit:old.service", "--yes"];
  const code = run(argv, world, services);
  await settle();
  world.interrupt();
  expect(await code).toBe(130);
  expect(services.log).not.toContain("connect db");
  expect(world.stderr()).toContain("Interrupted. Left as before: app, db.");
});
