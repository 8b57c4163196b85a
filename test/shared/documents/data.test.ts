import { describe, expect, it } from "vitest";
import {
  type Data,
  type Scalar,
  isDataMap,
  leavesOf,
  pathText,
} from "../../../shared/documents/data.ts";

describe("leavesOf", () => {
  it("gives every value with its place, in the order of the document", () => {
    const data = { name: "api", server: { port: 4000, tls: null }, hosts: ["a", { "b.c": true }] };
    expect(leavesOf(data)).toEqual([
      { at: ["name"], value: "api" },
      { at: ["server", "port"], value: 4000 },
      { at: ["server", "tls"], value: null },
      { at: ["hosts", 0], value: "a" },
      { at: ["hosts", 1, "b.c"], value: true },
    ]);
  });

  it("takes what is empty for a value", () => {
    expect(leavesOf({ a: {}, b: [], c: [[]] })).toEqual([
      { at: ["a"], value: {} },
      { at: ["b"], value: [] },
      { at: ["c", 0], value: [] },
    ]);
    expect(leavesOf({})).toEqual([{ at: [], value: {} }]);
    expect(leavesOf("text")).toEqual([{ at: [], value: "text" }]);
  });

  it("starts at a given place", () => {
    expect(leavesOf({ b: 1 }, ["a", 2])).toEqual([{ at: ["a", 2, "b"], value: 1 }]);
  });

  it("reads what nests deeper than the stack", () => {
    let data: Data = "end";
    for (let depth = 0; depth < 3000; depth++) data = [data];
    expect(leavesOf(data)[0]!.at).toHaveLength(3000);
  });
});

describe("pathText", () => {
  it.each([
    [[], "(all of it)"],
    [["APP_NAME"], "APP_NAME"],
    [["server", "HTTP_PORT"], "server.HTTP_PORT"],
    [["endpoints", 0, "url"], "endpoints[0].url"],
    [[1, 2, "a"], "[1][2].a"],
    [["hosts", "a.b"], 'hosts."a.b"'],
    [["list", "0"], "list.0"],
    [["a[0]"], '"a[0]"'],
    [["two words", ""], '"two words".""'],
    [['say "hi"'], '"say \\"hi\\""'],
    [["größe", "x/y-z"], "größe.x/y-z"],
    [["line\nbreak"], '"line\\nbreak"'],
    [["red\u009b31m"], '"red\\u{9b}31m"'],
  ])("%j is %s", (at, text) => {
    expect(pathText(at)).toBe(text);
  });
});

describe("isDataMap", () => {
  it("tells mappings from all else", () => {
    expect(isDataMap({})).toBe(true);
    const scalars: readonly Scalar[] = [null, "a", 1, true];
    for (const other of [...scalars, [], undefined]) expect(isDataMap(other)).toBe(false);
  });
});
