import { DocumentFault } from "./format.ts";
import type { LineEntry } from "./line-edit.ts";
import { lineOf } from "./lines.ts";

export interface EnvEntry extends LineEntry {
  /** `export `, with which shells and dotenv readers take the line, and systemd does not. */
  readonly prefix: string;
  /** Behind the equals sign and the white space after it. */
  readonly valueStart: number;
}

/** Characters that systemd gives back without the backslash before them, between double quotes. */
const ESCAPED = '"\\`$';

/**
 * The entries of a file as systemd reads it (systemd.exec(5), src/basic/env-file.c): quotes may stand anywhere in a value and go on over
 * lines, `#` begins a comment at the beginning of a line only, and nothing is put in for `$NAME`.
 */
export function readEntries(text: string): EnvEntry[] {
  const entries: EnvEntry[] = [];
  let at = 0;
  while (at < text.length) {
    at = skip(text, at, " \t\r\n");
    if (text[at] === "#" || text[at] === ";") {
      at = skipComment(text, at);
      continue;
    }
    const start = at;
    // Whatever the first character is, it is one of the key's.
    at++;
    while (at < text.length && !"=\r\n".includes(text[at]!)) at++;
    // A line without an equals sign says nothing to anybody.
    if (text[at] !== "=") continue;
    const [, prefix = "", key = ""] =
      /^(export[ \t]+)?(.*)$/.exec(text.slice(start, at).trimEnd()) ?? [];
    const valueStart = skip(text, at + 1, " \t");
    const { value, end } = readValue(text, valueStart);
    at = end;
    // What no reader takes for a name is none of the data, and stays.
    if (/^[\w.-]+$/.test(key)) entries.push({ key, value, start, end, prefix, valueStart });
  }
  return entries;
}

function readValue(text: string, start: number): { value: string; end: number } {
  let value = "";
  // White space counts between characters, and not at the end.
  let solid = 0;
  let isBegun = false;
  let at = start;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") {
    const char = text[at]!;
    if (!isBegun && (char === "'" || char === '"')) {
      const quoted = char === "'" ? readSingle(text, at) : readDouble(text, at);
      value += quoted.value;
      solid = value.length;
      at = quoted.end;
    } else if (char === "\\") {
      const next = text[at + 1] ?? "";
      if (next !== "\n" && next !== "\r") value += next;
      solid = value.length;
      isBegun = true;
      at += 2;
    } else if (char === " " || char === "\t") {
      if (isBegun) value += char;
      at++;
    } else {
      value += char;
      solid = value.length;
      isBegun = true;
      at++;
    }
  }
  return { value: value.slice(0, solid), end: Math.min(at, text.length) };
}

function readSingle(text: string, start: number): { value: string; end: number } {
  const end = text.indexOf("'", start + 1);
  if (end === -1) unended(text, start);
  return { value: text.slice(start + 1, end), end: end + 1 };
}

function readDouble(text: string, start: number): { value: string; end: number } {
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') return { value, end: at + 1 };
    if (char !== "\\") {
      value += char;
      continue;
    }
    at++;
    const next = text[at] ?? "";
    if (ESCAPED.includes(next)) value += next;
    else if (next !== "\n") value += `\\${next}`;
  }
  return unended(text, start);
}

function unended(text: string, place: number): never {
  throw new DocumentFault("has a quote that does not end", lineOf(text, place));
}

function skip(text: string, from: number, chars: string): number {
  let at = from;
  while (at < text.length && chars.includes(text[at]!)) at++;
  return at;
}

function skipComment(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== "\n")
    at += text[at] === "\\" && text[at + 1] !== "\n" ? 2 : 1;
  if (
    text[at - 1] === "\\" &&
    text[at] === "\n" &&
    !/^[ \t]*(?:[#;\r\n]|$)/.test(text.slice(at + 1, at + 200))
  )
    throw new DocumentFault(
      "has a comment that ends with a backslash, with which it goes on to the next line for systemd before 254",
      lineOf(text, start),
    );
  return at;
}
