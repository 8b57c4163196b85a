import type { BracketEntry, BracketNode, BracketStyle } from "./bracket-edit.ts";
import { type Data, isDataMap } from "./data.ts";
import { type Node, type Pair, isMap, isOtherIn11, isSeq } from "./yaml-nodes.ts";
import type { YamlReader } from "./yaml-read.ts";

/** `[a, b]` and `{ a: b }` as brackets; `undefined` where a part is left out, as in `{ a, b: }`. */
export function bracketOf(node: Node, reader: YamlReader): BracketNode | undefined {
  const [start, end] = node.range!;
  if (!isMap(node) && !isSeq(node)) return { kind: "scalar", start, end, entries: [] };
  const items = node.items as (Node | Pair<Node | null, Node | null> | null)[];
  const entries = items.map((item) => entryOf(item, reader));
  if (!entries.every((entry) => entry !== undefined)) return undefined;
  return { kind: isMap(node) ? "map" : "list", start, end, entries };
}

function entryOf(
  item: Node | Pair<Node | null, Node | null> | null,
  reader: YamlReader,
): BracketEntry | undefined {
  if (item === null) return undefined;
  const key = "key" in item ? item.key : undefined;
  const node = "key" in item ? item.value : item;
  if (key === null || node === null || node.range == null || key?.range === null) return undefined;
  const value = bracketOf(node, reader);
  if (value === undefined || value.end === value.start) return undefined;
  if (key === undefined) return { start: value.start, end: value.end, value };
  return { key: reader.key(key), start: key.range![0], end: value.end, value };
}

export function flowStyle(text: string): BracketStyle {
  return {
    text,
    unit: "  ",
    comment: /#[^\n]*/y,
    entry: (key, value) => `${flowText(key)}: ${value}`,
    oneLine: flowText,
    lines: (value) => flowText(value),
    replacement: (value) => flowText(value),
  };
}

/** A value between brackets: as JSON has it, but for words that need no quotes. */
function flowText(value: Data): string {
  if (typeof value === "string")
    return /^[A-Za-z_][\w./-]*$/.test(value) && !isOtherIn11(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Data[]).map(flowText).join(", ")}]`;
  if (!isDataMap(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${flowText(key)}: ${flowText(inner)}`,
  );
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
