import { type Data, type DataMap, isDataMap } from "./data.ts";
import { type Splice, indentAt, lineEnd } from "./splice.ts";
import { type Place, equalsOf, tableEnd, topOf } from "./toml-places.ts";
import type { TomlBlock, TomlPair } from "./toml-scan.ts";
import type { TomlLine, TomlTable } from "./toml-tables.ts";
import { documentText, isListOfTables, keyText, valueText } from "./toml-text.ts";

export interface TomlDocument {
  readonly text: string;
  readonly blocks: readonly TomlBlock[];
}

/** Writes what is declared of a table and not among the members that stay. */
export function additionsTo(
  document: TomlDocument,
  table: TomlTable,
  after: DataMap,
  stays: ReadonlySet<string>,
): Splice[] {
  const { text } = document;
  const block = table.block ?? table.dotted?.block;
  const lines = new Map<number, { readonly place: Place; readonly texts: string[] }>();
  const sections: [string, Data][] = [];
  // A table without a header is where its lines are, so what is first goes below them as well.
  let above = table.block === undefined ? lastLineOf(table, block) : undefined;
  for (const [key, value] of Object.entries(after)) {
    const part = table.members.get(key);
    if (stays.has(key)) {
      if (part?.kind === "line" && part.block === block) above = part.pair;
    } else if (block === undefined || isDataMap(value) || isListOfTables(value)) {
      sections.push([key, value]);
    } else {
      const name = [...(table.block === undefined ? (table.dotted?.keys ?? []) : []), key];
      const line = `${name.map(keyText).join(".")}${equalsOf(text, above)}${valueText(value)}`;
      const place = placeOf(document, block, above);
      const group = lines.get(place.at);
      if (group === undefined) lines.set(place.at, { place, texts: [line] });
      else group.texts.push(line);
    }
  }
  const splices = [...lines.values()].map(({ place, texts }) => placed(texts, place));
  if (sections.length === 0) return splices;
  const written = sectionText(table.path, Object.fromEntries(sections));
  const end = table.item === undefined ? text.trimEnd().length : tableEnd(text, table.item);
  return [...splices, below(end, written)];
}

/** A new section below what is there, with an empty line between. */
export function below(place: number, written: string): Splice {
  const trimmed = written.replace(/\n$/, "");
  return { start: place, end: place, text: place === 0 ? trimmed : `\n\n${trimmed}` };
}

export function sectionText(path: readonly string[], value: Data): string {
  const nested = path.reduceRight<Data>((inner, name) => ({ [name]: inner }), value);
  return documentText(nested as DataMap);
}

function placeOf(
  { text, blocks }: TomlDocument,
  block: TomlBlock,
  above: TomlPair | undefined,
): Place {
  const { start, end } = above ?? block.header ?? {};
  if (start === undefined || end === undefined) return topOf(text, blocks);
  const apart = `\n${indentAt(text, start)}`;
  return { at: lineEnd(text, end), before: apart, between: apart, after: "" };
}

function placed(lines: readonly string[], { at, before, between, after }: Place): Splice {
  return { start: at, end: at, text: `${before}${lines.join(between)}${after}` };
}

/** The last line that a table without a header of its own has in a block. */
function lastLineOf(table: TomlTable, block: TomlBlock | undefined): TomlPair | undefined {
  return [...table.members.values()].findLast(
    (part): part is TomlLine => part.kind === "line" && part.block === block,
  )?.pair;
}
