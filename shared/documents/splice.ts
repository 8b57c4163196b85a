/** A piece of a text to be replaced; nothing but an insertion where `start` is `end`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** All at once; insertions at one place in the order they are given in. `undefined` where two are in each other's way. */
export function applySplices(text: string, splices: readonly Splice[]): string | undefined {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end, text: replacement } of splices.toSorted(byPlace)) {
    if (start < done) return undefined;
    parts.push(text.slice(done, start), replacement);
    done = end;
  }
  parts.push(text.slice(done));
  return parts.join("");
}

/** What is inserted where something else goes stands before it. */
function byPlace(a: Splice, b: Splice): number {
  return a.start - b.start || Number(a.end > a.start) - Number(b.end > b.start);
}

/** As `push`, but for any number: it takes what is added as arguments, which stand on the stack. */
export function addAll<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}

/** The white space that the line of a place begins with. */
export function indentAt(text: string, place: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, place), place))![0];
}

export function lineStart(text: string, place: number): number {
  return text.lastIndexOf("\n", place - 1) + 1;
}

/** The end of the line of a place, without its line break. */
export function lineEnd(text: string, place: number): number {
  const end = text.indexOf("\n", place);
  return end === -1 ? text.length : end;
}

/** Whether there is nothing but white space before it on its line. */
export function isFirstOnLine(text: string, place: number): boolean {
  return text.slice(lineStart(text, place), place).trim() === "";
}

/** Removes all lines from one place to another. */
export function linesOf(text: string, start: number, end: number): Splice {
  const from = lineStart(text, start);
  const to = lineEnd(text, end);
  if (to < text.length) return { start: from, end: to + 1, text: "" };
  // What is last takes the line break before it along where it had none of its own.
  return { start: Math.max(0, from - 1), end: to, text: "" };
}

/** With the empty lines below, which kept it apart from what comes next. */
export function withGap(text: string, splice: Splice): Splice {
  const gap = /(?:[ \t]*\n)*/y;
  gap.lastIndex = splice.end;
  return { ...splice, end: splice.end + (gap.exec(text)?.[0].length ?? 0) };
}
