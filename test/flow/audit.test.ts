import { describe, expect, it } from "vitest";
import type { Finding } from "../../shared/drift.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import type { OperatorSecret, SecretReference } from "../../shared/secret.ts";
import { declare } from "../support/declare.ts";
import { createInProcessExecutor } from "../support/in-process-executor.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { cutOffRun } from "./cut-off.ts";
import { contentsOf, HELLO, join, manifestOf, ROOT } from "./joined.ts";
import { contents as pool, createRandom, randomHost, randomManifest } from "./random-plans.ts";

/** Whose doing a difference is, and that finding it out leaves no trace. */

const TEXTS = ["one\n", "two\n", "three\n"];
const contents = contentsOf(...TEXTS);
const TOKEN: SecretReference & { from: "env" } = { from: "env", name: "TOKEN" };
const given = (value: string): OperatorSecret[] => [{ secret: TOKEN, value }];

async function push(
  host: MemoryHost,
  resources: readonly Resource[],
  secrets: readonly OperatorSecret[] = [],
) {
  const { session } = await join(host);
  const { plan, diagnostics } = await session.plan(manifestOf(...resources), contents, secrets);
  expect(diagnostics).toEqual([]);
  const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
  const { outcome } = await session.apply(plan!, how);
  expect(outcome.verdict).toBe("applied");
}

/** Of a host that is the same before and after, in every file of it, whatever the audit finds. */
async function audit(
  host: MemoryHost,
  resources: readonly Resource[],
  secrets: readonly OperatorSecret[] = [],
) {
  const before = host.digest();
  const hadKey = host.hasKey();
  const { session } = await join(host);
  const answer = await session.audit(manifestOf(...resources), contents, secrets);
  expect(host.digest()).toBe(before);
  expect(host.hasKey()).toBe(hadKey);
  return { ...answer, told: JSON.stringify(answer) };
}

const lines = (findings: readonly Finding[]) =>
  findings.map(({ id, drift, change }) => `${drift}: ${change.action} ${id}`);

const motd = (text = "one\n", mode = 0o644) => declare.file("/etc/motd", { text, mode });

describe("an audit", () => {
  it("of a bare host finds everything not yet applied, and leaves it bare", async () => {
    const host = new MemoryHost();
    const { findings, asDeclared } = await audit(host, [motd(), declare.group("web")]);
    expect(lines(findings)).toEqual([
      "pending: create file:/etc/motd",
      "pending: create group:web",
    ]);
    expect(asDeclared).toBe(0);
    expect(host.files().filter((line) => line.includes("hostkit"))).toEqual([]);
  });

  it("of what is as declared finds nothing", async () => {
    const host = new MemoryHost();
    await push(host, [motd()]);
    expect(await audit(host, [motd()])).toMatchObject({ findings: [], asDeclared: 1 });
  });

  it("tells what was changed on the host, by whom it is owned, and what differs", async () => {
    const host = new MemoryHost();
    await push(host, [motd(), declare.directory("/srv/a")]);
    host.put("/etc/motd", "two\n", { uid: 0, gid: 0, mode: 0o600 });
    const { findings, asDeclared } = await audit(host, [motd(), declare.directory("/srv/a")]);
    expect(lines(findings)).toEqual(["outside: update file:/etc/motd"]);
    expect(asDeclared).toBe(1);
    const [found] = findings;
    expect(found?.touched).toEqual({ changed: 0, modified: 0, owner: "root" });
    expect(found?.change.differences[0]?.patch).toContain("-two");
    expect(found?.outside.map(({ field }) => field)).toEqual(["content", "mode"]);
  });

  it("tells what was removed from the host", async () => {
    const host = new MemoryHost();
    await push(host, [motd()]);
    await host.removeFile("/etc/motd");
    const { findings } = await audit(host, [motd()]);
    expect(lines(findings)).toEqual(["outside: create file:/etc/motd"]);
    expect(findings[0]).toMatchObject({ gone: true });
  });

  it("tells what the declaration changed since", async () => {
    const host = new MemoryHost();
    await push(host, [motd()]);
    const { findings } = await audit(host, [motd("two\n")]);
    expect(lines(findings)).toEqual(["pending: update file:/etc/motd"]);
    expect(findings[0]?.outside).toEqual([]);
    expect(findings[0]?.touched).toBeUndefined();
  });

  it("tells where both were changed, and each half", async () => {
    const host = new MemoryHost();
    await push(host, [motd()]);
    host.put("/etc/motd", "three\n");
    const { findings } = await audit(host, [motd("two\n", 0o600)]);
    expect(lines(findings)).toEqual(["both: update file:/etc/motd"]);
    expect(findings[0]?.change.differences.map(({ field }) => field)).toEqual(["content", "mode"]);
    expect(findings[0]?.outside).toMatchObject([{ field: "content" }]);
  });

  it("is content with what was changed on both sides to the same", async () => {
    const host = new MemoryHost();
    await push(host, [motd()]);
    host.put("/etc/motd", "two\n");
    expect((await audit(host, [motd("two\n")])).findings).toEqual([]);
  });

  it("calls what is leaving not yet applied, and both where it was changed meanwhile", async () => {
    const host = new MemoryHost();
    const [a, b, kept] = ["/srv/a", "/srv/b", "/srv/c"].map((path) =>
      declare.file(path, { text: "one\n" }),
    ) as [Resource, Resource, Resource];
    await push(host, [a, b, kept]);
    host.put("/srv/b", "two\n");
    const { findings } = await audit(host, [kept]);
    expect(lines(findings).toSorted()).toEqual([
      "both: delete file:/srv/b",
      "pending: delete file:/srv/a",
    ]);
  });

  it("of what is leaving and gone already has only the ledger to blame", async () => {
    const host = new MemoryHost();
    await push(host, [motd(), declare.file("/srv/a", { text: "one\n" })]);
    await host.removeFile("/srv/a");
    const { findings } = await audit(host, [motd()]);
    expect(lines(findings)).toEqual(["pending: none file:/srv/a"]);
  });

  it("tells of a service that would only restart, and of one that was stopped", async () => {
    const host = new MemoryHost();
    const unit = (name: string) =>
      declare.unit(`${name}.service`, {
        service: { Type: "notify", ExecStart: `/bin/${name} --config=/etc/motd` },
        active: true,
      });
    await push(host, [motd(), unit("api")]);
    host.put("/etc/motd", "two\n");
    const one = await audit(host, [motd(), unit("api")]);
    expect(lines(one.findings)).toEqual([
      "outside: update file:/etc/motd",
      "pending: restart unit:api.service",
    ]);
    expect(one.findings[1]?.change.reason).toBe("inputs-changed");
    host.put("/etc/motd", "one\n");
    host.systemd.settle("api.service", "inactive");
    const two = await audit(host, [motd(), unit("api")]);
    expect(lines(two.findings)).toEqual(["outside: update unit:api.service"]);
  });

  it("goes on where one thing can't be looked at, and says so", async () => {
    const host = new MemoryHost();
    await push(host, [motd(), declare.file("/srv/a", { text: "one\n" })]);
    await host.removeFile("/srv/a");
    host.tree.ensureDirectory("/srv/a");
    host.put("/etc/motd", "two\n");
    const found = await audit(host, [motd(), declare.file("/srv/a", { text: "one\n" })]);
    expect(lines(found.findings)).toEqual(["outside: update file:/etc/motd"]);
    expect(found.diagnostics).toMatchObject([{ severity: "error", resource: "file:/srv/a" }]);
    expect(found.asDeclared).toBe(0);
  });

  it("says of an entry of the ledger that nobody understands that it can't tell", async () => {
    const host = new MemoryHost();
    await push(host, [motd()]);
    const ledger = "/var/lib/hostkit/ledger.json";
    host.put(ledger, (host.text(ledger) ?? "").replace('"mode":"0644"', '"colour":"0644"'));
    const { findings, diagnostics } = await audit(host, [motd("two\n")]);
    expect(lines(findings)).toEqual(["pending: update file:/etc/motd"]);
    expect(diagnostics).toMatchObject([{ code: "HK4151", severity: "warning" }]);
  });

  it("warns of a run that was cut off, and leaves it cut off", async () => {
    const host = new MemoryHost();
    await push(host, [motd()]);
    await cutOffRun(manifestOf(motd("two\n")), { host, contents, after: 30 });
    const { pending, diagnostics } = await audit(host, [motd("two\n")]);
    expect(pending?.state).toBe("cut-off");
    expect(diagnostics).toMatchObject([{ code: "HK4007", severity: "warning" }]);
  });

  it("says that a run is at work, and waits for nothing", async () => {
    const host = new MemoryHost();
    await cutOffRun(manifestOf(motd()), { host, contents, after: 30 });
    const executor = createInProcessExecutor(host, { root: ROOT, hello: HELLO });
    const busy = { ...executor, isAlive: () => Promise.resolve(true) };
    const { session } = await join(host, HELLO, busy);
    const { pending, diagnostics } = await session.audit(manifestOf(motd()), contents, []);
    expect(pending).toBeNull();
    expect(diagnostics).toMatchObject([{ code: "HK4158", severity: "warning" }]);
  });

  it.each([
    ["audits, reads and checkups", true],
    ["a plan as well", false],
  ])("a session of %s is known as such: %s", async (_name, onlyLooked) => {
    const { session, agentEnded } = await join(new MemoryHost());
    await session.audit(manifestOf(motd()), contents, []);
    await session.read(manifestOf(motd()), []);
    await session.examine();
    if (!onlyLooked) await session.plan(manifestOf(motd()), contents);
    await session.close();
    expect(await agentEnded).toEqual({ onlyLooked });
  });

  it("can't be applied", async () => {
    const host = new MemoryHost();
    const { session } = await join(host);
    await session.audit(manifestOf(motd()), contents, []);
    const planning = (await join(host)).session;
    const { plan } = await planning.plan(manifestOf(motd()), contents);
    const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
    await expect(session.apply(plan!, how)).rejects.toThrow("HK3");
    expect(host.text("/etc/motd")).toBeUndefined();
  });
});

describe("secrets in an audit", () => {
  const PATH = "/etc/app.json";
  const template = declare.file("/etc/api.conf", {
    content: { template: ["password=", { secret: TOKEN }, "\n"] },
  });
  const document = (extra: Record<string, string> = {}) =>
    declare.file(PATH, {
      content: {
        format: "json",
        data: { name: "api", token: "", ...extra },
        secrets: [{ at: ["token"], secret: TOKEN }],
        redacted: [],
      },
    });
  const plain = (data: Record<string, string>) =>
    declare.file(PATH, { content: { format: "json", data, secrets: [], redacted: [] } });

  it("are compared by digests, and never told", async () => {
    const host = new MemoryHost();
    await push(host, [template, document()], given("first-canary"));
    expect((await audit(host, [template, document()], given("first-canary"))).findings).toEqual([]);

    const rotated = await audit(host, [template, document()], given("second-canary"));
    expect(lines(rotated.findings)).toEqual([
      "pending: update file:/etc/api.conf",
      `pending: update file:${PATH}`,
    ]);
    host.put("/etc/api.conf", "password=third-canary\n", { uid: 0, gid: 0, mode: 0o640 });
    host.put(PATH, '{"name": "web", "token": "third-canary", "more": "fourth-canary"}\n');
    const changed = await audit(host, [template, document()], given("first-canary"));
    expect(lines(changed.findings)).toEqual([
      "outside: update file:/etc/api.conf",
      `outside: update file:${PATH}`,
    ]);
    expect(changed.findings[1]?.outside[0]?.keys).toEqual([
      { key: "name", before: "web", after: "api" },
      { key: "token", before: "(not shown)", after: "(not shown)", masked: true },
      { key: "more", before: "(not shown)", masked: true },
    ]);
    const both = await audit(host, [template, document()], given("second-canary"));
    expect(lines(both.findings)).toEqual([
      "both: update file:/etc/api.conf",
      `both: update file:${PATH}`,
    ]);
    for (const { told } of [rotated, changed, both]) expect(told).not.toContain("canary");
  });

  it("stay hidden where a value became one only in the declaration, or was one only before", async () => {
    const host = new MemoryHost();
    await push(host, [plain({ name: "api", token: "old" })]);
    host.put(PATH, '{"name": "api", "token": "hand-canary"}\n');
    const became = await audit(host, [document()], given("second-canary"));
    expect(lines(became.findings)).toEqual([`both: update file:${PATH}`]);
    expect(became.findings[0]?.outside[0]?.keys).toEqual([
      { key: "token", before: "(not shown)", after: "(not shown)", masked: true },
    ]);
    expect(became.told).not.toContain("canary");

    const other = new MemoryHost();
    await push(other, [document()], given("first-canary"));
    const was = await audit(other, [plain({ name: "api", token: "open" })]);
    expect(lines(was.findings)).toEqual([`pending: update file:${PATH}`]);
    expect(was.told).not.toContain("canary");
  });

  it("need no key on a host that has none", async () => {
    const host = new MemoryHost();
    host.put("/etc/api.conf", "password=first-canary\n", { uid: 0, gid: 0, mode: 0o640 });
    const { findings, told } = await audit(host, [template], given("first-canary"));
    // It was there before, as declared: only the ledger does not have it, which a plan does not tell either.
    expect(findings).toEqual([]);
    expect(told).not.toContain("canary");
  });

  it("can't be told apart on a host that lost its key, which is said", async () => {
    const host = new MemoryHost();
    await push(host, [template], given("first-canary"));
    host.loseKey();
    const { diagnostics } = await audit(host, [template], given("first-canary"));
    expect(diagnostics).toMatchObject([{ code: "HK4150", severity: "warning" }]);
  });
});

it.each(Array.from({ length: 60 }, (_none, seed) => seed))(
  "an audit finds exactly what a plan would change, and each once (%i)",
  async (seed) => {
    const random = createRandom(seed);
    const host = randomHost(random);
    const { session } = await join(host);
    const { plan } = await session.plan(randomManifest(random), pool);
    const how = { contents: pool, onFailure: "rollback", wait: 0, onEvent: () => {} } as const;
    if (plan !== null && plan.changes.length > 0) await session.apply(plan, how);
    const edited = ["/etc/a", "/etc/motd", "/srv/one/f"].filter(() => random.chance(0.4));
    for (const path of edited) {
      if (host.text(path) !== undefined) host.put(path, "by hand\n");
    }
    const manifest = random.chance(0.5)
      ? randomManifest(random)
      : randomManifest(createRandom(seed));
    const before = host.digest();
    const planned = await session.plan(manifest, pool);
    const audited = await session.audit(manifest, pool, []);
    expect(host.digest()).toBe(before);
    if (planned.plan === null) {
      expect(audited.diagnostics.some(({ severity }) => severity === "error")).toBe(true);
      return;
    }
    const told = audited.findings.map(({ change }) => [
      change.id,
      change.action,
      change.fingerprint,
    ]);
    expect(told).toEqual(
      planned.plan.changes.map(({ id, action, fingerprint }) => [id, action, fingerprint]),
    );
    expect(audited.asDeclared).toBe(planned.plan.unchanged);
    for (const { drift, outside, gone } of audited.findings) {
      if (drift !== "pending") expect(outside.length > 0 || gone === true).toBe(true);
    }
  },
);
