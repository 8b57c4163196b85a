import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The forms in which sources give a code its summary. */
const FORMS = [
  /code: "(HK\d{4})",\s*summary:\s*"([^"]+)"/g,
  /\bproblem\(\s*"(HK\d{4})",\s*"([^"]+\.)"/g,
  /\((?:\w+, )?"(HK\d{4})", (?:[\w.]+, )?\{\s*summary:\s*"([^"]+)"/g,
  /^\s*(HK\d{4}): "([^"]+)"/gm,
  /^\s*(HK\d{4}): \{\s*(?:side: "\w+", )?summary:\s*"([^"]+)"/gm,
];

/** Every file of the program but the pages that explain codes, with its text. */
export function programSources(): { readonly path: string; readonly text: string }[] {
  return ["shared", "client", "agent", "build"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.startsWith(join("explain", "pages")))
      .map((name) => join(folder, name))
      .map((path) => ({ path, text: readFileSync(path, "utf8") })),
  );
}

/** Every code of the sources with its summaries, of which there should be one. */
export function summariesOfCodes(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { text } of programSources()) {
    for (const form of FORMS) {
      for (const [, code = "", summary = ""] of text.matchAll(form)) {
        found.set(code, (found.get(code) ?? new Set()).add(summary));
      }
    }
  }
  return found;
}
