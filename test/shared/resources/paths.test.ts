import { describe, expect, test } from "vitest";
import { directory } from "../../../shared/resources/directory.ts";
import { file } from "../../../shared/resources/file.ts";
import { symlink } from "../../../shared/resources/symlink.ts";

const content = { sha256: "0".repeat(64), size: 1, text: true };
const wishedFile = file.desired.parse({ path: "/etc/app/app.ini", content });
const wishedDirectory = directory.desired.parse({ path: "/srv/app", owner: "ann", group: "staff" });

describe("what differs", () => {
  test("a file: content and each part of the metadata by itself", () => {
    const found = file.observed.parse({
      owner: "root",
      group: "root",
      mode: "0644",
      uid: 0,
      gid: 0,
      sha256: content.sha256,
      size: 1,
    });
    expect(file.diff(wishedFile, found)).toEqual([]);
    expect(file.diff(wishedFile, { ...found, owner: "ann" })).toEqual([
      { field: "owner", before: "ann", after: "root" },
    ]);
    const other = file.observed.parse({ ...found, sha256: "1".repeat(64), size: 7 });
    expect(file.diff(wishedFile, other)).toEqual([
      { field: "content", before: { sha256: "1".repeat(64), size: 7, text: true }, after: content },
    ]);
  });

  test("a directory: only its metadata", () => {
    const numbers = { uid: 1001, gid: 0 };
    const found = directory.observed.parse({
      owner: "ann",
      group: "root",
      mode: "0700",
      ...numbers,
    });
    expect(directory.diff(wishedDirectory, found).map(({ field }) => field)).toEqual([
      "group",
      "mode",
    ]);
  });

  test("a link: its target, letter by letter", () => {
    const desired = symlink.desired.parse({ path: "/srv/current", to: "releases/7" });
    expect(symlink.diff(desired, { to: "releases/7" })).toEqual([]);
    expect(symlink.diff(desired, { to: "./releases/7" })).toHaveLength(1);
  });
});

describe("what comes first", () => {
  test("the parent directory, the owner and the group", () => {
    expect(directory.needs(wishedDirectory)).toEqual([
      { claim: "path:/srv", reason: "parent-directory", match: "nearest" },
      { claim: "user:ann", reason: "owner", match: "exact" },
      { claim: "group:staff", reason: "group", match: "exact" },
    ]);
  });

  test.each([
    ["/srv/a", "releases/7", "path:/srv/releases/7"],
    ["/srv/a", "../etc/./x", "path:/etc/x"],
    ["/srv/a", "/opt/x/", "path:/opt/x"],
    ["/srv/a", "../../../..", "path:/"],
  ])("the target of a link: %s to %s", (path, to, claim) => {
    const needs = symlink.needs(symlink.desired.parse({ path, to }));
    expect(needs.at(-1)).toEqual({ claim, reason: "link-target", match: "nearest" });
  });
});

test("a creation names content first, and what nobody declared with its default", () => {
  expect(file.created(wishedFile)).toEqual([
    { field: "content", before: null, after: content },
    { field: "owner", before: null, after: "root" },
    { field: "group", before: null, after: "root" },
    { field: "mode", before: null, after: "0644" },
  ]);
});

test.each([
  { path: "relative" },
  { path: "/srv/" },
  { path: "/srv/../etc" },
  { path: "/srv//app" },
  { path: "/srv/\u001b[2J" },
  { path: "/srv", owner: "not a name" },
  { path: "/srv", owner: -1 },
  { path: "/srv", mode: 640 },
  { path: "/srv", mod: 0o640 },
])("%o is refused", (input) => {
  expect(directory.desired.safeParse(input).success).toBe(false);
});
