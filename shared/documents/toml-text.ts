import { TomlDate, TomlError, parse, stringify } from "smol-toml";
import { type Data, type DataMap, isDataMap } from "./data.ts";
import { DocumentFault } from "./format.ts";
import { MAX_DEPTH, checkDepth } from "./limits.ts";

/** What a TOML document has: dates and large integers are values of their own. */
export type TomlData = Data | bigint | TomlDate | readonly TomlData[] | TomlMap;
export interface TomlMap {
  readonly [key: string]: TomlData;
}

export function readToml(text: string): TomlMap {
  try {
    const map = parse(text, {
      integersAsBigInt: "asNeeded",
      unsafeKeyBehaviour: "keep",
      maxDepth: MAX_DEPTH,
    });
    // Its own limit is of values in brackets; dotted keys nest as well.
    checkDepth(map, Object.values);
    return map;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Its first line tells what is wrong; those behind it show the text.
    const why = error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    throw new DocumentFault(`is no TOML: ${why}`, error.line);
  }
}

export function isTomlDate(value: unknown): boolean {
  return value instanceof TomlDate;
}

/** The text that a quoted key stands for. */
export function unquoted(written: string): string {
  return parse(`key = ${written}`)["key"] as string;
}

export function keyText(key: string): string {
  return stringify({ [key]: 0 }).slice(0, -" = 0\n".length);
}

/** A value on one line, tables and all. Nobody but a list of lists keeps tables in one. */
export function valueText(value: Data): string {
  const around = ["key = [ [ ", " ] ]\n"] as const;
  return stringify({ key: [[value]] }).slice(around[0].length, -around[1].length);
}

/** What is written as `[[sections]]`. */
export function isListOfTables(data: Data): data is readonly DataMap[] {
  return Array.isArray(data) && data.length > 0 && (data as readonly Data[]).every(isDataMap);
}

/** A document with nothing but a value at a place, in sections as a person would write it. */
export function documentText(value: DataMap): string {
  const text = stringify(value);
  return text === "\n" ? "" : text;
}
