import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { additions } from "./additions.ts";
import { rearrange } from "./brackets.ts";
import { align, member, sameData } from "./compare.ts";
import { type Data, type DataMap, isDataMap } from "./data.ts";
import { DocumentFault } from "./format.ts";
import { lineOf } from "./lines.ts";
import { proved } from "./proved.ts";
import { type Splice, applySplices, indentAt } from "./splice.ts";

/**
 * JSON as programs read it from files: comments and trailing commas of a host's document are read and kept, none is ever written. An integer
 * that a number can't hold exactly is told as the text of its digits.
 */
export const json = proved({
  name: "json",
  read: (text) => dataOf(tree(text), text),
  normalize,
  faults: () => [],
  write: (data) => `${JSON.stringify(data, null, 2)}\n`,
  change(text, before, after) {
    const root = tree(text);
    return applySplices(
      text,
      changes({ text, unit: indentUnit(root, text) }, root, { before, after }),
    );
  },
});

/** `-0` is `0` in JSON. */
function normalize(data: Data): Data {
  if (data === 0) return 0;
  if (isDataMap(data))
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, normalize(value)]));
  return Array.isArray(data) ? (data as readonly Data[]).map(normalize) : data;
}

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

function dataOf(node: Node, text: string): Data {
  const children = node.children ?? [];
  if (node.type === "array") return children.map((child) => dataOf(child, text));
  if (node.type === "number") return numberOf(node, text);
  if (node.type !== "object") return node.value as Data;
  const map: Record<string, Data> = {};
  for (const [key, value] of members(node, text)) {
    if (key === "__proto__")
      throw new DocumentFault("has the key __proto__", lineOf(text, value.offset));
    map[key] = dataOf(value, text);
  }
  return map;
}

function numberOf(node: Node, text: string): Data {
  const value = node.value as number;
  const isExact =
    Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? value + 0 : text.slice(node.offset, node.offset + node.length);
}

/** Of an object, by key. Of several with one key the last, as all readers have it that accept such a document. */
function members(object: Node, text: string): ReadonlyMap<string, Node> {
  return new Map(
    (object.children ?? []).map(({ children, offset }) => {
      const [key, value] = children ?? [];
      if (key === undefined || value === undefined)
        throw new DocumentFault("is no JSON: value expected", lineOf(text, offset));
      return [key.value as string, value];
    }),
  );
}

interface Style {
  readonly text: string;
  /** One level of indentation. */
  readonly unit: string;
}

interface Pair<T = Data> {
  readonly before: T;
  readonly after: T;
}

function changes(style: Style, node: Node, { before, after }: Pair): Splice[] {
  if (sameData(before, after)) return [];
  const children = node.children ?? [];
  if (children.length > 0) {
    if (node.type === "object" && isDataMap(before) && isDataMap(after))
      return objectChanges(style, node, { before, after });
    if (node.type === "array" && Array.isArray(before) && Array.isArray(after))
      return arrayChanges(style, node, { before, after });
  }
  const { offset: start, length } = node;
  return [{ start, end: start + length, text: indented(style, after, start) }];
}

function objectChanges(style: Style, node: Node, { before, after }: Pair<DataMap>): Splice[] {
  const properties = node.children ?? [];
  const keys = properties.map((property) => property.children?.[0]?.value as string);
  const last = new Map(keys.map((key, index) => [key, index]));
  const fresh = freshIn(style, node);
  const added = additions(after, last, (key, value) => `${JSON.stringify(key)}: ${fresh(value)}`);
  const splices: Splice[] = [];
  const wanted: (number | string)[] = [...(added.get(undefined) ?? [])];
  for (const [index, property] of properties.entries()) {
    const key = keys[index]!;
    const now = member(after, key);
    if (now !== undefined) wanted.push(index);
    wanted.push(...(added.get(index) ?? []));
    // Of several with one key it is the last that counts.
    if (now === undefined || last.get(key) !== index) continue;
    const was = member(before, key)!;
    splices.push(...changes(style, property.children![1]!, { before: was, after: now }));
  }
  return [...splices, ...around(style, node, wanted)];
}

function arrayChanges(
  style: Style,
  node: Node,
  { before, after }: Pair<readonly Data[]>,
): Splice[] {
  const items = node.children ?? [];
  const { head, tail } = align(before, after);
  const middle = after.slice(head, after.length - tail);
  const room = before.length - head - tail;
  const fresh = freshIn(style, node);
  const splices: Splice[] = [];
  const wanted = [...items.keys()].slice(0, head) as (number | string)[];
  for (const [offset, value] of middle.entries()) {
    const index = head + offset;
    if (offset < room) {
      wanted.push(index);
      splices.push(...changes(style, items[index]!, { before: before[index]!, after: value }));
    } else wanted.push(fresh(value));
  }
  wanted.push(...[...items.keys()].slice(items.length - tail));
  return [...splices, ...around(style, node, wanted)];
}

function around({ text, unit }: Style, node: Node, wanted: readonly (number | string)[]): Splice[] {
  const entries = (node.children ?? []).map(({ offset, length }) => ({
    start: offset,
    end: offset + length,
  }));
  const { offset: start, length } = node;
  return rearrange({ text, start, end: start + length, entries, comment: COMMENT }, wanted, unit);
}

const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//y;

/** Writes values that are new in an object or list. */
function freshIn(style: Style, parent: Node): (value: Data) => string {
  const { text } = style;
  const isMultiline = text.slice(parent.offset, parent.offset + parent.length).includes("\n");
  const place = parent.children?.[0]?.offset ?? parent.offset;
  return (value) => (isMultiline ? indented(style, value, place) : JSON.stringify(value));
}

/** On as many lines as it takes, indented as the line of the place is. */
function indented({ text, unit }: Style, value: Data, place: number): string {
  const lines = JSON.stringify(value, null, unit);
  return lines.includes("\n") ? lines.replaceAll("\n", `\n${indentAt(text, place)}`) : lines;
}

/** As the first member is indented; two spaces where there is none on a line of its own. */
function indentUnit(root: Node, text: string): string {
  const first = root.children?.[0];
  return (first === undefined ? "" : indentAt(text, first.offset)) || "  ";
}
