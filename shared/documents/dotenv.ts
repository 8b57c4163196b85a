import { type Data, type DataMap, isDataMap } from "./data.ts";
import { quoted } from "./env-quote.ts";
import { type EnvEntry, readEntries } from "./env-read.ts";
import { type DataFault, DocumentFault } from "./format.ts";
import { groupBy } from "./group-by.ts";
import { type Place, above, entryChanges } from "./line-edit.ts";
import { proved } from "./proved.ts";
import { applySplices } from "./splice.ts";

/**
 * `KEY=value` as `EnvironmentFile=` of systemd reads it, and written so that dotenv libraries read the same. Values are text, line breaks included. `$` stands
 * for itself to both, but not to what expands references: a shell, or an add-on to a library.
 */
export const dotenv = proved({
  name: "dotenv",
  read: (text) => dataOf(readEntries(text)),
  normalize: textual,
  faults,
  write: (data) =>
    Object.entries(data as DataMap)
      .map(([key, value]) => `${line(key, value as string)}\n`)
      .join(""),
  changes: (text, _, after) => [changed(text, after as DataMap)],
});

function dataOf(entries: readonly EnvEntry[]): DataMap {
  if (entries.some(({ key }) => key === "__proto__"))
    throw new DocumentFault("has the key __proto__");
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

function textual(data: Data): Data {
  if (isDataMap(data))
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, textual(value)]));
  return typeof data === "number" || typeof data === "boolean" ? String(data) : data;
}

function line(key: string, value: string): string {
  return `${key}=${quoted(value)!}`;
}

/** Linux takes no longer string into an environment (`MAX_ARG_STRLEN` of execve(2)). Bytes, its end included. */
const MAX_STRING = 128 * 1024;

function faults(data: Data): DataFault[] {
  if (!isDataMap(data))
    return [{ at: [], why: "is no mapping, which an environment file has to be" }];
  return Object.entries(data).flatMap(([key, value]) => {
    const why = [keyFault(key), valueFault(key, textual(value))].filter(
      (each) => each !== undefined,
    );
    return why.map((each) => ({ at: [key], why: each }));
  });
}

function keyFault(key: string): string | undefined {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return undefined;
  return "is no name of an environment variable: letters, digits and _, not beginning with a digit";
}

function valueFault(key: string, value: Data): string | undefined {
  if (value === null) return "is null, which an environment can't hold; leave the key out";
  if (typeof value !== "string") return "is no text, and an environment has nothing else";
  if (value.includes("\0")) return "has a NUL character, which ends a text in an environment";
  // unichar_is_valid() in src/basic/utf8.c: systemd refuses the whole file.
  if (/\p{Noncharacter_Code_Point}/u.test(value))
    return "has a code point that Unicode keeps from being a character, which systemd refuses";
  if (key.length + value.length + 2 > MAX_STRING)
    return "is longer than 128 KiB, which is more than Linux takes into an environment";
  if (quoted(value) !== undefined) return undefined;
  return value.includes("\r")
    ? "has a carriage return, which some readers of environment files take for a line feed"
    : "has quotes or a backslash in a place where systemd and dotenv libraries read them differently";
}

const COMMENT = /^\s*[#;]/;

function changed(text: string, after: DataMap): string | undefined {
  const entries = readEntries(text);
  const groups = groupBy(entries, ({ key }) => key);
  // Of several lines with one key the last one counts; those before it are left alone.
  const wanted = new Map(
    Object.entries(after).map(([key, value]) => {
      const shadowed = (groups.get(key) ?? []).slice(0, -1).map((entry) => entry.value);
      return [key, [...shadowed, value as string]];
    }),
  );
  const splices = entryChanges(
    {
      text,
      entries,
      top: topOf(text, entries),
      replace: ({ valueStart, end }, value) => ({ start: valueStart, end, text: quoted(value)! }),
      write: (key, value, entry) => `${entry?.prefix ?? ""}${line(key, value)}`,
    },
    wanted,
  );
  return splices === undefined ? undefined : applySplices(text, splices);
}

function topOf(text: string, [first]: readonly EnvEntry[]): Place {
  if (first !== undefined) return above(text, first.start, COMMENT);
  const at = text.length;
  if (text === "" || text.endsWith("\n")) return { at, before: "", between: "\n", after: "\n" };
  return { at, before: "\n", between: "\n", after: "" };
}
