import { type ParseErrorCode, printParseErrorCode, visit } from "jsonc-parser";
import {
  type BracketEntry,
  type BracketNode,
  type BracketStyle,
  valueChanges,
} from "./bracket-edit.ts";
import type { Data, Scalar } from "./data.ts";
import { DocumentFault } from "./format.ts";
import { MAX_DEPTH } from "./limits.ts";
import { lineOf } from "./lines.ts";
import { withoutNegativeZero } from "./normalize.ts";
import { proved } from "./proved.ts";
import { applySplices, indentAt } from "./splice.ts";

/**
 * JSON as programs read it from files: comments and trailing commas of a host's document are read and kept, none is ever written. An integer
 * that a number can't hold exactly is told as the text of its digits.
 */
export const json = proved({
  name: "json",
  read: (text) => dataOf(tree(text), text),
  normalize: withoutNegativeZero,
  faults: () => [],
  write: (data) => `${JSON.stringify(data, null, 2)}\n`,
  changes(text, before, after) {
    const root = tree(text);
    return [applySplices(text, valueChanges(styleOf(text, root), root, { before, after }))];
  },
});

/** With the value of a scalar. */
interface JsonNode extends BracketNode {
  end: number;
  readonly entries: JsonEntry[];
  readonly value?: Scalar;
}

interface JsonEntry extends BracketEntry {
  end: number;
  readonly value: JsonNode;
}

/** The parser is asked for its events, not for its tree: what nests too deeply is left before the stack ends. */
function tree(text: string): JsonNode {
  const root: JsonNode = { kind: "list", start: 0, end: text.length, entries: [] };
  const open: JsonNode[] = [root];
  let property: { readonly key: string; readonly start: number } | undefined;
  const add = (node: JsonNode) => {
    const { start, end } = node;
    open.at(-1)!.entries.push({ start, end, ...property, value: node });
    property = undefined;
  };
  const begin = (kind: "list" | "map") => (start: number) => {
    if (open.length > MAX_DEPTH)
      throw new DocumentFault(`nests more than ${MAX_DEPTH} levels deep`, lineOf(text, start));
    const node: JsonNode = { kind, start, end: start, entries: [] };
    add(node);
    open.push(node);
  };
  const end = (offset: number, length: number) => {
    const node = open.pop()!;
    node.end = offset + length;
    open.at(-1)!.entries.at(-1)!.end = node.end;
  };
  visit(
    text,
    {
      onObjectBegin: begin("map"),
      onArrayBegin: begin("list"),
      onObjectEnd: end,
      onArrayEnd: end,
      onObjectProperty: (key, start) => {
        property = { key, start };
      },
      onLiteralValue: (value: Scalar, start, length) =>
        add({ kind: "scalar", start, end: start + length, entries: [], value }),
      onError: (error, offset) => refuse(error, lineOf(text, offset)),
    },
    { allowTrailingComma: true },
  );
  return root.entries[0]!.value;
}

function refuse(error: ParseErrorCode, line: number): never {
  // `CloseBraceExpected` is `close brace expected`.
  const why = printParseErrorCode(error).replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`);
  throw new DocumentFault(`is no JSON: ${why.toLowerCase()}`, line);
}

/** Of several members with one key it takes the last, as all readers do that accept such a document. */
function dataOf({ kind, entries, value, start, end }: JsonNode, text: string): Data {
  if (kind === "list") return entries.map((entry) => dataOf(entry.value, text));
  if (kind === "scalar")
    return typeof value === "number" ? numberOf(value, text.slice(start, end)) : value!;
  const map: Record<string, Data> = {};
  for (const { key, value: member, start: place } of entries) {
    if (key === "__proto__") throw new DocumentFault("has the key __proto__", lineOf(text, place));
    map[key!] = dataOf(member, text);
  }
  return map;
}

function numberOf(value: number, source: string): Scalar {
  const isExact =
    Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? value + 0 : source;
}

function styleOf(text: string, root: BracketNode): BracketStyle {
  const first = root.entries[0];
  // As the first member is indented; two spaces where there is none on a line of its own.
  const unit = (first === undefined ? "" : indentAt(text, first.start)) || "  ";
  const lines = (value: Data, place: number) => {
    const written = JSON.stringify(value, null, unit);
    if (!written.includes("\n")) return written;
    return written.replaceAll("\n", `\n${indentAt(text, place)}`);
  };
  return {
    text,
    unit,
    comment: /\/\/[^\n]*|\/\*[^]*?\*\//y,
    entry: (key, value) => `${JSON.stringify(key)}: ${value}`,
    oneLine: (value) => JSON.stringify(value),
    lines,
    replacement: (value, { start }) => lines(value, start),
  };
}
