// The expectations of a case are run by the tests of the contract, which the rule can't see.
// oxlint-disable vitest/no-standalone-expect

import { describe, expect, test } from "vitest";
import { file } from "../../agent/resources/file.ts";
import { contentOf, cycle, read, resourceOf, stepFor } from "../contract/cycle.ts";
import { driverContract } from "../contract/driver.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";

const at = (host: MemoryHost, path: string) =>
  host.tree.find(path, { call: "stat", follow: "parents" });
const motd = { path: "/etc/motd", content: contentOf("hello\n") };

driverContract({
  kind: "file",
  driver: file,
  many: (index) => ({ path: `/etc/app/f${index}`, content: contentOf(`file ${index}\n`) }),
  spellings: [
    { path: "/etc/motd", content: { sha256: "0".repeat(64), size: 0, text: true } },
    {
      path: "/etc/motd",
      content: { sha256: "f".repeat(64), size: 9, text: false },
      owner: "4294967294",
      group: 7,
      mode: "a=r,u=rwxs,o=t",
    },
  ],
  cases: [
    {
      title: "a new file",
      desired: motd,
      differs: "absent",
      leaves: (host) => {
        expect(host.text("/etc/motd")).toBe("hello\n");
        expect(at(host, "/etc/motd")).toMatchObject({ type: "file", uid: 0, gid: 0, mode: 0o644 });
      },
    },
    {
      title: "a new file with an owner and a mode, below directories that nobody declares",
      desired: {
        path: "/opt/vendor/app.ini",
        content: contentOf("a=1\n"),
        owner: "www-data",
        group: "www-data",
        mode: 0o600,
      },
      differs: "absent",
      leaves: (host) =>
        expect(at(host, "/opt/vendor/app.ini")).toMatchObject({ uid: 33, gid: 33, mode: 0o600 }),
    },
    {
      title: "an empty file",
      desired: { path: "/etc/empty", content: contentOf("") },
      differs: "absent",
      leaves: (host) => expect(host.text("/etc/empty")).toBe(""),
    },
    {
      title: "other content",
      given: (host) => host.put("/etc/motd", "bye\n"),
      desired: motd,
      differs: ["content"],
      leaves: (host) => expect(host.text("/etc/motd")).toBe("hello\n"),
    },
    {
      title: "another mode",
      given: (host) => host.put("/etc/motd", "hello\n", { uid: 0, gid: 0, mode: 0o666 }),
      desired: motd,
      differs: ["mode"],
      leaves: (host) => expect(at(host, "/etc/motd")).toMatchObject({ mode: 0o644 }),
    },
    {
      title: "everything else",
      given: (host) => host.put("/etc/motd", "bye\n", { uid: 1, gid: 1, mode: 0o4755 }),
      desired: { ...motd, owner: "www-data", group: "adm", mode: 0o640 },
      differs: ["content", "owner", "group", "mode"],
      leaves: (host) =>
        expect(at(host, "/etc/motd")).toMatchObject({ uid: 33, gid: 4, mode: 0o640 }),
    },
    {
      title: "a file as declared",
      given: (host) => host.put("/etc/motd", "hello\n"),
      desired: motd,
      differs: [],
    },
    {
      title: "a setuid program that has another owner",
      given: (host) => host.put("/srv/tool", "#!\n", { uid: 1, gid: 0, mode: 0o4755 }),
      desired: { path: "/srv/tool", content: contentOf("#!\n"), mode: 0o4755 },
      differs: ["owner"],
      leaves: (host) => expect(at(host, "/srv/tool")).toMatchObject({ uid: 0, mode: 0o4755 }),
    },
  ],
  failures: [
    {
      title: "a link is in its place",
      given: (host) => host.tree.putSymlink("/etc/motd", "/run/motd"),
      desired: motd,
      at: "read",
      code: "HK4011",
      says: ["symbolic link to /run/motd", "move it away"],
    },
    {
      title: "a directory is in its place",
      given: (host) => host.tree.ensureDirectory("/etc/motd"),
      desired: motd,
      at: "read",
      code: "HK4011",
      says: ["is a directory"],
    },
    {
      title: "a device is in its place",
      desired: { path: "/dev/null", content: contentOf("") },
      given: (host) => host.tree.putOther("/dev/null"),
      at: "read",
      code: "HK4011",
      says: ["device, socket or pipe"],
    },
    {
      title: "its group neither exists nor is declared",
      desired: { ...motd, group: "ghosts" },
      at: "read",
      code: "HK4010",
      says: ["group ghosts", "Declare it"],
    },
    {
      title: "the agent may not read it",
      given: (host) => {
        host.put("/etc/motd", "secret", { uid: 0, gid: 0, mode: 0o600 });
        host.become(1000);
      },
      desired: motd,
      at: "read",
      code: "HK4013",
      says: ["EACCES"],
    },
    {
      title: "the disk is full",
      given: (host) => void host.tree.refusals.set("/etc/motd", "ENOSPC"),
      desired: motd,
      at: "apply",
      code: "HK4020",
      says: ["The disk is full", "Free space"],
    },
    {
      title: "a directory appeared after the plan",
      desired: motd,
      at: "apply",
      meanwhile: (host) => host.tree.ensureDirectory("/etc/motd"),
      code: "HK4020",
      says: ["EISDIR"],
    },
  ],
});

describe("files on a host", () => {
  test("a mode alone is changed without writing the content again", async () => {
    const host = new MemoryHost();
    host.put("/etc/motd", "hello\n", { uid: 0, gid: 0, mode: 0o600 });
    await cycle(file, [resourceOf("file", motd)], { host });
    expect(host.log.map(({ call }) => call)).not.toContain("writeFile");
  });

  test("a plan tells both contents by digest and size, never by their text", async () => {
    const host = new MemoryHost();
    host.put("/etc/motd", "a secret\n");
    const resource = resourceOf("file", motd);
    const [reading] = await read(file, [resource], { host });
    const step = reading && stepFor(resource, reading);
    expect(step?.differences).toEqual([
      { field: "content", before: contentOf("a secret\n"), after: contentOf("hello\n") },
    ]);
    expect(JSON.stringify(reading)).not.toContain("a secret");
  });
});
