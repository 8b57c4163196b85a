import { expect, it } from "vitest";
import { programSources, summariesOfCodes } from "../support/codes.ts";

it("a code has one summary, and a summary one code", () => {
  const found = summariesOfCodes();
  const twice = [...found].filter(([, texts]) => texts.size > 1);
  expect(twice).toEqual([]);
  const all = [...found.values()].flatMap((texts) => [...texts]);
  expect(all.filter((text, index) => all.indexOf(text) !== index)).toEqual([]);
});

it("a summary is one sentence", () => {
  for (const texts of summariesOfCodes().values()) {
    for (const text of texts) expect(text).toMatch(/^(?:[A-Z]|systemd |sudo ).*[^.]\.$/);
  }
});

it("every code that a source names has a summary in a form that is known here", () => {
  const found = summariesOfCodes();
  const named = programSources().flatMap(({ path, text }) =>
    [...text.matchAll(/"(HK\d{4})"|\b(HK\d{4}):/g)].map(([, one, other]) => ({
      path,
      code: one ?? other ?? "",
    })),
  );
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter(({ code }) => !found.has(code))).toEqual([]);
});
