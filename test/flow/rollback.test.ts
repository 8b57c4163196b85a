import { describe, expect, it } from "vitest";
import { HostFault } from "../../agent/host/host.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf, ofTheHost } from "./joined.ts";

/** A run that fails is taken back: the host is as before, and the run's directory tells what happened. */

const RUNS = "/var/lib/hostkit/runs";
const ignore = () => undefined;
const contents = contentsOf("new\n", "other\n");

/** A little of everything, and a unit that can't start, last. */
function declared() {
  const bad = declare.unit("bad.service", { service: { ExecStart: "/bin/false" }, active: true });
  const files = [
    declare.directory("/srv/app", { mode: 0o750 }),
    declare.file("/srv/app/deep/er", { text: "new\n" }),
    declare.file("/etc/motd", { text: "new\n", mode: 0o600 }),
    declare.symlink("/srv/current", { to: "/srv/app" }),
  ];
  return manifestOf(...files, { ...bad, dependsOn: files.map((file) => file.id) });
}

function prepared(): MemoryHost {
  const host = new MemoryHost();
  host.put("/etc/motd", "old\n");
  host.tree.putSymlink("/srv/current", "/srv/elsewhere");
  host.systemd.behave("bad.service", { start: "fails" });
  return host;
}

async function push(host: MemoryHost, onFailure: "rollback" | "stop" = "rollback") {
  const { session } = await join(host);
  const { plan } = await session.plan(declared(), contents);
  return session.apply(plan!, { contents, onFailure, wait: 0, onEvent: ignore });
}

const runOf = (host: MemoryHost) =>
  host
    .files()
    .find((line) => line.startsWith(`${RUNS}/`))!
    .split(" ")[0]!
    .slice(RUNS.length + 1)
    .split("/")[0]!;
const journalOf = (host: MemoryHost) =>
  host
    .text(`${RUNS}/${runOf(host)}/journal.jsonl`)!
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; id?: string; verdict?: string });

describe("a run that fails", () => {
  it("is taken back whole, and the host reads as before", async () => {
    const host = prepared();
    const before = ofTheHost(host);
    const { outcome, diagnostics } = await push(host);
    expect(outcome.verdict).toBe("rolled-back");
    expect(diagnostics.map((d) => d.resource)).toEqual(["unit:bad.service"]);
    expect(ofTheHost(host)).toEqual(before);
    expect(outcome.run).toBe(runOf(host));
  });

  it("is left as it is when told to stop", async () => {
    const host = prepared();
    const { outcome } = await push(host, "stop");
    expect(outcome.verdict).toBe("partial");
    expect(host.text("/etc/motd")).toBe("new\n");
  });

  it("is recorded: plan, intents before the first change, what happened, and the verdict", async () => {
    const host = prepared();
    await push(host);
    const journal = journalOf(host);
    const types = journal.map((record) => record.type);
    expect(types.slice(0, 6)).toEqual(["begin", ...Array.from({ length: 5 }, () => "intent")]);
    expect(types.filter((type) => type === "done")).toHaveLength(4);
    expect(types.indexOf("rollback")).toBeGreaterThan(types.lastIndexOf("done"));
    expect(types.filter((type) => type === "undone")).toHaveLength(5);
    expect(journal.at(-1)).toMatchObject({ type: "end", verdict: "rolled-back" });
    expect(JSON.parse(host.text(`${RUNS}/${runOf(host)}/outcome.json`)!)).toMatchObject({
      verdict: "rolled-back",
    });
    expect(JSON.parse(host.text(`${RUNS}/${runOf(host)}/plan.json`)!)).toMatchObject({
      version: 1,
    });
  });

  it("says so when something can't be taken back, and takes back the rest", async () => {
    const host = prepared();
    host.restoreFile = (_kept, path) =>
      Promise.reject(
        new HostFault({ code: "EPERM", path, message: "EPERM: operation not permitted" }),
      );
    const { outcome, diagnostics } = await push(host);
    expect(outcome.verdict).toBe("rollback-failed");
    expect(diagnostics.map((d) => [d.code, d.resource]).at(-1)).toEqual([
      "HK4021",
      "file:/etc/motd",
    ]);
    expect(host.text("/srv/app/deep/er")).toBeUndefined();
  });

  it("leaves alone what somebody put into a directory that it made", async () => {
    const host = prepared();
    const { session } = await join(host);
    const { plan } = await session.plan(declared(), contents);
    const link = host.writeSymlink.bind(host);
    host.writeSymlink = (...args) => {
      host.put("/srv/app/theirs", "precious");
      return link(...args);
    };
    const { outcome, diagnostics } = await session.apply(plan!, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: ignore,
    });
    expect(outcome.verdict).toBe("rollback-failed");
    expect(diagnostics.at(-1)).toMatchObject({ resource: "directory:/srv/app" });
    expect(host.text("/srv/app/theirs")).toBe("precious");
  });
});

describe("a run that can't be recorded", () => {
  it.each(["appendText", "keepFile"] as const)("changes nothing: %s fails", async (call) => {
    const host = prepared();
    const before = ofTheHost(host);
    host[call] = (path: string) =>
      Promise.reject(
        new HostFault({ code: "ENOSPC", path, message: "ENOSPC: no space left on device" }),
      );
    await expect(push(host)).rejects.toMatchObject({ diagnostics: [{ code: "HK4006" }] });
    expect(ofTheHost(host)).toEqual(before);
  });
});

describe("a disk that becomes full for the record", () => {
  /** Everything fails from the given write to the journal on, counted after the run has begun. */
  const failingFrom = (host: MemoryHost, write: number) => {
    const append = host.appendText.bind(host);
    let [begun, count] = [false, 0];
    host.appendText = (path, text) => {
      if (begun && path.endsWith("/journal.jsonl")) count++;
      begun ||= text.includes('"intent"');
      return path.startsWith("/var/lib/") && count >= write
        ? Promise.reject(
            new HostFault({ code: "ENOSPC", path, message: "ENOSPC: no space left on device" }),
          )
        : append(path, text);
    };
  };

  it.each([1, 2, 3, 4, 5, 6])(
    "from write %i on: the run stops and is taken back",
    async (write) => {
      const host = prepared();
      const before = ofTheHost(host);
      failingFrom(host, write);
      const { outcome, diagnostics } = await push(host);
      expect(["rolled-back", "failed"]).toContain(outcome.verdict);
      expect(ofTheHost(host)).toEqual(before);
      expect(diagnostics.map((d) => d.code)).toContain("HK4009");
      expect(diagnostics.filter((d) => d.severity === "error")).toHaveLength(1);
    },
  );

  const pushFile = async (host: MemoryHost, write: number) => {
    const { session } = await join(host);
    const { plan } = await session.plan(
      manifestOf(declare.file("/etc/x", { text: "new\n" })),
      contents,
    );
    failingFrom(host, write);
    return session.apply(plan!, { contents, onFailure: "rollback", wait: 0, onEvent: ignore });
  };

  it("what is done and can't be noted as done is taken back, since whoever comes next would", async () => {
    const host = new MemoryHost();
    const { outcome, diagnostics } = await pushFile(host, 2);
    expect(outcome.verdict).toBe("rolled-back");
    expect(diagnostics.map((d) => d.code)).toEqual(["HK4008", "HK4009"]);
    expect(host.text("/etc/x")).toBeUndefined();
  });

  it("a run that is done is told as done, with a warning, and whoever comes next finds it done", async () => {
    const host = new MemoryHost();
    const append = host.appendText.bind(host);
    const { outcome, diagnostics } = await pushFile(host, 3);
    expect(outcome.verdict).toBe("applied");
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "HK4009" }]);
    host.appendText = append;
    const { session } = await join(host);
    const asked = { run: null, goal: "settle", wait: 0 } as const;
    const settled = await session.recover(asked, { onEvent: ignore });
    expect(settled).toMatchObject({ outcome: { verdict: "applied" }, diagnostics: [] });
    expect(host.text("/etc/x")).toBe("new\n");
  });
});

it("what can't be flushed to disk is taken back", async () => {
  const host = new MemoryHost();
  const before = ofTheHost(host);
  const { session } = await join(host);
  const { plan } = await session.plan(
    manifestOf(declare.file("/etc/x", { text: "new\n" })),
    contents,
  );
  const flush = host.flush.bind(host);
  let flushes = 0;
  // The first is that of the record, the second that of the changes.
  host.flush = () =>
    ++flushes === 2
      ? Promise.reject(
          new HostFault({ code: "EIO", path: "/etc", message: "EIO: i/o error, fsync" }),
        )
      : flush();
  const { outcome, diagnostics } = await session.apply(plan!, {
    contents,
    onFailure: "rollback",
    wait: 0,
    onEvent: ignore,
  });
  expect(outcome.verdict).toBe("rolled-back");
  expect(diagnostics).toMatchObject([{ code: "HK4022" }]);
  expect(ofTheHost(host)).toEqual(before);
});

it("a run that succeeds is recorded too", async () => {
  const host = new MemoryHost();
  const { session } = await join(host);
  const { plan } = await session.plan(
    manifestOf(declare.file("/etc/x", { text: "new\n" })),
    contents,
  );
  await session.apply(plan!, { contents, onFailure: "rollback", wait: 0, onEvent: ignore });
  expect(journalOf(host).map((record) => record.type)).toEqual([
    "begin",
    "intent",
    "started",
    "done",
    "end",
  ]);
});
