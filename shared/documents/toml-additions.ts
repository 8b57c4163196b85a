import { type Data, type DataMap, isDataMap } from "./data.ts";
import { type Place, atEnd, insertion } from "./line-edit.ts";
import { type Splice, indentAt, lineEnd, withGap } from "./splice.ts";
import { equalsOf, tableEnd, topOf } from "./toml-places.ts";
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
  const splices = [...lines.values()].map(({ place, texts }) => insertion(texts, place));
  // A table that was there for what is in it alone needs a header when that goes.
  const isBare = block === undefined && stays.size === 0;
  if (sections.length === 0 && !isBare) return splices;
  const written = sectionText(table.path, Object.fromEntries(sections));
  const place = table.item === undefined ? atEnd(text) : belowTable(text, table.item);
  return [...splices, insertion([written], place)];
}

/** A section below all that belongs to a table, and below the empty lines there: the last of it may go with them. */
export function belowTable(text: string, table: TomlTable): Place {
  const line = tableEnd(text, table) + 1;
  const { end: at } = withGap(text, { start: line, end: line, text: "" });
  if (at >= text.length) return atEnd(text);
  return at === line
    ? { at, before: "\n", between: "\n\n", after: "\n" }
    : { at, before: "", between: "\n\n", after: "\n\n" };
}

export function sectionText(path: readonly string[], value: Data): string {
  const nested = path.reduceRight<Data>((inner, name) => ({ [name]: inner }), value);
  return documentText(nested as DataMap).replace(/\n$/, "");
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

/** The last line that a table without a header of its own has in a block. */
function lastLineOf(table: TomlTable, block: TomlBlock | undefined): TomlPair | undefined {
  return [...table.members.values()].findLast(
    (part): part is TomlLine => part.kind === "line" && part.block === block,
  )?.pair;
}
