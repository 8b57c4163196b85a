import { format, inspect } from "node:util";
import { expect, it } from "vitest";
import { Secret } from "../../shared/secret.ts";

const secret = new Secret({ from: "env", name: "PASSWORD" });

it.each([
  ["a template", () => `secret: ${secret as unknown as string}`],
  ["joining", () => ["x", secret].join(",")],
  ["JSON", () => JSON.stringify({ secret })],
  ["an error", () => new Error(secret as unknown as string)],
])("has no text form: %s", (_name, use) => {
  expect(use).toThrow("A secret has no text form");
});

it("shows a person debugging where it comes from, never a value", () => {
  expect(inspect({ secret })).toContain("Secret(env:PASSWORD)");
  expect(format("%o", secret)).not.toContain("hunter2");
});

it("cannot be changed", () => {
  expect(() => Object.assign(secret, { reference: {} })).toThrow(TypeError);
});
