import { describe, expect, it } from "vitest";
import type { Surroundings } from "../../../client/doctor/surroundings.ts";
import { sshFailure } from "../../../client/transport/ssh-failure.ts";
import type { HostKitError } from "../../../shared/diagnostic.ts";
import { type FakeHost, type FakeProject, problem } from "./fake-services.ts";
import { hostkit } from "./hostkit.ts";

/** What doctor finds, and where it stops. */

const KNOWN: FakeHost = { ssh: { hostKey: "SHA256:abc", agent: false } };
const diagnose = (
  host: FakeHost,
  surroundings: Partial<Surroundings> = {},
  line = "doctor --host app",
) => hostkit(line, { hosts: { app: { ...KNOWN, ...host } }, surroundings });

/** `ok name`, of every check of a group. */
const lines = (text: string) =>
  [...text.matchAll(/^ {2}(ok|warn|fail|-) +(\S[^:]*?) {2,}(\S.*)?$/gm)].map(
    ([, health, name]) => `${health} ${name}`,
  );
const wayOf = (text: string) => lines(text.split("\napp\n")[1] ?? "");

describe("doctor without a target", () => {
  it("looks at this machine and contacts nobody", async () => {
    const surroundings = { modeOf: async () => 0o600 };
    const { code, world, log } = await hostkit("doctor", { hosts: { app: KNOWN }, surroundings });
    expect(code).toBe(0);
    expect(log).toEqual(["load"]);
    expect(world.stdout()).toMatch(/Doctor: \d+ ok, 0 to look at, 0 failed, 0 not checked\.\n$/);
    expect(lines(world.stdout())).toContain("ok Node.js");
    expect(world.stdout()).not.toContain("terminal");
  });

  it("tells more with -v", async () => {
    const { world } = await hostkit(
      "doctor -v",
      { hosts: { app: KNOWN } },
      { env: { NO_COLOR: "1" } },
    );
    expect(lines(world.stdout())).toContain("ok locale");
    expect(world.stdout()).toContain("NO_COLOR=1");
  });

  const wrong: [string, FakeProject, Record<string, string>, number, string][] = [
    ["an old Node.js", { surroundings: { node: "18.20.0" } }, {}, 1, "HK5070"],
    [
      "a Node.js that is old by its second number",
      { surroundings: { node: "20.9.0" } },
      {},
      1,
      "HK5070",
    ],
    [
      "an agent that was swapped",
      {
        surroundings: {
          artifacts: async () => [
            {
              target: "linux-x64",
              agentId: "a".repeat(64),
              size: 1,
              compressedSize: 1,
              path: "/a",
            },
          ],
          digestOf: async () => "b".repeat(64),
        },
      },
      {},
      1,
      "HK5076",
    ],
    [
      "no agents",
      { surroundings: { artifacts: async () => Promise.reject(problem("cli", "HK2100")) } },
      {},
      1,
      "HK2100",
    ],
    ["a broken declaration", { load: problem("config", "HK1001") }, {}, 1, "HK1001"],
    [
      "an SSH agent that does not answer",
      {
        hosts: { app: {} },
        surroundings: { agentKeys: async () => ({ keys: 0, trouble: "no answer" }) },
      },
      { SSH_AUTH_SOCK: "/run/gone" },
      0,
      "HK5071",
    ],
    [
      "a key that others can read",
      { surroundings: { modeOf: async () => 0o644 } },
      {},
      0,
      "HK5072",
    ],
    [
      "a host that is not on record",
      { hosts: { app: { ssh: { agent: false } } } },
      {},
      0,
      "HK5073",
    ],
    ["nothing to log in with", { hosts: { app: KNOWN } }, {}, 0, "HK5074"],
    ["a variable with a slip", {}, { HOSTKIT_EXITCODE: "1" }, 0, "HK5075"],
    [
      "known hosts that can't be read",
      {
        hosts: { app: { ssh: { agent: false } } },
        surroundings: { knownHosts: async () => Promise.reject(sshFailure("HK2015", "x")) },
      },
      {},
      1,
      "HK2015",
    ],
  ];
  it.each(wrong)("tells of %s", async (_name, project, env, expected, says) => {
    const { code, world } = await hostkit("doctor", { hosts: { app: KNOWN }, ...project }, { env });
    expect(world.stdout()).toContain(says);
    expect(code).toBe(expected);
  });

  it("suggests what a variable was meant to be", async () => {
    const { world } = await hostkit("doctor", {}, { env: { HOSTKIT_EXITCODE: "1" } });
    expect(world.stdout()).toContain("HOSTKIT_EXIT_CODE");
  });

  it("has no quarrel with a directory without a declaration", async () => {
    const { code, world } = await hostkit("doctor", { load: problem("config", "HK1000") });
    expect(code).toBe(0);
    expect(lines(world.stdout())).toContain("- declaration");
  });
});

const WAY = ["name", "port", "host key", "login", "system", "place", "agent"];
const HOST = ["systemd", "clock", "space", "programs", "validators", "runs", "ledger", "key"];

describe("doctor with a target", () => {
  it("tells each stage of the way, and of the host", async () => {
    const { code, world, log } = await diagnose({});
    expect(wayOf(world.stdout())).toEqual(
      [...WAY, ...HOST].map((name) => (name === "clock" ? "warn clock" : `ok ${name}`)),
    );
    expect(code).toBe(0);
    expect(log).toEqual(["load", "connect app", "examine app", "close app"]);
  });

  const failing: [string, HostKitError, string][] = [
    ["a key that changed", sshFailure("HK2011", "changed"), "host key"],
    ["a login that is refused", sshFailure("HK2020", "refused"), "login"],
    ["a host that hangs up", sshFailure("HK2007", "gone"), "port"],
    ["an unknown processor", problem("host", "HK2102"), "system"],
    ["a file system without programs", problem("host", "HK2108"), "place"],
    ["an agent that does not start", problem("host", "HK2124"), "agent"],
    ["a hello that never comes", problem("agent", "HK3006"), "agent"],
  ];
  it.each(failing)("stops at %s, and says so there", async (_name, connect, at) => {
    const { code, world } = await diagnose({ connect });
    const index = WAY.indexOf(at);
    expect(wayOf(world.stdout())).toEqual([
      ...new Set([
        ...WAY.slice(0, index).map((name) => `ok ${name}`),
        ...(at === "port" ? ["ok port"] : []),
        `fail ${at}`,
        ...WAY.slice(index + 1).map((name) => `- ${name}`),
        ...HOST.map((name) => `- ${name}`),
      ]),
    ]);
    expect(world.stdout()).toContain(connect.diagnostics[0]?.code);
    expect(code).toBe(1);
  });

  it("does not call a host key good that nobody saw, where there is nothing to log in with", async () => {
    const { world } = await diagnose({ connect: sshFailure("HK2021", "no key") });
    const way = wayOf(world.stdout());
    expect(way).toContain("- host key");
    expect(way).toContain("fail login");
  });

  it("stops at a name that nobody knows, and contacts nobody", async () => {
    const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const { code, world, log } = await diagnose(
      {},
      { resolve: async () => Promise.reject(unknown) },
    );
    expect(wayOf(world.stdout()).slice(0, 2)).toEqual(["fail name", "- port"]);
    expect(world.stdout()).toContain("HK2000");
    expect(log).toEqual(["load"]);
    expect(code).toBe(1);
  });

  it("stops at a port that is closed", async () => {
    const closed = { reach: async () => Promise.reject(sshFailure("HK2001", "refused")) };
    const { world, log } = await diagnose({}, closed);
    expect(wayOf(world.stdout()).slice(0, 3)).toEqual(["ok name", "fail port", "- host key"]);
    expect(log).toEqual(["load"]);
  });

  it("tells of sudo where it is used", async () => {
    const ssh = { ...KNOWN.ssh, sudo: true };
    const well = await diagnose({ ssh });
    expect(wayOf(well.world.stdout())).toContain("ok sudo");
    const refused = await diagnose({ ssh, connect: problem("host", "HK2116") });
    expect(wayOf(refused.world.stdout()).slice(3, 6)).toEqual([
      "ok login",
      "fail sudo",
      "- system",
    ]);
  });

  it.each([
    ["HK4152", 0, { systemd: { state: "degraded", failed: ["bad.service"] } }],
    ["HK4152", 0, { systemd: null }],
    ["HK4154", 0, { space: { path: "/var/lib/hostkit", free: 1024, inodes: 9000 } }],
    ["HK4154", 0, { space: { path: "/var/lib/hostkit", free: 2 ** 40, inodes: 3 } }],
    ["HK4155", 1, { missing: ["flock" as const] }],
    ["HK4156", 0, { missing: ["systemd-analyze" as const] }],
    ["HK4157", 0, { noViews: "unshare failed" }],
    ["HK4050", 1, { ledger: { problem: problem("host", "HK4050").diagnostics[0]! } }],
    ["HK4095", 1, { key: { problem: problem("host", "HK4095").diagnostics[0]! } }],
  ] as const)("tells of %s", async (says, expected, examine) => {
    const { code, world } = await diagnose({ examine: examine as FakeHost["examine"] & object });
    expect(world.stdout()).toContain(says);
    expect(code).toBe(expected);
  });

  it("of this machine has no way to go", async () => {
    const { code, world, log } = await hostkit("doctor --local", { hosts: { local: KNOWN } });
    const own = lines(world.stdout().split("\n\n")[1] ?? "");
    expect(own.slice(0, 3)).toEqual(["ok system", "ok place", "ok agent"]);
    expect(log).toContain("examine local");
    expect(code).toBe(0);
  });

  it("of several hosts checks each, and ends as badly as the worst", async () => {
    const hosts = { one: KNOWN, two: { ...KNOWN, connect: sshFailure("HK2020", "refused") } };
    const { code, world } = await hostkit("doctor --all", { hosts });
    expect(code).toBe(1);
    expect(world.stdout()).toMatch(/\none\n[\s\S]*\ntwo\n/);
    expect(world.stderr()).toMatch(/two +login: The login was refused/);
  });

  it("says nothing of hosts that nobody named", async () => {
    const hosts = { one: KNOWN, two: { ssh: { agent: false as const } } };
    const { world } = await hostkit("doctor --host one", { hosts });
    expect(world.stdout()).not.toContain("two.example.com");
    const all = await hostkit("doctor", { hosts });
    expect(all.world.stdout()).toContain("two.example.com");
  });

  it("names a host that can't be found without its declaration", async () => {
    const { code, world } = await hostkit("doctor --host app", {
      load: problem("config", "HK1001"),
    });
    expect(code).toBe(1);
    expect(world.stdout()).toContain("not checked: the declaration says where it is");
  });

  it("is told of a host that is not declared", async () => {
    const { code, world } = await hostkit("doctor --host nope", { hosts: { app: KNOWN } });
    expect(code).toBe(1);
    expect(world.stdout()).toContain("HK5007");
  });

  it("has an event for each check", async () => {
    const { world } = await diagnose({}, {}, "doctor --host app --json");
    const events = world.events();
    expect(events).toContainEqual(
      expect.objectContaining({ event: "check", host: "app", check: "login", health: "ok" }),
    );
    expect(events).toContainEqual(expect.objectContaining({ event: "check", check: "Node.js" }));
    expect(events.at(-2)).toMatchObject({ event: "doctor", summary: { fail: 0 } });
  });
});

it("secrets are looked up and not shown, and no command is run for them", async () => {
  const { checkSecrets } = await import("../../../client/doctor/declaration.ts");
  const asked: string[] = [];
  const references = [
    { from: "env", name: "TOKEN" },
    { from: "command", argv: ["pass", "show", "x"] as string[] },
    { from: "env", name: "MISSING" },
  ] as const;
  const { declare } = await import("../../support/declare.ts");
  const resources = references.map((secret, index) =>
    declare.file(`/etc/${index}`, { content: { template: [{ secret }] } }),
  );
  const loaded = {
    configPath: "/srv/infra/hostkit.config.ts",
    project: { hosts: [{ name: "app", at: "app" }] },
    manifestFor: async () => ({ manifest: { version: 1, project: "p", host: "app", resources } }),
  };
  const secrets: Parameters<typeof checkSecrets>[1]["secrets"] = {
    value: async (reference) => {
      asked.push(JSON.stringify(reference));
      return reference.from === "env" && reference.name === "TOKEN"
        ? { value: "value-canary" }
        : { fault: { code: "HK1045", detail: "It is not set." } };
    },
  };
  const hosts = [{ name: "app", at: "app" }];
  const checks = await checkSecrets(loaded as never, { hosts, secrets });
  expect(await checkSecrets(loaded as never, { hosts: [], secrets })).toEqual([]);
  expect(checks.map(({ health, found }) => `${health} ${found}`)).toEqual([
    "ok env:TOKEN",
    "skipped command:pass show x is not run",
    "fail env:MISSING",
  ]);
  expect(asked).toHaveLength(2);
  expect(JSON.stringify(checks)).not.toContain("canary");
});
