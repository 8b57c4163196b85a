import { describe, expect, it } from "vitest";
import type { Resource } from "../../shared/resources/registry.ts";
import type { OperatorSecret, SecretReference } from "../../shared/secret.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** Secrets on their way: sent once, compared by keyed digest, and nowhere to be found but where they belong. */

const PASSWORD: SecretReference & { from: "env" } = { from: "env", name: "PASSWORD" };
const given = (value: string): OperatorSecret[] => [{ secret: PASSWORD, value }];
const contents = contentsOf("plain\n");

const conf = (...parts: (string | { secret: SecretReference })[]) =>
  declare.file("/etc/api.conf", { content: { template: parts } });
const withPassword = conf("user=api\npassword=", { secret: PASSWORD }, "\nport=1\n");
const api = declare.unit("api.service", {
  service: { Type: "notify", ExecStart: "/bin/api --config=/etc/api.conf" },
  active: true,
});

async function push(
  host: MemoryHost,
  resources: readonly Resource[],
  secrets: readonly OperatorSecret[] = [],
  between: () => void = () => undefined,
) {
  const { session } = await join(host);
  const answer = await session.plan(manifestOf(...resources), contents, secrets);
  if (answer.plan === null) return { ...answer, outcome: null, told: JSON.stringify(answer) };
  between();
  const events: unknown[] = [];
  const ended = await session
    .apply(answer.plan, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: (event) => void events.push(event),
    })
    .catch((error: unknown) => ({ outcome: null, diagnostics: [], error }));
  return { ...answer, ...ended, told: JSON.stringify([answer, ended, events]) };
}

/** All but the destination. */
const elsewhere = (host: MemoryHost, path: string) =>
  host
    .files()
    .filter((line) => !line.startsWith(`${path} `))
    .join("\n");

it("a value is in its destination, and nowhere else", async () => {
  const host = new MemoryHost();
  const first = await push(host, [withPassword], given("hunter2-canary"));
  expect(first.outcome?.verdict).toBe("applied");
  expect(host.text("/etc/api.conf")).toBe("user=api\npassword=hunter2-canary\nport=1\n");
  expect(elsewhere(host, "/etc/api.conf")).not.toContain("hunter2-canary");
  expect(first.told).not.toContain("hunter2-canary");
  expect(JSON.stringify(host.log)).not.toContain("hunter2-canary");
});

it("a second push changes nothing; another value changes the file and restarts what reads it", async () => {
  const host = new MemoryHost();
  await push(host, [withPassword, api], given("one-canary"));
  const again = await push(host, [withPassword, api], given("one-canary"));
  expect(again.plan?.changes).toEqual([]);
  const rotated = await push(host, [withPassword, api], given("two-canary"));
  expect(rotated.plan?.changes).toMatchObject([
    { id: "file:/etc/api.conf", action: "update", reason: "content-changed" },
    { id: "unit:api.service", action: "restart", reason: "inputs-changed" },
  ]);
  expect(rotated.told).not.toMatch(/(one|two)-canary/);
  expect(host.text("/etc/api.conf")).toContain("password=two-canary\n");
});

it("a plan shows the text with its secrets masked, and of what is there only what is declared", async () => {
  const host = new MemoryHost();
  host.put("/etc/api.conf", "user=api\npassword=old-canary\nport=2\n");
  const { plan, told } = await push(host, [withPassword], given("new-canary"));
  const [content] = plan!.changes[0]!.differences;
  expect(content).toMatchObject({ field: "content", before: "(not shown)", after: "(not shown)" });
  expect(content!.patch!.split("\n").slice(5, -1)).toEqual([
    " user=api",
    "-(not shown)",
    "-(not shown)",
    "+password=(secret env:PASSWORD)",
    "+port=1",
  ]);
  expect(told).not.toMatch(/(old|new)-canary/);
});

it("a plan can't be used to find out a value: what it has of it is keyed by the host", async () => {
  const host = new MemoryHost();
  const other = new MemoryHost();
  other.seal = (sha256) => host.seal(`other ${sha256}`);
  const [one, two] = await Promise.all(
    [host, other].map((each) => push(each, [withPassword], given("guess"))),
  );
  const digests = (told: string) =>
    [...told.matchAll(/"digest":"([0-9a-f]{64})"/g)].map(([, d]) => d);
  expect(digests(one!.told).length).toBeGreaterThan(1);
  expect(digests(one!.told).filter((digest) => digests(two!.told).includes(digest))).toEqual([]);
});

it("what a run replaced comes back with a rollback, and is open to nobody in the meantime", async () => {
  const host = new MemoryHost();
  await push(host, [withPassword], given("one-canary"));
  await push(host, [withPassword], given("two-canary"));
  expect(host.files().join("\n")).not.toContain("one-canary");
  const { session } = await join(host);
  const { plan } = await session.planRollback(null);
  expect(JSON.stringify(plan)).not.toContain("canary");
  const ended = await session.apply(plan!, {
    contents,
    onFailure: "rollback",
    wait: 0,
    onEvent: () => undefined,
  });
  expect(ended.outcome.verdict).toBe("applied");
  expect(host.text("/etc/api.conf")).toContain("password=one-canary\n");
  expect(elsewhere(host, "/etc/api.conf")).not.toContain("canary");
});

describe("a run that stopped before it came to a secret", () => {
  const first = declare.unit("first.service", {
    service: { Type: "notify", ExecStart: "/bin/first" },
    active: true,
  });
  const after = declare.file(
    "/etc/api.conf",
    { content: { template: ["password=", { secret: PASSWORD }, "\n"] } },
    { dependsOn: [first.id] },
  );

  async function stopped() {
    const host = new MemoryHost();
    host.systemd.behave("first.service", { start: "fails" });
    const { session } = await join(host);
    const { plan } = await session.plan(manifestOf(first, after), contents, given("a-canary"));
    const apply = { contents, onFailure: "stop", wait: 0, onEvent: () => undefined } as const;
    const { outcome } = await session.apply(plan!, apply);
    expect(outcome.verdict).toBe("partial");
    expect(host.text("/etc/api.conf")).toBeUndefined();
    host.systemd.behave("first.service", { start: "runs" });
    return host;
  }

  const finish = async (host: MemoryHost, secrets?: OperatorSecret[]) => {
    const { session } = await join(host);
    const asked = { run: null, goal: "finish", wait: 0, ...(secrets && { secrets }) } as const;
    return session.recover(asked, { onEvent: () => undefined });
  };

  it("is finished by whoever has it", async () => {
    const host = await stopped();
    const { outcome } = await finish(host, given("a-canary"));
    expect(outcome.verdict).toBe("applied");
    expect(host.text("/etc/api.conf")).toBe("password=a-canary\n");
  });

  it.each([
    ["nobody gives it", undefined, /HK3031.*env:PASSWORD/s],
    ["it is another by now", given("b-canary"), /HK4099/],
  ])("is left as it is where %s", async (_name, secrets, says) => {
    const host = await stopped();
    const before = host.files().filter((line) => !line.includes("events.jsonl"));
    await expect(finish(host, secrets)).rejects.toThrow(says);
    expect(host.files().filter((line) => !line.includes("events.jsonl"))).toEqual(before);
    expect((await finish(host, given("a-canary"))).outcome.verdict).toBe("applied");
  });
});

describe("what held a secret stays hidden", () => {
  const paths = (changes: readonly { differences: readonly unknown[] }[]) =>
    JSON.stringify(changes.flatMap(({ differences }) => differences));

  it("when it gets a content without one", async () => {
    const host = new MemoryHost();
    await push(host, [withPassword], given("old-canary"));
    const plain = declare.file("/etc/api.conf", { text: "plain\n", mode: 0o640 });
    const { plan, told, outcome } = await push(host, [plain]);
    expect(plan!.changes).toMatchObject([
      { differences: [{ before: "(not shown)", after: { size: 6 } }] },
    ]);
    expect(told).not.toContain("old-canary");
    expect(paths(plan!.changes)).not.toContain("patch");
    expect(outcome?.verdict).toBe("applied");
    // By then there is nothing left to hide.
    const next = await push(host, [conf("more\n")]);
    expect(next.plan!.changes[0]!.differences[0]).toMatchObject({ field: "content" });
  });

  it("when it is removed", async () => {
    const host = new MemoryHost();
    await push(host, [withPassword], given("old-canary"));
    const { plan, told } = await push(host, []);
    expect(plan!.changes).toMatchObject([
      { action: "delete", differences: [{ before: "(not shown)", after: null }, {}, {}, {}] },
    ]);
    expect(told).not.toContain("old-canary");
    expect(host.text("/etc/api.conf")).toBeUndefined();
  });
});

describe("secrets of the host", () => {
  const KEY: SecretReference = { from: "hostFile", path: "/run/key" as never };
  const MADE: SecretReference = { from: "generate", name: "t:made", bytes: 32, encoding: "hex" };

  it("a file of the host is read there, and never sent", async () => {
    const host = new MemoryHost();
    host.put("/run/key", "host-canary\n");
    const { told } = await push(host, [conf("key=", { secret: KEY }, "\n")]);
    expect(host.text("/etc/api.conf")).toBe("key=host-canary\n");
    expect(told).not.toContain("host-canary");
  });

  it("one that changes after the plan was made refuses it", async () => {
    const host = new MemoryHost();
    host.put("/run/key", "one\n");
    const ended = await push(host, [conf("key=", { secret: KEY }, "\n")], [], () =>
      host.put("/run/key", "two\n"),
    );
    const { outcome, told, plan } = ended;
    expect(outcome?.verdict).toBe("stale");
    // The fresh plan is of the same declaration.
    expect("fresh" in ended && ended.fresh?.manifestDigest).toBe(plan!.manifestDigest);
    expect(told).toContain("HK4099");
    expect(host.text("/etc/api.conf")).toBeUndefined();
  });

  it("one that is not there is told before anything is changed", async () => {
    const { plan, told } = await push(new MemoryHost(), [conf({ secret: KEY })]);
    expect(plan).toBeNull();
    expect(told).toContain("HK4096");
    expect(told).toContain("/run/key");
  });

  it("one that is generated is the same at every push, and another for another name", async () => {
    const host = new MemoryHost();
    const { told } = await push(host, [conf({ secret: MADE })]);
    const value = host.text("/etc/api.conf")!;
    expect(value).toMatch(/^[0-9a-f]{64}$/);
    expect(told).not.toContain(value);
    expect((await push(host, [conf({ secret: MADE })])).plan!.changes).toEqual([]);
    await push(host, [conf({ secret: { ...MADE, name: "t:other" } })]);
    expect(host.text("/etc/api.conf")).not.toBe(value);
  });

  it("one that can't be made again, since the host's key is another, is refused", async () => {
    const host = new MemoryHost();
    await push(host, [conf({ secret: MADE })]);
    const value = host.text("/etc/api.conf");
    host.seal = (sha256) => `${"f".repeat(32)}${sha256.slice(32)}` as never;
    const { plan, told } = await push(host, [conf({ secret: MADE })]);
    expect(plan).toBeNull();
    expect(told).toContain("HK4098");
    expect(host.text("/etc/api.conf")).toBe(value);
  });
});

it("a secret that the client does not send is named, and nothing is changed", async () => {
  const host = new MemoryHost();
  const { plan, told } = await push(host, [withPassword]);
  expect(plan).toBeNull();
  expect(told).toContain("HK3031");
  expect(told).toContain("env:PASSWORD");
});
