import { expect, it } from "vitest";
import { canonical } from "../../shared/canonical.ts";

it("does not depend on the order in which an object was built", () => {
  expect(canonical({ b: [1, { y: null, x: "é" }], a: true })).toBe(
    '{"a":true,"b":[1,{"x":"é","y":null}]}',
  );
  expect(canonical({ a: 1, b: 2 })).toBe(canonical({ b: 2, a: 1 }));
});

it("treats an undefined member like a missing one, and keeps the order of lists", () => {
  expect(canonical({ a: undefined, b: 1 })).toBe(canonical({ b: 1 }));
  expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
});

it("tells different values apart", () => {
  const values = [null, "", "null", 0, "0", [], {}, [[]], [{}], { a: null }, { a: "" }];
  expect(new Set(values.map(canonical)).size).toBe(values.length);
});
