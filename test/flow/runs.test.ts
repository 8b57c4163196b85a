import { describe, expect, it } from "vitest";
import { answerRun } from "../../agent/answer-run.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { RunEvent, RunId } from "../../shared/run.ts";
import { declare } from "../support/declare.ts";
import { createInProcessExecutor } from "../support/in-process-executor.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { cutOffRun, RUN } from "./cut-off.ts";
import { contents, first, listed, prepared, push, second, takeBack } from "./everything.ts";
import { HELLO, join, manifestOf, ROOT } from "./joined.ts";

/** What is recorded of runs is listed, followed, stopped and removed by whoever asks. */

const files = (...paths: string[]) => paths.map((path) => declare.file(path, { text: "more\n" }));
/** Those that are named last are new; what is not declared any more would be removed. */
const file = (...paths: string[]) => manifestOf(...files(...paths));
const failing = () => {
  const host = new MemoryHost();
  host.systemd.behave("bad.service", { start: "fails" });
  return host;
};
const bad = (...paths: string[]) =>
  manifestOf(
    ...files(...paths, "/etc/one"),
    declare.unit("bad.service", {
      service: { Type: "notify", ExecStart: "/bin/false" },
      active: true,
    }),
  );

describe("a list", () => {
  it("tells what became of each run, newest first", async () => {
    const host = failing();
    await push(host, file("/etc/a"));
    await push(host, bad("/etc/a"));
    await push(host, bad("/etc/a"), "stop");
    await push(host, file("/etc/a", "/etc/one", "/etc/b"));
    await takeBack(host);
    const { runs, pending } = await listed(host);
    expect(pending).toBeNull();
    expect(runs.map(({ state, changes, done }) => [state, changes, done])).toEqual([
      // One file, and the unit that is no longer declared.
      ["applied", 2, 2],
      ["applied", 2, 2],
      ["partial", 2, 1],
      ["rolled-back", 2, 1],
      ["applied", 1, 1],
    ]);
    expect(runs[0]?.reverts).toBe(runs[1]?.run);
    expect(runs[1]).toMatchObject({ project: "test", host: "memory", by: "tester", sequence: 4 });
  });

  it("is in the order in which things happened, whatever the clock says", async () => {
    const host = new MemoryHost();
    const times = ["2026-05-01", "2026-01-01", "2038-02-01", "1970-01-01"];
    const ids: RunId[] = [];
    for (const [index, day] of times.entries()) {
      const { session } = await join(host, { ...HELLO, time: Date.parse(`${day}T00:00:00Z`) });
      const { plan } = await session.plan(file(`/etc/${index}`), contents);
      const run = session.newRunId();
      const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
      await session.apply(plan!, { run, ...how });
      await session.close();
      ids.push(run);
    }
    const { runs } = await listed(host);
    expect(runs.map(({ run }) => run)).toEqual(ids.toReversed());
    // The last one is the last one that was applied, not the one with the latest name.
    const { planned } = await takeBack(host);
    expect(planned.plan?.reverts).toBe(ids.at(-1));
  });

  it("of a host without runs is empty", async () => {
    expect((await listed(new MemoryHost())).runs).toEqual([]);
  });

  it("of one run tells its plan, its outcome and what was said of it", async () => {
    const host = failing();
    const { run, ended } = await push(host, bad());
    const answer = await listed(host, run);
    expect(answer.runs.map((each) => each.run)).toEqual([run]);
    expect(answer.plan?.digest).toBe(ended.outcome.planDigest);
    expect(answer.outcome).toEqual(ended.outcome);
    expect(answer.diagnostics).toEqual(ended.diagnostics);
  });

  it("of a run whose id has a slip of the fingers names the one that is meant", async () => {
    const host = failing();
    const { run } = await push(host, bad());
    const last = run.endsWith("0") ? "1" : "0";
    const slipped = `${run.slice(0, -1)}${last}` as RunId;
    await expect(listed(host, slipped)).rejects.toMatchObject({
      diagnostics: [
        { code: "HK3022", detail: expect.stringContaining(`Did you mean \`${run}\`?`) },
      ],
    });
    await expect(listed(host, RUN)).rejects.not.toThrow("Did you mean");
  });

  it("of an unknown run is refused", async () => {
    await expect(listed(new MemoryHost(), RUN)).rejects.toMatchObject({
      diagnostics: [{ code: "HK3022" }],
    });
  });
});

describe("pruning", () => {
  const prune = async (host: MemoryHost, keep: number) => {
    const { session } = await join(host);
    const { removed } = await session.prune(keep);
    await session.close();
    return removed;
  };

  it("removes the oldest finished runs, and nothing else", async () => {
    const host = new MemoryHost();
    const runs: RunId[] = [];
    const paths = ["/etc/a", "/etc/b", "/etc/c", "/etc/d"];
    for (const count of [1, 2, 3, 4])
      runs.push((await push(host, file(...paths.slice(0, count)))).run);
    expect(new Set(await prune(host, 2))).toEqual(new Set(runs.slice(0, 2)));
    expect((await listed(host)).runs.map(({ run }) => run)).toEqual(runs.slice(2).toReversed());
    expect(host.text("/etc/a")).toBe("more\n");
    expect(await prune(host, 2)).toEqual([]);
    // What comes next counts on.
    await push(host, file(...paths, "/etc/e"));
    expect((await listed(host)).runs[0]?.sequence).toBe(5);
  });

  it("keeps a run that has not come to an end, however old", async () => {
    const host = failing();
    const { run } = await push(host, bad(), "stop");
    expect(await prune(host, 0)).toEqual([]);
    expect((await listed(host)).pending?.run).toBe(run);
  });

  it("keeps a run that was cut off", async () => {
    const host = prepared();
    await cutOffRun(first(), { host, contents, after: 40 });
    expect(await prune(host, 0)).toEqual([]);
    expect((await listed(host)).runs).toMatchObject([{ run: RUN, state: "cut-off" }]);
  });

  it("leaves nothing to be taken back behind, and that is said", async () => {
    const host = new MemoryHost();
    await push(host, file("/etc/a"));
    await prune(host, 0);
    await expect(takeBack(host)).rejects.toMatchObject({ diagnostics: [{ code: "HK4063" }] });
  });
});

describe("following", () => {
  const gapless = (events: readonly RunEvent[]) => {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
  };

  it("a run that has ended tells all of it again, with the same end", async () => {
    const host = failing();
    const told: RunEvent[] = [];
    const { session } = await join(host);
    const { plan } = await session.plan(bad(), contents);
    const run = session.newRunId();
    const how = { contents, onFailure: "rollback", wait: 0 } as const;
    const ended = await session.apply(plan!, { run, ...how, onEvent: (event) => told.push(event) });
    await session.close();
    for (const after of [0, 2, told.length]) {
      const again: RunEvent[] = [];
      const other = (await join(host)).session;
      const answer = await other.attach({ run, after }, { onEvent: (event) => again.push(event) });
      await other.close();
      expect(again).toEqual(told.slice(after));
      expect(answer.outcome).toEqual(ended.outcome);
      expect(answer.diagnostics).toEqual(ended.diagnostics);
    }
    gapless(told);
    expect(told.map(({ type }) => type)).toContain("rolling-back");
  });

  it("an unknown run is refused", async () => {
    const { session } = await join(new MemoryHost());
    const how = { onEvent: () => undefined };
    await expect(session.attach({ run: RUN, after: 0 }, how)).rejects.toMatchObject({
      diagnostics: [{ code: "HK3022" }],
    });
    await session.close();
  });

  /** Two sessions on a host whose next write of the path waits until it is let go. */
  const two = async (host: MemoryHost, path: string) => {
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    let arrived = () => {};
    const atWork = new Promise<void>((resolve) => (arrived = resolve));
    const write = host.writeFile.bind(host);
    host.writeFile = async (...args) => {
      if (args[0] === path) {
        arrived();
        await gate;
      }
      return write(...args);
    };
    const executor = createInProcessExecutor(host, { root: ROOT, hello: HELLO });
    const [one, other] = [
      (await join(host, HELLO, executor)).session,
      (await join(host, HELLO, executor)).session,
    ];
    return { one, other, letGo, atWork };
  };

  it("is the same for two clients at once, whenever they come", async () => {
    const host = prepared();
    const { one, other, letGo, atWork } = await two(host, "/etc/motd");
    const { plan } = await one.plan(first(), contents);
    const [mine, theirs]: RunEvent[][] = [[], []];
    const run = one.newRunId();
    const how = { run, contents, onFailure: "rollback", wait: 0 } as const;
    const applying = one.apply(plan!, { ...how, onEvent: (event) => mine!.push(event) });
    await atWork;
    expect((await other.runs(null)).runs).toMatchObject([{ run, state: "running" }]);
    const following = other.attach({ run, after: 0 }, { onEvent: (event) => theirs!.push(event) });
    letGo();
    const [ended, seen] = await Promise.all([applying, following]);
    expect(seen).toEqual(ended);
    expect(theirs).toEqual(mine);
    gapless(mine!);
    await Promise.all([one.close(), other.close()]);
  });

  it("does not make a run that is at work pending, nor something to take back", async () => {
    const host = prepared();
    const { one, other, letGo, atWork } = await two(host, "/etc/motd");
    const { plan } = await one.plan(first(), contents);
    const run = one.newRunId();
    const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
    const applying = one.apply(plan!, { run, ...how });
    await atWork;
    expect((await other.runs(null)).pending).toBeNull();
    await expect(other.planRollback(run)).rejects.toMatchObject({
      diagnostics: [{ code: "HK4064" }],
    });
    expect((await other.prune(0)).removed).toEqual([]);
    letGo();
    expect((await applying).outcome.verdict).toBe("applied");
    await Promise.all([one.close(), other.close()]);
  });

  it.each(["whoever began it", "whoever only follows it"])(
    "%s can stop it between two changes, and what it did is taken back",
    async (who) => {
      const host = prepared();
      const before = host.text("/etc/motd");
      const { one, other, letGo, atWork } = await two(host, "/etc/motd");
      const { plan } = await one.plan(
        manifestOf(declare.file("/etc/motd", { text: "first\n" }), {
          ...declare.file("/etc/fresh", { text: "more\n" }),
          dependsOn: ["file:/etc/motd" as never],
        }),
        contents,
      );
      const stop = new AbortController();
      const run = one.newRunId();
      const how = {
        run,
        contents,
        onFailure: "rollback",
        wait: 0,
        onEvent: () => undefined,
      } as const;
      const isOwn = who === "whoever began it";
      const applying = one.apply(plan!, isOwn ? { ...how, stop: stop.signal } : how);
      await atWork;
      const following = isOwn
        ? undefined
        : other.attach({ run, after: 0 }, { onEvent: () => undefined, stop: stop.signal });
      // Until the request has been understood.
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      stop.abort();
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      letGo();
      const { outcome, diagnostics } = await applying;
      await following;
      expect(diagnostics.map(({ code }) => code)).toEqual(["HK3030"]);
      expect(outcome.verdict).toBe("rolled-back");
      expect(host.text("/etc/motd")).toBe(before);
      expect(host.text("/etc/fresh")).toBeUndefined();
      await Promise.all([one.close(), other.close()]);
    },
  );

  it("a stop that was wanted before the request was sent is not lost", async () => {
    const host = prepared();
    const { session } = await join(host);
    const { plan } = await session.plan(second(), contents);
    const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
    const { diagnostics, outcome } = await session.apply(plan!, {
      ...how,
      stop: AbortSignal.abort(),
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["HK3030"]);
    expect(["rolled-back", "failed"]).toContain(outcome.verdict);
    await session.close();
  });

  it("a client that leaves changes nothing about the run", async () => {
    const host = prepared();
    const executor = createInProcessExecutor(host, { root: ROOT, hello: HELLO });
    const { session, wire, agentEnded } = await join(host, HELLO, executor);
    const { plan } = await session.plan(first(), contents);
    const run = session.newRunId();
    const how = { contents, onFailure: "rollback", wait: 0 } as const;
    const applying = session.apply(plan!, { run, ...how, onEvent: () => wire.cut() });
    await expect(applying).rejects.toBeInstanceOf(HostKitError);
    await agentEnded;
    expect((await listed(host)).runs).toMatchObject([{ run, state: "applied" }]);
  });
});

it("what is asked about runs changes nothing on the host", async () => {
  const host = failing();
  await push(host, bad(), "stop");
  const before = host.digest();
  const executor = createInProcessExecutor(host, { root: ROOT, hello: HELLO });
  const context = {
    host,
    root: ROOT,
    executor,
    secrets: [],
    onEvent: () => undefined,
    onCancel: () => undefined,
    signal: new AbortController().signal,
  };
  await answerRun({ verb: "runs", body: { run: null } }, context);
  await answerRun({ verb: "prune", body: { keep: 5 } }, context);
  expect(host.digest()).toBe(before);
});
