import { describe, expect, it } from "vitest";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** Somebody else works on the host, too, while a run does: what they change is never overwritten, nor by a rollback. */

const RUNS = "/var/lib/hostkit/runs";
const contents = contentsOf("new\n", "other\n");
const ofTheHost = (host: MemoryHost) =>
  host.files().filter((line) => !line.startsWith("/var/lib/hostkit"));

/** Each comes after the one before. */
function chained(...resources: Resource[]): Resource[] {
  return resources.map((resource, index) =>
    index === 0 ? resource : { ...resource, dependsOn: [resources[index - 1]!.id] },
  );
}

const UNIT = "/etc/systemd/system/late.service";
const late = declare.unit("late.service", { service: { ExecStart: "/bin/late" } });
const everything = () =>
  chained(
    declare.file("/etc/early", { text: "new\n" }),
    declare.directory("/srv/app", { mode: 0o750 }),
    declare.symlink("/srv/current", { to: "/srv/app" }),
    declare.file("/etc/motd", { text: "new\n" }),
    late,
  );

function prepared(): MemoryHost {
  const host = new MemoryHost();
  host.put("/etc/early", "old\n");
  host.put("/etc/motd", "old\n");
  host.tree.putSymlink("/srv/current", "/srv/elsewhere");
  host.put(UNIT, "[Service]\nExecStart=/bin/old\n");
  return host;
}

interface Push {
  readonly resources: readonly Resource[];
  /** Once this file is written, somebody acts. */
  readonly after?: string;
  readonly edit?: () => void;
  readonly onFailure?: "rollback" | "stop";
}

async function push(
  host: MemoryHost,
  { resources, after, edit = () => undefined, onFailure = "rollback" }: Push,
): ReturnType<Awaited<ReturnType<typeof join>>["session"]["apply"]> {
  const { session } = await join(host);
  const write = host.writeFile.bind(host);
  host.writeFile = async (path, ...rest) => {
    await write(path, ...rest);
    if (path === after) edit();
  };
  const { plan } = await session.plan(manifestOf(...resources), contents);
  return session.apply(plan!, {
    contents,
    onFailure,
    wait: 0,
    onEvent: () => undefined,
  });
}

/** Lines that differ, by path. */
const changed = (before: readonly string[], now: readonly string[]) => [
  ...new Set(
    [...before, ...now]
      .filter((line) => !before.includes(line) || !now.includes(line))
      .map((line) => line.split(" ")[0]),
  ),
];

describe("an edit between the sweep and the write", () => {
  const edits: [id: string, path: string, edit: (host: MemoryHost) => void][] = [
    ["file:/etc/motd", "/etc/motd", (host) => host.put("/etc/motd", "theirs\n")],
    ["file:/etc/motd", "/etc/motd", (host) => host.tree.remove("/etc/motd")],
    ["directory:/srv/app", "/srv/app", (host) => host.tree.ensureDirectory("/srv/app")],
    [
      "symlink:/srv/current",
      "/srv/current",
      (host) => host.tree.putSymlink("/srv/current", "/srv/theirs"),
    ],
    ["unit:late.service", UNIT, (host) => host.put(UNIT, "[Service]\nExecStart=/bin/theirs\n")],
  ];

  it.each(edits)("of %s stays, and all else is taken back", async (id, path, edit) => {
    const host = prepared();
    const before = ofTheHost(host);
    let edited = "";
    const lineOf = () => ofTheHost(host).find((line) => line.startsWith(`${path} `)) ?? "none";
    const { outcome, diagnostics } = await push(host, {
      resources: everything(),
      after: "/etc/early",
      edit: () => {
        edit(host);
        edited = lineOf();
      },
    });
    // All that the run changed is as before: its part is whole.
    expect(outcome.verdict).toBe("rolled-back");
    expect(diagnostics).toMatchObject([{ code: "HK4023", resource: id }]);
    expect(lineOf()).toBe(edited);
    expect(changed(before, ofTheHost(host))).toEqual([path]);
    expect(outcome.changes.find((change) => change.id === id)).toMatchObject({
      result: "skipped",
      because: "Somebody else changed a resource while the run was at work.",
    });
  });

  it("stays when the run is told to stop, with what was done before", async () => {
    const host = prepared();
    const { outcome } = await push(host, {
      resources: everything(),
      after: "/etc/early",
      edit: () => host.put("/etc/motd", "theirs\n"),
      onFailure: "stop",
    });
    expect(outcome.verdict).toBe("partial");
    expect(host.text("/etc/early")).toBe("new\n");
    expect(host.text("/etc/motd")).toBe("theirs\n");
  });
});

describe("an edit of what the run made, before it is taken back", () => {
  const failing = () => [
    ...everything().slice(0, 4),
    {
      ...declare.unit("bad.service", { service: { ExecStart: "/bin/false" }, active: true }),
      dependsOn: [declare.file("/etc/motd", { text: "new\n" }).id],
    },
  ];

  it("stays and is told, the file of before is kept, and all else is taken back", async () => {
    const host = prepared();
    host.systemd.behave("bad.service", { start: "fails" });
    const before = ofTheHost(host);
    const { outcome, diagnostics } = await push(host, {
      resources: failing(),
      after: "/etc/motd",
      edit: () => host.put("/etc/early", "theirs\n"),
    });
    expect(outcome.verdict).toBe("rollback-failed");
    expect(diagnostics.map(({ code, resource }) => [code, resource])).toEqual([
      ["HK4317", "unit:bad.service"],
      ["HK4024", "file:/etc/early"],
    ]);
    expect(host.text("/etc/early")).toBe("theirs\n");
    expect(changed(before, ofTheHost(host))).toEqual(["/etc/early"]);
    const kept = /kept as (\S+)\./.exec(diagnostics[1]!.detail)?.[1];
    expect(kept).toMatch(new RegExp(`^${RUNS}/.*/preimages/`));
    expect(host.text(kept!)).toBe("old\n");
  });

  it("stays when it was a removal", async () => {
    const host = prepared();
    host.systemd.behave("bad.service", { start: "fails" });
    const { outcome, diagnostics } = await push(host, {
      resources: failing(),
      after: "/etc/motd",
      edit: () => host.tree.remove("/etc/motd"),
    });
    expect(outcome.verdict).toBe("rollback-failed");
    expect(diagnostics.at(-1)).toMatchObject({ code: "HK4024", resource: "file:/etc/motd" });
    expect(host.text("/etc/motd")).toBeUndefined();
    expect(host.text("/etc/early")).toBe("old\n");
  });
});

describe("what the run itself does on the way to a change", () => {
  it("is no edit when it is taken back either: numbers come back as they were", async () => {
    const host = new MemoryHost();
    host.put("/etc/passwd", `${host.text("/etc/passwd")}ann:x:1001:100::/home/ann:/bin/sh\n`);
    const ann = { uid: 1001, gid: 100, mode: 0o644 };
    host.tree.ensureDirectory("/home/ann", { ...ann, mode: 0o755 });
    host.put("/home/ann/.profile", "old\n", ann);
    host.put("/srv/notes", "old\n", ann);
    host.systemd.behave("bad.service", { start: "fails" });
    const isOwn = (line: string) => !/^\/etc\/(passwd|group)- /.test(line);
    const before = ofTheHost(host);
    const options = { text: "new\n", owner: "ann", group: "users" };
    const files = [
      declare.file("/home/ann/.profile", options),
      declare.file("/srv/notes", options),
      declare.file("/srv/more", options),
    ];
    const bad = declare.unit("bad.service", { service: { ExecStart: "/bin/no" }, active: true });
    const { outcome, diagnostics } = await push(host, {
      resources: [
        declare.account("ann", { uid: 1500, group: "adm" }),
        ...files,
        { ...bad, dependsOn: files.map(({ id }) => id) },
      ],
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["HK4317"]);
    expect(outcome.verdict).toBe("rolled-back");
    expect(ofTheHost(host).filter(isOwn)).toEqual(before);
  });

  it("is no edit: parents of a sibling, homes, groups and numbers of accounts", async () => {
    const host = new MemoryHost();
    host.put("/etc/passwd", `${host.text("/etc/passwd")}ann:x:1001:100::/home/ann:/bin/sh\n`);
    const ann = { uid: 1001, gid: 100, mode: 0o644 };
    host.tree.ensureDirectory("/home/ann", { ...ann, mode: 0o755 });
    host.put("/home/ann/.profile", "old\n", ann);
    const { outcome, diagnostics } = await push(host, {
      resources: [
        declare.account("ann", { uid: 1500, group: "adm", groups: [] }),
        declare.directory("/home/ann", { owner: "ann", group: "adm", mode: 0o700 }),
        declare.file("/home/ann/.profile", { text: "new\n", owner: "ann", group: "users" }),
        declare.file("/opt/a/b/one", { text: "new\n" }),
        declare.file("/opt/a/b/two", { text: "other\n" }),
        declare.symlink("/opt/a/three", { to: "b/one" }),
        declare.directory("/opt/a/four/five"),
        declare.account("bob"),
        declare.directory("/home/bob", { owner: "bob", group: "bob", mode: 0o700 }),
      ],
    });
    expect(diagnostics).toEqual([]);
    expect(outcome.verdict).toBe("applied");
  });
});
