import { describe, expect, it } from "vitest";
import type { Content } from "../../shared/content.ts";
import type { Data } from "../../shared/documents/data.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import type { SecretReference } from "../../shared/secret.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** Documents are compared, shown and changed by key. */

const PATH = "/etc/app.json";
const TOKEN: SecretReference & { from: "env" } = { from: "env", name: "TOKEN" };

interface Hidden {
  readonly secrets?: readonly (readonly string[])[];
  readonly redacted?: readonly (readonly string[])[];
  readonly merge?: boolean;
}

function app(data: Data, { secrets = [], redacted = [], merge }: Hidden = {}): Resource {
  const content: Content = {
    format: "json",
    data,
    secrets: secrets.map((at) => ({ at: [...at], secret: TOKEN })),
    redacted: redacted.map((at) => [...at]),
  };
  return declare.file(PATH, { content, ...(merge === undefined ? {} : { merge }) });
}

async function push(host: MemoryHost, resources: readonly Resource[], token = "token-canary") {
  const { session } = await join(host);
  const contents = contentsOf();
  const answer = await session.plan(manifestOf(...resources), contents, [
    { secret: TOKEN, value: token },
  ]);
  const { plan, diagnostics } = answer;
  const keys = plan?.changes[0]?.differences.find(({ field }) => field === "content")?.keys;
  if (plan === null || plan.changes.length === 0) {
    return { plan, keys, diagnostics, told: JSON.stringify(answer), outcome: null };
  }
  const apply = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
  const ended = await session.apply(plan, apply);
  return { plan, keys, diagnostics, outcome: ended.outcome, told: JSON.stringify([answer, ended]) };
}

const there = (text: string) => {
  const host = new MemoryHost();
  host.put(PATH, text);
  return host;
};

it("a new one is told key by key, and a second push changes nothing", async () => {
  const host = new MemoryHost();
  const wish = app({ name: "api", server: { port: 4000, tls: null }, tags: [] });
  const { keys, outcome } = await push(host, [wish]);
  expect(keys).toEqual([
    { key: "name", after: "api" },
    { key: "server.port", after: 4000 },
    { key: "server.tls", after: null },
    { key: "tags", after: "[]" },
  ]);
  expect(outcome?.verdict).toBe("applied");
  expect((await push(host, [wish])).plan?.changes).toEqual([]);
});

it("what differs is changed, what is not declared is removed, and all else stays as it is written", async () => {
  const host = there('{\n  // ours\n  "port":   3000,\n  "old": {"a": 1},\n  "name": "api"\n}\n');
  const { keys, outcome } = await push(host, [app({ name: "api", port: 4000, debug: false })]);
  expect(keys).toEqual([
    { key: "port", before: 3000, after: 4000 },
    { key: "debug", after: false },
    { key: "old.a", before: 1 },
  ]);
  expect(outcome?.verdict).toBe("applied");
  expect(host.text(PATH)).toContain("// ours");
  expect(host.text(PATH)).toContain('"port":   4000');
  expect(
    (await push(host, [app({ name: "api", port: 4000, debug: false })])).plan?.changes,
  ).toEqual([]);
});

it("how it is written is no difference", async () => {
  const host = there('{"b":[1,2], "a" : "x"}');
  expect((await push(host, [app({ a: "x", b: [1, 2] })])).plan?.changes).toEqual([]);
});

describe("merged into what others manage", () => {
  it("only declared keys are managed, and lists as a whole", async () => {
    const host = there('{"theirs": 1, "ours": 2, "list": [1, 2, 3], "deep": {"theirs": true}}');
    const wish = app({ ours: 3, list: [1, 9], deep: { ours: "x" } }, { merge: true });
    const { keys } = await push(host, [wish]);
    expect(keys).toEqual([
      { key: "ours", before: 2, after: 3 },
      { key: "list[1]", before: 2, after: 9 },
      { key: "deep.ours", after: "x" },
      { key: "list[2]", before: 3 },
    ]);
    expect(JSON.parse(host.text(PATH)!)).toEqual({
      theirs: 1,
      ours: 3,
      list: [1, 9],
      deep: { theirs: true, ours: "x" },
    });
    host.put(PATH, host.text(PATH)!.replace('"theirs": 1', '"theirs": 5'));
    expect((await push(host, [wish])).plan?.changes).toEqual([]);
  });

  it("an empty mapping asks for one to be there, whatever others have in it", async () => {
    const host = there('{"log": {"theirs": 1}}');
    const wish = app({ log: {}, more: {} }, { merge: true });
    expect((await push(host, [wish])).keys).toEqual([{ key: "more", after: "{}" }]);
    expect(JSON.parse(host.text(PATH)!)).toEqual({ log: { theirs: 1 }, more: {} });
    expect((await push(host, [wish])).plan?.changes).toEqual([]);
  });

  it("stays when it is no longer declared: others have keys in it by then", async () => {
    const host = new MemoryHost();
    await push(host, [app({ ours: 1 }, { merge: true })]);
    const { plan } = await push(host, []);
    expect(plan!.changes).toMatchObject([
      { action: "none", differences: [{ field: "stays", after: "others have keys in it" }] },
    ]);
    expect(host.text(PATH)).toContain("ours");
  });

  it("what can't be read is left alone, and refused", async () => {
    const host = there("{ not json");
    const { plan, diagnostics } = await push(host, [app({ a: 1 }, { merge: true })]);
    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([{ code: "HK4102", severity: "error" }]);
    expect(host.text(PATH)).toBe("{ not json");
    // Whoever declares it no more need not repair it first.
    host.put(PATH, "{}");
    await push(host, [app({ a: 1 }, { merge: true })]);
    host.put(PATH, "{ not json");
    expect((await push(host, [])).plan!.changes).toMatchObject([{ action: "none" }]);
    expect(host.text(PATH)).toBe("{ not json");
  });
});

it("what can't be read is replaced with a warning, and kept for a rollback", async () => {
  const host = there("{ not json, pass-canary");
  const { diagnostics, plan, told, outcome } = await push(host, [app({ a: 1 })]);
  expect(diagnostics).toMatchObject([{ code: "HK4103", severity: "warning" }]);
  expect(plan!.changes).toMatchObject([{ action: "update", reason: "content-changed" }]);
  expect(told).not.toContain("pass-canary");
  expect(outcome?.verdict).toBe("applied");
  expect(host.files().join("\n")).toContain("pass-canary");
});

describe("hidden values", () => {
  const wish = app({ a: 1, token: "", jwt: "" }, { secrets: [["token"]], redacted: [["jwt"]] });

  it("what nobody has set yet is left out, and kept when somebody has", async () => {
    const host = new MemoryHost();
    await push(host, [wish]);
    expect(JSON.parse(host.text(PATH)!)).toEqual({ a: 1, token: "token-canary" });
    expect((await push(host, [wish])).plan?.changes).toEqual([]);
    host.put(PATH, '{"a": 2, "token": "token-canary", "jwt": "jwt-canary"}');
    const { keys, told } = await push(host, [wish]);
    expect(keys).toEqual([{ key: "a", before: 2, after: 1 }]);
    expect(told).not.toContain("canary");
    expect(JSON.parse(host.text(PATH)!)).toMatchObject({ a: 1, jwt: "jwt-canary" });
  });

  it("what others set may be more than a value", async () => {
    const host = there(
      '{"a": 2, "token": "token-canary", "jwt": {"keys": ["one-canary", {}], "alg": "x"}}',
    );
    const { keys, outcome } = await push(host, [wish]);
    expect(keys).toEqual([{ key: "a", before: 2, after: 1 }]);
    expect(outcome?.verdict).toBe("applied");
    expect(JSON.parse(host.text(PATH)!)).toMatchObject({
      a: 1,
      jwt: { keys: ["one-canary", {}], alg: "x" },
    });
    expect((await push(host, [wish])).plan?.changes).toEqual([]);
  });

  it("a secret that changed is told as such, and no value with it", async () => {
    const host = new MemoryHost();
    await push(host, [wish], "one-canary");
    const { keys, told } = await push(host, [wish], "two-canary");
    expect(keys).toEqual([
      { key: "token", before: "(not shown)", after: "(not shown)", masked: true },
    ]);
    expect(told).not.toContain("canary");
  });

  it("a key that is not declared in a file with secrets is named, and its value is not", async () => {
    const host = there('{"a": 1, "password": "other-canary", "token": "x"}');
    const { keys, told } = await push(host, [wish]);
    expect(keys).toContainEqual({ key: "password", before: "(not shown)", masked: true });
    expect(told).not.toContain("canary");
  });

  it("a value that was secret is not shown when it is declared in the open, nor when it goes", async () => {
    const host = new MemoryHost();
    await push(host, [wish], "old-canary");
    const open = await push(host, [app({ a: 2, token: "public" })]);
    expect(open.keys).toEqual([
      { key: "a", before: 1, after: 2 },
      { key: "token", before: "(not shown)", after: "public" },
    ]);
    expect(open.told).not.toContain("canary");
  });
});

it("a run that fails puts it back as it was written", async () => {
  const before = '{ "a":1 , "theirs": [ ] }';
  const host = there(before);
  host.systemd.behave("bad.service", { start: "fails" });
  const bad = declare.unit(
    "bad.service",
    { service: { ExecStart: "/bin/false" }, active: true },
    { dependsOn: [`file:${PATH}`] },
  );
  const { outcome } = await push(host, [app({ a: 2 }), bad]);
  expect(outcome?.verdict).toBe("rolled-back");
  expect(host.text(PATH)).toBe(before);
});
