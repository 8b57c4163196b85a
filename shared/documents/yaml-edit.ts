import { addAll } from "./splice.ts";
import { additions } from "./additions.ts";
import { align, member, sameData } from "./compare.ts";
import { type Data, type DataMap, isDataMap } from "./data.ts";
import {
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
  type YamlDocument,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  nodeOf,
  pairOf,
} from "./yaml-nodes.ts";
import { YamlReader, saidByItself } from "./yaml-read.ts";

interface Change<T = Data> {
  readonly before: T;
  readonly after: T;
}

/** Changes the nodes of a document that differ; those that stay keep their comments, anchors and quotes. */
export function changeNodes(document: YamlDocument, change: Change): void {
  document.contents = changed(document, document.contents, change);
}

/** The node with the value that is wanted, which is the same node where that is possible. */
function changed(document: YamlDocument, node: Node | null, { before, after }: Change): Node {
  if (node !== null && sameData(before, after)) return node;
  if (isMap(node) && isDataMap(before) && isDataMap(after)) {
    changeMap(document, node, { before, after });
    return node;
  }
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) {
    changeSeq(document, node, { before, after });
    return node;
  }
  const fresh = nodeOf(document, after);
  if (node === null) return fresh;
  carryOver(node, fresh);
  return fresh;
}

/** What is said about a value is said about the next one as well. */
function carryOver(node: Node, fresh: Node): void {
  const { comment, commentBefore, spaceBefore } = node;
  Object.assign(fresh, { comment, commentBefore, spaceBefore });
  if (isAlias(node) || isAlias(fresh)) return;
  if (node.anchor !== undefined) fresh.anchor = node.anchor;
  if (!isScalar(node) || !isScalar(fresh) || typeof fresh.value !== "string") return;
  if (fresh.type === undefined && node.type !== undefined) fresh.type = node.type;
}

function changeMap(document: YamlDocument, map: YAMLMap, { before, after }: Change<DataMap>): void {
  const reader = new YamlReader("");
  const pairs = map.items as Pair<Node | null, Node | null>[];
  const places = new Map(pairs.map((pair) => [reader.key(pair.key), pair]));
  const added = additions(saidByItself(before, after, places), places, (key, value) =>
    pairOf(document, key, value),
  );
  const items: Pair[] = [...(added.get(undefined) ?? [])];
  for (const [key, pair] of places) {
    const was = member(before, key);
    const now = member(after, key);
    // A merge key is none of the data, and what it brings may be wanted.
    if (was !== undefined && now !== undefined)
      pair.value = changed(document, pair.value, { before: was, after: now });
    if (now !== undefined || was === undefined) items.push(pair);
    addAll(items, added.get(pair) ?? []);
  }
  map.items = items;
}

function changeSeq(
  document: YamlDocument,
  seq: YAMLSeq,
  { before, after }: Change<readonly Data[]>,
): void {
  const items = seq.items as (Node | null)[];
  const { head, tail } = align(before, after);
  const room = before.length - head - tail;
  const middle = after.slice(head, after.length - tail).map((value, offset) => {
    const index = head + offset;
    if (offset >= room) return nodeOf(document, value);
    return changed(document, items[index] ?? null, { before: before[index]!, after: value });
  });
  seq.items = [...items.slice(0, head), ...middle, ...items.slice(items.length - tail)];
}
