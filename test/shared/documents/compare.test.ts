import { describe, expect, it } from "vitest";
import { align, laidOver, sameData } from "../../../shared/documents/compare.ts";

describe("laidOver", () => {
  it("joins mappings at every level, and takes all else whole", () => {
    expect(
      laidOver({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3], e: null }, d: { f: 1 } }),
    ).toEqual({
      a: { b: 1, c: [3], e: null },
      d: { f: 1 },
    });
    expect(laidOver([1], { a: 1 })).toEqual({ a: 1 });
  });

  it("leaves what others have in a mapping that is declared empty, and makes one where there is none", () => {
    expect(laidOver({ a: { b: 1 }, c: 1 }, { a: {}, c: {}, d: {} })).toEqual({
      a: { b: 1 },
      c: {},
      d: {},
    });
    expect(laidOver({ a: 1 }, {})).toEqual({ a: 1 });
  });

  it("puts what is new after the sibling that is declared before it, or at the end", () => {
    const joined = laidOver({ a: 1, b: 2, c: 3 }, { x: 0, a: 1, y: 0, z: 0, c: 3, w: 0 });
    expect(Object.keys(joined as object)).toEqual(["a", "y", "z", "b", "c", "w", "x"]);
  });
});

describe("sameData", () => {
  it("does not ask for an order of keys, and tells all else apart", () => {
    expect(sameData({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
    for (const [a, b] of [
      [1, "1"],
      [null, {}],
      [{}, []],
      [
        [1, 2],
        [2, 1],
      ],
      [{ a: 1 }, { a: 1, b: 1 }],
      [{ toString: 1 }, { a: 1 }],
    ] as const)
      expect(sameData(a, b), JSON.stringify([a, b])).toBe(false);
  });
});

describe("align", () => {
  it.each([
    [[1, 2, 3], [1, 2, 3], 3, 0],
    [[1, 2, 3], [1, 3], 1, 1],
    [[1, 1], [1], 1, 0],
    [[1, 2], [0, 1, 2], 0, 2],
    [[], [1], 0, 0],
  ])("%j and %j share %d at the beginning and %d at the end", (before, after, head, tail) => {
    expect(align(before, after)).toEqual({ head, tail });
  });
});
