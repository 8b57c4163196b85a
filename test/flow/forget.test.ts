import { describe, expect, it } from "vitest";
import { ledgerPath } from "../../agent/ledger/ledger-file.ts";
import type { ResourceId } from "../../shared/brands.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { createMemoryLock } from "../support/in-process-executor.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { cutOffRun, settle } from "./cut-off.ts";
import { contentsOf, HELLO, join, manifestOf, ofTheHost, ROOT } from "./joined.ts";

/** What is let go of stays as it is, and is nobody's from then on. */

const contents = contentsOf("a\n", "b\n");
const guarded = { ...declare.file("/srv/x/y/guarded", { text: "a\n" }), protect: true as const };
const other = declare.file("/etc/other", { text: "b\n" });
const id = (text: string) => text as ResourceId;
const GUARDED = guarded.id;
const wait = 0;

async function plan(host: MemoryHost, ...resources: Resource[]) {
  const { session } = await join(host);
  return { session, ...(await session.plan(manifestOf(...resources), contents)) };
}

async function push(host: MemoryHost, ...resources: Resource[]) {
  const { session, plan: made, diagnostics } = await plan(host, ...resources);
  expect(diagnostics).toEqual([]);
  const how = { contents, onFailure: "rollback", wait, onEvent: () => undefined } as const;
  const { outcome } = await session.apply(made!, how);
  expect(outcome.verdict).toBe("applied");
  return made!.changes.map(({ action, id: of }) => `${action} ${of}`);
}

const owned = (host: MemoryHost) => {
  const text = host.text(ledgerPath(ROOT)) ?? '{"resources":{}}';
  return Object.keys((JSON.parse(text) as { resources: object }).resources);
};
const codes = (...list: string[]) => ({ diagnostics: list.map((code) => ({ code })) });

async function pushed() {
  const host = new MemoryHost();
  host.put("/etc/other", "b\n");
  await push(host, guarded, other);
  return host;
}

describe("what is let go of", () => {
  it("is told first: how it came, whose it is, whether it is protected", async () => {
    const host = await pushed();
    const before = host.digest();
    const { session } = await join(host);
    const { held } = await session.held([GUARDED, other.id]);
    const run = expect.stringMatching(/^\d{8}T/) as string;
    const of = { project: "test", host: "memory", run };
    expect(held).toEqual([
      { id: GUARDED, origin: "created", protect: true, ...of },
      { id: other.id, origin: "adopted", protect: false, ...of },
    ]);
    expect(host.digest()).toBe(before);
  });

  it("stays as it is though it was protected, and no push says anything of it any more", async () => {
    const host = await pushed();
    expect((await plan(host, other)).diagnostics).toMatchObject([
      { code: "HK4052", detail: expect.stringContaining(`hostkit forget --id ${GUARDED}`) },
    ]);
    const before = ofTheHost(host);
    const { session } = await join(host);
    expect(await session.forget((await session.held([GUARDED])).held, { wait })).toEqual({});
    expect(ofTheHost(host)).toEqual(before);
    // The directories that were made on the way to it are not HostKit's any more either.
    expect(owned(host)).toEqual([other.id]);
    expect(await push(host, other)).toEqual([]);
    expect(ofTheHost(host)).toEqual(before);
  });

  it("is taken up again by a push that still declares it, as what was there before", async () => {
    const host = await pushed();
    const { session } = await join(host);
    await session.forget((await session.held([GUARDED])).held, { wait });
    await push(host, guarded, other);
    const { held } = await (await join(host)).session.held([GUARDED]);
    expect(held).toMatchObject([{ origin: "adopted", protect: true }]);
  });
});

describe("nothing is let go of", () => {
  it("when one of several is not known", async () => {
    const host = await pushed();
    const before = host.digest();
    const { session } = await join(host);
    const ids = [GUARDED, id("file:/etc/othr"), id("unit:x.service")];
    await expect(session.held(ids)).rejects.toMatchObject(codes("HK4058", "HK4058"));
    await expect(session.held(ids)).rejects.toThrow("Did you mean `file:/etc/other`?");
    expect(host.digest()).toBe(before);
  });

  it("on a host that HostKit knows nothing of", async () => {
    const host = new MemoryHost();
    const before = host.digest();
    const { session } = await join(host);
    await expect(session.held([GUARDED])).rejects.toMatchObject(codes("HK4070"));
    expect(host.digest()).toBe(before);
  });

  it("when another push changed what was reviewed", async () => {
    const host = await pushed();
    const { session } = await join(host);
    const { held } = await session.held([other.id]);
    await push(host, guarded, { ...other, protect: true });
    const before = host.digest();
    await expect(session.forget(held, { wait })).rejects.toMatchObject(codes("HK4071"));
    expect(host.digest()).toBe(before);
  });

  it("while a run is at work that does not end in time", async () => {
    const host = await pushed();
    const busy = new HostKitError({
      severity: "error",
      side: "host",
      code: "HK4003",
      summary: "Another run is changing the host.",
      detail: "",
    });
    const asked: object[] = [];
    const { session } = await join(host, HELLO, undefined, (_work, options) => {
      asked.push({ ...options, signal: undefined });
      return Promise.reject(busy);
    });
    const { held } = await session.held([GUARDED]);
    const before = host.digest();
    await expect(session.forget(held, { wait: 7 })).rejects.toMatchObject(codes("HK4003"));
    expect(asked).toEqual([{ patience: 7, name: "The `hostkit forget` of tester" }]);
    expect(host.digest()).toBe(before);
  });

  it.each(["asked to stop", "left alone"] as const)(
    "when whoever waits for its turn is %s",
    async (how) => {
      const host = await pushed();
      const lock = createMemoryLock();
      let letGo = (): void => undefined;
      const over = lock(() => new Promise<void>((done) => (letGo = done)), {
        patience: 0,
        name: "a run",
      });
      const { session, wire, agentEnded } = await join(host, HELLO, undefined, lock);
      const { held } = await session.held([GUARDED]);
      const before = host.digest();
      const stop = new AbortController();
      const forgetting = session.forget(held, { wait, stop: stop.signal });
      forgetting.catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      if (how === "left alone") wire.cut();
      else stop.abort();
      await new Promise((resolve) => setImmediate(resolve));
      letGo();
      await over;
      const code = how === "left alone" ? "HK3004" : "HK4073";
      await expect(forgetting).rejects.toMatchObject(codes(code));
      await session.close();
      await agentEnded;
      expect(host.digest()).toBe(before);
    },
  );

  it("while a run that was cut off has not come to its end, which is told before and under the lock", async () => {
    const more = manifestOf(guarded, other, declare.file("/etc/new", { text: "b\n" }));
    const { calls } = await cutOffRun(more, { host: await pushed(), contents });
    const host = await pushed();
    const { session } = await join(host);
    const { held } = await session.held([GUARDED]);
    await cutOffRun(more, { host, contents, after: Math.floor(calls / 2) });
    const before = host.digest();
    await expect(session.held([GUARDED])).rejects.toMatchObject(codes("HK4072"));
    await expect(session.forget(held, { wait })).rejects.toMatchObject(codes("HK4072"));
    expect(host.digest()).toBe(before);
    await settle(host, "settle");
    await session.forget(held, { wait });
    expect(owned(host)).toEqual([other.id]);
  });
});
