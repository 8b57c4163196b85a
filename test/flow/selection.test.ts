import { describe, expect, it } from "vitest";
import { ledgerPath } from "../../agent/ledger/ledger-file.ts";
import { digestOf } from "../../agent/digest.ts";
import { createArtifact } from "../../client/artifact/create-artifact.ts";
import type { ResourceId } from "../../shared/brands.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Plan } from "../../shared/plan.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { select } from "../../shared/select.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** A part of a declaration is pushed: it says nothing of the rest, neither on the host nor in its ledger. */

const URL = "http://127.0.0.1:4000/";
const LEDGER = ledgerPath("/var/lib/hostkit");
const contents = contentsOf("", "one\n", "two\n", "three\n");

interface Which {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

function partOf(resources: readonly Resource[], { only = [], except = [] }: Which): Manifest {
  const selected = select(manifestOf(...resources), {
    services: [],
    only: only as ResourceId[],
    except: except as ResourceId[],
  });
  if ("contradictions" in selected) throw new Error("contradictions");
  return selected.manifest;
}

interface Pushing {
  readonly onFailure?: "rollback" | "stop";
}

async function pushed(host: MemoryHost, manifest: Manifest, { onFailure = "rollback" }: Pushing) {
  const { session } = await join(host);
  host.listeners.put(URL, { type: "http", status: 200, body: "" });
  const { plan, diagnostics } = await session.plan(manifest, contents);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  host.systemd.jobs.length = 0;
  const { outcome } = await session.apply(plan!, {
    contents,
    onFailure,
    wait: 0,
    onEvent: () => undefined,
  });
  return { plan: plan!, diagnostics, outcome, jobs: [...host.systemd.jobs] };
}

const push = (host: MemoryHost, resources: readonly Resource[], pushing: Pushing = {}) =>
  pushed(host, manifestOf(...resources), pushing);
const pushPart = (
  host: MemoryHost,
  resources: readonly Resource[],
  which: Which,
  pushing: Pushing = {},
) => pushed(host, partOf(resources, which), pushing);

async function takeBack(host: MemoryHost) {
  const { session } = await join(host);
  const { plan } = await session.planRollback(null);
  const { outcome } = await session.apply(plan!, {
    contents,
    onFailure: "rollback",
    wait: 0,
    onEvent: () => undefined,
  });
  expect(outcome.verdict).toBe("applied");
}

const lines = ({ changes }: Plan) => changes.map(({ id, action }) => `${action} ${id}`);
const ledgerOf = (host: MemoryHost) =>
  JSON.parse(host.text(LEDGER) ?? "{}") as {
    resources: Record<string, { run: string }>;
    started: Record<string, Record<string, string>>;
    owed: Record<string, object>;
  };

const a = (text = "one\n") => declare.file("/etc/a", { text });
const b = (text = "one\n") => declare.file("/etc/b", { text });
/** It says itself when it is started, so that nobody waits to see. */
const api = (options: object = {}) =>
  declare.unit("api.service", {
    service: { Type: "notify", ExecStart: "/bin/api --config=/etc/a" },
    active: true,
    ...options,
  });
const ready = declare.readiness("api", { of: ["api.service"], http: { url: URL } });

describe("a part", () => {
  it("is planned as such, and changes nothing else", async () => {
    const host = new MemoryHost();
    const { plan } = await pushPart(host, [a(), b(), api()], { only: ["file:/etc/b"] });
    expect(lines(plan)).toEqual(["create file:/etc/b"]);
    expect(plan.selection).toEqual({
      services: [],
      only: ["file:/etc/b"],
      except: [],
      needed: [],
      dependants: [],
      left: 2,
    });
    expect(host.text("/etc/a")).toBeUndefined();
    // The push after it does the rest, and nothing twice.
    const rest = await push(host, [a(), b(), api()]);
    expect(lines(rest.plan)).toEqual(["create file:/etc/a", "create unit:api.service"]);
    expect(rest.plan).not.toHaveProperty("selection");
    expect((await push(host, [a(), b(), api()])).plan.changes).toEqual([]);
  });

  it("is another plan than the same changes of the whole", async () => {
    const host = new MemoryHost();
    const whole = await (await join(host)).session.plan(manifestOf(a()), contents);
    const part = await (
      await join(host)
    ).session.plan(partOf([a()], { only: ["file:/etc/a"] }), contents);
    expect(lines(part.plan!)).toEqual(lines(whole.plan!));
    expect(part.plan!.manifestDigest).not.toBe(whole.plan!.manifestDigest);
    expect(part.plan!.digest).not.toBe(whole.plan!.digest);
  });

  it("brings what it relies on, on a host that has nothing yet", async () => {
    const host = new MemoryHost();
    const all = [
      declare.account("api", { system: true }),
      declare.directory("/srv/api", { owner: "api" }),
      declare.file("/srv/api/conf", { text: "one\n", owner: "api" }),
      declare.unit("api.service", {
        service: { Type: "notify", ExecStart: "/bin/api /srv/api/conf", User: "api" },
        active: true,
      }),
      b(),
    ];
    const { plan, outcome } = await pushPart(host, all, { only: ["unit:api.service"] });
    expect(lines(plan)).toEqual(all.slice(0, 4).map(({ id }) => `create ${id}`));
    expect(outcome.verdict).toBe("applied");
    expect(lines((await push(host, all)).plan)).toEqual(["create file:/etc/b"]);
  });

  it("without something is without what relies on it", async () => {
    const host = new MemoryHost();
    const { plan } = await pushPart(host, [a(), api(), b(), ready], { except: ["file:/etc/a"] });
    expect(lines(plan)).toEqual(["create file:/etc/b"]);
    expect(plan.selection?.dependants).toEqual(["unit:api.service", "readiness:api"]);
  });
});

describe("what is not in the part", () => {
  it("is never removed, declared or not, protected or not, and the whole removes it later", async () => {
    const host = new MemoryHost();
    const protectedB = { ...b(), protect: true as const };
    await push(host, [a(), protectedB, declare.file("/srv/x/old", { text: "one\n" })]);
    const ledger = ledgerOf(host);
    const { plan } = await pushPart(host, [a("two\n"), protectedB], { only: ["file:/etc/a"] });
    expect(lines(plan)).toEqual(["update file:/etc/a"]);
    expect(host.text("/srv/x/old")).toBe("one\n");
    const { "file:/etc/a": changed, ...others } = ledgerOf(host).resources;
    const { "file:/etc/a": before, ...same } = ledger.resources;
    expect(others).toEqual(same);
    expect(changed?.run).not.toBe(before?.run);
    // Neither is one removed that the declaration has no more and nobody could name.
    expect(lines((await pushPart(host, [a("two\n")], { except: [] })).plan)).toEqual([]);
    const refused = await (await join(host)).session.plan(manifestOf(a("two\n")), contents);
    expect(refused.diagnostics).toMatchObject([{ code: "HK4052", resource: "file:/etc/b" }]);
    const last = await push(host, [a("two\n"), protectedB]);
    expect(lines(last.plan)).toEqual(["delete file:/srv/x/old", "delete directory:/srv/x"]);
  });

  it("keeps its entry where a removal did not come to an end: the directory is still to go", async () => {
    const host = new MemoryHost();
    await push(host, [a(), declare.file("/srv/x/y", { text: "one\n" })]);
    // As a run leaves it that was stopped between the two removals.
    const { "file:/srv/x/y": _gone, ...left } = ledgerOf(host).resources;
    const text = JSON.stringify({ ...ledgerOf(host), format: 1, resources: left });
    host.tree.remove("/srv/x/y");
    host.put(LEDGER, text);
    await pushPart(host, [a("two\n"), b()], { only: ["file:/etc/a"] });
    expect(Object.keys(ledgerOf(host).resources)).toEqual(Object.keys(left));
    expect(lines((await push(host, [a("two\n")])).plan)).toEqual(["delete directory:/srv/x"]);
  });

  it("of another declaration is taken over as ever where the part declares it", async () => {
    const host = new MemoryHost();
    await pushed(host, { ...manifestOf(a(), b()), project: "other" }, {});
    const { diagnostics, plan } = await pushPart(host, [a(), b()], { only: ["file:/etc/a"] });
    expect(diagnostics).toMatchObject([{ code: "HK4054", resource: "file:/etc/a" }]);
    expect(lines(plan)).toEqual(["none file:/etc/a"]);
    const { resources } = ledgerOf(host);
    expect(resources["file:/etc/a"]).toMatchObject({ owner: { project: "test" } });
    expect(resources["file:/etc/b"]).toMatchObject({ owner: { project: "other" } });
  });
});

describe("a service that is not in the part, and reads what the part changes", () => {
  it("is named, goes on as it is, and restarts with the whole", async () => {
    const host = new MemoryHost();
    await push(host, [a(), b(), api()]);
    const { started } = ledgerOf(host);
    const part = await pushPart(host, [a("two\n"), b("two\n"), api()], { only: ["file:/etc/a"] });
    expect(part.jobs).toEqual([]);
    expect(part.diagnostics).toMatchObject([
      { severity: "warning", code: "HK1090", resource: "unit:api.service" },
    ]);
    expect(part.diagnostics[0]?.detail).toContain("unit:api.service reads file:/etc/a");
    expect(ledgerOf(host).started).toEqual(started);
    // Another part changes nothing about that.
    await pushPart(host, [a("two\n"), b("two\n"), api()], { only: ["file:/etc/b"] });
    const whole = await push(host, [a("two\n"), b("two\n"), api()]);
    expect(lines(whole.plan)).toEqual(["restart unit:api.service"]);
    expect(whole.jobs).toEqual(["restart api.service"]);
    expect((await push(host, [a("two\n"), b("two\n"), api()])).plan.changes).toEqual([]);
  });

  it("restarts with a part that has it as well", async () => {
    const host = new MemoryHost();
    await push(host, [a(), api()]);
    await pushPart(host, [a("two\n"), api()], { only: ["file:/etc/a"] });
    const { jobs } = await pushPart(host, [a("two\n"), api()], { only: ["unit:api.service"] });
    expect(jobs).toEqual(["restart api.service"]);
  });

  it("does not restart when what it reads is as it was by then", async () => {
    const host = new MemoryHost();
    await push(host, [a(), api()]);
    await pushPart(host, [a("two\n"), api()], { only: ["file:/etc/a"] });
    await pushPart(host, [a(), api()], { only: ["file:/etc/a"] });
    expect((await push(host, [a(), api()])).plan.changes).toEqual([]);
  });

  it("is not named when nothing is due: it does not run, wants no restart, or is another declaration's", async () => {
    for (const options of [{ onChange: "none" }, { active: false }]) {
      const host = new MemoryHost();
      await push(host, [a(), api(options)]);
      const which = { only: ["file:/etc/a"] };
      expect((await pushPart(host, [a("two\n"), api(options)], which)).diagnostics).toEqual([]);
    }
    const host = new MemoryHost();
    await pushed(host, { ...manifestOf(a(), api()), project: "other" }, {});
    const { diagnostics } = await pushPart(host, [a("two\n")], { only: ["file:/etc/a"] });
    expect(diagnostics.map(({ code }) => code)).toEqual(["HK4054"]);
  });

  it("is in no warning when all of it is pushed", async () => {
    const host = new MemoryHost();
    await push(host, [a(), api()]);
    expect((await push(host, [a("two\n"), api()])).diagnostics).toEqual([]);
  });

  it("still restarts after the part was taken back half of the way", async () => {
    const host = new MemoryHost();
    const which = { only: ["file:/etc/a"] };
    await push(host, [a(), api()]);
    await pushPart(host, [a("two\n"), api()], which);
    await pushPart(host, [a("three\n"), api()], which);
    await takeBack(host);
    expect(host.text("/etc/a")).toBe("two\n");
    const { plan } = await push(host, [a("two\n"), api()]);
    expect(lines(plan)).toEqual(["restart unit:api.service"]);
  });
});

it("what an earlier run owes to something that is not in the part stays owed", async () => {
  const host = new MemoryHost();
  await push(host, [a(), api(), ready]);
  // A run that restarted the service and did not come to its readiness.
  const owed = {
    "readiness:api": { follow: "run", inputs: ["unit:api.service", "file:/etc/a"], run: "r" },
  };
  host.put(LEDGER, JSON.stringify({ ...ledgerOf(host), format: 1, owed }));
  await pushPart(host, [a("two\n"), api(), ready], { only: ["file:/etc/a"] });
  expect(ledgerOf(host).owed).toEqual(owed);
  const { plan } = await push(host, [a("two\n"), api(), ready]);
  expect(lines(plan)).toContain("run readiness:api");
  expect(ledgerOf(host).owed).toEqual({});
});

it("a part that fails is taken back, and the ledger is as before", async () => {
  const host = new MemoryHost();
  await push(host, [a(), b()]);
  const before = ledgerOf(host);
  host.systemd.behave("bad.service", { start: "fails" });
  const bad = declare.unit("bad.service", {
    service: { ExecStart: "/bin/false --config=/etc/a" },
    active: true,
  });
  const { outcome } = await pushPart(host, [a("two\n"), b("two\n"), bad], {
    only: ["unit:bad.service"],
  });
  expect(outcome.verdict).toBe("rolled-back");
  expect(host.text("/etc/a")).toBe("one\n");
  expect(ledgerOf(host)).toEqual(before);
});

it("an audit of a part tells nothing of the rest, gone or not", async () => {
  const host = new MemoryHost();
  await push(host, [a(), b(), api()]);
  host.put("/etc/a", "edited\n");
  const { session } = await join(host);
  const told = async (manifest: Manifest) =>
    (await session.audit(manifest, contents, [])).findings.map(({ id }) => id);
  expect(await told(partOf([a(), api()], { except: ["file:/etc/a"] }))).toEqual([]);
  expect(await told(partOf([a(), api()], { only: ["file:/etc/a"] }))).toEqual(["file:/etc/a"]);
  expect(await told(manifestOf(a(), api()))).toContain("file:/etc/b");
});

describe("a saved plan of a part", () => {
  const save = async (host: MemoryHost, manifest: Manifest, change: (plan: Plan) => Plan) => {
    const { plan, diagnostics } = await (await join(host)).session.plan(manifest, contents);
    const { digest: _digest, ...body } = change(plan!);
    const saved = { ...body, digest: digestOf(body) };
    const reach = { kind: "local" } as const;
    return createArtifact({ plan: saved, manifest, contents, diagnostics, reach, hostkit: "0" });
  };

  it("removes nothing when it is applied, elsewhere and later", async () => {
    const host = new MemoryHost();
    await push(host, [a(), b()]);
    const manifest = partOf([a("two\n")], { only: ["file:/etc/a"] });
    const artifact = await save(host, manifest, (plan) => plan);
    const { session } = await join(host);
    const { holds, fresh } = await session.planAgain(artifact, contents);
    expect(holds).toBe(true);
    expect(fresh.selection).toEqual(manifest.selection);
    await session.apply(fresh, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: () => undefined,
    });
    expect([host.text("/etc/a"), host.text("/etc/b")]).toEqual(["two\n", "one\n"]);
  });

  it("that says it is of the whole is refused", async () => {
    const host = new MemoryHost();
    const manifest = partOf([a(), b()], { only: ["file:/etc/a"] });
    const artifact = await save(host, manifest, ({ selection: _selection, ...plan }) => plan);
    const { session } = await join(host);
    await expect(session.planAgain(artifact, contents)).rejects.toThrow(/HK3044.*another part/s);
  });
});
