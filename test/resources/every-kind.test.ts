import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { KINDS } from "../../shared/resources/registry.ts";

test.each(KINDS)(
  "the driver of %s is put through the contract in a file of its own",
  async (kind) => {
    const text = await readFile(new URL(`${kind}.test.ts`, import.meta.url), "utf8");
    expect(text).toMatch(new RegExp(`driverContract\\(\\{\\s+kind: "${kind}"`));
  },
);

test("there are kinds", () => {
  expect(KINDS.length).toBeGreaterThan(0);
});
