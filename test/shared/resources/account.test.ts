import { describe, expect, test } from "vitest";
import { account } from "../../../shared/resources/account.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGann ann@laptop";
const found = {
  uid: 1001,
  group: "ann",
  groups: ["adm"],
  home: "/home/ann",
  shell: "/bin/sh",
  authorizedKeys: [],
  keyFile: "accepted",
} as const;
const desire = (input: object) => account.desired.parse({ name: "ann", ...input });
const observe = (fields: object = {}) => account.observed.parse({ ...found, ...fields });

const messages = (input: object): string[] => {
  const result = account.desired.safeParse({ name: "ann", ...input });
  return result.success ? [] : result.error.issues.map(({ message }) => message);
};

describe("what may be declared", () => {
  test.each([
    ["a comment", "# ssh-ed25519 AAAA not a key"],
    ["two lines", `${KEY}\n${KEY}`],
    ["a carriage return inside", `ssh-ed25519\rAAAA`],
    ["an escape sequence", `ssh-ed25519 AAAA \u001b[2J`],
    ["a NUL", `ssh-ed25519 AAAA \0`],
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
    ["a type alone", "ssh-ed25519"],
    ["nothing", "  "],
  ])("a key that is %s is refused", (_what, key) => {
    expect(messages({ authorizedKeys: [key] })).not.toEqual([]);
  });

  test.each([
    ["home", "/srv/a:b"],
    ["shell", "/bin/a:b"],
  ])("a colon in %s is refused", (field, path) => {
    expect(messages({ [field]: path })).toContainEqual(expect.stringContaining("colon"));
  });

  test("a system account can't log in unless a shell is given", () => {
    expect(desire({ system: true }).shell).toBe("/usr/sbin/nologin");
    expect(desire({ system: true, shell: "/bin/sh" }).shell).toBe("/bin/sh");
    expect(desire({}).shell).toBeUndefined();
  });

  test("groups are a set, in order", () => {
    expect(desire({ groups: ["b", "a", { group: "b" }] }).groups).toEqual(["a", "b"]);
  });
});

describe("what differs", () => {
  test("only what is declared is compared", () => {
    expect(
      account.diff(desire({}), observe({ keyFile: "refused", authorizedKeys: [KEY] })),
    ).toEqual([]);
  });

  test.each([
    [{ uid: 1500 }, { field: "uid", before: 1001, after: 1500 }],
    [{ group: "staff" }, { field: "group", before: "ann", after: "staff" }],
    [{ groups: [] }, { field: "groups", before: ["adm"], after: [] }],
    [{ home: "/srv/ann" }, { field: "home", before: "/home/ann", after: "/srv/ann" }],
    [{ shell: "/bin/bash" }, { field: "shell", before: "/bin/sh", after: "/bin/bash" }],
    [{ authorizedKeys: [KEY] }, { field: "authorizedKeys", before: [], after: [KEY] }],
  ])("%o", (input, difference) => {
    expect(account.diff(desire(input), observe())).toEqual([difference]);
  });

  test("a key file that sshd ignores matters when keys are declared", () => {
    const refused = observe({ keyFile: "refused", authorizedKeys: [KEY] });
    expect(account.diff(desire({ authorizedKeys: [KEY] }), refused)).toEqual([
      { field: "keyFile", before: "refused", after: "accepted" },
    ]);
    const empty = observe({ keyFile: "refused" });
    expect(account.diff(desire({ authorizedKeys: [] }), empty)).toEqual([]);
  });
});

test("a creation names what is declared, and no empty list", () => {
  const fields = account.created(desire({ system: true, groups: [], authorizedKeys: [KEY] }));
  expect(fields.map(({ field }) => field).toSorted()).toEqual([
    "authorizedKeys",
    "shell",
    "system",
  ]);
});

test("it comes after its groups and what holds its home", () => {
  const needs = account.needs(desire({ group: "staff", groups: ["adm"], home: "/srv/people/ann" }));
  expect(needs.map(({ claim }) => claim)).toEqual(["group:staff", "group:adm", "path:/srv/people"]);
  // A group of its own name, when one is declared, is used: so it comes first.
  expect(account.needs(desire({})).map(({ claim }) => claim)).toEqual(["group:ann"]);
});
