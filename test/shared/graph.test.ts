import { describe, expect, it } from "vitest";
import { arrange, buildGraph } from "../../shared/graph.ts";
import { declare } from "../support/declare.ts";

const graphOf = (...resources: Parameters<typeof buildGraph>[0]) => {
  const result = buildGraph(resources);
  if ("faults" in result) throw new Error(result.faults.map((f) => f.detail).join("\n"));
  return result.graph;
};
const faultsOf = (...resources: Parameters<typeof buildGraph>[0]) => {
  const result = buildGraph(resources);
  return "faults" in result ? result.faults : [];
};

const motd = declare.file("/etc/motd");

describe("order", () => {
  it("keeps declaration order where nothing else asks for another", () => {
    const { order } = graphOf(declare.file("/b"), declare.file("/a"), declare.file("/c"));
    expect(order.map((r) => r.id)).toEqual(["file:/b", "file:/a", "file:/c"]);
  });

  it("puts a directory before what is below it, at any depth", () => {
    const { order, edges } = graphOf(
      declare.file("/srv/app/deep/er/file"),
      declare.directory("/srv/app"),
    );
    expect(order.map((r) => r.id)).toEqual(["directory:/srv/app", "file:/srv/app/deep/er/file"]);
    expect(edges).toEqual([
      { from: "directory:/srv/app", to: "file:/srv/app/deep/er/file", reason: "parent-directory" },
    ]);
  });

  it("puts owners and groups before what belongs to them", () => {
    const { edges } = graphOf(
      declare.file("/x", { owner: "api", group: "web" }),
      declare.account("api"),
      declare.group("web"),
    );
    expect(edges).toEqual([
      { from: "account:api", to: "file:/x", reason: "owner" },
      { from: "group:web", to: "file:/x", reason: "group" },
    ]);
  });

  it("puts a declared group before the account that would bring one of the same name", () => {
    const { order } = graphOf(declare.account("api"), declare.group("api"));
    expect(order.map((r) => r.id)).toEqual(["group:api", "account:api"]);
  });

  it("puts what a link leads to before the link", () => {
    const { edges } = graphOf(
      declare.symlink("/srv/current", { to: "releases/7" }),
      declare.directory("/srv/releases"),
    );
    expect(edges[0]).toMatchObject({ from: "directory:/srv/releases", reason: "link-target" });
  });

  it("puts what a unit uses before the unit, and a service before its timer", () => {
    const { edges } = graphOf(
      declare.unit("job.timer", { timer: { OnCalendar: "daily" } }),
      declare.unit("job.service", {
        unit: { After: "db.service network.target" },
        service: {
          ExecStart: "/opt/job/run --config=/etc/job.ini",
          EnvironmentFile: "-/etc/job.env",
          User: "job",
        },
      }),
      declare.file("/etc/job.ini"),
      declare.file("/etc/job.env"),
      declare.directory("/opt/job"),
      declare.account("job"),
      declare.unit("db.service", { service: { ExecStart: "/bin/true" } }),
    );
    const reasons = Object.fromEntries(edges.map((e) => [`${e.from} -> ${e.to}`, e.reason]));
    expect(reasons).toEqual({
      "unit:job.service -> unit:job.timer": "timer-service",
      "unit:db.service -> unit:job.service": "unit-order",
      "directory:/opt/job -> unit:job.service": "path-used-by-unit",
      "file:/etc/job.ini -> unit:job.service": "path-used-by-unit",
      "file:/etc/job.env -> unit:job.service": "path-used-by-unit",
      "account:job -> unit:job.service": "unit-user",
    });
  });

  it("says that an edge was declared even when it is implied too", () => {
    const { edges } = graphOf(
      declare.directory("/srv"),
      declare.file("/srv/x", {}, { dependsOn: ["directory:/srv"] }),
    );
    expect(edges).toEqual([{ from: "directory:/srv", to: "file:/srv/x", reason: "declared" }]);
  });

  it("orders a chain of ten thousand", () => {
    const chain = Array.from({ length: 10_000 }, (_unused, index) =>
      declare.file(`/f${index}`, {}, index < 9_999 ? { dependsOn: [`file:/f${index + 1}`] } : {}),
    );
    expect(graphOf(...chain).order[0]?.id).toBe("file:/f9999");
  });
});

describe("faults", () => {
  it("reports two resources at one path", () => {
    const [fault] = faultsOf(motd, declare.directory("/etc/motd"));
    expect(fault).toMatchObject({ code: "HK1010", resource: "directory:/etc/motd" });
    expect(fault?.detail).toContain("file:/etc/motd");
  });

  it("reports a unit and a file that manage the same unit file", () => {
    const unit = declare.unit("a.service", { service: { ExecStart: "/bin/true" } });
    const [fault] = faultsOf(unit, declare.file("/etc/systemd/system/a.service"));
    expect(fault?.code).toBe("HK1010");
  });

  it("reports every missing dependency, with where it was declared", () => {
    const source = { file: "hostkit.config.ts", line: 3, column: 5 };
    const faults = faultsOf(
      declare.file("/a", {}, { dependsOn: ["file:/nowhere"], source }),
      declare.file("/b", {}, { dependsOn: ["unit:none.service"] }),
    );
    expect(faults.map((f) => f.code)).toEqual(["HK1011", "HK1011"]);
    expect(faults[0]).toMatchObject({ source });
    expect(faults[0]?.detail).toContain("hostkit.config.ts:3:5");
  });

  it("names the id that was most likely meant, and none that is only alike", () => {
    const depends = (id: string) =>
      faultsOf(motd, declare.file("/etc/app.conf", {}, { dependsOn: [id] }))[0]?.detail;
    expect(depends("file:/etc/mtod")).toContain("Did you mean `file:/etc/motd`?");
    expect(depends("file:/etc/hosts")).not.toContain("Did you mean");
  });

  it("wants what is waited for to be declared, and something to be waited for", () => {
    const api = declare.unit("api.service", { service: { ExecStart: "/bin/true" } });
    const source = { file: "a.ts", line: 1, column: 2 };
    const ready = (of: string[], dependsOn: string[] = []) =>
      declare.readiness("api", { of, tcp: "a:1" }, { dependsOn, source });
    expect(graphOf(ready(["api.service"]), api).edges).toEqual([
      { from: "unit:api.service", to: "readiness:api", reason: "readiness" },
    ]);
    expect(faultsOf(ready(["apo.service"]), api)).toMatchObject([
      { code: "HK1011", detail: expect.stringContaining("Did you mean `unit:api.service`?") },
    ]);
    expect(faultsOf(ready([]), api)).toMatchObject([{ code: "HK1080", source }]);
    expect(faultsOf(ready([], ["unit:api.service"]), api)).toEqual([]);
  });

  it("names every member of a circle and why each comes after the next", () => {
    const [fault] = faultsOf(
      declare.file("/a", {}, { dependsOn: ["file:/b"] }),
      declare.file("/b", {}, { dependsOn: ["file:/c"] }),
      declare.file("/c", {}, { dependsOn: ["file:/a"] }),
    );
    expect(fault?.code).toBe("HK1012");
    for (const id of ["file:/a", "file:/b", "file:/c"]) expect(fault?.detail).toContain(id);
  });
});

describe("inputs", () => {
  it("are what a unit names, and what it is given as such", () => {
    const { inputs, edges } = graphOf(
      declare.directory("/srv/data"),
      declare.file("/srv/data/x"),
      declare.file("/etc/a"),
      declare.file("/etc/b"),
      declare.symlink("/bin/run", { to: "/opt/run" }),
      declare.unit("a.service", {
        service: { ExecStart: "/bin/run /etc/a /srv/data/x/y /srv/data" },
        inputs: ["file:/etc/b", "directory:/srv/data"],
      }),
    );
    // Neither a directory nor what a path only leads through is read.
    expect([...inputs]).toEqual([
      ["unit:a.service", ["file:/etc/b", "symlink:/bin/run", "file:/etc/a"]],
    ]);
    expect(edges).toContainEqual({
      from: "file:/etc/b",
      to: "unit:a.service",
      reason: "source-input",
    });
  });
});

describe("what was in order once", () => {
  it("is arranged without what is missing by now", () => {
    const { order, edges } = arrange([
      declare.file("/srv/a/b", {}, { dependsOn: ["group:gone", "file:/c"] }),
      declare.file("/c"),
      declare.directory("/srv/a"),
    ]);
    expect(order.map(({ id }) => id)).toEqual(["file:/c", "directory:/srv/a", "file:/srv/a/b"]);
    expect(edges).toHaveLength(2);
  });

  it("goes by what it is, where what was declared is a circle by now", () => {
    const { order } = arrange([
      declare.file("/srv/a/b"),
      declare.directory("/srv/a", {}, { dependsOn: ["file:/c"] }),
      declare.file("/c", {}, { dependsOn: ["directory:/srv/a"] }),
    ]);
    expect(order.map(({ id }) => id)).toEqual(["directory:/srv/a", "file:/srv/a/b", "file:/c"]);
  });
});

describe("what is read through links", () => {
  const server = (path: string) =>
    declare.unit("api.service", { service: { ExecStart: `${path} --port 1` } });
  const inputsOf = (...resources: Parameters<typeof buildGraph>[0]) =>
    graphOf(...resources).inputs.get("unit:api.service" as never) ?? [];
  const current = declare.symlink("/opt/api/current", { to: "releases/2" });

  it("is the link, and the file behind it", () => {
    const file = declare.file("/opt/api/releases/2/bin/server");
    const { edges, inputs, order } = graphOf(server("/opt/api/current/bin/server"), current, file);
    expect([...inputs.values()]).toEqual([["symlink:/opt/api/current", file.id]]);
    expect(edges).toContainEqual({
      from: file.id,
      to: "unit:api.service",
      reason: "path-used-by-unit",
    });
    expect(order.at(-1)?.id).toBe("unit:api.service");
  });

  it("is found through links to links, whatever they are called", () => {
    const chain = [
      declare.symlink("/srv/app", { to: "/opt/api/current" }),
      declare.symlink("/opt/api/releases/2/bin", { to: "../../lib" }),
      declare.file("/opt/api/lib/server"),
    ];
    expect(inputsOf(server("/srv/app/bin/server"), current, ...chain)).toEqual([
      "symlink:/srv/app",
      "symlink:/opt/api/current",
      "symlink:/opt/api/releases/2/bin",
      "file:/opt/api/lib/server",
    ]);
  });

  it("is found through a link to the root", () => {
    const file = declare.file("/opt/server");
    const root = declare.symlink("/srv/root", { to: "/" });
    expect(inputsOf(server("/srv/root/opt/server"), root, file)).toEqual([root.id, file.id]);
  });

  it("is not what lies beside it", () => {
    const others = [
      declare.file("/opt/api/releases/1/bin/server"),
      declare.file("/opt/api/releases/2/bin/other"),
      declare.symlink("/opt/api/currently", { to: "/srv" }),
    ];
    expect(inputsOf(server("/opt/api/current/bin/server"), current, ...others)).toEqual([
      "symlink:/opt/api/current",
    ]);
  });

  it("ends where links lead to each other, or into themselves", () => {
    const loop = [
      declare.symlink("/a", { to: "/b" }),
      declare.symlink("/b", { to: "/a" }),
      declare.symlink("/c", { to: "/c/d" }),
    ];
    expect(inputsOf(server("/c/x"), loop[2]!)).toEqual(["symlink:/c"]);
    const result = buildGraph([server("/a/x"), ...loop]);
    // The links themselves are a circle, which is told as one.
    expect("faults" in result && result.faults.map(({ code }) => code)).toEqual(["HK1012"]);
  });
});
