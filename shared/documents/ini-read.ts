import type { Data, DataMap } from "./data.ts";
import { DocumentFault } from "./format.ts";
import type { LineEntry } from "./line-edit.ts";

export interface IniEntry extends LineEntry {
  /** `key`, alone on its line, has neither. */
  readonly keyEnd: number;
  readonly valueStart: number;
  /** White space before the key. */
  readonly indent: string;
  /**
   * On several lines, or so to some readers: Python's goes on where a line is indented further than the key, systemd's and git's
   * behind a backslash. To others the next line is a key of its own.
   */
  readonly isLong: boolean;
}

export interface IniBlock {
  /** Absent before the first section. */
  readonly header:
    | { readonly name: string; readonly start: number; readonly end: number }
    | undefined;
  readonly entries: readonly IniEntry[];
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly number: number;
}

/** One pass over the lines. Values are as they are written, with quotes and with what may be a comment behind them. */
export function readBlocks(text: string): IniBlock[] {
  const blocks: { header: IniBlock["header"]; entries: IniEntry[] }[] = [
    { header: undefined, entries: [] },
  ];
  let start = 0;
  for (const [index, raw] of text.split("\n").entries()) {
    // Where both kinds of line breaks occur, this one may be of the longer kind.
    const line = { text: raw.replace(/\r$/, ""), start, number: index + 1 };
    start += raw.length + 1;
    const entries = blocks.at(-1)!.entries;
    const last = entries.at(-1);
    if (last !== undefined && continues(last, line, text)) {
      entries[entries.length - 1] = {
        ...last,
        value: `${last.value}\n${line.text.trim()}`,
        end: line.start + line.text.length,
        isLong: true,
      };
    } else if (line.text.trimStart().startsWith("[")) {
      blocks.push({ header: headerOf(line), entries: [] });
    } else if (!/^\s*(?:[;#]|$)/.test(line.text)) entries.push(entryOf(line));
  }
  return blocks;
}

function continues(last: IniEntry, { text, start }: Line, whole: string): boolean {
  const isNext = start <= last.end + 2;
  if (isNext && whole.slice(last.start, last.end).endsWith("\\")) return true;
  const indent = /^\s*/.exec(text)![0];
  return indent.length > last.indent.length && !/^\s*(?:[;#]|$)/.test(text);
}

function headerOf({ text, start, number }: Line): IniBlock["header"] {
  const [, before = "", name = ""] = /^(\s*)\[([^[\]]+)\]\s*(?:[;#].*)?$/.exec(text) ?? [];
  if (name.trim() === "")
    throw new DocumentFault("has a section header of a kind not known here", number);
  return { name: name.trim(), start: start + before.length, end: start + text.length };
}

function entryOf({ text, start, number }: Line): IniEntry {
  const delimiter = text.search(/[=:]/);
  const keyPart = delimiter === -1 ? text : text.slice(0, delimiter);
  const key = keyPart.trim();
  if (key === "") throw new DocumentFault("has a value without a key", number);
  const indent = text.slice(0, text.length - text.trimStart().length);
  const value = delimiter === -1 ? "" : text.slice(delimiter + 1).trimStart();
  return {
    key,
    value: value.trimEnd(),
    indent,
    start: start + indent.length,
    keyEnd: start + keyPart.trimEnd().length,
    valueStart: start + text.length - value.length,
    end: start + text.length,
    isLong: false,
  };
}

/** A key that occurs several times has a list, as do sections of one name together. */
export function dataOf(blocks: readonly IniBlock[]): DataMap {
  const top = new Map<string, string[]>();
  const sections = new Map<string, Map<string, string[]>>();
  for (const { header, entries } of blocks) {
    const owner: Map<string, string[]> =
      header === undefined ? top : (sections.get(header.name) ?? new Map());
    if (header !== undefined) sections.set(header.name, owner);
    for (const { key, value } of entries) {
      const values = owner.get(key);
      if (values === undefined) owner.set(key, [value]);
      else values.push(value);
    }
  }
  for (const name of sections.keys()) {
    if (top.has(name)) throw new DocumentFault("has a key and a section of one name");
  }
  return mapOf([
    ...valuesOf(top),
    ...[...sections].map(([name, section]) => [name, mapOf(valuesOf(section))] as const),
  ]);
}

function valuesOf(lists: ReadonlyMap<string, readonly string[]>): (readonly [string, Data])[] {
  return [...lists].map(([key, values]) => [key, values.length === 1 ? values[0]! : values]);
}

function mapOf(entries: readonly (readonly [string, Data])[]): DataMap {
  if (entries.some(([key]) => key === "__proto__"))
    throw new DocumentFault("has the key __proto__");
  return Object.fromEntries(entries);
}
