import { describe, expect, it } from "vitest";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf, ofTheHost } from "./joined.ts";

/** What a run will write is checked before its first change, in a view in which all of it is in place. */

const contents = contentsOf("good\n", "bad\n", "main\n");
const staged = (host: MemoryHost) =>
  host.log.filter(({ call }) => call === "stage").map(({ what }) => what);

async function push(host: MemoryHost, ...resources: Resource[]) {
  const { session } = await join(host);
  const { plan } = await session.plan(manifestOf(...resources), contents);
  return session.apply(plan!, {
    contents,
    onFailure: "rollback",
    wait: 0,
    onEvent: () => undefined,
  });
}

/** Accepts a main file only with a part that is good. */
function hostWithCheck(): MemoryHost {
  const host = new MemoryHost();
  host.validators.set("check", (look, [path = ""]) =>
    look(path) === "main\n" && look("/etc/app/part") === "good\n"
      ? {}
      : { status: 3, stdout: "first\n", stderr: "\u001b[1mpart\u0007 is bad\n" },
  );
  return host;
}
const CHECK = ["check", "/etc/app/main"] as const;
const tree = (part: string) => [
  declare.file("/etc/app/main", { text: "main\n", validate: CHECK }),
  declare.file("/etc/app/part", { text: part, validate: CHECK }),
];

describe("validators", () => {
  it("see all that the run will write, once for all files with the same command", async () => {
    const host = hostWithCheck();
    const { outcome, diagnostics } = await push(host, ...tree("good\n"));
    expect(outcome.verdict).toBe("applied");
    expect(diagnostics).toEqual([]);
    expect(staged(host)).toEqual(["/etc/app/main /etc/app/part", "check /etc/app/main"]);
    expect(host.log.findIndex(({ call }) => call === "stage")).toBeLessThan(
      host.log.findIndex(({ call, what }) => call === "writeFile" && what === "/etc/app/main"),
    );
  });

  it("refuse a run before its first change, in their own words", async () => {
    const host = hostWithCheck();
    const before = ofTheHost(host);
    const { outcome, diagnostics } = await push(host, ...tree("bad\n"));
    expect(outcome.verdict).toBe("failed");
    expect(outcome.changes.map(({ result }) => result)).toEqual(["skipped", "skipped"]);
    expect(diagnostics).toMatchObject([{ code: "HK4030", resource: "file:/etc/app/main" }]);
    expect(diagnostics[0]?.detail).toContain("`check /etc/app/main` ended with status 3");
    expect(diagnostics[0]?.detail).toContain("It said:\n  first\n  part is bad\n");
    expect(ofTheHost(host)).toEqual(before);
    expect(host.text(`/var/lib/hostkit/runs/${outcome.run}/outcome.json`)).toContain("failed");
  });

  it("are run for what changes only, and find the rest as it is", async () => {
    const host = hostWithCheck();
    await push(host, ...tree("good\n"));
    await push(host, ...tree("good\n"));
    expect(staged(host)).toHaveLength(2);
    const { outcome } = await push(host, ...tree("bad\n"));
    expect(outcome.verdict).toBe("failed");
    expect(staged(host).slice(2)).toEqual(["/etc/app/part", "check /etc/app/main"]);
    expect(host.text("/etc/app/part")).toBe("good\n");
  });

  it("are not run for another owner or mode", async () => {
    const host = hostWithCheck();
    host.put("/etc/app/main", "main\n");
    await push(
      host,
      declare.file("/etc/app/main", { text: "main\n", mode: 0o600, validate: CHECK }),
    );
    expect(staged(host)).toEqual([]);
  });

  it("get a file's own path for {}, as a word of its own", async () => {
    const host = hostWithCheck();
    const validate = ["look", "{}", "-c{}"] as const;
    host.validators.set("look", () => ({}));
    await push(
      host,
      declare.file("/a", { text: "good\n", validate }),
      declare.file("/b c", { text: "good\n", validate }),
    );
    expect(staged(host).slice(1)).toEqual(["look /a -c{}", "look /b c -c{}"]);
  });

  it("find links, and files of units", async () => {
    const host = new MemoryHost();
    host.validators.set("look", (look) => ({
      status: look("/etc/systemd/system/a.service") === "[Service]\nExecStart=/bin/true\n" ? 0 : 1,
    }));
    const { outcome } = await push(
      host,
      declare.file("/a", { text: "good\n", validate: ["look"] }),
      declare.unit("a.service", { content: "[Service]\nExecStart=/bin/true\n" }),
    );
    expect(outcome.verdict).toBe("applied");
  });

  it.each([
    [{ status: null, signal: "SIGKILL" }, "did not end within 60 s"],
    [{ status: 127 }, "was not found on the host"],
    [{ status: 126 }, "can't be executed"],
    [{ status: 1 }, "It said nothing."],
  ])("are told apart by how they end: %j", async (result, says) => {
    const host = new MemoryHost();
    host.validators.set("look", () => result);
    const { diagnostics } = await push(
      host,
      declare.file("/a", { text: "good\n", validate: ["look"] }),
    );
    expect(diagnostics).toMatchObject([{ code: "HK4030" }]);
    expect(diagnostics[0]?.detail).toContain(says);
  });

  it("show the end of a long story, and no more", async () => {
    const host = new MemoryHost();
    host.validators.set("look", () => ({
      status: 1,
      stdout: `${"noise\n".repeat(99_999)}${"x".repeat(9999)}\nlast\n`,
    }));
    const { diagnostics } = await push(
      host,
      declare.file("/a", { text: "good\n", validate: ["look"] }),
    );
    expect(diagnostics[0]?.detail.length).toBeLessThan(2000);
    expect(diagnostics[0]?.detail).toContain("\n  last\n");
  });

  it("that can't be given a view refuse the run, and say why", async () => {
    const host = hostWithCheck();
    host.noViews = "only root can make one";
    const { outcome, diagnostics } = await push(host, ...tree("good\n"));
    expect(outcome.verdict).toBe("failed");
    expect(diagnostics).toMatchObject([{ code: "HK4031" }]);
    expect(diagnostics[0]?.detail).toContain("only root can make one");
    expect(host.text("/etc/app/main")).toBeUndefined();
  });
});

describe("units", () => {
  const unit = declare.unit("a.service", {
    content: "[Service]\nExecStart=/bin/true\nRestrat=no\n",
  });
  const saying = (stderr: string) => {
    const host = new MemoryHost();
    host.validators.set("systemd-analyze", () => ({ status: 1, stderr }));
    host.validators.set("/lib/systemd/systemd", () => ({ stdout: "[Service]\nRestart=X\n" }));
    return host;
  };
  const AT = "/etc/systemd/system/a.service:3:";

  it("are refused when a directive is misspelt", async () => {
    const host = saying(`${AT} Unknown key 'Restrat' in section [Service], ignoring.\n`);
    const { outcome, diagnostics } = await push(host, unit);
    expect(outcome.verdict).toBe("failed");
    expect(diagnostics).toMatchObject([{ code: "HK4340", resource: "unit:a.service" }]);
    expect(diagnostics[0]?.detail).toContain("Did you mean Restart?");
  });

  it("are written with a warning when a directive may be of a later version", async () => {
    const host = saying(`${AT} Unknown key 'RestartSteps' in section [Service], ignoring.\n`);
    const { outcome, diagnostics } = await push(host, unit);
    expect(outcome.verdict).toBe("applied");
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "HK4341" }]);
  });

  it("are written whatever is said of others", async () => {
    const host = saying("/etc/systemd/system/b.service:1: Missing '=', ignoring line.\n");
    expect(await push(host, unit)).toMatchObject({
      outcome: { verdict: "applied" },
      diagnostics: [],
    });
  });

  it("are written where nobody can tell", async () => {
    const host = new MemoryHost();
    expect(await push(host, unit)).toMatchObject({
      outcome: { verdict: "applied" },
      diagnostics: [],
    });
    const without = new MemoryHost();
    without.noViews = "only root can make one";
    expect(await push(without, unit)).toMatchObject({ outcome: { verdict: "applied" } });
  });
});
