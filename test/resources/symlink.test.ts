// The expectations of a case are run by the tests of the contract, which the rule can't see.
// oxlint-disable vitest/no-standalone-expect

import { expect } from "vitest";
import { symlink } from "../../agent/resources/symlink.ts";
import { driverContract } from "../contract/driver.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";

const at = (host: MemoryHost, path: string) =>
  host.tree.find(path, { call: "stat", follow: "parents" });

driverContract({
  kind: "symlink",
  driver: symlink,
  many: (index) => ({ path: `/srv/l${index}`, to: `/opt/${index}` }),
  spellings: [
    { path: "/srv/current", to: "releases/7" },
    { path: "/srv/current", to: { path: "/srv/releases/7" } },
    { path: "/srv/current", to: "../../../odd//./target" },
  ],
  cases: [
    {
      title: "a new link",
      desired: { path: "/srv/current", to: "/srv/releases/7" },
      differs: "absent",
      leaves: (host) =>
        expect(at(host, "/srv/current")).toMatchObject({
          type: "symlink",
          target: "/srv/releases/7",
        }),
    },
    {
      title: "a new link below a directory that nobody declares, to nowhere",
      desired: { path: "/opt/app/current", to: "releases/7" },
      differs: "absent",
      leaves: (host) =>
        expect(at(host, "/opt/app/current")).toMatchObject({ target: "releases/7" }),
    },
    {
      title: "another target",
      given: (host) => {
        host.tree.ensureDirectory("/srv/releases/6");
        host.tree.putSymlink("/srv/current", "/srv/releases/6");
      },
      desired: { path: "/srv/current", to: "/srv/releases/7" },
      differs: ["to"],
      // The link is replaced; what it led to stays, and nothing is written into it.
      leaves: (host) => expect(at(host, "/srv/releases/6")).toMatchObject({ type: "directory" }),
    },
    {
      title: "a link as declared",
      given: (host) => host.tree.putSymlink("/srv/current", "../srv"),
      desired: { path: "/srv/current", to: "../srv" },
      differs: [],
    },
    {
      title: "a link that has to lead somewhere, and does",
      given: (host) => host.tree.ensureDirectory("/srv/releases/7"),
      desired: { path: "/srv/current", to: "releases/7", mustExist: true },
      differs: "absent",
    },
    {
      title: "a target given by a handle",
      desired: { path: "/srv/current", to: { path: "/etc/hostname" } },
      differs: "absent",
    },
  ],
  failures: [
    {
      title: "a file is in its place",
      given: (host) => host.put("/srv/current", "file"),
      desired: { path: "/srv/current", to: "/srv" },
      at: "read",
      code: "HK4011",
      says: ["regular file", "move it away"],
    },
    {
      title: "a directory is in its place",
      given: (host) => host.tree.ensureDirectory("/srv/current"),
      desired: { path: "/srv/current", to: "/srv" },
      at: "read",
      code: "HK4011",
      says: ["is a directory"],
    },
    {
      title: "a parent is a file",
      given: (host) => host.put("/srv/file", ""),
      desired: { path: "/srv/file/current", to: "/srv" },
      at: "read",
      code: "HK4012",
      says: ["/srv/file"],
    },
    {
      title: "it would lead nowhere, and has to lead somewhere",
      given: (host) => host.tree.putSymlink("/srv/current", "/srv/releases/6"),
      desired: { path: "/srv/current", to: "releases/7", mustExist: true },
      at: "read",
      code: "HK1054",
      says: ["/srv/releases/7 is neither on the host nor declared"],
    },
    {
      title: "the agent may not write there",
      given: (host) => host.become(1000),
      desired: { path: "/srv/current", to: "/srv" },
      at: "apply",
      code: "HK4020",
      says: ["EACCES", "Connect as root"],
    },
  ],
  edits: [
    {
      title: "a link of somebody's",
      desired: { path: "/srv/current", to: "/srv/releases/7" },
      edit: (host) => host.tree.putSymlink("/srv/current", "/srv/mine"),
    },
    {
      title: "another target",
      given: (host) => host.tree.putSymlink("/srv/current", "/srv/releases/6"),
      desired: { path: "/srv/current", to: "/srv/releases/7" },
      edit: (host) => host.tree.putSymlink("/srv/current", "/srv/mine"),
    },
    {
      title: "its removal",
      given: (host) => host.tree.putSymlink("/srv/current", "/srv/releases/6"),
      desired: { path: "/srv/current", to: "/srv/releases/7" },
      edit: (host) => host.tree.remove("/srv/current"),
    },
    {
      title: "a file in its place",
      given: (host) => host.tree.putSymlink("/srv/current", "/srv/releases/6"),
      desired: { path: "/srv/current", to: "/srv/releases/7" },
      edit: (host) => host.put("/srv/current", "mine"),
    },
  ],
});
