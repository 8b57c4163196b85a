import { expect, test } from "vitest";
import { createProcessWorld } from "../../../client/cli/process-world.ts";
import { useColour } from "../../../client/cli/colour.ts";

test("a stream that is no terminal says so, and has no colours whatever else is set", () => {
  const { out, err } = createProcessWorld();
  // Tests write to pipes; Node leaves `isTTY` out there.
  expect([out.isTerminal, err.isTerminal]).toEqual([false, false]);
  expect(useColour("auto", { stream: out, env: { CI: "true" } })).toBe(false);
});
