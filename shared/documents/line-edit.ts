import { groupBy } from "./group-by.ts";
import { type Splice, addAll, lineEnd, lineStart, linesOf } from "./splice.ts";

/** A key with its value on lines of its own. */
export interface LineEntry {
  readonly key: string;
  readonly value: string;
  /** Of its key. */
  readonly start: number;
  /** Of its last line, without the line break. */
  readonly end: number;
}

/** Entries that stand one below the other, in a file or a section of one. */
export interface EntryLines<Entry extends LineEntry> {
  readonly text: string;
  readonly entries: readonly Entry[];
  /** Where the first entry goes. */
  readonly top: Place;
  /** The entry with another value; `undefined` where it is not known what belongs to it. */
  replace(entry: Entry, value: string): Splice | undefined;
  /** A new line, written like the one above. */
  write(key: string, value: string, above: Entry | undefined): string;
}

/** Where lines may stand, and what keeps them apart from each other and their neighbours. */
export interface Place {
  readonly at: number;
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

/** Gives each key the wanted values, one a line, in the order of the text; keys that are not wanted go. */
export function entryChanges<Entry extends LineEntry>(
  lines: EntryLines<Entry>,
  wanted: ReadonlyMap<string, readonly string[]>,
): Splice[] | undefined {
  const { text } = lines;
  const groups = groupBy(lines.entries, (entry) => entry.key);
  const splices: (Splice | undefined)[] = [];
  for (const [key, entries] of groups) {
    const values = wanted.get(key) ?? [];
    for (const [index, entry] of entries.entries()) {
      const value = values[index];
      if (value === undefined) splices.push(linesOf(text, entry.start, entry.end));
      else if (value !== entry.value) splices.push(lines.replace(entry, value));
    }
  }
  const added = new Map<Entry | undefined, string[]>();
  let above: Entry | undefined;
  for (const [key, values] of wanted) {
    const entries = groups.get(key) ?? [];
    above = entries[Math.min(entries.length, values.length) - 1] ?? above;
    const fresh = values.slice(entries.length).map((value) => lines.write(key, value, above));
    const group = added.get(above);
    if (group === undefined) added.set(above, fresh);
    else addAll(group, fresh);
  }
  for (const [entry, written] of added) addAll(splices, placed(text, written, entry, lines.top));
  return splices.every((splice) => splice !== undefined) ? splices : undefined;
}

function placed(
  text: string,
  written: readonly string[],
  above: LineEntry | undefined,
  top: Place,
): Splice[] {
  if (written.length === 0) return [];
  return [insertion(written, above === undefined ? top : below(text, above.end))];
}

export function insertion(
  written: readonly string[],
  { at, before, between, after }: Place,
): Splice {
  return { start: at, end: at, text: `${before}${written.join(between)}${after}` };
}

/** On lines of their own, below the one of a place. */
export function below(text: string, place: number): Place {
  return { at: lineEnd(text, place), before: "\n", between: "\n", after: "" };
}

/** New sections at the end of a text, each below an empty line. */
export function atEnd(text: string): Place {
  const at = text.length;
  if (!text.endsWith("\n")) return { at, before: "\n\n", between: "\n\n", after: "" };
  return { at, before: /\n[ \t]*\n$/.test(text) ? "" : "\n", between: "\n\n", after: "\n" };
}

/** The first lines of a text, above the line of a place and the comment right above it. */
export function above(text: string, place: number, comment: RegExp): Place {
  return { at: commentStart(text, place, comment), before: "", between: "\n", after: "\n" };
}

/** Of the comment that stands right above a line, or of the line itself. */
export function commentStart(text: string, place: number, comment: RegExp): number {
  let start = lineStart(text, place);
  while (start > 0) {
    const line = lineStart(text, start - 1);
    if (!comment.test(text.slice(line, start))) break;
    start = line;
  }
  return start;
}
