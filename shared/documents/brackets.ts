import { type Splice, addAll, indentAt, isFirstOnLine, lineStart } from "./splice.ts";

/** A list or mapping whose members stand between brackets, with commas between them. */
export interface Bracketed {
  readonly text: string;
  /** Of the opening bracket. */
  readonly start: number;
  /** Behind the closing one. */
  readonly end: number;
  readonly entries: readonly Entry[];
  /** Matches one comment, with the flag `y`; without what ends its line. */
  readonly comment: RegExp;
}

interface Entry {
  readonly start: number;
  readonly end: number;
}

/** What is to stand between the brackets: entries that are there, by their index and in their order, and new ones. */
export type Wanted = readonly (number | string)[];

interface Placed extends Entry {
  /** Of the comma behind it. */
  readonly comma: number | undefined;
  /** Where its line ends, comma and comment included; where another entry shares the line, behind its comma. */
  readonly tail: number;
}

/** Makes the entries the wanted ones. Those that stay keep their comments, which go with those that are removed. */
export function rearrange(bracketed: Bracketed, wanted: Wanted, indentUnit: string): Splice[] {
  const { text, start, end } = bracketed;
  const placed = bracketed.entries.map((entry) => place(bracketed, entry));
  if (wanted.length === 0 && !hasComment(bracketed))
    return [{ start: start + 1, end: end - 1, text: "" }];
  const isMultiline = text.slice(start, end).includes("\n");
  const indent = isMultiline ? entryIndent(bracketed, indentUnit) : "";
  const hadTrailingComma = placed.at(-1)?.comma !== undefined;

  const splices: Splice[] = [];
  let anchor: Placed | undefined;
  for (const [index, item] of wanted.entries()) {
    const isLast = index === wanted.length - 1;
    const needsComma = !isLast || (hadTrailingComma && isMultiline);
    if (typeof item === "number") {
      anchor = placed[item]!;
      addAll(splices, commaOf(anchor, needsComma || (isLast && hadTrailingComma)));
      continue;
    }
    const at = anchor?.tail ?? tailFrom(bracketed, start + 1);
    const comma = needsComma ? "," : "";
    splices.push({
      start: at,
      end: at,
      text: around(item + comma, { text, at, indent, isMultiline, isFirst: anchor === undefined }),
    });
  }
  return [...splices, ...removals(text, placed, new Set(wanted))];
}

/** Neighbours that go, go as one. */
function removals(text: string, placed: readonly Placed[], kept: ReadonlySet<unknown>): Splice[] {
  const splices: Splice[] = [];
  for (let first = 0; first < placed.length; first++) {
    if (kept.has(first)) continue;
    let last = first;
    while (last + 1 < placed.length && !kept.has(last + 1)) last++;
    const isAtEnd = last === placed.length - 1;
    splices.push(removal(text, { start: placed[first]!.start, tail: placed[last]!.tail, isAtEnd }));
    first = last;
  }
  return splices;
}

function around(
  item: string,
  {
    text,
    at,
    indent,
    isMultiline,
    isFirst,
  }: { text: string; at: number; indent: string; isMultiline: boolean; isFirst: boolean },
): string {
  if (isMultiline) return `\n${indent}${item}`;
  if (!isFirst) return ` ${item}`;
  return /\s/.test(text.charAt(at)) ? ` ${item}` : `${item}${item.endsWith(",") ? " " : ""}`;
}

function commaOf({ end, comma }: Placed, isNeeded: boolean): Splice[] {
  if (isNeeded && comma === undefined) return [{ start: end, end, text: "," }];
  return !isNeeded && comma !== undefined ? [{ start: comma, end: comma + 1, text: "" }] : [];
}

function removal(
  text: string,
  { start, tail, isAtEnd }: { start: number; tail: number; isAtEnd: boolean },
): Splice {
  const endsLine = tail >= text.length || text[tail] === "\n";
  if (endsLine && isFirstOnLine(text, start))
    return { start: lineStart(text, start), end: Math.min(tail + 1, text.length), text: "" };
  if (endsLine || isAtEnd)
    return { start: text.slice(0, start).trimEnd().length, end: tail, text: "" };
  return { start, end: tail + matchAt(/[ \t]*/y, text, tail).length, text: "" };
}

function place(bracketed: Bracketed, entry: Entry): Placed {
  const { text, end } = bracketed;
  const next = skipTrivia(bracketed, entry.end);
  const comma = next < end && text[next] === "," ? next : undefined;
  return {
    ...entry,
    comma,
    tail: tailFrom(bracketed, comma === undefined ? entry.end : comma + 1),
  };
}

/** The end of the line if nothing but a comment is left on it, else the place itself. */
function tailFrom({ text, comment }: Bracketed, from: number): number {
  let at = from;
  for (;;) {
    at += matchAt(/[ \t]*/y, text, at).length;
    const length = matchAt(comment, text, at).length;
    if (length === 0) break;
    at += length;
  }
  return at >= text.length || text[at] === "\n" ? at : from;
}

function skipTrivia({ text, comment }: Bracketed, from: number): number {
  let at = from;
  for (;;) {
    const length = matchAt(/\s+/y, text, at).length || matchAt(comment, text, at).length;
    if (length === 0) return at;
    at += length;
  }
}

function hasComment(bracketed: Bracketed): boolean {
  let at = bracketed.start + 1;
  for (const entry of [...bracketed.entries, undefined]) {
    const to = entry?.start ?? bracketed.end - 1;
    if (bracketed.text.slice(at, to).replaceAll(/[\s,]/g, "") !== "") return true;
    at = entry?.end ?? to;
  }
  return false;
}

function entryIndent({ text, start, entries }: Bracketed, unit: string): string {
  // Of many on one long line, each would look for its beginning.
  const first = entries.slice(0, 100).find((entry) => isFirstOnLine(text, entry.start));
  return first === undefined ? indentAt(text, start) + unit : indentAt(text, first.start);
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
