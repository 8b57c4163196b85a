import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import {
  type BracketEntry,
  type BracketNode,
  type BracketStyle,
  valueChanges,
} from "./bracket-edit.ts";
import type { Data } from "./data.ts";
import { DocumentFault } from "./format.ts";
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
  change(text, before, after) {
    const root = nodeOf(tree(text));
    return applySplices(text, valueChanges(styleOf(text, root), root, { before, after }));
  },
});

function tree(text: string): Node {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined || root === undefined) {
    const why = error === undefined ? "" : `: ${words(printParseErrorCode(error.error))}`;
    throw new DocumentFault(`is no JSON${why}`, lineOf(text, error?.offset ?? 0));
  }
  return root;
}

/** `CloseBraceExpected` is `close brace expected`. */
function words(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

/** Of several members with one key it takes the last, as all readers do that accept such a document. */
function dataOf(node: Node, text: string): Data {
  const children = node.children ?? [];
  if (node.type === "array") return children.map((child) => dataOf(child, text));
  if (node.type === "number") return numberOf(node, text);
  if (node.type !== "object") return node.value as Data;
  const map: Record<string, Data> = {};
  for (const { children: [key, value] = [], offset } of children) {
    if (key?.value === "__proto__" || value === undefined)
      throw new DocumentFault("has the key __proto__", lineOf(text, offset));
    map[key!.value as string] = dataOf(value, text);
  }
  return map;
}

function numberOf(node: Node, text: string): Data {
  const value = node.value as number;
  const isExact =
    Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? value + 0 : text.slice(node.offset, node.offset + node.length);
}

const KINDS = { array: "list", object: "map" } as const;

function nodeOf({ type, offset: start, length, children = [] }: Node): BracketNode {
  const kind = type === "array" || type === "object" ? KINDS[type] : "scalar";
  return { kind, start, end: start + length, entries: children.map(entryOf) };
}

function entryOf(node: Node): BracketEntry {
  const place = { start: node.offset, end: node.offset + node.length };
  if (node.type !== "property") return { ...place, value: nodeOf(node) };
  const [key, value] = node.children!;
  return { ...place, key: key!.value as string, value: nodeOf(value!) };
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
