import { type BracketNode, type BracketStyle, valueChanges } from "./bracket-edit.ts";
import { align, member, sameData } from "./compare.ts";
import { type Data, type DataMap, isDataMap } from "./data.ts";
import { insertion } from "./line-edit.ts";
import { type Splice, addAll, applySplices, lineStart } from "./splice.ts";
import { type TomlDocument, additionsTo, belowTable, sectionText } from "./toml-additions.ts";
import { removal } from "./toml-places.ts";
import { scanToml } from "./toml-scan.ts";
import { type TomlItems, type TomlMember, type TomlTable, tablesOf } from "./toml-tables.ts";
import { documentText, isListOfTables, keyText, valueText } from "./toml-text.ts";

interface Editing extends TomlDocument {
  readonly style: BracketStyle;
}

interface Pair<T = Data> {
  readonly before: T;
  readonly after: T;
}

/** Changes the lines that differ; new values stand beside their siblings, new tables in sections at the end. */
export function changeToml(text: string, pair: Pair<DataMap>): string | undefined {
  if (text.trim() === "") return documentText(pair.after);
  const blocks = scanToml(text);
  return applySplices(
    text,
    tableChanges({ text, blocks, style: styleOf(text) }, tablesOf(blocks), pair),
  );
}

function tableChanges(
  editing: Editing,
  table: TomlTable,
  { before, after }: Pair<DataMap>,
): Splice[] {
  const splices: Splice[] = [];
  const stays = new Set<string>();
  for (const [key, part] of table.members) {
    const changes = partChanges(editing, part, {
      before: member(before, key),
      after: member(after, key),
    });
    if (changes !== undefined) stays.add(key);
    addAll(splices, changes ?? removal(editing.text, part));
  }
  return [...splices, ...additionsTo(editing, table, after, stays)];
}

/** `undefined` where it has to go, and to be written anew if it is declared as something else. */
function partChanges(
  editing: Editing,
  part: TomlMember,
  { before, after }: Pair<Data | undefined>,
): Splice[] | undefined {
  if (before === undefined || after === undefined) return undefined;
  if (sameData(before, after)) return [];
  if (part.kind === "line") return valueChanges(editing.style, part.pair.value, { before, after });
  if (part.kind === "table" && isDataMap(before) && isDataMap(after))
    return tableChanges(editing, part, { before, after });
  if (part.kind === "items" && isListOfTables(before) && isListOfTables(after))
    return itemsChanges(editing, part, { before, after });
  return undefined;
}

function itemsChanges(
  editing: Editing,
  { tables }: TomlItems,
  { before, after }: Pair<readonly DataMap[]>,
): Splice[] {
  const { text } = editing;
  const { head, tail } = align(before, after);
  const room = before.length - head - tail;
  const middle = after.slice(head, after.length - tail);
  const splices: Splice[] = [];
  for (const [offset, item] of middle.slice(0, room).entries()) {
    const index = head + offset;
    addAll(splices, tableChanges(editing, tables[index]!, { before: before[index]!, after: item }));
  }
  for (const table of tables.slice(head + middle.length, head + room))
    addAll(splices, removal(text, table));
  const fresh = middle.slice(room);
  if (fresh.length === 0) return splices;
  const written = sectionText(tables[0]!.path, fresh);
  const last = tables[head + room - 1];
  if (last !== undefined) return [...splices, insertion([written], belowTable(text, last))];
  const start = lineStart(text, tables[0]!.block!.header!.start);
  return [...splices, { start, end: start, text: `${written}\n\n` }];
}

function styleOf(text: string): BracketStyle {
  return {
    text,
    unit: "  ",
    comment: /#[^\n]*/y,
    entry: (key, value) => `${keyText(key)} = ${value}`,
    oneLine: (value) => valueText(value),
    lines: (value) => valueText(value),
    replacement: (value, node) => asWritten(value, text.slice(node.start, node.end), node),
  };
}

/** A float stays one: to many programs `1` is no value of a field that takes `1.0`. */
function asWritten(value: Data, source: string, { kind }: BracketNode): string {
  const written = valueText(value);
  const wasFloat = kind === "scalar" && /^[+-]?\d[\d_]*(?:\.|[eE])/.test(source);
  return wasFloat && /^-?\d+$/.test(written) ? `${written}.0` : written;
}
