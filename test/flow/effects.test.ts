import { describe, expect, it } from "vitest";
import type { Plan } from "../../shared/plan.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** What one change does is there for the next one to see, while nothing of it is made yet. */

const contents = contentsOf("first\n", "second\n");

/** Plans, and where the plan is one, makes it true and looks whether anything is left. */
async function push(host: MemoryHost, ...resources: Resource[]) {
  const { session } = await join(host);
  const manifest = manifestOf(...resources);
  const { plan, diagnostics } = await session.plan(manifest, contents);
  if (plan === null) return { lines: [], codes: diagnostics.map(({ code }) => code), diagnostics };
  const how = { contents, onFailure: "rollback", wait: 0, onEvent: () => undefined } as const;
  const { outcome, diagnostics: told } = await session.apply(plan, how);
  expect([outcome.verdict, told]).toEqual(["applied", []]);
  const again = await session.plan(manifest, contents);
  expect(again.plan?.changes).toEqual([]);
  await session.close();
  return { lines: linesOf(plan), codes: [], diagnostics };
}

const linesOf = ({ changes }: Plan) =>
  changes.map(({ id, action, differences }) => {
    const parents = differences.find(({ field }) => field === "parents")?.after;
    return `${action} ${id}${Array.isArray(parents) ? ` with ${parents.join(" ")}` : ""}`;
  });

describe("what the plan makes", () => {
  it("is there for what lies in it and for what belongs to it", async () => {
    const { lines } = await push(
      new MemoryHost(),
      declare.file("/srv/app/deep/file", { text: "first\n", owner: "ann", group: "web" }),
      declare.symlink("/srv/link", { to: "/srv/app", mustExist: true }),
      declare.directory("/srv/app", { owner: "ann" }),
      declare.account("ann", { groups: ["web"] }),
      declare.group("web"),
      declare.unit("api.service", {
        service: { Type: "notify", User: "ann", ExecStart: "/srv/app/deep/file" },
        active: true,
      }),
    );
    expect(lines).toEqual([
      "create group:web",
      "create account:ann",
      "create directory:/srv/app",
      "create file:/srv/app/deep/file with /srv/app/deep",
      "create symlink:/srv/link",
      "create unit:api.service",
    ]);
  });

  it("with a home has what is put into it come later, whoever owns that", async () => {
    const host = new MemoryHost();
    const { lines } = await push(
      host,
      declare.file("/home/ann/notes", { text: "first\n" }),
      declare.file("/srv/homes/eve/.config/app", { text: "first\n" }),
      declare.account("ann"),
      declare.account("eve", { home: "/srv/homes/eve" }),
    );
    expect(lines).toEqual([
      "create account:ann",
      "create file:/home/ann/notes",
      "create account:eve with /srv/homes",
      "create file:/srv/homes/eve/.config/app with /srv/homes /srv/homes/eve/.config",
    ]);
    const home = host.tree.find("/home/ann", { call: "lstat", follow: "last" });
    expect(home?.uid).not.toBe(0);
  });

  it("with a link leads what is below it to where the link will lead", async () => {
    const host = new MemoryHost();
    host.tree.putSymlink("/srv/theirs", "/srv/nowhere-else");
    const { lines } = await push(
      host,
      declare.file("/opt/current/file", { text: "first\n" }),
      declare.symlink("/opt/current", { to: "/opt/releases/1" }),
    );
    expect(lines).toEqual([
      "create symlink:/opt/current with /opt",
      "create file:/opt/current/file with /opt /opt/releases /opt/releases/1",
    ]);
    expect(host.text("/opt/releases/1/file")).toBe("first\n");
  });
});

describe("what the plan changes", () => {
  it("about numbers is known to what belongs to their names", async () => {
    const host = new MemoryHost();
    const all = (number: number) => [
      declare.group("web", { gid: number + 10 }),
      declare.account("ann", { uid: number }),
      declare.file("/srv/hers", { text: "first\n", owner: "ann", group: "web" }),
      declare.directory("/srv/dir", { owner: "ann" }),
      declare.directory("/srv/root"),
    ];
    await push(host, ...all(4200));
    const { lines } = await push(host, ...all(4201));
    expect(lines).toEqual([
      "update group:web",
      "update account:ann",
      "update file:/srv/hers",
      "update directory:/srv/dir",
    ]);
    const entry = host.tree.find("/srv/hers", { call: "lstat", follow: "last" });
    expect([entry?.uid, entry?.gid]).toEqual([4201, 4211]);
  });

  it("about a directory is no matter of what lies in it", async () => {
    const host = new MemoryHost();
    const all = (mode: number) => [
      declare.directory("/srv/app", { mode }),
      declare.file("/srv/app/file", { text: "first\n" }),
    ];
    await push(host, ...all(0o755));
    const { lines } = await push(host, ...all(0o700));
    expect(lines).toEqual(["update directory:/srv/app"]);
  });

  it("about a link refuses what is declared below it, where something is", async () => {
    const host = new MemoryHost();
    const all = (version: number) => [
      declare.symlink("/opt/current", { to: `/opt/releases/${version}` }),
      declare.file("/opt/current/file", { text: "first\n" }),
    ];
    await push(host, ...all(1));
    const before = host.digest();
    const { codes, diagnostics } = await push(host, ...all(2));
    expect(codes).toEqual(["HK4120"]);
    expect(diagnostics[0]).toMatchObject({
      resource: "file:/opt/current/file",
      detail: expect.stringContaining("Declare it as /opt/releases/2/file"),
    });
    expect(host.digest()).toBe(before);
    // Under its real path there is nothing to be mistaken about.
    const real = declare.file("/opt/releases/2/file", { text: "first\n" });
    const { lines } = await push(host, all(2)[0]!, real);
    expect(lines).toEqual([
      "none file:/opt/current/file",
      "update symlink:/opt/current",
      "create file:/opt/releases/2/file with /opt/releases/2",
    ]);
    expect(host.text("/opt/current/file")).toBe("first\n");
    expect(host.text("/opt/releases/1/file")).toBe("first\n");
  });
});

describe("what the plan removes", () => {
  it("below a link goes before the link leads elsewhere, unless something is there as well", async () => {
    const all = (version: number) => declare.symlink("/opt/current", { to: `/opt/${version}` });
    const host = new MemoryHost();
    await push(host, all(1), declare.file("/opt/current/file", { text: "first\n" }));
    host.put("/opt/2/file", "theirs\n");
    expect((await push(host, all(2))).codes).toEqual(["HK4120"]);
    host.tree.remove("/opt/2/file");
    const { lines } = await push(host, all(2));
    expect(lines).toEqual(["delete file:/opt/current/file", "update symlink:/opt/current"]);
    expect(host.text("/opt/1/file")).toBeUndefined();
  });

  it("is gone for what is removed after it", async () => {
    const host = new MemoryHost();
    const all = [
      declare.directory("/srv/app"),
      declare.file("/srv/app/file", { text: "first\n" }),
      declare.symlink("/srv/app/link", { to: "/srv/app/file" }),
    ];
    await push(host, ...all);
    const { lines } = await push(host);
    expect(lines).toEqual([
      "delete symlink:/srv/app/link",
      "delete file:/srv/app/file",
      "delete directory:/srv/app",
    ]);
  });

  it("stays where something of the plan needs it: a file in it, or a home", async () => {
    const host = new MemoryHost();
    await push(host, declare.directory("/srv/one"), declare.directory("/srv/two"));
    const { lines } = await push(
      host,
      declare.file("/srv/one/file", { text: "first\n" }),
      declare.account("ann", { home: "/srv/two/ann" }),
    );
    expect(lines).toEqual([
      "none directory:/srv/two",
      "none directory:/srv/one",
      "create file:/srv/one/file",
      "create account:ann",
    ]);
  });
});
