import { describe, expect, it } from "vitest";
import { Manifest } from "../../../shared/manifest.ts";
import { buildGraph } from "../../../shared/graph.ts";
import { declaration, faultsOf, load, placed } from "./temporary-declaration.ts";

async function manifestOf(body: string): Promise<Manifest> {
  return (await (await load(declaration(body))).manifestFor("app")).manifest;
}

describe("a manifest", () => {
  it("is what its schema reads, unchanged", async () => {
    const manifest = await manifestOf(`
      p.bootstrap((b) => b.group("ops"));
      p.service("api", (s) => {
        const account = s.account({ system: true });
        s.storage("data");
        s.file(s.path("config", "a.ini"), { content: "a = 1\\n", owner: account, mode: "u=rw" });
        s.daemon({ exec: argv("/opt/api", { port: 1 }) });
      });
      p.unit("a.timer", { timer: { OnCalendar: "daily", Unit: "api.service" }, install: { WantedBy: "timers.target" } });
      p.symlink("/a", { to: "b" });`);
    expect(Manifest.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  });

  it("has the same thing once, after all that either declaration asked for", async () => {
    const manifest = await manifestOf(`
      p.group("a"); p.group("b");
      p.directory("/srv/x", { mode: 0o700, dependsOn: ["group:a"] });
      p.directory("/srv/x", { mode: "0700", dependsOn: ["group:b"] });`);
    expect(manifest.resources).toHaveLength(3);
    expect(manifest.resources[2]).toMatchObject({
      id: "directory:/srv/x",
      dependsOn: ["group:a", "group:b"],
      source: { line: 5 },
    });
  });

  it("says what becomes of a thing that is no longer declared", async () => {
    const manifest = await manifestOf(`
      p.group("a", { protect: true });
      p.group("b", { onRemove: "delete", protect: false });`);
    expect(manifest.resources[0]).toMatchObject({ protect: true });
    expect(manifest.resources[1]).toMatchObject({ onRemove: "delete" });
    expect(manifest.resources[1]).not.toHaveProperty("protect");
  });

  it("does not have one thing both protected and not", async () => {
    const body = `p.group("a", { protect: true });\np.group("a");`;
    const faults = await faultsOf(load(declaration(body)));
    expect(faults.map(placed)).toEqual(["HK1013 hostkit.config.ts:4:3"]);
    expect(faults[0]?.detail).toContain("`protect`");
  });

  it("does not have two things under one name", async () => {
    const faults = await faultsOf(
      load(
        declaration(
          `p.file("/a", { content: "1" });\np.file("/a", { content: "2", mode: 0o600 });`,
        ),
      ),
    );
    expect(faults.map(placed)).toEqual(["HK1013 hostkit.config.ts:4:3"]);
    expect(faults[0]).toMatchObject({
      resource: "file:/a",
      detail:
        "file:/a is declared at hostkit.config.ts:3:3 as well, with another `content`, `mode`. A host can have only one of them: keep one, or make them equal.",
    });
  });

  it("may differ from host to host", async () => {
    const loaded = await load(
      `import { project } from "hostkit";
      export default project("test", (p) => {
        for (const name of ["a", "b"]) p.host(name, { at: name }, (h) => void h.file("/etc/name", { content: name }));
      });`,
    );
    const digests = await Promise.all(
      ["a", "b"].map(async (host) => JSON.stringify((await loaded.manifestFor(host)).manifest)),
    );
    expect(digests[0]).not.toBe(digests[1]);
  });
});

describe("faults of the graph", () => {
  it("are all reported, with those of the options", async () => {
    const body = `p.file("/cycle/a", { content: "", dependsOn: ["file:/cycle/b"] });
p.file("/cycle/b", { content: "", dependsOn: ["file:/cycle/a"] });
p.group("not a name");
p.file("/dup", { content: "1" });
p.file("/dup", { content: "2" });`;
    const faults = await faultsOf(load(declaration(body)));
    expect(faults.map(placed)).toEqual([
      "HK1023 hostkit.config.ts:5:3",
      "HK1013 hostkit.config.ts:7:3",
      "HK1012 hostkit.config.ts:3:3",
    ]);
  });

  it("do not count what was refused as missing", async () => {
    const body = `p.directory("/a", { mode: "x" });\np.file("/b", { content: "", dependsOn: ["directory:/a", "group:gone"] });`;
    const faults = await faultsOf(load(declaration(body)));
    expect(faults.map(placed)).toEqual([
      "HK1021 hostkit.config.ts:3:3",
      "HK1011 hostkit.config.ts:4:3",
    ]);
    expect(faults[1]?.detail).toContain("group:gone");
  });

  it("say which host they are of, unless all", async () => {
    const source = (also: string) => `import { project } from "hostkit";
      export default project("test", (p) => {
        p.host("a", { at: "a" }, (h) => void h.group("only-a"));
        p.host("b", { at: "b" }, (h) => void h.group("${also}"));
        p.file("/x", { content: "", dependsOn: ["group:only-a"] });
      });`;
    const one = await faultsOf(load(source("other")));
    expect(one).toMatchObject([
      { code: "HK1011", detail: expect.stringMatching(/This is so on b\.$/) },
    ]);
    await expect(load(source("only-a"))).resolves.toBeDefined();
  });

  it("are not told again of what is refused itself", async () => {
    const source = `import { argv, project } from "hostkit";
export default project("test", (p) => {
  p.host("app", { at: "app" });
  p.service("api", (s) => {
    const config = s.file("/etc/api.conf", { content: "", mode: "much" });
    const unit = s.daemon({ exec: argv("/bin/api"), restart: "sometimes" });
    s.ready({ tcp: "127.0.0.1:4000" });
    s.ready("late", { unit: "api.service", of: [] });
    s.ready("after", { command: ["/bin/true"], of: [], dependsOn: [unit] });
    p.unit("cron.service", { inputs: [config] });
    p.file("/x", { content: "", dependsOn: [config] });
  });
});`;
    const codes = (await faultsOf(load(source))).map(({ code }) => code);
    expect(codes).toEqual(["HK1021", "HK1021"]);
  });

  it("are found in a project whose only host is refused", async () => {
    const source = `import { project } from "hostkit";
export default project("test", (p) => {
  p.host("app", {});
  p.file("/x", { content: "", dependsOn: ["group:gone"] });
});`;
    expect((await faultsOf(load(source))).map(({ code }) => code)).toEqual(["HK1022", "HK1011"]);
  });
});

describe("bootstrap", () => {
  async function orderOf(body: string) {
    const { resources } = await manifestOf(body);
    const result = buildGraph(resources);
    if ("faults" in result) throw new Error("the graph is not sound");
    const { edges } = result.graph;
    /** Whether `id` comes after `other` by dependency, not by chance. */
    const follows = (id: string, other: string): boolean =>
      edges.some(({ from, to }) => to === id && (from === other || follows(from, other)));
    return { resources, follows };
  }

  it("comes before everything else, wherever it is written", async () => {
    const { resources, follows } = await orderOf(`
      p.file("/a", { content: "" });
      p.directory("/d"); p.file("/d/b", { content: "" });
      p.bootstrap((b) => { b.group("one"); b.directory("/opt/x"); b.file("/opt/x/y", { content: "" }); });`);
    expect(resources.slice(0, 3).map(({ id }) => id)).toEqual([
      "group:one",
      "directory:/opt/x",
      "file:/opt/x/y",
    ]);
    const bootstrap = ["group:one", "directory:/opt/x", "file:/opt/x/y"];
    for (const id of ["file:/a", "directory:/d", "file:/d/b"]) {
      for (const other of bootstrap)
        expect([id, other, follows(id, other)]).toEqual([id, other, true]);
    }
    expect(follows("directory:/opt/x", "group:one")).toBe(false);
  });

  it("brings along what it relies on", async () => {
    const { resources, follows } = await orderOf(`
      p.file("/a", { content: "" });
      p.service("api", (s) => { s.account({ groups: ["staff"] }); s.storage("data"); });
      p.group("staff");
      p.bootstrap((b) => b.file("/etc/b", { content: "", owner: "api" }));`);
    expect(resources.map(({ id }) => id)).toEqual([
      "account:api",
      "group:staff",
      "file:/etc/b",
      "file:/a",
      "directory:/var/lib/api",
    ]);
    expect(follows("file:/a", "group:staff")).toBe(true);
    expect(follows("directory:/var/lib/api", "file:/etc/b")).toBe(true);
  });

  it("needs no edges between what follows anyway", async () => {
    const { resources } = await orderOf(`
      p.bootstrap((b) => { const g = b.group("one"); b.directory("/x", { group: g }); });
      p.directory("/d"); p.file("/d/b", { content: "" });`);
    expect(resources.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ["group:one", []],
      ["directory:/x", []],
      ["directory:/d", ["directory:/x"]],
      ["file:/d/b", []],
    ]);
  });

  it("can't be told to come later", async () => {
    const body = `p.group("late", { dependsOn: ["file:/etc/b"] });\np.bootstrap((b) => void b.file("/etc/b", { content: "", group: "late" }));`;
    expect((await faultsOf(load(declaration(body)))).map(({ code }) => code)).toEqual(["HK1012"]);
  });
});
