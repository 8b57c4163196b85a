import { describe, expect, it } from "vitest";
import type { ProbeAnswer } from "../../agent/host/host.ts";
import { ledgerPath } from "../../agent/ledger/ledger-file.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { cutOffRun, settle } from "./cut-off.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** What waits is run when what it waits for changes: then, and at no other time. */

const LEDGER = ledgerPath("/var/lib/hostkit");
const contents = contentsOf("one\n", "two\n");
const READY: ProbeAnswer = { type: "http", status: 200, body: "" };
const DOWN: ProbeAnswer = { type: "http", status: 503, body: "" };
const URL = "http://127.0.0.1:4000/";

const conf = (text: string, options: object = {}) =>
  declare.file("/etc/api.conf", { text, ...options });
const notify = (exec: string, more: object = {}) => ({ Type: "notify", ExecStart: exec, ...more });
const api = (options: object = {}, extra: { dependsOn?: string[] } = {}) =>
  declare.unit(
    "api.service",
    { service: notify("/bin/api --config=/etc/api.conf"), active: true, ...options },
    extra,
  );
const ready = (options: object = {}, extra: { dependsOn?: string[] } = {}) =>
  declare.readiness(
    "api",
    { of: ["api.service"], http: { url: URL }, timeout: "200ms", interval: "10ms", ...options },
    extra,
  );

interface Pushing {
  readonly answers?: readonly ProbeAnswer[];
  readonly onFailure?: "rollback" | "stop";
}

async function push(
  host: MemoryHost,
  resources: readonly Resource[],
  { answers = [READY], onFailure = "rollback" }: Pushing = {},
) {
  const { session } = await join(host);
  host.listeners.put(URL, ...answers);
  const { plan, diagnostics: planned } = await session.plan(manifestOf(...resources), contents);
  expect(planned.filter(({ severity }) => severity === "error")).toEqual([]);
  const before = host.log.length;
  const events: string[] = [];
  const { outcome, diagnostics } = await session.apply(plan!, {
    contents,
    onFailure,
    wait: 0,
    onEvent: (event) => {
      if ("id" in event) events.push(`${event.type} ${event.id}`);
    },
  });
  const asked = host.log.slice(before).filter(({ call }) => call === "probe").length;
  return { plan: plan!, changes: plan!.changes, outcome, diagnostics, events, asked };
}

const lines = ({ changes }: Awaited<ReturnType<typeof push>>) =>
  changes.map(({ id, action }) => `${action} ${id}`);
const causesIn = ({ changes }: Awaited<ReturnType<typeof push>>) =>
  changes
    .find(({ action }) => action === "run")
    ?.differences.find(({ field }) => field === "inputs")?.after;
const ledgerOf = (host: MemoryHost) =>
  JSON.parse(host.text(LEDGER) ?? "{}") as {
    resources: Record<string, object>;
    owed: Record<string, { follow: string; inputs: string[] }>;
  };

describe("a readiness", () => {
  it("is run once what it waits for was started, and never again while nothing of it changes", async () => {
    const host = new MemoryHost();
    const all = [ready(), api(), conf("one\n")];
    const first = await push(host, all, { answers: [DOWN, READY] });
    expect(first.outcome.verdict).toBe("applied");
    expect(lines(first)).toEqual([
      "create file:/etc/api.conf",
      "create unit:api.service",
      "run readiness:api",
    ]);
    expect(first.events.indexOf("started readiness:api")).toBeGreaterThan(
      first.events.indexOf("done unit:api.service"),
    );
    expect(first.asked).toBe(2);
    expect(first.plan.edges).toContainEqual({
      from: "unit:api.service",
      to: "readiness:api",
      reason: "readiness",
    });
    expect(first.changes.at(-1)).toMatchObject({
      reason: "inputs-changed",
      prediction: {
        class: "bounded",
        outcomes: ["ready within 200ms", "not ready by then, and the run fails"],
      },
    });
    // What nobody could see on the host is not owned there.
    expect(ledgerOf(host).resources).not.toHaveProperty("readiness:api");
    expect(ledgerOf(host).owed).toEqual({});
    const second = await push(host, all, { answers: [DOWN] });
    expect(second.changes).toEqual([]);
    expect(second.asked).toBe(0);
  });

  it("is run after a restart, because of it", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api(), ready()]);
    const pushed = await push(host, [conf("two\n"), api(), ready()]);
    expect(lines(pushed)).toEqual([
      "update file:/etc/api.conf",
      "restart unit:api.service",
      "run readiness:api",
    ]);
    expect(causesIn(pushed)).toEqual(["unit:api.service"]);
  });

  it("is not concerned by what its unit only lies beside, nor by other units", async () => {
    const host = new MemoryHost();
    const other = (description: string) =>
      declare.unit("other.service", {
        unit: { Description: description },
        service: notify("/bin/other"),
        active: true,
      });
    await push(host, [conf("one\n"), api(), ready(), other("a")]);
    const pushed = await push(host, [conf("one\n", { mode: 0o600 }), api(), ready(), other("b")], {
      answers: [DOWN],
    });
    expect(lines(pushed)).toEqual(["update file:/etc/api.conf", "update unit:other.service"]);
    expect(pushed.outcome.verdict).toBe("applied");
  });

  it("is run for what its unit reads, also where that does not restart it, and for what it works with", async () => {
    const host = new MemoryHost();
    const db = (description: string) =>
      declare.unit("db.service", {
        unit: { Description: description },
        service: notify("/bin/db"),
        active: true,
      });
    const unit = api({ unit: { After: "db.service" }, onChange: "none" });
    await push(host, [conf("one\n"), db("a"), unit, ready()]);
    const read = await push(host, [conf("two\n"), db("a"), unit, ready()]);
    expect(causesIn(read)).toEqual(["file:/etc/api.conf"]);
    const worked = await push(host, [conf("two\n"), db("b"), unit, ready()]);
    expect(lines(worked)).toEqual(["update unit:db.service", "run readiness:api"]);
    expect(causesIn(worked)).toEqual(["unit:db.service"]);
  });

  it("appears without a sound where nothing changes, is changed so, and goes so", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api()]);
    expect((await push(host, [conf("one\n"), api(), ready()])).changes).toEqual([]);
    const later = ready({ timeout: "1h" });
    expect((await push(host, [conf("one\n"), api(), later])).changes).toEqual([]);
    expect((await push(host, [conf("one\n"), api()])).changes).toEqual([]);
  });

  it("holds back what comes after it", async () => {
    const host = new MemoryHost();
    const after = declare.file("/etc/after", { text: "one\n" }, { dependsOn: ["readiness:api"] });
    const pushed = await push(host, [after, conf("one\n"), api(), ready()], {
      answers: [DOWN, DOWN],
    });
    expect(pushed.outcome.verdict).toBe("rolled-back");
    expect(pushed.outcome.changes.find(({ id }) => id === after.id)?.result).toBe("skipped");
    const next = await push(host, [after, conf("one\n"), api(), ready()]);
    expect(next.events.indexOf("done readiness:api")).toBeLessThan(
      next.events.indexOf("started file:/etc/after"),
    );
  });
});

describe("waiting in vain", () => {
  it("takes the run back, and the old configuration runs again", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api(), ready()]);
    const ledger = ledgerOf(host);
    const pushed = await push(host, [conf("two\n"), api(), ready()], { answers: [DOWN] });
    expect(pushed.outcome.verdict).toBe("rolled-back");
    expect(pushed.diagnostics).toMatchObject([{ code: "HK4085", resource: "readiness:api" }]);
    expect(host.text("/etc/api.conf")).toBe("one\n");
    expect(host.systemd.jobs.slice(-2)).toEqual(["stop api.service", "restart api.service"]);
    expect(ledgerOf(host)).toEqual(ledger);
    // As before, so nothing is new that would have to be ready.
    expect((await push(host, [conf("one\n"), api(), ready()])).changes).toEqual([]);
  });

  it("is no part of taking a run back later", async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api(), ready()]);
    await push(host, [conf("two\n"), api(), ready()]);
    host.listeners.put(URL, DOWN);
    const { session } = await join(host);
    const { plan } = await session.planRollback(null);
    expect(plan?.changes.map(({ id }) => id)).toEqual(["file:/etc/api.conf", "unit:api.service"]);
    const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
    const { outcome } = await session.apply(plan!, how);
    expect(outcome.verdict).toBe("applied");
    expect(host.text("/etc/api.conf")).toBe("one\n");
    expect((await push(host, [conf("one\n"), api(), ready()])).changes).toEqual([]);
  });

  it("is owed where the run is left as it is, and done by the next one alone", async () => {
    const host = new MemoryHost();
    const all = [conf("one\n"), api(), ready()];
    const stopped = await push(host, all, { answers: [DOWN], onFailure: "stop" });
    expect(stopped.outcome.verdict).toBe("partial");
    expect(ledgerOf(host).owed).toEqual({
      "readiness:api": { follow: "run", inputs: ["unit:api.service"], run: expect.any(String) },
    });
    const again = await push(host, all, { answers: [DOWN] });
    expect(lines(again)).toEqual(["run readiness:api"]);
    // Nothing was changed by that run, so there is nothing to take back.
    expect(again.outcome.verdict).toBe("failed");
    const next = await push(host, all);
    expect(lines(next)).toEqual(["run readiness:api"]);
    expect(causesIn(next)).toEqual(["unit:api.service"]);
    expect(next.outcome.verdict).toBe("applied");
    expect((await push(host, all)).changes).toEqual([]);
  });

  it("is not owed any more once nobody waits", async () => {
    const host = new MemoryHost();
    const both = [conf("one\n"), api()];
    await push(host, [...both, ready()], { answers: [DOWN], onFailure: "stop" });
    await push(host, [conf("two\n"), api()]);
    expect(ledgerOf(host).owed).toEqual({});
  });

  it("ends at once when another change fails", async () => {
    const host = new MemoryHost();
    host.systemd.behave("bad.service", { start: "fails" });
    const bad = declare.unit(
      "bad.service",
      { service: { ExecStart: "/bin/false" }, active: true },
      { dependsOn: ["file:/etc/late"] },
    );
    const late = declare.file("/etc/late", { text: "one\n" }, { dependsOn: ["unit:api.service"] });
    const begun = performance.now();
    const pushed = await push(host, [conf("one\n"), api(), ready({ timeout: "1h" }), late, bad], {
      answers: [DOWN],
    });
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(pushed.outcome.verdict).toBe("rolled-back");
    expect(pushed.diagnostics).toMatchObject([{ resource: "unit:bad.service" }]);
  });
});

describe("a run that is cut off around its waiting", async () => {
  const manifest = manifestOf(conf("two\n"), api(), ready());
  const prepared = async () => {
    const host = new MemoryHost();
    await push(host, [conf("one\n"), api(), ready()]);
    return host;
  };
  const cutOff = async (after?: number) => {
    const cut = { host: await prepared(), contents, ...(after === undefined ? {} : { after }) };
    return cutOffRun(manifest, cut);
  };
  const whole = await cutOff();
  const probe = whole.host.log.findLastIndex(({ call }) => call === "probe");
  const from = probe - (whole.host.log.length - whole.calls);
  const around = [-12, -6, -2, -1, 0, 1, 2, 3, 4, 6].map((step) => from + step);

  it.each(around)(
    "is taken back or found done when it is settled: after %i calls",
    async (calls) => {
      const { host } = await cutOff(calls);
      host.listeners.put(URL, DOWN);
      const verdict = await settle(host, "settle");
      expect(["rolled-back", "failed", "applied"]).toContain(verdict);
      const text = host.text("/etc/api.conf");
      expect(text).toBe(verdict === "applied" ? "two\n" : "one\n");
      const now = text === "two\n" ? "two\n" : "one\n";
      expect((await push(host, [conf(now), api(), ready()])).changes).toEqual([]);
    },
  );

  it.each(around)("looks again when it is finished: after %i calls", async (calls) => {
    const { host } = await cutOff(calls);
    const before = host.log.length;
    const verdict = await settle(host, "finish");
    if (verdict === undefined) return;
    expect(verdict).toBe("applied");
    expect(host.text("/etc/api.conf")).toBe("two\n");
    expect(host.log.slice(before).some(({ call }) => call === "probe")).toBe(true);
    expect((await push(host, [conf("two\n"), api(), ready()])).changes).toEqual([]);
  });

  it("is taken back when what it waits for is not ready by then either", async () => {
    const { host } = await cutOff(from);
    host.listeners.put(URL, DOWN);
    expect(await settle(host, "finish")).toBe("rolled-back");
    expect(host.text("/etc/api.conf")).toBe("one\n");
  });
});
