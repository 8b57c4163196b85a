import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { laidOver, sameData } from "../../../../shared/documents/compare.ts";
import type { Data } from "../../../../shared/documents/data.ts";
import { DocumentFault, type DocumentFormat } from "../../../../shared/documents/format.ts";
import { MAX_LENGTH } from "../../../../shared/documents/limits.ts";
import { key, scalar, similarTo } from "./arbitrary.ts";

interface Sample {
  readonly documents: fc.Arbitrary<Data>;
  /** Values that are put into documents which exist. */
  readonly values?: fc.Arbitrary<Data>;
  /** A comment on a line of its own. */
  readonly comment: string;
  /** Pieces that hosts' texts of the format are made of. */
  readonly pieces: readonly string[];
}

const RUNS = { numRuns: Number(process.env["HOSTKIT_RUNS"] ?? 300) };

/** What each format has to be able to do. */
export function describeFormat(
  format: DocumentFormat,
  { documents, values = scalar, comment, pieces }: Sample,
): void {
  const holdable = documents.filter((data) => format.faults(data).length === 0);
  const pairs = holdable.chain((data) =>
    fc.tuple(
      fc.constant(data),
      similarTo(data, values).filter((next) => format.faults(next).length === 0),
    ),
  );

  describe(`${format.name}, as any format`, () => {
    it("reads what it renders as what was declared", () => {
      fc.assert(
        fc.property(holdable, (data) => {
          const text = format.render(data);
          expect(text.endsWith("\n") || text === "").toBe(true);
          expectSame(format.parse(text), format.normalize(data));
          expectSame(format.normalize(format.parse(text)), format.parse(text));
        }),
        RUNS,
      );
    });

    it("refuses with a fault, or holds, whatever it is given", () => {
      fc.assert(
        fc.property(documents, (data) => {
          const faults = format.faults(data);
          if (faults.length === 0)
            expectSame(format.parse(format.render(data)), format.normalize(data));
          else expect(() => format.render(data)).toThrow(DocumentFault);
          for (const fault of faults) expect(fault.why).not.toBe("");
        }),
        RUNS,
      );
    });

    it("leaves a text alone that has what is declared", () => {
      fc.assert(
        fc.property(holdable, (data) => {
          const text = format.render(data);
          for (const others of ["remove", "keep"] as const)
            expect(format.edit(text, data, { others })).toBe(text);
        }),
        RUNS,
      );
    });

    it("makes a text have what is declared and nothing else", () => {
      fc.assert(
        fc.property(pairs, fc.boolean(), ([before, after], crlf) => {
          const text = withBreaks(format.render(before), crlf);
          const edited = format.edit(text, after, { others: "remove" });
          expectSame(format.parse(edited), format.normalize(after));
          expect(format.edit(edited, after, { others: "remove" })).toBe(edited);
          if (crlf) expect(edited).not.toMatch(/(?<!\r)\n/);
        }),
        RUNS,
      );
    });

    it("does so in the text that is there, comments and all", () => {
      fc.assert(
        fc.property(pairs, ([before, after]) => {
          const text = `${comment}\n\n${format.render(before)}`;
          const edited = format.edit(text, after, { others: "remove" });
          expect(edited.startsWith(comment)).toBe(true);
          expectSame(format.parse(edited), format.normalize(after));
        }),
        RUNS,
      );
    });

    it("makes a text have what is declared beside what others have there", () => {
      fc.assert(
        fc.property(pairs, ([before, after]) => {
          const text = format.render(before);
          const wanted = laidOver(format.parse(text), format.normalize(after));
          fc.pre(format.faults(wanted).length === 0);
          const edited = format.edit(text, after, { others: "keep" });
          expectSame(format.parse(edited), wanted);
        }),
        RUNS,
      );
    });

    it("never fails on a host's text but with a fault", () => {
      const text = fc.array(
        fc.oneof(fc.constantFrom(...pieces, "\n", " "), fc.string({ maxLength: 4 })),
        {
          maxLength: 24,
        },
      );
      fc.assert(
        fc.property(text, key, scalar, (parts, name, value) => {
          const host = parts.join("");
          const data = faultOr(() => format.parse(host));
          if (data instanceof DocumentFault) return;
          if (format.faults(data).length === 0)
            expect(format.edit(host, data, { others: "remove" })).toBe(host);
          const declared = { [name]: value };
          if (format.faults(declared).length > 0) return;
          expectSame(
            format.parse(format.edit(host, declared, { others: "remove" })),
            format.normalize(declared),
          );
          const kept = faultOr(() => format.edit(host, declared, { others: "keep" }));
          if (!(kept instanceof DocumentFault))
            expectSame(format.parse(kept), laidOver(data, format.normalize(declared)));
        }),
        { numRuns: 5 * RUNS.numRuns },
      );
    });

    it("keeps a byte order mark", () => {
      const data = holdable.filter((d) => Object.keys(d as object).length > 0);
      const [text] = fc
        .sample(data, { numRuns: 1, seed: 1 })
        .map((d) => `\uFEFF${format.render(d)}`);
      expect(format.edit(text!, {}, { others: "remove" }).startsWith("\uFEFF")).toBe(true);
    });

    it("refuses what was made to keep it busy", () => {
      const huge = "a".repeat(MAX_LENGTH + 1);
      expect(() => format.parse(huge)).toThrow(DocumentFault);
      expect(() => format.edit(huge, {}, { others: "keep" })).toThrow(DocumentFault);
      expect(format.faults({ a: huge })).not.toEqual([]);
      let deep: Data = "end";
      for (let level = 0; level < 50_000; level++) deep = { a: deep };
      expect(format.faults(deep)).not.toEqual([]);
      expect(() => format.render(deep)).toThrow(DocumentFault);
    });

    it("refuses keys that reach into other objects, and takes those for keys that only look so", () => {
      const polluted = JSON.parse('{"__proto__":"x"}') as Data;
      expect(format.faults(polluted)).not.toEqual([]);
      expect(() => format.render(polluted)).toThrow(DocumentFault);
      const text = format.render({ constructor: "x", toString: "y" });
      expect(Object.entries(format.parse(text) as object)).toEqual([
        ["constructor", "x"],
        ["toString", "y"],
      ]);
      expect(
        Object.keys(
          format.parse(format.edit(text, { valueOf: "z" }, { others: "keep" })) as object,
        ),
      ).toHaveLength(3);
    });
  });
}

function expectSame(a: Data, b: Data): void {
  if (!sameData(a, b)) expect(a).toEqual(b);
  expect(sameData(a, b)).toBe(true);
}

function withBreaks(text: string, crlf: boolean): string {
  return crlf ? text.replaceAll("\n", "\r\n") : text;
}

function faultOr<T>(work: () => T): T | DocumentFault {
  try {
    return work();
  } catch (error) {
    if (error instanceof DocumentFault) return error;
    throw error;
  }
}
