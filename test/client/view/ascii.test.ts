import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asciiStream, asciiText, escapeUnicode } from "../../../client/view/ascii.ts";
import { createLiveBoard } from "../../../client/view/live-progress.ts";
import { createPaint } from "../../../client/view/paint.ts";
import { id } from "./samples.ts";
import { createFakeClock, createFakeStream } from "./fake-stream.ts";

// oxlint-disable-next-line no-control-regex
const BEYOND = /[^\u0000-\u007f]/;

test("HostKit's own marks become what they look like, everything else is written out", () => {
  expect(asciiText("± a … b → c")).toBe("-/+ a ... b -> c");
  expect(asciiText("é 漢 😀")).toBe(String.raw`\u00e9 \u6f22 \ud83d\ude00`);
});

test("what a file or a name holds is never taken for a mark", () => {
  const paint = createPaint({ colour: false, ascii: true });
  expect(paint.content("a … ±\u001b")).toBe(String.raw`a \u2026 \u00b1\x1b`);
  expect(paint.name("file:/…")).toBe(String.raw`file:/\u2026`);
  const plain = createPaint({ colour: false });
  expect([plain.ascii, plain.content("… ±"), plain.name("…")]).toEqual([false, "… ±", "…"]);
});

test("whatever is written, nothing else comes out, and JSON stays what it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const stream = createFakeStream();
      asciiStream(stream).write(text);
      expect(stream.text).not.toMatch(BEYOND);
      expect(JSON.parse(escapeUnicode(JSON.stringify(text)))).toBe(text);
    }),
  );
});

test("a stream is as wide as the one behind it", () => {
  const stream = createFakeStream({ columns: 40, isTerminal: true });
  const ascii = asciiStream(stream);
  stream.columns = 60;
  expect([ascii.columns, ascii.rows, ascii.isTerminal]).toEqual([60, 24, true]);
});

test("a live line never wraps, however much longer it became", () => {
  for (const columns of [8, 40]) {
    const err = createFakeStream({ isTerminal: true, columns });
    const board = createLiveBoard({
      err: asciiStream(err),
      clock: createFakeClock(),
      paint: createPaint({ colour: true, ascii: true }),
    });
    const progress = board.host("äöü-host");
    progress.applying(3);
    progress.step({ type: "started", id: id("file:/srv/ünïcödé/漢字漢字") });
    progress.phase({ name: "planning" });
    board.close();
    // oxlint-disable-next-line no-control-regex
    const lines = err.text.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, "\n").split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
    expect(err.text).not.toMatch(BEYOND);
    expect(err.text).toContain("...");
  }
});
