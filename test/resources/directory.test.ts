// The expectations of a case are run by the tests of the contract, which the rule can't see.
// oxlint-disable vitest/no-standalone-expect

import { expect } from "vitest";
import { directory } from "../../agent/resources/directory.ts";
import { driverContract } from "../contract/driver.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";

const at = (host: MemoryHost, path: string) =>
  host.tree.find(path, { call: "stat", follow: "parents" });

driverContract({
  kind: "directory",
  driver: directory,
  many: (index) => ({ path: `/srv/app/d${index}`, mode: 0o750 }),
  spellings: [
    { path: "/srv" },
    { path: "/srv/app", owner: 1000, group: "0", mode: 0o2750 },
    { path: "/srv/app", owner: { user: "ann" }, group: { group: "staff" }, mode: "u=rwx,g=rx" },
    { path: "/srv/app", mode: "750" },
  ],
  cases: [
    {
      title: "a new directory",
      desired: { path: "/srv/app" },
      differs: "absent",
      leaves: (host) =>
        expect(at(host, "/srv/app")).toMatchObject({ type: "directory", uid: 0, mode: 0o755 }),
    },
    {
      title: "a new directory with an owner and a mode",
      desired: { path: "/srv/app", owner: "www-data", group: "adm", mode: "u=rwx,g=rxs" },
      differs: "absent",
      leaves: (host) =>
        expect(at(host, "/srv/app")).toMatchObject({ uid: 33, gid: 4, mode: 0o2750 }),
    },
    {
      title: "a new directory below two that nobody declares",
      desired: { path: "/opt/vendor/app", mode: 0o700 },
      differs: "absent",
      leaves: (host) => {
        expect(at(host, "/opt/vendor")).toMatchObject({ uid: 0, mode: 0o755 });
        expect(at(host, "/opt/vendor/app")).toMatchObject({ mode: 0o700 });
      },
    },
    {
      title: "a directory of which everything differs",
      given: (host) => host.put("/srv/app/kept", "kept"),
      desired: { path: "/srv/app", owner: "www-data", group: "www-data", mode: 0o750 },
      differs: ["owner", "group", "mode"],
      leaves: (host) => expect(host.text("/srv/app/kept")).toBe("kept"),
    },
    { title: "a directory as declared", desired: { path: "/srv" }, differs: [] },
    {
      title: "owners by number",
      given: (host) => host.tree.ensureDirectory("/srv/app", { uid: 4242, gid: 33, mode: 0o755 }),
      desired: { path: "/srv/app", owner: 4242, group: "33" },
      differs: [],
    },
    {
      title: "a directory below a link",
      given: (host) => {
        host.tree.ensureDirectory("/mnt/disk");
        host.tree.putSymlink("/srv/link", "/mnt/disk");
      },
      desired: { path: "/srv/link/app" },
      differs: "absent",
      leaves: (host) => expect(at(host, "/mnt/disk/app")).toMatchObject({ type: "directory" }),
    },
  ],
  failures: [
    {
      title: "a file is in its place",
      given: (host) => host.put("/srv/app", "file"),
      desired: { path: "/srv/app" },
      at: "read",
      code: "HK4011",
      says: ["regular file", "move it away"],
    },
    {
      title: "a link is in its place",
      given: (host) => host.tree.putSymlink("/srv/app", "/home"),
      desired: { path: "/srv/app" },
      at: "read",
      code: "HK4011",
      says: ["symbolic link to /home"],
    },
    {
      title: "a parent is a file",
      given: (host) => host.put("/srv/file", ""),
      desired: { path: "/srv/file/app" },
      at: "read",
      code: "HK4012",
      says: ["/srv/file is a regular file"],
    },
    {
      title: "its owner neither exists nor is declared",
      desired: { path: "/srv/app", owner: "ghost" },
      at: "read",
      code: "HK4010",
      says: ["user ghost", "Declare it"],
    },
    {
      title: "the agent may not look there",
      given: (host) => {
        host.tree.ensureDirectory("/srv/closed", { uid: 0, gid: 0, mode: 0o700 });
        host.tree.ensureDirectory("/srv/closed/app");
        host.become(1000);
      },
      desired: { path: "/srv/closed/app" },
      at: "read",
      code: "HK4013",
      says: ["EACCES", "Connect as root"],
    },
    {
      title: "the agent may not write there",
      given: (host) => host.become(1000),
      desired: { path: "/srv/app" },
      at: "apply",
      code: "HK4020",
      says: ["EACCES", "Connect as root"],
    },
    {
      title: "the file system is read-only",
      given: (host) => void host.tree.refusals.set("/srv", "EROFS"),
      desired: { path: "/srv/app" },
      at: "apply",
      code: "HK4020",
      says: ["EROFS", "Remount it writable"],
    },
    {
      title: "something appeared after the plan",
      desired: { path: "/srv/app" },
      at: "apply",
      meanwhile: (host) => host.put("/srv/app", "surprise"),
      code: "HK4023",
      says: ["a regular file appeared there", "plan again"],
    },
    {
      title: "its owner was removed after the plan",
      desired: { path: "/srv/app", owner: "www-data" },
      at: "apply",
      meanwhile: (host) => host.put("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n"),
      code: "HK4020",
      says: ["user www-data does not exist"],
    },
  ],
  edits: [
    {
      title: "a directory of somebody's",
      desired: { path: "/srv/site", mode: 0o750 },
      edit: (host) => {
        host.tree.ensureDirectory("/srv/site");
        host.tree.setMetadata("/srv/site", { uid: 33, gid: 33, mode: 0o750 });
      },
    },
    {
      title: "other permissions",
      given: (host) => host.tree.ensureDirectory("/srv/site"),
      desired: { path: "/srv/site", mode: 0o750 },
      edit: (host) => host.tree.setMetadata("/srv/site", { uid: 0, gid: 0, mode: 0o711 }),
    },
    {
      title: "its removal",
      given: (host) => host.tree.ensureDirectory("/srv/site"),
      desired: { path: "/srv/site", owner: "www-data" },
      edit: (host) => host.tree.remove("/srv/site"),
    },
    {
      title: "a link in its place",
      given: (host) => host.tree.ensureDirectory("/srv/site"),
      desired: { path: "/srv/site", owner: "www-data" },
      edit: (host) => {
        host.tree.remove("/srv/site");
        host.tree.putSymlink("/srv/site", "/mnt");
      },
    },
  ],
});
