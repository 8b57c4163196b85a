import { expect, test } from "vitest";
import { group } from "../../../shared/resources/group.ts";

const desire = (input: object) => group.desired.parse({ name: "staff", ...input });

test("only a declared gid is compared", () => {
  expect(group.diff(desire({}), { gid: 50 })).toEqual([]);
  expect(group.diff(desire({ system: true }), { gid: 5000 })).toEqual([]);
  expect(group.diff(desire({ gid: 50 }), { gid: 50 })).toEqual([]);
  expect(group.diff(desire({ gid: 0 }), { gid: 50 })).toEqual([
    { field: "gid", before: 50, after: 0 },
  ]);
});

test("a creation names what is declared", () => {
  expect(group.created(desire({}))).toEqual([]);
  expect(group.created(desire({ gid: 0, system: true }))).toEqual([
    { field: "gid", before: null, after: 0 },
    { field: "system", before: null, after: true },
  ]);
});

test.each([
  { gid: -1 },
  { gid: 4_294_967_295 },
  { gid: 1.5 },
  { gid: "50" },
  { name: "1st" },
  { members: [] },
])("%o is refused", (input) => {
  expect(group.desired.safeParse({ name: "staff", ...input }).success).toBe(false);
});
