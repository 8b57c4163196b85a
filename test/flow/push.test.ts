import { describe, expect, it } from "vitest";
import { isStep } from "../../shared/run.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, HELLO, join, manifestOf, ofTheHost } from "./joined.ts";

const motd = (text: string) => declare.file("/etc/motd", { text });
const ignore = () => undefined;

describe("plan and apply", () => {
  it("reach what was declared, in two requests however many resources, and a second plan is empty", async () => {
    const host = new MemoryHost();
    const { session, agentEnded } = await join(host);
    const texts = Array.from({ length: 50 }, (_unused, index) => `content ${index}\n`);
    const manifest = manifestOf(
      declare.account("app", { system: true }),
      declare.directory("/srv/app", { owner: "app" }),
      ...texts.map((text, index) => declare.file(`/srv/app/${index}`, { text, owner: "app" })),
      declare.unit("app.service", {
        service: { ExecStart: "/bin/app", User: "app" },
        active: true,
      }),
    );
    const contents = contentsOf(...texts);
    const { plan } = await session.plan(manifest, contents);
    expect(plan?.changes).toHaveLength(53);
    const events: string[] = [];
    const { outcome, diagnostics } = await session.apply(plan!, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: (event) => events.push(isStep(event) ? `${event.type} ${event.id}` : event.type),
    });
    expect(diagnostics).toEqual([]);
    expect(outcome.verdict).toBe("applied");
    expect(events.filter((event) => event.startsWith("done"))).toHaveLength(53);
    expect(session.requestCount).toBe(2);

    const again = await session.plan(manifest, contents);
    expect(again.plan).toMatchObject({ changes: [], unchanged: 53, contents: [] });
    await session.close();
    await agentEnded;
  });

  it("send contents only where the host lacks them, and a diff's text only when it is asked for", async () => {
    const host = new MemoryHost();
    host.put("/etc/motd", "old\n");
    host.put("/etc/same", "same\n");
    const { session } = await join(host);
    const contents = contentsOf("new\n", "same\n", "other\n");
    const manifest = manifestOf(
      motd("new\n"),
      declare.file("/etc/same", { text: "same\n" }),
      declare.file("/etc/other", { text: "other\n" }),
    );
    const { plan } = await session.plan(manifest, contents);
    expect(contents.opened).toEqual(["new\n"]);
    expect(plan?.changes[0]?.differences[0]?.patch).toContain("-old\n+new");
    await session.apply(plan!, { contents, onFailure: "stop", wait: 0, onEvent: ignore });
    expect(contents.opened.toSorted()).toEqual(["new\n", "new\n", "other\n"]);
    expect(host.text("/etc/other")).toBe("other\n");
  });

  it("carry a content larger than a frame", async () => {
    const host = new MemoryHost();
    const { session } = await join(host);
    const text = "0123456789abcdef".repeat(20_000);
    const { plan } = await session.plan(manifestOf(motd(text)), contentsOf(text));
    const { outcome } = await session.apply(plan!, {
      contents: contentsOf(text),
      onFailure: "stop",
      wait: 0,
      onEvent: ignore,
    });
    expect(outcome.verdict).toBe("applied");
    expect(host.text("/etc/motd")).toBe(text);
  });

  it("carry an empty content", async () => {
    const host = new MemoryHost();
    host.put("/etc/motd", "something");
    const { session } = await join(host);
    const { plan } = await session.plan(manifestOf(motd("")), contentsOf(""));
    await session.apply(plan!, {
      contents: contentsOf(""),
      onFailure: "stop",
      wait: 0,
      onEvent: ignore,
    });
    expect(host.text("/etc/motd")).toBe("");
  });
});

describe("a stale plan", () => {
  it("is refused before the first write, with a fresh plan", async () => {
    const host = new MemoryHost();
    host.put("/etc/motd", "old\n");
    const { session } = await join(host);
    const manifest = manifestOf(declare.file("/etc/a", { text: "a" }), motd("new\n"));
    const contents = contentsOf("a", "new\n");
    const { plan } = await session.plan(manifest, contents);
    host.put("/etc/motd", "somebody else's\n");
    const before = ofTheHost(host);
    const { outcome, diagnostics, fresh } = await session.apply(plan!, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: ignore,
    });
    expect(outcome.verdict).toBe("stale");
    expect(diagnostics).toMatchObject([{ code: "HK4001", resource: "file:/etc/motd" }]);
    expect(fresh?.changes[1]?.differences[0]?.patch).toContain("-somebody else's");
    expect(ofTheHost(host)).toEqual(before);
    // Nothing is left of what was asked for.
    expect(host.files().filter((line) => line.includes("/spool/"))).toEqual([]);
  });

  it("is refused when a path became something else", async () => {
    const host = new MemoryHost();
    const { session } = await join(host);
    const contents = contentsOf("x");
    const { plan } = await session.plan(
      manifestOf(declare.file("/srv/x", { text: "x" })),
      contents,
    );
    host.tree.ensureDirectory("/srv/x");
    const { outcome, fresh } = await session.apply(plan!, {
      contents,
      onFailure: "stop",
      wait: 0,
      onEvent: ignore,
    });
    expect(outcome.verdict).toBe("stale");
    expect(fresh).toBeNull();
  });
});

describe("what goes wrong", () => {
  it("is told for every resource at once, and there is no plan", async () => {
    const host = new MemoryHost();
    host.tree.ensureDirectory("/etc/motd.d");
    const { session } = await join(host);
    const { plan, diagnostics } = await session.plan(
      manifestOf(
        declare.file("/etc/motd.d", { text: "" }),
        declare.file("/etc/passwd/below", { text: "" }),
        declare.file("/etc/x", { text: "", owner: "nobody-such" }),
      ),
      contentsOf(""),
    );
    expect(plan).toBeNull();
    expect(diagnostics.map((d) => d.code)).toEqual(["HK4011", "HK4012", "HK4010"]);
  });

  it("in the middle leaves a true account of what was done", async () => {
    const host = new MemoryHost();
    const { session } = await join(host);
    host.systemd.behave("bad.service", { start: "fails" });
    const unit = declare.unit("bad.service", {
      service: { ExecStart: "/bin/false" },
      active: true,
    });
    const contents = contentsOf("x");
    const { plan } = await session.plan(
      manifestOf(
        declare.file("/etc/x", { text: "x" }),
        unit,
        declare.file("/etc/y", { text: "x" }, { dependsOn: [unit.id] }),
      ),
      contents,
    );
    const { outcome, diagnostics } = await session.apply(plan!, {
      contents,
      onFailure: "stop",
      wait: 0,
      onEvent: ignore,
    });
    expect(outcome.verdict).toBe("partial");
    expect(outcome.changes.map((c) => [c.id, c.result])).toEqual([
      ["file:/etc/x", "done"],
      ["unit:bad.service", "failed"],
      ["file:/etc/y", "skipped"],
    ]);
    expect(diagnostics[0]).toMatchObject({ side: "host", resource: "unit:bad.service" });
  });

  it("before anything was changed is told as such", async () => {
    const host = new MemoryHost();
    host.tree.refusals.set("/srv", "EROFS");
    const { session } = await join(host);
    const contents = contentsOf("x");
    const { plan } = await session.plan(
      manifestOf(declare.file("/srv/x", { text: "x" })),
      contents,
    );
    const { outcome, diagnostics } = await session.apply(plan!, {
      contents,
      onFailure: "stop",
      wait: 0,
      onEvent: ignore,
    });
    expect(outcome.verdict).toBe("failed");
    expect(diagnostics[0]?.detail).toContain("read-only");
  });

  it("with a content that is not what was declared changes nothing", async () => {
    const host = new MemoryHost();
    const { session } = await join(host);
    const { plan } = await session.plan(manifestOf(motd("declared")), contentsOf("declared"));
    const before = host.digest();
    const wrong = {
      async *open() {
        yield new TextEncoder().encode("changed meanwhile");
      },
    };
    await expect(
      session.apply(plan!, { contents: wrong, onFailure: "stop", wait: 0, onEvent: ignore }),
    ).rejects.toMatchObject({
      diagnostics: [{ code: "HK3010" }],
    });
    expect(host.digest()).toBe(before);
  });

  it("refuses a plan that was not made in the session", async () => {
    const first = await join(new MemoryHost());
    const second = await join(new MemoryHost());
    const { plan } = await first.session.plan(manifestOf(motd("x")), contentsOf("x"));
    const apply = second.session.apply(plan!, {
      contents: contentsOf("x"),
      onFailure: "stop",
      wait: 0,
      onEvent: ignore,
    });
    await expect(apply).rejects.toMatchObject({ diagnostics: [{ code: "HK3011" }] });
  });

  it("refuses an agent of another protocol, with both versions", async () => {
    const older = join(new MemoryHost(), { ...HELLO, protocol: { min: 7, max: 9 } });
    await expect(older).rejects.toMatchObject({ diagnostics: [{ code: "HK3007" }] });
    await expect(older).rejects.toThrow(/speaks 7 to 9/);
  });
});

describe("a cut wire", () => {
  it("fails what is pending with the reason", async () => {
    const { session, wire, agentEnded } = await join(new MemoryHost());
    const never = {
      async *open(): AsyncGenerator<Uint8Array> {
        wire.cut();
        yield await new Promise<Uint8Array>(() => undefined);
      },
    };
    const { plan } = await session.plan(manifestOf(motd("x")), contentsOf("x"));
    const applying = session.apply(plan!, {
      contents: never,
      onFailure: "stop",
      wait: 0,
      onEvent: ignore,
    });
    await expect(applying).rejects.toMatchObject({ diagnostics: [{ code: "HK3004" }] });
    await agentEnded;
  });

  it("does not stop an apply that has begun", async () => {
    const host = new MemoryHost();
    const { session, wire, agentEnded } = await join(host);
    const texts = Array.from({ length: 20 }, (_unused, index) => `${index}`);
    const contents = contentsOf(...texts);
    const files = texts.map((text, index) => declare.file(`/srv/${index}`, { text }));
    const { plan } = await session.plan(manifestOf(...files), contents);
    const applying = session.apply(plan!, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: () => wire.cut(),
    });
    await expect(applying).rejects.toMatchObject({ diagnostics: [{ code: "HK3004" }] });
    await agentEnded;
    expect(texts.map((_text, index) => host.text(`/srv/${index}`))).toEqual(texts);
  });
});
