import { describe, expect, it } from "vitest";
import { HostFault } from "../../agent/host/host.ts";
import { ledgerPath } from "../../agent/ledger/ledger-file.ts";
import type { Session } from "../../client/session.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Plan } from "../../shared/plan.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** What is no longer declared is removed where HostKit made it, and let go of where it did not. */

const LEDGER = ledgerPath("/var/lib/hostkit");
const contents = contentsOf("", "a\n", "b\n", "new\n");

interface Pushing {
  readonly onFailure?: "rollback" | "stop";
}

async function apply(session: Session, plan: Plan, pushing: Pushing = {}) {
  const { onFailure = "rollback" } = pushing;
  return session.apply(plan, { contents, onFailure, wait: 0, onEvent: () => undefined });
}

const planOf = async (host: MemoryHost, manifest: Manifest) => {
  const { session } = await join(host);
  const { plan, diagnostics } = await session.plan(manifest, contents);
  return { session, plan, diagnostics };
};

async function push(host: MemoryHost, resources: readonly Resource[], pushing: Pushing = {}) {
  const { session, plan, diagnostics } = await planOf(host, manifestOf(...resources));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return { plan: plan!, ...(await apply(session, plan!, pushing)) };
}

const lines = (plan: Plan | null) =>
  plan?.changes.map(({ id, action, reason }) => `${action} ${id} (${reason})`);
const why = (plan: Plan | null, id: string) =>
  plan?.changes.find((change) => change.id === id)?.differences[0]?.after;
const ledgerOf = (host: MemoryHost) =>
  JSON.parse(host.text(LEDGER) ?? "{}") as {
    resources: Record<string, { origin: string; owner: object; incidental?: true }>;
    started: Record<string, Record<string, string>>;
    owed: Record<string, object>;
  };
const ofTheHost = (host: MemoryHost) =>
  host
    .snapshot()
    .filter((line) => !line.startsWith("/var/lib/hostkit") && !/^\/etc\/\w+- /.test(line));

const service = () => [
  declare.account("api", { system: true }),
  declare.directory("/srv/api", { owner: "api" }),
  declare.file("/srv/api/deep/er/api.conf", { text: "a\n", owner: "api" }),
  declare.symlink("/srv/current", { to: "/srv/api" }),
  declare.unit("api.service", {
    service: { ExecStart: "/bin/api --config=/srv/api/deep/er/api.conf", User: "api" },
    install: { WantedBy: "multi-user.target" },
    enabled: true,
    active: true,
  }),
];
const motd = declare.file("/etc/motd", { text: "new\n" });

describe("what is no longer declared", () => {
  it("goes in the reverse of the order in which it came, with all that was made on the way", async () => {
    const host = new MemoryHost();
    const before = ofTheHost(host);
    await push(host, [motd, ...service()]);
    const { plan, outcome } = await push(host, [motd]);
    expect(lines(plan)).toEqual([
      "delete unit:api.service (not-declared)",
      "delete symlink:/srv/current (not-declared)",
      "delete file:/srv/api/deep/er/api.conf (not-declared)",
      "delete directory:/srv/api/deep/er (not-declared)",
      "delete directory:/srv/api/deep (not-declared)",
      "delete directory:/srv/api (not-declared)",
      "none account:api (not-declared)",
    ]);
    expect(plan.edges).toContainEqual({
      from: "unit:api.service",
      to: "file:/srv/api/deep/er/api.conf",
      reason: "path-used-by-unit",
    });
    expect(plan.unchanged).toBe(1);
    expect(why(plan, "account:api")).toContain('onRemove: "delete"');
    expect(outcome.verdict).toBe("applied");
    expect(host.systemd.describe()).toEqual([
      'cron.service active with "[Service]\\nExecStart=/usr/sbin/cron -f\\nExecReload=/bin/kill -HUP $MAINPID\\nType=notify\\n\\n[Install]\\nWantedBy=multi-user.target\\nAlias=crond.service\\n"',
    ]);
    const account = /^\/etc\/(passwd|shadow|group|motd) /;
    expect(ofTheHost(host).filter((line) => !account.test(line))).toEqual(
      before.filter((line) => !account.test(line)),
    );
    expect(Object.keys(ledgerOf(host).resources)).toEqual(["file:/etc/motd"]);
    expect((await push(host, [motd])).plan.changes).toEqual([]);
  });

  it("is let go of when it was there before, unless its declaration said to delete it", async () => {
    const host = new MemoryHost();
    host.put("/etc/a", "a\n");
    host.put("/etc/b", "b\n");
    const b = { ...declare.file("/etc/b", { text: "new\n" }), onRemove: "delete" as const };
    await push(host, [declare.file("/etc/a", { text: "new\n" }), b]);
    expect(ledgerOf(host).resources["file:/etc/a"]).toMatchObject({ origin: "adopted" });
    const { plan } = await push(host, []);
    expect(lines(plan)).toEqual([
      "delete file:/etc/b (not-declared)",
      "none file:/etc/a (not-declared)",
    ]);
    expect(host.text("/etc/a")).toBe("new\n");
    expect(host.text("/etc/b")).toBeUndefined();
    expect(ledgerOf(host).resources).toEqual({});
  });

  it("stays when its declaration said to keep it", async () => {
    const host = new MemoryHost();
    await push(host, [{ ...motd, onRemove: "keep" }]);
    const { plan } = await push(host, []);
    expect(lines(plan)).toEqual(["none file:/etc/motd (not-declared)"]);
    expect(host.text("/etc/motd")).toBe("new\n");
    expect((await push(host, [])).plan.changes).toEqual([]);
  });

  it("takes an account and its group along when its declaration said so, and keeps the home", async () => {
    const host = new MemoryHost();
    await push(host, [{ ...declare.account("ann", { uid: 2000 }), onRemove: "delete" }]);
    const { plan, outcome } = await push(host, []);
    expect(lines(plan)).toEqual(["delete account:ann (not-declared)"]);
    expect(outcome.verdict).toBe("applied");
    expect(host.text("/etc/passwd")).not.toContain("ann");
    expect(host.text("/etc/group")).not.toContain("ann");
    expect(ofTheHost(host).some((line) => line.startsWith("/home/ann "))).toBe(true);
  });

  it("leaves a group that stays, although userdel would take it along", async () => {
    const host = new MemoryHost();
    const group = declare.group("ann");
    await push(host, [group, { ...declare.account("ann", { group: "ann" }), onRemove: "delete" }]);
    await push(host, []);
    expect(host.text("/etc/passwd")).not.toContain("ann:");
    expect(host.text("/etc/group")).toContain("ann:");
  });

  it("stays while something that is declared needs it", async () => {
    const host = new MemoryHost();
    const account = { ...declare.account("ann"), onRemove: "delete" as const };
    const file = declare.file("/srv/x/y/file", { text: "a\n", owner: "ann" });
    await push(host, [account, declare.directory("/srv/x"), file]);
    const { plan } = await push(host, [file]);
    expect(lines(plan)).toEqual([
      "none directory:/srv/x (not-declared)",
      "none account:ann (not-declared)",
    ]);
    expect(why(plan, "account:ann")).toBe("file:/srv/x/y/file still needs it");
    expect(why(plan, "directory:/srv/x")).toBe("file:/srv/x/y/file is in it");
    // What was made on the way to it goes with the file, later.
    expect(lines((await push(host, [])).plan)).toEqual([
      "delete file:/srv/x/y/file (not-declared)",
      "delete directory:/srv/x/y (not-declared)",
    ]);
  });

  it("stays when something else manages the very same thing", async () => {
    const host = new MemoryHost();
    const path = "/etc/systemd/system/x.service";
    const content = "[Service]\nExecStart=/bin/x\n";
    const all = contentsOf(content);
    const { session } = await join(host);
    const first = await session.plan(manifestOf(declare.file(path, { text: content })), all);
    await session.apply(first.plan!, {
      contents: all,
      onFailure: "rollback",
      wait: 0,
      onEvent: () => undefined,
    });
    const { plan } = await push(host, [declare.unit("x.service", { content })]);
    expect(why(plan, `file:${path}`)).toBe("unit:x.service manages it now");
    expect(host.text(path)).toBe(content);
  });

  it("is only dropped from the ledger when it is gone already", async () => {
    const host = new MemoryHost();
    await push(host, [motd]);
    host.tree.remove("/etc/motd");
    const { plan } = await push(host, []);
    expect(lines(plan)).toEqual(["none file:/etc/motd (not-declared)"]);
    expect(plan.changes[0]?.differences).toEqual([]);
    expect(ledgerOf(host).resources).toEqual({});
  });

  it("of another project or host is none of this one's business", async () => {
    const host = new MemoryHost();
    await push(host, [motd]);
    for (const other of [{ project: "other" }, { host: "other" }]) {
      const { plan } = await planOf(host, { ...manifestOf(), ...other });
      expect(plan?.changes).toEqual([]);
    }
  });
});

it("a unit under another name: the old one stops before the new one starts, which may need its port", async () => {
  const host = new MemoryHost();
  const unit = (name: string) =>
    declare.unit(name, { service: { Type: "notify", ExecStart: "/bin/api" }, active: true });
  await push(host, [unit("a.service"), motd]);
  host.systemd.jobs.length = 0;
  await push(host, [unit("b.service"), motd]);
  expect(host.systemd.jobs).toEqual(["stop a.service", "start b.service"]);
});

describe("a directory", () => {
  const directory = declare.directory("/srv/data");

  it("that holds what HostKit did not make is let go of, and named with what is in it", async () => {
    const host = new MemoryHost();
    await push(host, [directory, declare.file("/srv/data/own", { text: "a\n" })]);
    host.put("/srv/data/theirs", "precious");
    const { plan } = await push(host, []);
    expect(lines(plan)).toEqual([
      "delete file:/srv/data/own (not-declared)",
      "none directory:/srv/data (not-declared)",
    ]);
    expect(why(plan, "directory:/srv/data")).toBe("it holds theirs");
    expect(host.text("/srv/data/theirs")).toBe("precious");
    expect((await push(host, [])).plan.changes).toEqual([]);
  });

  it("that is filled after the plan is left, with a warning", async () => {
    const host = new MemoryHost();
    await push(host, [directory]);
    const { session, plan } = await planOf(host, manifestOf());
    host.put("/srv/data/theirs", "precious");
    const { outcome, diagnostics } = await apply(session, plan!);
    expect(outcome.verdict).toBe("applied");
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "HK4055" }]);
    expect(host.text("/srv/data/theirs")).toBe("precious");
    expect(ledgerOf(host).resources).toEqual({});
  });
});

describe("a removal that fails", () => {
  it("is taken back whole, and the ledger is as before", async () => {
    const host = new MemoryHost();
    const going = [
      ...service().slice(1),
      { ...declare.account("api", { system: true, groups: ["adm"] }), onRemove: "delete" as const },
      { ...declare.group("extra", { gid: 3000 }), onRemove: "delete" as const },
    ];
    await push(host, going);
    const before = ofTheHost(host);
    const ledger = ledgerOf(host);
    host.systemd.behave("bad.service", { start: "fails" });
    const bad = declare.unit("bad.service", { service: { ExecStart: "/bin/false" }, active: true });
    const { outcome, diagnostics } = await push(host, [bad]);
    expect(diagnostics.map(({ resource }) => resource)).toEqual(["unit:bad.service"]);
    expect(outcome.verdict).toBe("rolled-back");
    expect(ofTheHost(host)).toEqual(before);
    expect(ledgerOf(host)).toEqual(ledger);
  });

  it("is recorded as far as it came when told to stop", async () => {
    const host = new MemoryHost();
    await push(host, [motd, declare.file("/etc/x", { text: "a\n" })]);
    host.systemd.behave("bad.service", { start: "fails" });
    const bad = declare.unit("bad.service", { service: { ExecStart: "/bin/false" }, active: true });
    const { outcome } = await push(host, [bad, motd], { onFailure: "stop" });
    expect(outcome.verdict).toBe("partial");
    expect(Object.keys(ledgerOf(host).resources)).toEqual(["file:/etc/motd", "unit:bad.service"]);
    expect(host.text("/etc/x")).toBeUndefined();
  });
});

it("what could not be taken back is recorded as it is", async () => {
  const host = new MemoryHost();
  await push(host, [motd]);
  host.systemd.behave("bad.service", { start: "fails" });
  const { session, plan } = await planOf(
    host,
    manifestOf(
      motd,
      declare.directory("/srv/mine"),
      declare.file("/etc/x", { text: "a\n" }),
      declare.unit("bad.service", { service: { ExecStart: "/bin/false" }, active: true }),
    ),
  );
  host.removeDirectory = (path) =>
    Promise.reject(new HostFault({ code: "EBUSY", path, message: "EBUSY: resource busy" }));
  const { outcome } = await apply(session, plan!);
  expect(outcome.verdict).toBe("rollback-failed");
  expect(Object.keys(ledgerOf(host).resources)).toEqual(["file:/etc/motd", "directory:/srv/mine"]);
});

describe("what is protected", () => {
  const guarded = { ...motd, protect: true as const };

  it("outlives its declaration, and lets go of nothing either", async () => {
    const host = new MemoryHost();
    await push(host, [guarded]);
    const before = host.digest();
    const { plan, diagnostics } = await planOf(host, manifestOf());
    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([{ code: "HK4052", resource: "file:/etc/motd" }]);
    expect(host.digest()).toBe(before);
  });

  it("is given up by one push with protect: false, which changes the ledger only", async () => {
    const host = new MemoryHost();
    await push(host, [guarded]);
    const { plan } = await push(host, [motd]);
    expect(lines(plan)).toEqual(["none file:/etc/motd (metadata-changed)"]);
    expect(plan.changes[0]?.differences).toEqual([
      { field: "protect", before: true, after: false },
    ]);
    expect(lines((await push(host, [])).plan)).toEqual(["delete file:/etc/motd (not-declared)"]);
  });

  it("is protected from the push on that says so, although nothing else changes", async () => {
    const host = new MemoryHost();
    await push(host, [motd]);
    await push(host, [guarded]);
    expect((await push(host, [guarded])).plan.changes).toEqual([]);
    expect((await planOf(host, manifestOf())).plan).toBeNull();
  });
});

describe("what belongs to another project", () => {
  it("is taken over with a warning, once", async () => {
    const host = new MemoryHost();
    await push(host, [motd]);
    const other = { ...manifestOf(motd), project: "other" };
    const { session, plan, diagnostics } = await planOf(host, other);
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "HK4054" }]);
    expect(lines(plan)).toEqual(["none file:/etc/motd (metadata-changed)"]);
    await apply(session, plan!);
    expect(ledgerOf(host).resources["file:/etc/motd"]?.owner).toEqual({
      project: "other",
      host: "memory",
    });
    expect((await planOf(host, other)).diagnostics).toEqual([]);
    expect((await push(host, [])).plan.changes).toEqual([]);
  });

  it("is not removed by a plan that was made before it was taken over", async () => {
    const host = new MemoryHost();
    await push(host, [motd]);
    const { session, plan } = await planOf(host, manifestOf());
    const other = await planOf(host, { ...manifestOf(motd), project: "other" });
    await apply(other.session, other.plan!);
    const { outcome, diagnostics, fresh } = await apply(session, plan!);
    expect(outcome.verdict).toBe("stale");
    expect(diagnostics).toMatchObject([{ code: "HK4057" }]);
    expect(fresh?.changes).toEqual([]);
    expect(host.text("/etc/motd")).toBe("new\n");
  });
});

describe("a ledger that can't be read", () => {
  it.each([
    ["cut off", '{"format": 1, "resources": {', "HK4050"],
    ["not JSON", "hello", "HK4050"],
    [
      "of other things",
      '{"format": 1, "resources": {"file:/x": {}}, "started": {}, "owed": {}}',
      "HK4050",
    ],
    ["newer", '{"format": 2}', "HK4051"],
  ])("%s: nothing is planned, and it stays as it is", async (_title, text, code) => {
    const host = new MemoryHost();
    host.put(LEDGER, text, { uid: 0, gid: 0, mode: 0o600 });
    const { plan, diagnostics } = await planOf(host, manifestOf(motd));
    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([{ code }]);
    expect(diagnostics[0]?.detail).toContain(LEDGER);
    expect(host.text(LEDGER)).toBe(text);
  });

  it("although the plan could read it: nothing is changed", async () => {
    const host = new MemoryHost();
    const { session, plan } = await planOf(host, manifestOf(motd));
    host.put(LEDGER, "{", { uid: 0, gid: 0, mode: 0o600 });
    await expect(apply(session, plan!)).rejects.toMatchObject({
      diagnostics: [{ code: "HK4050" }],
    });
    expect(host.text("/etc/motd")).toBeUndefined();
    expect(host.text(LEDGER)).toBe("{");
  });
});

it("planning writes no ledger", async () => {
  const host = new MemoryHost();
  await push(host, [motd]);
  const before = host.digest();
  await planOf(host, manifestOf());
  expect(host.digest()).toBe(before);
});
