/**
 * Text that came from a host, a declaration or a file name is made safe before it is shown: nothing in it may move
 * the cursor, set a title, hide what follows or reorder what is read.
 */

/** Whole escape sequences of terminals (ECMA-48): CSI, and strings such as OSC when they are ended. */
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-Z\\^-~]/g;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
/** Marks that reorder what is displayed, and line ends that only some programs honour. */
const REORDERING = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One line: ids, labels, messages. Escape sequences are removed, line breaks become spaces. */
export function oneLine(text: string): string {
  return text
    .replace(SEQUENCE, "")
    .replace(/[\r\n\t]+/g, " ")
    .replace(CONTROL, "")
    .replace(REORDERING, "");
}

/** Several lines of prose, line breaks kept. */
export function block(text: string): string {
  return text.split(/\r?\n/).map(oneLine).join("\n");
}

/**
 * Content of files: what can't be seen is written out (`\x1b`, `\r`), since a changed line that looks unchanged would
 * not be the truth. Tabs stay.
 */
export function visible(text: string): string {
  return text
    .replace(CONTROL, (c) => (c === "\t" ? c : c === "\r" ? "\\r" : `\\x${hex(c, 2)}`))
    .replace(REORDERING, (c) => `\\u${hex(c, 4)}`);
}

const hex = (character: string, digits: number) =>
  (character.codePointAt(0) ?? 0).toString(16).padStart(digits, "0");

const MARKS = /^\p{Mark}$/u;
/** Blocks that terminals draw two columns wide: Unicode Standard Annex 11, and emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

function widthOf(character: string): number {
  return MARKS.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}

/** Columns that a terminal draws it in. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** At most `columns` wide; what is left out is shown by `…`, or what else stands for it. */
export function crop(text: string, columns: number, ellipsis = "…"): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns - ellipsis.length) break;
    kept += character;
  }
  return columns < ellipsis.length ? "" : `${kept}${ellipsis}`;
}

/** Breaks prose at spaces. Lines keep their indent; a word longer than a line stays whole. */
export function wrap(text: string, columns: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const indent = /^ */.exec(paragraph)?.[0] ?? "";
    const lines: string[] = [];
    let line = indent;
    for (const word of paragraph.slice(indent.length).split(" ")) {
      const longer = line === indent ? `${indent}${word}` : `${line} ${word}`;
      if (line !== indent && displayWidth(longer) > columns) {
        lines.push(line);
        line = `${indent}${word}`;
      } else {
        line = longer;
      }
    }
    return [...lines, line];
  });
}

/** Starts every line with `prefix`; empty lines stay empty. */
export function indent(lines: readonly string[], prefix: string): string[] {
  return lines.map((line) => (line === "" ? "" : prefix + line));
}
