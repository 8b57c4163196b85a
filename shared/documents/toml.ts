import type { BracketNode } from "./bracket-edit.ts";
import { type Data, type DataMap, isDataMap, leavesOf } from "./data.ts";
import { DocumentFault, type DataFault } from "./format.ts";
import { withoutNegativeZero } from "./normalize.ts";
import { proved } from "./proved.ts";
import { changeToml } from "./toml-edit.ts";
import { scanToml } from "./toml-scan.ts";
import { type TomlMember, type TomlTable, tablesOf } from "./toml-tables.ts";
import { type TomlData, type TomlMap, documentText, isTomlDate, readToml } from "./toml-text.ts";

/**
 * TOML 1.0. What data has no word for is told as it is written: dates, times, `inf`, `nan`, and integers that a number can't hold exactly. Such values
 * can't be declared but as text; those that a host has are left alone by changes elsewhere.
 */
export const toml = proved({
  name: "toml",
  read(text) {
    const map = readToml(text);
    return hasForeign(map) ? told(map, tablesOf(scanToml(text)), text) : plain(map);
  },
  normalize: withoutNegativeZero,
  faults,
  write: (data) => documentText(data as DataMap),
  changes(text, before, after) {
    return isDataMap(before) && isDataMap(after) ? [changeToml(text, { before, after })] : [];
  },
});

function faults(data: Data): DataFault[] {
  if (!isDataMap(data)) return [{ at: [], why: "is no mapping, which a TOML document has to be" }];
  return leavesOf(data).flatMap(({ at, value }) =>
    value === null ? [{ at, why: "is null, which TOML has no word for; leave the key out" }] : [],
  );
}

function isForeign(value: TomlData): boolean {
  return (
    typeof value === "bigint" ||
    (typeof value === "number" && !Number.isFinite(value)) ||
    isTomlDate(value)
  );
}

function hasForeign(value: TomlData): boolean {
  if (isForeign(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasForeign);
}

/** Objects of the parser's own kind are none of ours. */
function plain(value: TomlData): Data {
  if (Array.isArray(value)) return (value as readonly TomlData[]).map(plain);
  if (typeof value !== "object" || value === null) return (value === 0 ? 0 : value) as Data;
  const entries = Object.entries(value as TomlMap);
  return mapOf(entries.map(([key, inner]) => [key, plain(inner)]));
}

/** With the text of what data has no word for. */
function told(map: TomlMap, table: TomlTable, text: string): DataMap {
  return mapOf(
    Object.entries(map).map(([key, value]) => [
      key,
      toldMember(value, table.members.get(key), text),
    ]),
  );
}

function toldMember(value: TomlData, part: TomlMember | undefined, text: string): Data {
  if (part?.kind === "table") return told(value as TomlMap, part, text);
  if (part?.kind === "items")
    return (value as readonly TomlMap[]).map((item, index) =>
      told(item, part.tables[index]!, text),
    );
  if (part === undefined) throw new DocumentFault("is TOML of a kind not known here");
  return toldValue(value, part.pair.value, text);
}

function toldValue(value: TomlData, node: BracketNode | undefined, text: string): Data {
  if (!hasForeign(value)) return plain(value);
  if (node === undefined)
    throw new DocumentFault("has a date under a dotted key in an inline table");
  if (isForeign(value)) return text.slice(node.start, node.end);
  if (Array.isArray(value)) {
    return (value as readonly TomlData[]).map((item, index) =>
      toldValue(item, node.entries[index]?.value, text),
    );
  }
  return mapOf(
    Object.entries(value as TomlMap).map(([key, inner]) => [
      key,
      toldValue(inner, node.entries.find((entry) => entry.key === key)?.value, text),
    ]),
  );
}

function mapOf(entries: readonly (readonly [string, Data])[]): DataMap {
  if (entries.some(([key]) => key === "__proto__"))
    throw new DocumentFault("has the key __proto__");
  return Object.fromEntries(entries);
}
