import * as fc from "fast-check";
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

it("sorts keys as text, also those that objects keep in an order of their own", () => {
  expect(canonical({ 9: 1, 10: 2, a: 3 })).toBe('{"10":2,"9":1,"a":3}');
  expect(canonical([{ b: { 2: 1, 10: 2 } }])).toBe('[{"b":{"10":2,"2":1}}]');
  const odd: unknown = JSON.parse('{"b":1,"__proto__":{"x":1}}');
  expect(canonical(odd)).toBe('{"__proto__":{"x":1},"b":1}');
});

it("is the same whichever way it is made", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // A numeric key has all of it made piece by piece.
      const pieces = canonical({ 0: value });
      expect(canonical(value)).toBe(pieces.slice('{"0":'.length, -1));
    }),
  );
});
