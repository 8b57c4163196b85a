import { describe, expect, it } from "vitest";
import { project, type Project, type ProjectScope } from "../../../client/declare/index.ts";
import { isProject } from "../../../client/declare/declared.ts";
import { InterruptedDeclaration } from "../../../client/declare/interrupted.ts";
import { KINDS } from "../../../shared/resources/registry.ts";
import { isDeeplyFrozen } from "./deeply-frozen.ts";

function resourcesOf(fn: (p: ProjectScope) => void): Project["resources"] {
  const made = project("test", fn);
  expect(made.faults).toEqual([]);
  return made.resources;
}

describe("project", () => {
  it("is frozen all the way down", () => {
    const made = project("test", (p) => {
      p.host("app", { at: "app.example.com", tags: ["a"], ssh: { retry: { attempts: 3 } } });
      p.file("/etc/a", { content: "a" });
      p.account("ann", { groups: ["adm"] });
      p.directory("etc", { mode: 8 });
    });
    expect(isProject(made)).toBe(true);
    expect(isDeeplyFrozen(made)).toBe(true);
    expect(made.faults).toHaveLength(1);
  });

  it("has one builder for each kind of the registry, in every scope", () => {
    project("test", (p) => {
      const app = p.host("app", { at: "app.example.com" }, (h) => {
        for (const kind of KINDS) expect(h[kind]).toBeTypeOf("function");
      });
      p.bootstrap((b) => {
        for (const kind of KINDS) expect(b[kind]).toBeTypeOf("function");
      });
      p.service("api", { on: [app] }, (s) => {
        for (const kind of KINDS) expect(s[kind]).toBeTypeOf("function");
      });
      for (const kind of KINDS) expect(p[kind]).toBeTypeOf("function");
    });
  });

  it("keeps resources in the order of their declaration", () => {
    const resources = resourcesOf((p) => {
      p.file("/b", { content: "" });
      p.service("api", (s) => s.file("/c", { content: "" }));
      p.file("/a", { content: "" });
    });
    expect(resources.map(({ id }) => id)).toEqual(["file:/b", "file:/c", "file:/a"]);
  });

  it("parses options to their canonical form", () => {
    const [file] = resourcesOf((p) =>
      p.file("/etc/a", { content: "x", mode: "u=rw,g=r", owner: 1000 }),
    );
    expect(file?.desired).toMatchObject({
      path: "/etc/a",
      mode: "0640",
      owner: "1000",
      group: "root",
    });
    expect(file?.contents).toEqual({ content: "x" });
  });

  it("does not share bytes with the declaration", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const [file] = resourcesOf((p) => p.file("/etc/a", { content: bytes }));
    bytes[0] = 9;
    expect(file?.contents["content"]).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("refuses builders after its end", () => {
    let kept: ProjectScope | undefined;
    project("test", (p) => {
      kept = p;
    });
    expect(() => kept?.group("late")).toThrow(/HK1027/);
  });

  it("hands on what its function throws, with the faults so far", () => {
    const cause = new Error("no");
    try {
      project("test", (p) => {
        p.group("not a name");
        throw cause;
      });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InterruptedDeclaration);
      expect((error as InterruptedDeclaration).cause).toBe(cause);
      expect((error as InterruptedDeclaration).faults).toMatchObject([{ code: "HK1023" }]);
    }
  });

  it("leaves the runtime's stack traces as they were", () => {
    const limit = Error.stackTraceLimit;
    project("test", (p) => p.group("a"));
    expect(Error.stackTraceLimit).toBe(limit);
    expect(new Error("x").stack).toBeTypeOf("string");
  });
});

describe("handles", () => {
  it("are frozen, with id, kind and what the kind offers", () => {
    project("test", (p) => {
      const file = p.file("/etc/a", { content: "" });
      expect(file).toEqual({ id: "file:/etc/a", kind: "file", path: "/etc/a" });
      expect(Object.isFrozen(file)).toBe(true);
      expect(p.account("ann", { group: "staff", home: "/srv/ann" })).toEqual({
        id: "account:ann",
        kind: "account",
        user: "ann",
        group: "staff",
        home: "/srv/ann",
      });
      expect(p.unit("a.timer", { timer: { OnCalendar: "daily" } })).toMatchObject({
        unit: "a.timer",
      });
    });
  });

  it("can be given wherever their kind makes sense", () => {
    const resources = resourcesOf((p) => {
      const group = p.group("staff");
      const account = p.account("ann", { groups: [group] });
      const directory = p.directory("/srv/a", { owner: account, group });
      const link = p.symlink("/a", { to: directory });
      p.file("/srv/b", { content: "", group: account, dependsOn: [link, "account:ann", link] });
    });
    const [, account, directory, link, file] = resources;
    expect(account?.desired).toMatchObject({ groups: ["staff"] });
    expect(directory?.desired).toMatchObject({ owner: "ann", group: "staff" });
    expect(link?.desired).toMatchObject({ to: "/srv/a" });
    expect(file?.desired).toMatchObject({ group: "ann" });
    expect(file?.dependsOn).toEqual(["symlink:/a", "account:ann"]);
  });
});

describe("what becomes of a resource when it is no longer declared", () => {
  it("is taken down where it is said", () => {
    const [a, b, c] = resourcesOf((p) => {
      p.group("a", { protect: true, onRemove: "delete" });
      p.group("b", { protect: false, onRemove: "keep" });
      p.service("c", (s) => s.daemon({ exec: ["/bin/c"], protect: true }));
    });
    expect(a).toMatchObject({ protect: true, onRemove: "delete" });
    expect(b).toMatchObject({ onRemove: "keep" });
    expect(b).not.toHaveProperty("protect");
    expect(c).toMatchObject({ protect: true });
    expect(c).not.toHaveProperty("onRemove");
    expect(a?.desired).not.toHaveProperty("protect");
  });
});

describe("scopes", () => {
  it("say which hosts a resource is for, and when it comes", () => {
    const resources = resourcesOf((p) => {
      const a = p.host("a", { at: "a.example.com" }, (h) => h.group(`on-${h.name}`));
      const b = p.host("b", { at: "b.example.com" });
      p.group("everywhere");
      p.service("both", { on: [a, b] }, (s) => s.group("in-both"));
      p.service("unbound", (s) => s.group("in-unbound"));
      p.bootstrap((first) => first.group("early"));
    });
    expect(resources.map(({ id, hosts, phase }) => [id, hosts, phase])).toEqual([
      ["group:on-a", ["a"], "main"],
      ["group:everywhere", null, "main"],
      ["group:in-both", ["a", "b"], "main"],
      ["group:in-unbound", null, "main"],
      ["group:early", null, "bootstrap"],
    ]);
  });
});
