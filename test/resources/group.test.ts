// The expectations of a case are run by the tests of the contract, which the rule can't see.
// oxlint-disable vitest/no-standalone-expect

import { expect, test } from "vitest";
import { group } from "../../agent/resources/group.ts";
import { driverContract } from "../contract/driver.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";
import { MemoryHost as Host } from "../support/memory-host/memory-host.ts";
import { cycle, resourceOf } from "../contract/cycle.ts";

const lineOf = (host: MemoryHost, name: string) =>
  host.text("/etc/group")?.match(new RegExp(`^${name}:.*$`, "m"))?.[0];
const withGroups =
  (...lines: readonly string[]) =>
  (host: MemoryHost) =>
    host.put("/etc/group", `${host.text("/etc/group") ?? ""}${lines.join("\n")}\n`);

/** Instead of the group's line, or besides. */
const withLine = (name: string, line: string) => (host: MemoryHost) => {
  const others = (host.text("/etc/group") ?? "").replace(new RegExp(`^${name}:.*\n`, "m"), "");
  host.put("/etc/group", `${others}${line}\n`);
};

driverContract({
  kind: "group",
  driver: group,
  many: (index) => ({ name: `team${index}`, gid: 2000 + index }),
  spellings: [{ name: "staff" }, { name: "Staff_1-x", gid: 4_294_967_294, system: true }],
  cases: [
    {
      title: "a new group",
      desired: { name: "deploy" },
      differs: "absent",
      leaves: (host) => expect(lineOf(host, "deploy")).toBe("deploy:x:1000:"),
    },
    {
      title: "a new group with a gid",
      desired: { name: "deploy", gid: 4321 },
      differs: "absent",
      leaves: (host) => expect(lineOf(host, "deploy")).toBe("deploy:x:4321:"),
    },
    {
      title: "a new system group",
      desired: { name: "metrics", system: true },
      differs: "absent",
      leaves: (host) => expect(lineOf(host, "metrics")).toBe("metrics:x:999:"),
    },
    {
      title: "a group with another gid",
      given: withGroups("deploy:x:1005:ann"),
      desired: { name: "deploy", gid: 4321 },
      differs: ["gid"],
      leaves: (host) => expect(lineOf(host, "deploy")).toBe("deploy:x:4321:ann"),
    },
    { title: "a group as declared", desired: { name: "users", gid: 100 }, differs: [] },
    {
      title: "a group of which only the name is declared",
      desired: { name: "users", system: true },
      differs: [],
    },
    {
      title: "a gid whose holder is declared too",
      given: (host) => {
        withGroups("old:x:4321:")(host);
        // The holder moves away first.
        host.put("/etc/group", (host.text("/etc/group") ?? "").replace("4321", "4322"));
      },
      provided: ["group:old"],
      desired: { name: "deploy", gid: 4321 },
      differs: "absent",
    },
  ],
  failures: [
    {
      title: "the gid belongs to another group",
      desired: { name: "deploy", gid: 100 },
      at: "read",
      code: "HK4201",
      says: ["gid 100", "the group users has", "Declare another gid"],
    },
    {
      title: "the gid was taken after the plan",
      desired: { name: "deploy", gid: 4321 },
      at: "apply",
      meanwhile: withGroups("rival:x:4321:"),
      code: "HK4201",
      says: ["the group rival has", "Nothing was changed"],
    },
    {
      title: "the databases are locked",
      desired: { name: "deploy" },
      at: "apply",
      meanwhile: (host) => void (host.accounts.locked = true),
      code: "HK4205",
      says: ["cannot lock /etc/group", "Wait for it or remove the lock file"],
    },
    {
      title: "the agent is not root",
      given: (host) => host.become(1000),
      desired: { name: "deploy" },
      at: "apply",
      code: "HK4205",
      says: ["uid 1000", "Connect as root"],
    },
    {
      title: "the tool is not installed",
      desired: { name: "deploy" },
      at: "apply",
      meanwhile: (host) => void host.missing.add("groupadd"),
      code: "HK4200",
      says: ["groupadd", "shadow-utils", "Install it"],
    },
    {
      title: "a directory service has the name",
      given: (host) => void host.accounts.elsewhere.add("deploy"),
      desired: { name: "deploy" },
      at: "apply",
      code: "HK4204",
      says: ["directory service", "Choose another name"],
    },
    {
      title: "the group was removed after the plan",
      given: withGroups("deploy:x:1005:"),
      desired: { name: "deploy", gid: 4321 },
      at: "apply",
      meanwhile: (host) =>
        host.put("/etc/group", (host.text("/etc/group") ?? "").replace(/^deploy.*\n/m, "")),
      code: "HK4023",
      says: ["the group was removed", "plan again"],
    },
  ],
  edits: [
    {
      title: "a group of somebody's",
      desired: { name: "deploy", gid: 4321 },
      edit: withLine("deploy", "deploy:x:7777:"),
    },
    {
      title: "another gid",
      given: withGroups("deploy:x:1005:"),
      desired: { name: "deploy", gid: 4321 },
      edit: withLine("deploy", "deploy:x:7777:"),
    },
    {
      title: "its removal",
      given: withGroups("deploy:x:1005:"),
      desired: { name: "deploy", gid: 4321 },
      edit: (host) =>
        host.put("/etc/group", (host.text("/etc/group") ?? "").replace(/^deploy.*\n/m, "")),
    },
  ],
});

test("users follow their primary group to its new gid", async () => {
  const host = new Host();
  withGroups("deploy:x:1005:")(host);
  host.put("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nann:x:1001:1005::/home/ann:/bin/sh\n");
  await cycle(group, [resourceOf("group", { name: "deploy", gid: 4321 })], { host });
  expect(host.text("/etc/passwd")).toContain("ann:x:1001:4321:");
});
