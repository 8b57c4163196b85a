import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

/** Every code of the sources with its summary, in either of the forms they are written in. */
const FORMS = [
  /code: "(HK\d{4})",\s*summary:\s*"([^"]+)"/g,
  /\bproblem\(\s*"(HK\d{4})",\s*"([^"]+\.)"/g,
  /^\s*(HK\d{4}): "([^"]+)"/gm,
  /^\s*(HK\d{4}): \{\s*summary:\s*"([^"]+)"/gm,
];

function sources(): string[] {
  return ["shared", "client", "agent", "build"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
}

function summaries(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const path of sources()) {
    const text = readFileSync(path, "utf8");
    for (const form of FORMS) {
      for (const [, code = "", summary = ""] of text.matchAll(form)) {
        found.set(code, (found.get(code) ?? new Set()).add(summary));
      }
    }
  }
  return found;
}

it("a code has one summary, and a summary one code", () => {
  const found = summaries();
  expect(found.size).toBeGreaterThan(50);
  const twice = [...found].filter(([, texts]) => texts.size > 1);
  expect(twice).toEqual([]);
  const all = [...found.values()].flatMap((texts) => [...texts]);
  expect(all.filter((text, index) => all.indexOf(text) !== index)).toEqual([]);
});

it("a summary is one sentence", () => {
  for (const texts of summaries().values()) {
    for (const text of texts) expect(text).toMatch(/^[A-Z].*[^.]\.$/);
  }
});
