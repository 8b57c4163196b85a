// The expectations of a case are run by the tests of the contract, which the rule can't see.
// oxlint-disable vitest/no-standalone-expect

import { describe, expect, test } from "vitest";
import { file } from "../../agent/resources/file.ts";
import {
  applyContext,
  applySteps,
  contentOf,
  cycle,
  read,
  resourceOf,
  stepFor,
} from "../contract/cycle.ts";
import { driverContract } from "../contract/driver.ts";
import { prepare, RUN, undo } from "../contract/undo.ts";
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
      code: "HK4023",
      says: ["a directory appeared there", "plan again"],
    },
  ],
  edits: [
    { title: "a file of somebody's", desired: motd, edit: (host) => host.put("/etc/motd", "mine") },
    {
      title: "a link of somebody's",
      desired: { path: "/opt/app/motd", content: contentOf("hello\n") },
      edit: (host) => {
        host.tree.ensureDirectory("/opt/app");
        host.tree.putSymlink("/opt/app/motd", "/run/motd");
      },
    },
    {
      title: "content over other content",
      given: (host) => host.put("/etc/motd", "bye\n"),
      desired: motd,
      edit: (host) => host.put("/etc/motd", "mine"),
    },
    {
      title: "the removal of a file that is to be replaced",
      given: (host) => host.put("/etc/motd", "bye\n"),
      desired: motd,
      edit: (host) => host.tree.remove("/etc/motd"),
    },
    {
      title: "other permissions of a file that is to be replaced",
      given: (host) => host.put("/etc/motd", "bye\n"),
      desired: motd,
      edit: (host) => host.tree.setMetadata("/etc/motd", { uid: 0, gid: 0, mode: 0o600 }),
    },
    {
      title: "another owner where only the mode is to change",
      given: (host) => host.put("/etc/motd", "hello\n", { uid: 0, gid: 0, mode: 0o666 }),
      desired: motd,
      edit: (host) => host.tree.setMetadata("/etc/motd", { uid: 33, gid: 33, mode: 0o644 }),
    },
    {
      title: "the end of setuid where only the owner is to change",
      given: (host) => host.put("/srv/tool", "#!\n", { uid: 33, gid: 0, mode: 0o4755 }),
      desired: { path: "/srv/tool", content: contentOf("#!\n"), owner: "daemon", mode: 0o4755 },
      edit: (host) => host.tree.setMetadata("/srv/tool", { uid: 33, gid: 33, mode: 0o755 }),
    },
    {
      title: "content where only the mode is to change",
      given: (host) => host.put("/etc/motd", "hello\n", { uid: 0, gid: 0, mode: 0o666 }),
      desired: motd,
      edit: (host) => host.put("/etc/motd", "mine"),
    },
  ],
});

describe("files on a host", () => {
  test("nothing of the kind is done to one that appears or changes while it is written", async () => {
    for (const given of [undefined, "bye\n"]) {
      const host = new MemoryHost();
      if (given !== undefined) host.put("/etc/motd", given);
      const resource = resourceOf("file", motd);
      const [reading] = await read(file, [resource], { host });
      const step = reading && stepFor(resource, reading);
      const context = applyContext(host, []);
      const late = {
        ...context,
        async *content(ref: Parameters<typeof context.content>[0]) {
          yield* context.content(ref);
          host.put("/etc/motd", "mine");
        },
      };
      await expect(file.apply([step!], late)).rejects.toThrow("HK4023");
      expect(host.text("/etc/motd")).toBe("mine");
    }
  });

  test("a copy of the skeleton in a home that the run made is the run's own", async () => {
    const host = new MemoryHost();
    host.put("/etc/skel/.profile", "umask 022\n");
    const resource = resourceOf("file", {
      path: "/home/ann/.profile",
      content: contentOf("umask 027\n"),
      owner: "ann",
    });
    const provided = ["user:ann"] as const;
    const [reading] = await read(file, [resource], { host, provided });
    const step = reading && stepFor(resource, reading);
    // As useradd leaves it.
    host.put("/etc/passwd", `${host.text("/etc/passwd")}ann:x:1000:1000::/home/ann:/bin/sh\n`);
    const ann = { uid: 1000, gid: 1000, mode: 0o644 };
    host.put("/home/ann/.profile", "umask 022\n", ann);
    const edited = new MemoryHost();
    edited.put("/etc/passwd", host.text("/etc/passwd")!);
    edited.put("/etc/skel/.profile", "umask 022\n");
    edited.put("/home/ann/.profile", "umask 077\n", ann);
    await applySteps(file, [step!], host);
    expect(host.text("/home/ann/.profile")).toBe("umask 027\n");
    await expect(applySteps(file, [step!], edited)).rejects.toThrow("HK4023");
  });

  test("who belongs to an account gets its new number, which is no edit", async () => {
    const host = new MemoryHost();
    const passwd = host.text("/etc/passwd")!;
    host.put("/etc/passwd", `${passwd}ann:x:1000:100::/home/ann:/bin/sh\n`);
    host.put("/home/ann/.profile", "bye\n", { uid: 1000, gid: 100, mode: 0o644 });
    const resource = resourceOf("file", {
      path: "/home/ann/.profile",
      content: contentOf("hello\n"),
      owner: "ann",
      group: "users",
    });
    const [reading] = await read(file, [resource], { host });
    const step = reading && stepFor(resource, reading);
    host.tree.ensureDirectory(RUN);
    const { memory, kept } = await prepare(file, step!, host);
    // As usermod leaves it, by an earlier change of the same run.
    host.put("/etc/passwd", `${passwd}ann:x:1500:4::/home/ann:/bin/sh\n`);
    host.put("/home/ann/.profile", "bye\n", { uid: 1500, gid: 4, mode: 0o644 });
    await applySteps(file, [step!], host);
    expect(at(host, "/home/ann/.profile")).toMatchObject({ uid: 1500, gid: 100 });
    await undo(file, { ...step!, memory }, { host, kept });
    expect(at(host, "/home/ann/.profile")).toMatchObject({ uid: 1000, gid: 100 });
    expect(host.text("/home/ann/.profile")).toBe("bye\n");
  });

  test("parents of a new file that somebody took over stay", async () => {
    const host = new MemoryHost();
    const resource = resourceOf("file", { ...motd, path: "/opt/vendor/app/motd" });
    const [reading] = await read(file, [resource], { host });
    const step = reading && stepFor(resource, reading);
    await applySteps(file, [step!], host);
    host.tree.setMetadata("/opt/vendor", { uid: 33, gid: 33, mode: 0o755 });
    await undo(file, { ...step!, memory: null }, { host, kept: new Map() });
    expect(at(host, "/opt/vendor/app")).toBeUndefined();
    expect(at(host, "/opt/vendor")).toMatchObject({ uid: 33 });
  });

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
