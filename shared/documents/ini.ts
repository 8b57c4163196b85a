import { type Data, type DataMap, isDataMap } from "./data.ts";
import { member, sameData } from "./compare.ts";
import { groupBy } from "./group-by.ts";
import { iniFaults } from "./ini-faults.ts";
import { type IniBlock, type IniEntry, dataOf, readBlocks } from "./ini-read.ts";
import {
  type EntryLines,
  type Place,
  above,
  atEnd,
  below,
  commentStart,
  entryChanges,
  insertion,
} from "./line-edit.ts";
import { proved } from "./proved.ts";
import { type Splice, applySplices, linesOf, withGap } from "./splice.ts";

/**
 * INI as all of its many readers agree on it: keys before the first section, and one level of sections. The name of a section is what stands between the
 * brackets: `[a.b]` is a section called `a.b`, and `[remote "origin"]` one called `remote "origin"`. Values are text and stand as they are,
 * without quotes. A list is a key on several lines, as systemd and git have it.
 */
export const ini = proved({
  name: "ini",
  read: (text) => dataOf(readBlocks(text)),
  normalize: textual,
  faults: iniFaults,
  write: (data) => written(data as DataMap),
  changes: (text, before, after) => [changed(text, before as DataMap, after as DataMap)],
});

function textual(data: Data): Data {
  if (data === null || typeof data === "string") return data;
  if (isDataMap(data))
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, textual(value)]));
  if (Array.isArray(data)) {
    const items = (data as readonly Data[]).map(textual);
    return items.length === 1 ? items[0]! : items;
  }
  return `${data as number | boolean}`;
}

function written(data: DataMap): string {
  const top = [...wantedOf(data)].flatMap(([key, values]) =>
    values.map((value) => `${key}=${value}`),
  );
  const sections = Object.entries(data).flatMap(([name, section]) =>
    isDataMap(section) ? [sectionText(name, section, "=")] : [],
  );
  return [...(top.length === 0 ? [] : [top.join("\n")]), ...sections]
    .map((part) => `${part}\n`)
    .join("\n");
}

function sectionText(name: string, section: DataMap, equals: string): string {
  const lines = [...wantedOf(section)].flatMap(([key, values]) =>
    values.map((value) => `${key}${equals}${value}`),
  );
  return [`[${name}]`, ...lines].join("\n");
}

/** The lines of a mapping, without its sections. */
function wantedOf(data: DataMap): ReadonlyMap<string, readonly string[]> {
  const entries = Object.entries(data).filter(([, value]) => !isDataMap(value));
  return new Map(entries.map(([key, value]) => [key, [value].flat() as string[]]));
}

const COMMENT = /^\s*[;#]/;

function changed(text: string, before: DataMap, after: DataMap): string | undefined {
  if (text.trim() === "") return written(after);
  const blocks = readBlocks(text);
  const [top, ...others] = blocks;
  const sections = groupBy(others, ({ header }) => header!.name);
  const equals = equalsOf(text, blocks.find(({ entries }) => entries.length > 0)?.entries[0]);
  const splices: (Splice[] | undefined)[] = [
    entryChanges(linesIn(text, top!, topOf(text, blocks), equals), wantedOf(after)),
  ];
  for (const [name, parts] of sections) {
    const now = member(after, name);
    if (!isDataMap(now)) splices.push(parts.map((part) => withoutBlock(text, part)));
    else if (!sameData(member(before, name), now)) {
      const [part, second] = parts;
      // In which of several a key is to stand is known to whoever wrote them.
      if (second !== undefined) return undefined;
      const lines = linesIn(text, part!, below(text, part!.header!.end), equals);
      splices.push(entryChanges(lines, wantedOf(now)));
    }
  }
  const fresh = Object.entries(after).flatMap(([name, section]) =>
    isDataMap(section) && !sections.has(name) ? [sectionText(name, section, equals)] : [],
  );
  if (fresh.length > 0) splices.push([insertion(fresh, atEnd(text))]);
  if (!splices.every((each) => each !== undefined)) return undefined;
  return applySplices(text, splices.flat());
}

function linesIn(text: string, block: IniBlock, top: Place, equals: string): EntryLines<IniEntry> {
  return {
    text,
    top,
    entries: block.entries,
    replace: (entry, value) => {
      const { keyEnd, valueStart, end, isLong } = entry;
      if (isLong) return undefined;
      const isBare = keyEnd === end;
      return { start: isBare ? end : valueStart, end, text: isBare ? `${equals}${value}` : value };
    },
    write: (key, value, entry) =>
      `${entry?.indent ?? ""}${key}${entry === undefined ? equals : equalsOf(text, entry, equals)}${value}`,
  };
}

/** How an entry keeps its key and value apart: `=`, ` = `, `: `. */
function equalsOf(text: string, entry: IniEntry | undefined, otherwise = "="): string {
  if (entry === undefined || entry.keyEnd === entry.end) return otherwise;
  return text.slice(entry.keyEnd, entry.valueStart);
}

/** Before the first entry or section and what is said right above it; else at the end of the comments that are all there is. */
function topOf(text: string, [top, first]: readonly IniBlock[]): Place {
  const [entry] = top!.entries;
  if (entry !== undefined) return above(text, entry.start, COMMENT);
  if (first === undefined) {
    return { at: text.trimEnd().length, before: "\n", between: "\n", after: "" };
  }
  const at = commentStart(text, first.header!.start, COMMENT);
  const isApart = /\n[ \t]*\n$|^$/.test(text.slice(0, at));
  return { at, before: isApart ? "" : "\n", between: "\n", after: "\n\n" };
}

function withoutBlock(text: string, { header, entries }: IniBlock): Splice {
  return withGap(text, linesOf(text, header!.start, entries.at(-1)?.end ?? header!.end));
}
