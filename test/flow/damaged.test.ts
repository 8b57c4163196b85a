import { describe, expect, it } from "vitest";
import { HostFault } from "../../agent/host/host.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { declare } from "../support/declare.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";
import { cutOffRun, RUN, settle } from "./cut-off.ts";
import {
  contents,
  finish,
  first,
  listed,
  noticed,
  planBack,
  prepared,
  push,
  second,
  takeBack,
} from "./everything.ts";
import { HELLO, join, manifestOf, ROOT } from "./joined.ts";

/** Records that are damaged, foreign or can't be written: refused with a reason, and nothing of them lost. */

const directoryOf = (run: string) => `${ROOT}/runs/${run}`;
const file = (path: string, text = "more\n") => manifestOf(declare.file(path, { text }));

async function codesOf(work: Promise<unknown>): Promise<string[]> {
  const error: unknown = await work.then(
    () => undefined,
    (why: unknown) => why,
  );
  return error instanceof HostKitError ? error.diagnostics.map(({ code }) => code) : [];
}

async function detailOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((why: unknown) => why);
  return error instanceof HostKitError ? (error.diagnostics[0]?.detail ?? "") : "";
}

/** All files that were kept, wherever they are now. */
const keptIn = (host: MemoryHost, run: string) =>
  host.files().filter((line) => line.startsWith(`${directoryOf(run)}/preimages/`));

/** Another text in the place of one. */
function spoil(host: MemoryHost, path: string, change: (text: string) => string): void {
  const text = host.text(path);
  if (text === undefined) throw new Error(`nothing at ${path}`);
  host.put(path, change(text), { uid: 0, gid: 0, mode: 0o600 });
}

/** Nobody may change, or lose, anything about a host with this run, until a person has looked. */
async function isRefusedEverywhere(host: MemoryHost, code: string): Promise<void> {
  const before = noticed(host);
  const kept = keptIn(host, RUN);
  expect(kept.length).toBeGreaterThan(0);
  expect(await codesOf(push(host, second()))).toEqual([code]);
  expect(await codesOf(finish(host))).toEqual([code]);
  expect(await codesOf(takeBack(host, RUN))).toEqual([code]);
  expect(noticed(host)).toEqual(before);
  expect(keptIn(host, RUN)).toEqual(kept);
}

/** What the diagnostic says about how to go on is true. */
async function canBeSetAside(host: MemoryHost): Promise<void> {
  const detail = await detailOf(push(host, second()));
  expect(detail).toContain(`mv ${directoryOf(RUN)} ~/ && rm -f ${ROOT}/open/${RUN}`);
  await host.rename(directoryOf(RUN), `/root/${RUN}`);
  await host.removeFile(`${ROOT}/open/${RUN}`);
  expect((await push(host, second())).ended.outcome.verdict).toBe("applied");
}

const TRUNCATED = (text: string) => text.slice(0, Math.floor(text.length / 2));
const GARBAGE = () => "\u0000\u0001 not JSON";

describe("an open run", () => {
  const cut = async () => {
    const { calls } = await cutOffRun(first(), { host: prepared(), contents });
    const host = prepared();
    await push(host, file("/etc/before"));
    await cutOffRun(first(), { host, contents, after: Math.floor(calls * 0.7) });
    return host;
  };

  it.each([
    ["request.json", TRUNCATED],
    ["request.json", GARBAGE],
    ["request.json", () => ""],
    ["request.json", () => "{}"],
    ["plan.json", TRUNCATED],
    ["plan.json", GARBAGE],
    ["manifest.json", TRUNCATED],
    ["journal.jsonl", (text: string) => text.replace(/\n.*\n/, "\n{ half a line\n")],
    ["journal.jsonl", (text: string) => text.replace('"intent"', '"intention"')],
  ] as const)("whose %s is damaged is refused, listed, and can be set aside", async (name, how) => {
    const host = await cut();
    spoil(host, `${directoryOf(RUN)}/${name}`, how);
    await isRefusedEverywhere(host, "HK4040");
    const { runs, pending, diagnostics } = await listed(host);
    expect(runs.map(({ state }) => state)).toEqual(["cut-off", "applied"]);
    // Only what is needed to know that it is there, and how it wants to be dealt with, is read for a list.
    if (!name.startsWith("journal")) {
      expect(pending).toBeNull();
      expect(diagnostics.map(({ code }) => code)).toEqual(["HK4040"]);
    }
    const one = await listed(host, RUN);
    expect(one.runs).toHaveLength(1);
    await canBeSetAside(host);
  });

  it("whose plan is another's is refused", async () => {
    const host = await cut();
    const [other] = (await listed(host)).runs.filter(({ run }) => run !== RUN);
    const plan = host.text(`${directoryOf(other!.run)}/plan.json`)!;
    spoil(host, `${directoryOf(RUN)}/plan.json`, () => plan);
    await isRefusedEverywhere(host, "HK4040");
    await canBeSetAside(host);
  });

  it("whose last line was torn while it was written is settled all the same", async () => {
    const before = noticed(
      await (async () => {
        const host = prepared();
        await push(host, file("/etc/before"));
        return host;
      })(),
    );
    const host = await cut();
    spoil(host, `${directoryOf(RUN)}/journal.jsonl`, (text) => `${text}{"type":"done","id":"fi`);
    expect(await settle(host, "settle")).toBe("rolled-back");
    expect(noticed(host)).toEqual(before);
  });

  it("of a newer agent is refused, and told as such", async () => {
    for (const name of ["request.json", "journal.jsonl"]) {
      const host = await cut();
      spoil(host, `${directoryOf(RUN)}/${name}`, (text) =>
        text.replace(/"format": ?1/, '"format": 2'),
      );
      await isRefusedEverywhere(host, "HK4041");
      expect(await detailOf(push(host, second()))).toContain("newer");
    }
  });

  it("that was copied from another machine says nothing about this one", async () => {
    const host = await cut();
    const before = noticed(host);
    const elsewhere = { ...HELLO, machineId: "another-machine" };
    const { session } = await join(host, elsewhere);
    expect(await codesOf(session.plan(second(), contents))).toEqual(["HK4047"]);
    const asked = { run: null, goal: "settle", wait: 0 } as const;
    expect(await codesOf(session.recover(asked, { onEvent: () => undefined }))).toEqual(["HK4047"]);
    expect(await codesOf(session.planRollback(RUN))).toEqual(["HK4047"]);
    expect(noticed(host)).toEqual(before);
    expect((await session.runs(null)).runs).toHaveLength(2);
    await session.close();
  });

  it("without its contents can't be finished, and can be taken back", async () => {
    const host = prepared();
    const before = noticed(host);
    const { calls } = await cutOffRun(first(), { host: prepared(), contents });
    const half = { contents, after: Math.floor(calls * 0.6), onFailure: "stop" } as const;
    await cutOffRun(first(), { host, ...half });
    await host.removeFile(`${directoryOf(RUN)}/contents`);
    const { outcome, diagnostics } = await finish(host);
    expect(outcome.verdict).toBe("partial");
    expect(diagnostics.map(({ code }) => code)).toContain("HK4042");
    await takeBack(host);
    expect(noticed(host)).toEqual(before);
  });
});

describe("a run that has ended", () => {
  it.each([
    ["outcome.json", TRUNCATED],
    ["outcome.json", GARBAGE],
    ["journal.jsonl", (text: string) => text.replace("{", "")],
    ["journal.jsonl", (text: string) => text.replace('"project":"test",', "")],
  ] as const)("whose %s is damaged keeps nobody from anything else", async (name, how) => {
    const host = prepared();
    const { run } = await push(host, first());
    const { run: later } = await push(host, file("/etc/later"));
    spoil(host, `${directoryOf(run)}/${name}`, how);
    const { runs, pending, diagnostics } = await listed(host);
    expect({ pending, diagnostics }).toEqual({ pending: null, diagnostics: [] });
    expect(new Map(runs.map((each) => [each.run, each.state]))).toEqual(
      new Map([
        [later, "applied"],
        [run, "unreadable"],
      ]),
    );
    const one = await listed(host, run);
    expect(one.runs[0]?.state).toBe("unreadable");
    expect(one.diagnostics.map(({ code }) => code)).toEqual(["HK4040"]);
    // Others go on, and it is evidence.
    expect((await takeBack(host)).planned.plan?.reverts).toBe(later);
    expect((await push(host, second())).ended.outcome.verdict).toBe("applied");
    const { session } = await join(host);
    await session.prune(0);
    await session.close();
    expect((await listed(host)).runs.map((each) => each.run)).toEqual([run]);
  });

  it("whose plan is damaged can't be taken back", async () => {
    const host = prepared();
    const { run } = await push(host, first());
    const after = noticed(host);
    spoil(host, `${directoryOf(run)}/plan.json`, TRUNCATED);
    expect(await codesOf(planBack(host))).toEqual(["HK4040"]);
    expect(await codesOf(planBack(host, run))).toEqual(["HK4040"]);
    expect(noticed(host)).toEqual(after);
    expect((await push(host, second())).ended.outcome.verdict).toBe("applied");
  });

  it.each(["missing", "altered"] as const)(
    "of which a kept file is %s: the rest is taken back, and that one named",
    async (how) => {
      const host = prepared();
      const { run } = await push(host, first());
      const kept = keptIn(host, run).map((line) => line.split(" ")[0]!);
      const own = kept.find((path) => host.text(path) === "old\n")!;
      if (how === "missing") await host.removeFile(own);
      else host.put(own, "old and more\n");
      const { ended } = await takeBack(host);
      expect(ended?.outcome.verdict).toBe("rollback-failed");
      expect(ended?.diagnostics).toMatchObject([{ code: "HK4046", resource: "file:/etc/motd" }]);
      expect(host.text("/etc/motd")).toBe("first\n");
      expect(host.text("/srv/app/deep/er")).toBeUndefined();
      expect(host.text("/etc/systemd/system/api.service")).not.toContain("first");
      // What is left of it is evidence.
      expect(host.text(own)).toBe(how === "missing" ? undefined : "old and more\n");
      expect((await listed(host)).runs[0]).toMatchObject({
        state: "rollback-failed",
        reverts: run,
      });
    },
  );
});

describe("marks that lead nowhere", () => {
  it.each(["20260101T000000-ffffff", "not-a-run", ".tmp"])("%s: passed over", async (name) => {
    const host = prepared();
    host.put(`${ROOT}/open/${name}`, "");
    expect((await listed(host)).pending).toBeNull();
    expect((await push(host, first())).ended.outcome.verdict).toBe("applied");
  });

  it("files and directories that are no runs are not listed", async () => {
    const host = prepared();
    host.put(`${ROOT}/runs/notes.txt`, "mine\n");
    host.put(`${ROOT}/runs/20260101T000000-zzzzzz/plan.json`, "{}");
    expect((await listed(host)).runs).toEqual([]);
    expect((await push(host, first())).ended.outcome.verdict).toBe("applied");
    expect(host.text(`${ROOT}/runs/notes.txt`)).toBe("mine\n");
  });

  it("a run's directory that holds nothing is listed as what it is", async () => {
    const host = prepared();
    host.tree.ensureDirectory(`${ROOT}/runs/${RUN}`);
    expect((await listed(host)).runs).toMatchObject([{ run: RUN, state: "cut-off", changes: 0 }]);
    expect((await push(host, first())).ended.outcome.verdict).toBe("applied");
  });
});

describe("a state directory", () => {
  it.each([ROOT, `${ROOT}/runs`, `${ROOT}/open`, `${ROOT}/spool`])(
    "with a file in the place of %s: refused, nothing changed",
    async (path) => {
      const host = prepared();
      host.put(path, "mine\n");
      const before = noticed(host);
      expect((await listed(host)).runs).toEqual([]);
      expect(await codesOf(push(host, first()))).toEqual(["HK4006"]);
      expect(noticed(host)).toEqual(before);
      expect(host.text(path)).toBe("mine\n");
    },
  );

  it.each(["EROFS", "EACCES", "ENOSPC"] as const)(
    "that can't be written to (%s): refused, nothing changed, and plan and runs still answer",
    async (code) => {
      const host = prepared();
      await push(host, file("/etc/before"));
      const before = noticed(host);
      const refuse = (path: string) =>
        Promise.reject(new HostFault({ code, path, message: `${code}: refused` }));
      const isState = (path: string) => path.startsWith(ROOT);
      const append = host.appendText.bind(host);
      host.appendText = (path, text) => (isState(path) ? refuse(path) : append(path, text));
      const make = host.makeDirectory.bind(host);
      host.makeDirectory = (path, of) => (isState(path) ? refuse(path) : make(path, of));
      host.rename = refuse;
      expect(await codesOf(push(host, second()))).toEqual(["HK4006"]);
      expect(await codesOf(takeBack(host))).toEqual(["HK4006"]);
      expect(noticed(host)).toEqual(before);
      expect((await planBack(host)).plan?.changes).toHaveLength(1);
      expect((await listed(host)).runs).toMatchObject([{ state: "applied" }]);
    },
  );
});

it("a run whose name is taken already is refused, and the first one's record stays", async () => {
  const host = prepared();
  const { run } = await push(host, file("/etc/before"));
  const record = host.text(`${directoryOf(run)}/journal.jsonl`);
  const before = noticed(host);
  const { session } = await join(host);
  const { plan } = await session.plan(second(), contents);
  const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
  expect(await codesOf(session.apply(plan!, { run, ...how }))).toEqual(["HK3026"]);
  expect(noticed(host)).toEqual(before);
  expect(host.text(`${directoryOf(run)}/journal.jsonl`)).toBe(record);
  await session.close();
});
