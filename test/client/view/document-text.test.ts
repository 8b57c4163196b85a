import { expect, it } from "vitest";
import { differenceLines } from "../../../client/view/difference-text.ts";
import { createPaint } from "../../../client/view/paint.ts";
import type { Difference } from "../../../shared/change.ts";

/** What a person sees of documents and of texts with secrets. */

const linesOf = (difference: Difference, full = false) =>
  differenceLines([difference], {
    paint: createPaint({ colour: false }),
    columns: 80,
    detail: full ? "full" : "changes",
    texts: new Map(),
  });

const NOT_SHOWN = "(not shown)";

it("is a line for each key, with its mark", () => {
  expect(
    linesOf({
      field: "content",
      before: "json document",
      after: "json document",
      keys: [
        { key: "server.HTTP_PORT", before: 3000, after: 4000 },
        { key: "name", before: "api", after: "a b" },
        { key: "new", after: true },
        { key: "old", before: null },
        { key: "number", before: 1, after: "1" },
        { key: "empty", before: "", after: " padded" },
        { key: "lines", after: "a\nb\u001b[31m" },
        { key: "token", before: NOT_SHOWN, after: NOT_SHOWN, masked: true },
        { key: "added", after: NOT_SHOWN, masked: true },
      ],
    }),
  ).toEqual([
    "content: json document",
    "  ~ server.HTTP_PORT: 3000 -> 4000",
    "  ~ name: api -> a b",
    "  + new: true",
    "  - old: null",
    '  ~ number: 1 -> "1"',
    '  ~ empty: "" -> " padded"',
    "  + lines: a\\nb\\x1b[31m",
    "  ~ token: changed, not shown",
    "  + added: (not shown)",
  ]);
});

it("says why what is there is no document", () => {
  const before = "no yaml document: a tab where spaces are needed (line 3)";
  const keys = [{ key: "a", after: 1 }];
  expect(linesOf({ field: "content", before, after: "yaml document", keys })[0]).toBe(
    `content: ${before} -> yaml document`,
  );
});

it("is cut short for a large new one, unless all of it was asked for", () => {
  const keys = Array.from({ length: 40 }, (_, index) => ({ key: `k${index}`, after: index }));
  const created = { field: "content", before: null, after: "json document", keys };
  expect(linesOf(created).at(-1)).toBe("  16 more keys: --full shows them");
  expect(linesOf(created, true)).toHaveLength(41);
});

it("a text with secrets is told by its masked diff, or as changed where there is none", () => {
  const hidden = { field: "content", before: NOT_SHOWN, after: NOT_SHOWN };
  expect(linesOf(hidden)).toEqual(["content: changed, not shown"]);
  const patch = "--- a\n+++ a\n@@ -1 +1 @@\n-(not shown)\n+password=(secret env:X)\n";
  expect(linesOf({ ...hidden, patch })).toEqual([
    "content:",
    "@@ -1 +1 @@",
    "-(not shown)",
    "+password=(secret env:X)",
  ]);
  expect(linesOf({ ...hidden, before: null, patch })[0]).toBe("content:");
});

it("a text that looks like a number is quoted only where there are numbers", () => {
  const shown = (format: string) =>
    linesOf({
      field: "content",
      before: null,
      after: `${format} document`,
      keys: [
        { key: "port", after: "4000" },
        { key: "address", after: "127.0.0.1" },
      ],
    }).slice(1);
  expect(shown("ini")).toEqual(["  + port: 4000", "  + address: 127.0.0.1"]);
  expect(shown("yaml")).toEqual(['  + port: "4000"', "  + address: 127.0.0.1"]);
});
