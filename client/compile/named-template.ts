import { didYouMean } from "../../shared/nearest-name.ts";
import type { Secret } from "../../shared/secret.ts";
import type { NamedTemplate } from "../declare/text-template.ts";

type Filled =
  | { readonly parts: readonly (string | Secret)[] }
  | { readonly faults: readonly string[] };

/** `{{ NAME }}`, white space optional. */
const PLACEHOLDER = /\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}/g;

/** Puts values in the places of their names. A name without a value and a value without a place are both mistakes. */
export function fillIn(source: string, values: NamedTemplate["values"]): Filled {
  const parts: (string | Secret)[] = [];
  const used = new Set<string>();
  const faults: string[] = [];
  const known = Object.keys(values);
  let end = 0;
  for (const match of source.matchAll(PLACEHOLDER)) {
    const [whole, name = ""] = match;
    parts.push(source.slice(end, match.index));
    end = match.index + whole.length;
    used.add(name);
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) {
      const line = source.slice(0, match.index).split("\n").length;
      const list = known.length === 0 ? "" : ` Known: ${known.join(", ")}.`;
      const hint = didYouMean(name, known) || list;
      faults.push(`has ${whole} on line ${line}, which is given no value.${hint}`);
    } else parts.push(typeof value === "object" ? value : String(value));
  }
  parts.push(source.slice(end));
  const unused = known.filter((name) => !used.has(name));
  if (unused.length > 0) faults.push(`is given ${unused.join(", ")}, which it has no place for.`);
  return faults.length > 0 ? { faults } : { parts: parts.filter((part) => part !== "") };
}
