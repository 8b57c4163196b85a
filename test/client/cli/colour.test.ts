import { expect, test } from "vitest";
import { isCi, isLive, useColour } from "../../../client/cli/colour.ts";
import type { Options } from "../../../client/cli/flags.ts";
import type { Environment } from "../../../client/cli/options.ts";
import { createFakeStream } from "../view/fake-stream.ts";

const terminal = createFakeStream({ isTerminal: true });
const pipe = createFakeStream();

test.each<[Options["color"], Environment, boolean, boolean]>([
  ["auto", {}, true, false],
  ["always", {}, true, true],
  ["never", {}, false, false],
  ["auto", { NO_COLOR: "1" }, false, false],
  ["auto", { NO_COLOR: "" }, true, false],
  ["always", { NO_COLOR: "1" }, true, true],
  ["auto", { FORCE_COLOR: "1" }, true, true],
  ["auto", { FORCE_COLOR: "0" }, false, false],
  ["never", { FORCE_COLOR: "1" }, false, false],
  ["auto", { NO_COLOR: "1", FORCE_COLOR: "1" }, false, false],
  ["auto", { TERM: "dumb" }, false, false],
])("--color %s with %o", (mode, env, onTerminal, onPipe) => {
  expect(useColour(mode, { stream: terminal, env })).toBe(onTerminal);
  expect(useColour(mode, { stream: pipe, env })).toBe(onPipe);
});

test("lines are redrawn only where a person looks", () => {
  expect(isLive(terminal, {})).toBe(true);
  expect(isLive(pipe, {})).toBe(false);
  expect(isLive(terminal, { TERM: "dumb" })).toBe(false);
  expect(isLive(terminal, { CI: "true" })).toBe(false);
  expect(isLive(terminal, { CI: "false" })).toBe(true);
});

test("CI", () => {
  expect([{ CI: "1" }, { CI: "true" }, { CI: "" }, { CI: "0" }, {}].map(isCi)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
