import { describe, expect, it } from "vitest";
import { ledgerPath } from "../../agent/ledger/ledger-file.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** A service restarts when what it reads changed: once, only then, and also when an earlier run did not come to it. */

const LEDGER = ledgerPath("/var/lib/hostkit");
const contents = contentsOf("one\n", "two\n", "three\n");

const conf = (text: string, path = "/etc/api.conf") => declare.file(path, { text });
/** It says itself when it is started, so that nobody waits to see. */
const api = (options: object = {}, extra: { dependsOn?: string[] } = {}) =>
  declare.unit(
    "api.service",
    {
      service: {
        Type: "notify",
        ExecStart: "/bin/api --config=/etc/api.conf",
        ExecReload: "/bin/kill -HUP 1",
      },
      active: true,
      ...options,
    },
    extra,
  );
const other = declare.unit("other.service", { service: { ExecStart: "/bin/other" }, active: true });
const fails = (...dependsOn: string[]) =>
  declare.unit(
    "bad.service",
    { service: { ExecStart: "/bin/false" }, active: true },
    { dependsOn },
  );

interface Pushing {
  readonly onFailure?: "rollback" | "stop";
}

async function push(
  host: MemoryHost,
  resources: readonly Resource[],
  { onFailure = "rollback" }: Pushing = {},
) {
  const { session } = await join(host);
  const { plan, diagnostics: planned } = await session.plan(manifestOf(...resources), contents);
  expect(planned.filter(({ severity }) => severity === "error")).toEqual([]);
  host.systemd.jobs.length = 0;
  const { outcome, diagnostics } = await session.apply(plan!, {
    contents,
    onFailure,
    wait: 0,
    onEvent: () => undefined,
  });
  return {
    changes: plan!.changes,
    plan: plan!,
    outcome,
    diagnostics,
    jobs: [...host.systemd.jobs],
  };
}

const lines = ({ changes }: Awaited<ReturnType<typeof push>>) =>
  changes.map(
    ({ id, action, follow }) => `${action} ${id}${follow === null ? "" : ` and ${follow}`}`,
  );
const inputsOf = ({ changes }: Awaited<ReturnType<typeof push>>, id = "unit:api.service") =>
  changes.find((change) => change.id === id)?.differences.find(({ field }) => field === "inputs")
    ?.after;
const ledgerOf = (host: MemoryHost) =>
  JSON.parse(host.text(LEDGER) ?? "{}") as {
    started: Record<string, Record<string, string>>;
    owed: Record<string, object>;
  };

describe("a service whose configuration changed", () => {
  it("restarts once, after it, and no other does", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api(), other]);
    const pushed = await push(host, [conf("two\n"), api(), other]);
    expect(lines(pushed)).toEqual(["update file:/etc/api.conf", "restart unit:api.service"]);
    expect(pushed.changes[1]).toMatchObject({ reason: "inputs-changed", follow: null });
    expect(inputsOf(pushed)).toEqual(["file:/etc/api.conf"]);
    expect(pushed.plan.edges).toContainEqual({
      from: "file:/etc/api.conf",
      to: "unit:api.service",
      reason: "path-used-by-unit",
    });
    expect(pushed.jobs).toEqual(["restart api.service"]);
    expect(pushed.outcome.verdict).toBe("applied");
    expect((await push(host, [conf("two\n"), api(), other])).changes).toEqual([]);
    expect(ledgerOf(host).owed).toEqual({});
  });

  it("is not concerned by its owner or mode", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api()]);
    const file = declare.file("/etc/api.conf", { text: "one\n", mode: 0o600 });
    expect(lines(await push(host, [file, api()]))).toEqual(["update file:/etc/api.conf"]);
  });

  it("restarts once when its own file changes as well", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api()]);
    const pushed = await push(host, [conf("two\n"), api({ unit: { Description: "new" } })]);
    expect(lines(pushed)).toEqual([
      "update file:/etc/api.conf",
      "update unit:api.service and restart",
    ]);
    expect(pushed.jobs).toEqual(["restart api.service"]);
  });

  it.each([
    ["reload", ["reload unit:api.service"], ["reload api.service"]],
    ["none", [], []],
  ] as const)("does what onChange says: %s", async (onChange, changes, jobs) => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api({ onChange })]);
    const pushed = await push(host, [conf("two\n"), api({ onChange })]);
    expect(lines(pushed)).toEqual(["update file:/etc/api.conf", ...changes]);
    expect(pushed.jobs).toEqual(jobs);
    expect((await push(host, [conf("two\n"), api({ onChange })])).changes).toEqual([]);
  });

  it("is left alone when it does not run, also later", async () => {
    const host = new MemoryHost();
    const idle = api({ active: undefined });
    await push(host, [conf("one\n"), idle]);
    expect(lines(await push(host, [conf("two\n"), idle]))).toEqual(["update file:/etc/api.conf"]);
    host.systemd.settle("api.service", "active");
    expect((await push(host, [conf("two\n"), idle])).changes).toEqual([]);
  });

  it("restarts when the configuration goes away", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api()]);
    const pushed = await push(host, [api()]);
    expect(lines(pushed)).toEqual(["delete file:/etc/api.conf", "restart unit:api.service"]);
    expect(pushed.plan.edges).toContainEqual(
      expect.objectContaining({ from: "file:/etc/api.conf", to: "unit:api.service" }),
    );
    expect((await push(host, [api()])).changes).toEqual([]);
  });

  it("follows links: where one leads is what is read", async () => {
    const host = new MemoryHost();
    for (const version of [1, 2]) host.put(`/opt/${version}/run`, "a program\n");
    const run = declare.unit("run.service", { service: { ExecStart: "/opt/run" }, active: true });
    await push(host, [declare.symlink("/opt/run", { to: "/opt/1/run" }), run]);
    const pushed = await push(host, [declare.symlink("/opt/run", { to: "/opt/2/run" }), run]);
    expect(pushed.jobs).toEqual(["restart run.service"]);
  });

  it("is not restarted for a file below a directory that it names", async () => {
    const host = new MemoryHost();
    const run = declare.unit("run.service", {
      service: { ExecStart: "/bin/run /srv/data" },
      active: true,
    });
    const directory = declare.directory("/srv/data");
    await push(host, [directory, conf("one\n", "/srv/data/x"), run]);
    expect((await push(host, [directory, conf("two\n", "/srv/data/x"), run])).jobs).toEqual([]);
  });
});

describe("inputs that no unit file names", () => {
  const extra = (text: string) => conf(text, "/etc/extra");

  it("count when they are declared as inputs, and come before the unit", async () => {
    const host = new MemoryHost();
    const unit = api({ inputs: ["file:/etc/extra"] });
    await push(host, [unit, extra("one\n")]);
    const pushed = await push(host, [unit, extra("two\n")]);
    expect(lines(pushed)).toEqual(["update file:/etc/extra", "restart unit:api.service"]);
    expect(pushed.plan.edges[0]?.reason).toBe("source-input");
  });

  it("give no reason to restart by being declared as such", async () => {
    const host = new MemoryHost();
    await push(host, [extra("one\n"), api()]);
    const unit = api({ inputs: ["file:/etc/extra"] });
    expect((await push(host, [extra("one\n"), unit])).changes).toEqual([]);
    await push(host, [extra("two\n"), unit]);
    expect((await push(host, [extra("two\n"), api()])).changes).toEqual([]);
  });

  it("have to be declared", async () => {
    const { session } = await join(new MemoryHost());
    const manifest = manifestOf(api({ inputs: ["file:/etc/nowhere"] }));
    const { plan, diagnostics } = await session.plan(manifest, contents);
    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([{ code: "HK1011" }]);
    expect(diagnostics[0]?.detail).toContain("has among its inputs file:/etc/nowhere");
  });
});

describe("a unit that comes with a package", () => {
  const cron = (options: object = {}) =>
    declare.unit("cron.service", { inputs: ["file:/etc/extra"], onChange: "reload", ...options });
  const extra = (text: string) => conf(text, "/etc/extra");

  it("is reloaded when its inputs change, and nothing of it is written or removed", async () => {
    const host = new MemoryHost();
    await push(host, [extra("one\n")]);
    await push(host, [extra("two\n"), cron()]);
    const pushed = await push(host, [extra("three\n"), cron()]);
    expect(lines(pushed)).toEqual(["update file:/etc/extra", "reload unit:cron.service"]);
    expect(pushed.jobs).toEqual(["reload cron.service"]);
    expect((await push(host, [extra("three\n"), cron()])).changes).toEqual([]);
    const last = await push(host, []);
    expect(lines(last)).toEqual(["delete file:/etc/extra", "none unit:cron.service"].toReversed());
    expect(last.jobs).toEqual([]);
  });

  it("has its file read by systemd before it starts again, where that is declared as a file", async () => {
    const host = new MemoryHost();
    const path = "/usr/lib/systemd/system/cron.service";
    const unit = cron({ inputs: [`file:${path}`], onChange: "restart" });
    const before = host.systemd.reloads;
    const text = "[Service]\nExecStart=/usr/sbin/cron -f -L 4\n";
    const all = contentsOf(text);
    const { session } = await join(host);
    const { plan } = await session.plan(manifestOf(declare.file(path, { text }), unit), all);
    const { outcome } = await session.apply(plan!, {
      contents: all,
      onFailure: "rollback",
      wait: 0,
      onEvent: () => undefined,
    });
    expect(outcome.verdict).toBe("applied");
    expect(host.systemd.reloads).toBe(before + 1);
    expect(host.systemd.runningText("cron.service")).toBe(text);
  });

  it("can be enabled and stopped", async () => {
    const host = new MemoryHost();
    const pushed = await push(host, [
      declare.unit("cron.service", { enabled: true, active: false }),
    ]);
    expect(pushed.outcome.verdict).toBe("applied");
    expect(pushed.jobs).toEqual(["stop cron.service"]);
    expect(lines(await push(host, []))).toEqual(["none unit:cron.service"]);
  });

  it("has to be there", async () => {
    const { session } = await join(new MemoryHost());
    const manifest = manifestOf(declare.unit("shh.service", { enabled: true }));
    const { plan, diagnostics } = await session.plan(manifest, contents);
    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([{ code: "HK4306", resource: "unit:shh.service" }]);
  });
});

describe("a restart that a run did not come to", () => {
  it("is made by the next one, exactly once", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api()]);
    host.systemd.behave("bad.service", { start: "fails" });
    const stopped = await push(
      host,
      [conf("two\n"), fails("file:/etc/api.conf"), api({}, { dependsOn: ["unit:bad.service"] })],
      { onFailure: "stop" },
    );
    expect(stopped.outcome.verdict).toBe("partial");
    expect(stopped.jobs).toEqual(["start bad.service"]);
    expect(Object.keys(ledgerOf(host).owed)).toEqual(["unit:api.service"]);
    const next = await push(host, [conf("two\n"), api()]);
    expect(lines(next)).toContain("restart unit:api.service");
    expect(inputsOf(next)).toEqual(["file:/etc/api.conf"]);
    expect(next.jobs).toContain("restart api.service");
    expect((await push(host, [conf("two\n"), api()])).changes).toEqual([]);
  });

  it("is not owed when what it was for was not begun either", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api()]);
    host.tree.refusals.set("/etc/api.conf", "EROFS");
    const { outcome } = await push(host, [conf("two\n"), api()], { onFailure: "stop" });
    expect(outcome.verdict).toBe("failed");
    expect(ledgerOf(host).owed).toEqual({});
  });

  it("is owed no more when the run was taken back, and the service runs with what it had", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api()]);
    const ledger = ledgerOf(host);
    host.systemd.behave("bad.service", { start: "fails" });
    const { outcome, jobs } = await push(host, [conf("two\n"), api(), fails("file:/etc/api.conf")]);
    expect(outcome.verdict).toBe("rolled-back");
    expect(host.text("/etc/api.conf")).toBe("one\n");
    expect(ledgerOf(host)).toEqual(ledger);
    // Restarted with the new file, stopped, and started again when the old one was back.
    expect(jobs.filter((job) => job.endsWith("api.service"))).toEqual([
      "restart api.service",
      "stop api.service",
      "restart api.service",
    ]);
    expect((await push(host, [conf("one\n"), api()])).changes).toEqual([]);
  });
});

it("a service that was started with other contents than it has now is restarted", async () => {
  const host = new MemoryHost();
  await push(host, [conf("one\n"), api()]);
  // Somebody puts the very text there that is declared next, and does not restart anything.
  host.put("/etc/api.conf", "two\n");
  const pushed = await push(host, [conf("two\n"), api()]);
  expect(lines(pushed)).toEqual(["restart unit:api.service"]);
  expect((await push(host, [conf("two\n"), api()])).changes).toEqual([]);
});
