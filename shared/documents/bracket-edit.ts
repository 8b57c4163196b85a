import { additions } from "./additions.ts";
import { rearrange } from "./brackets.ts";
import { align, member, sameData } from "./compare.ts";
import { type Data, type DataMap, isDataMap } from "./data.ts";
import { type Splice, addAll } from "./splice.ts";

/** A value in a text whose lists and mappings stand between brackets. */
export interface BracketNode {
  readonly kind: "scalar" | "list" | "map";
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
  /** Of a list or mapping, in the order of the text. */
  readonly entries: readonly BracketEntry[];
}

export interface BracketEntry {
  /** Of a member of a mapping. */
  readonly key?: string;
  readonly start: number;
  readonly end: number;
  readonly value: BracketNode;
}

/** How a language with brackets is written. */
export interface BracketStyle {
  readonly text: string;
  /** One level of indentation. */
  readonly unit: string;
  /** Matches one comment; has the flag `y`. */
  readonly comment: RegExp;
  /** A member of a mapping, of its key and its written value. */
  entry(key: string, value: string): string;
  oneLine(value: Data): string;
  /** On as many lines as it takes, indented like the line of the place. */
  lines(value: Data, place: number): string;
  /** In place of what a node has. */
  replacement(value: Data, node: BracketNode): string;
}

interface Pair<T = Data> {
  readonly before: T;
  readonly after: T;
}

/** What makes a value of one that is there, with as little as possible touched. */
export function valueChanges(style: BracketStyle, node: BracketNode, pair: Pair): Splice[] {
  const { before, after } = pair;
  if (sameData(before, after)) return [];
  if (node.entries.length > 0) {
    if (node.kind === "map" && isDataMap(before) && isDataMap(after))
      return mapChanges(style, node, { before, after });
    if (node.kind === "list" && Array.isArray(before) && Array.isArray(after))
      return listChanges(style, node, { before, after });
  }
  return [{ start: node.start, end: node.end, text: style.replacement(after, node) }];
}

function mapChanges(
  style: BracketStyle,
  node: BracketNode,
  { before, after }: Pair<DataMap>,
): Splice[] {
  const last = new Map(node.entries.map(({ key }, index) => [key ?? "", index]));
  const fresh = freshIn(style, node);
  const added = additions(after, last, (key, value) => style.entry(key, fresh(value)));
  const splices: Splice[] = [];
  const wanted: (number | string)[] = [...(added.get(undefined) ?? [])];
  for (const [index, { key = "", value }] of node.entries.entries()) {
    const now = member(after, key);
    if (now !== undefined) wanted.push(index);
    addAll(wanted, added.get(index) ?? []);
    // Of several with one key it is the last that counts.
    if (now === undefined || last.get(key) !== index) continue;
    addAll(splices, valueChanges(style, value, { before: member(before, key)!, after: now }));
  }
  return [...splices, ...rearrange({ ...style, ...node }, wanted, style.unit)];
}

function listChanges(
  style: BracketStyle,
  node: BracketNode,
  { before, after }: Pair<readonly Data[]>,
): Splice[] {
  const { head, tail } = align(before, after);
  const room = before.length - head - tail;
  const fresh = freshIn(style, node);
  const indexes = [...node.entries.keys()];
  const splices: Splice[] = [];
  const wanted: (number | string)[] = indexes.slice(0, head);
  for (const [offset, value] of after.slice(head, after.length - tail).entries()) {
    const index = head + offset;
    if (offset >= room) wanted.push(fresh(value));
    else {
      wanted.push(index);
      const item = node.entries[index]!.value;
      addAll(splices, valueChanges(style, item, { before: before[index]!, after: value }));
    }
  }
  addAll(wanted, indexes.slice(indexes.length - tail));
  return [...splices, ...rearrange({ ...style, ...node }, wanted, style.unit)];
}

/** Writes values that are new in a list or mapping. */
function freshIn(style: BracketStyle, parent: BracketNode): (value: Data) => string {
  const isMultiline = style.text.slice(parent.start, parent.end).includes("\n");
  const place = parent.entries[0]?.start ?? parent.start;
  return (value) => (isMultiline ? style.lines(value, place) : style.oneLine(value));
}
