import { describe, expect, test } from "vitest";
import { block, crop, displayWidth, oneLine, visible, wrap } from "../../../client/view/text.ts";

describe("what a terminal would obey is taken out", () => {
  test.each([
    ["colours", "a\u001b[31mred\u001b[0mb", "aredb"],
    ["cursor movement", "a\u001b[2J\u001b[Hb", "ab"],
    ["a title", "a\u001b]0;title\u0007b", "ab"],
    ["a link", "a\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\b", "atextb"],
    ["a device string", "a\u001bPq#0\u001b\\b", "ab"],
    ["eight-bit sequences", "a\u009b31mb\u009d0;t\u009cc", "abc"],
    ["a reset", "a\u001bcb", "ab"],
    ["a charset switch", "a\u001b(0b", "ab"],
    ["bell, backspace, delete", "a\u0007\b\u007fb", "ab"],
    ["reordering", "a\u202eb\u2066c", "abc"],
    ["line breaks", "a\r\nb\tc\nd", "a b c d"],
  ])("%s", (_what, text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  test("what follows an unfinished sequence is not hidden", () => {
    expect(oneLine("a\u001b]0;never ended, and this matters")).toContain("and this matters");
    expect(oneLine("a\u001b")).toBe("a");
  });

  test("several lines stay several lines", () => {
    expect(block("a\u001b[1m\r\nb\rc\nd")).toBe("a\nb c\nd");
  });
});

test("content shows what it holds", () => {
  expect(visible("a\tb\r")).toBe(String.raw`a	b\r`);
  expect(visible("\u001b[31m\u0000\u009b\u202e")).toBe(String.raw`\x1b[31m\x00\x9b\u202e`);
  expect(visible("Grüße, 世界")).toBe("Grüße, 世界");
});

test("width as a terminal draws it", () => {
  expect(displayWidth("abc")).toBe(3);
  expect(displayWidth("世界")).toBe(4);
  expect(displayWidth("e\u0301")).toBe(1);
  expect(displayWidth("🚀")).toBe(2);
});

test("cropping says that something is missing and never exceeds the width", () => {
  expect(crop("abcdef", 6)).toBe("abcdef");
  expect(crop("abcdef", 4)).toBe("abc…");
  expect(crop("世界世界", 4)).toBe("世…");
  for (const columns of [0, 1, 2, 3]) {
    expect(displayWidth(crop("世界", columns))).toBeLessThanOrEqual(columns);
  }
});

test("prose is broken at spaces, keeps its indent, and never loses a word", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("  one two", 5)).toEqual(["  one", "  two"]);
  expect(wrap("/a/very/long/path is kept", 5)).toEqual(["/a/very/long/path", "is", "kept"]);
  expect(wrap("a\n\nb", 10)).toEqual(["a", "", "b"]);
});
