import { member, sameData } from "./compare.ts";
import { type Data, type DataMap, isDataMap } from "./data.ts";
import { DocumentFault } from "./format.ts";
import { lineOf } from "./lines.ts";
import {
  type Alias,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  isAlias,
  isMap,
  isScalar,
  isSeq,
} from "./yaml-nodes.ts";

/** Values that aliases may add to a document: enough for any person, too few for a text that was made to fill the memory. */
const MAX_REPEATED = 100_000;

/** The data of nodes, with aliases and merge keys followed as most programs follow them. */
export class YamlReader {
  readonly #text: string;
  /** The last one of each name so far, which is the one that an alias means. */
  readonly #anchors = new Map<string, Node>();
  /** What is being read: an alias to one of them would never end. */
  readonly #open = new Set<Node>();
  #aliases = 0;
  #repeated = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(node: Node | null): Data {
    if (node === null) return null;
    if (isAlias(node)) return this.#follow(node);
    if (this.#aliases > 0 && ++this.#repeated > MAX_REPEATED)
      this.#refuse("repeats itself by aliases more often than can be meant", node);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node);
    this.#open.add(node);
    const data = isMap(node)
      ? this.#map(node)
      : isSeq(node)
        ? node.items.map((item) => this.read(item as Node | null))
        : this.#refuse("has a value of a kind not known here", node);
    this.#open.delete(node);
    return data;
  }

  /** The text of a key: to data, `80: x` and `"80": x` are the same. */
  key(node: unknown): string {
    if (node === null) return "";
    if (!isScalar(node)) return this.#refuse("has a key that is no text", node as Node);
    return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
  }

  #follow(alias: Alias): Data {
    const node = this.#anchors.get(alias.source);
    if (node === undefined) return this.#refuse("has an alias without an anchor before it", alias);
    if (this.#open.has(node))
      return this.#refuse("has an alias inside of what it stands for", alias);
    this.#aliases++;
    const data = this.read(node);
    this.#aliases--;
    return data;
  }

  #scalar(node: Scalar): Data {
    const { value, source } = node;
    if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    if (typeof value !== "number") return source ?? "";
    const isExact =
      Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return isExact ? value + 0 : (source ?? String(value));
  }

  #map(map: YAMLMap): DataMap {
    const own = new Map<string, Data>();
    const merged = new Map<string, Data>();
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      const value = this.read(pair.value);
      if (isMergeKey(pair.key) && addMerged(merged, value)) continue;
      const key = this.key(pair.key);
      if (own.has(key) || key === "__proto__")
        this.#refuse(own.has(key) ? "has a key twice" : "has the key __proto__", pair.key ?? map);
      own.set(key, value);
    }
    if (merged.size === 0) return Object.fromEntries(own);
    for (const key of own.keys()) merged.delete(key);
    return Object.fromEntries([...merged, ...own]);
  }

  #refuse(why: string, { range }: Node): never {
    throw new DocumentFault(why, lineOf(this.#text, range?.[0] ?? 0));
  }
}

/** `<<` without quotes; the schema of YAML 1.1 has a symbol for it. */
function isMergeKey(key: Node | null): boolean {
  if (!isScalar(key)) return false;
  return typeof key.value === "symbol" || (key.value === "<<" && key.type === "PLAIN");
}

/** Of several merged mappings the first that has a key decides. */
function addMerged(merged: Map<string, Data>, value: Data): boolean {
  const sources = Array.isArray(value) ? (value as readonly Data[]) : [value];
  if (!sources.every(isDataMap)) return false;
  for (const source of sources) {
    for (const [key, inner] of Object.entries(source)) if (!merged.has(key)) merged.set(key, inner);
  }
  return true;
}

/** What a mapping has to say itself: what a merge key brings to it as wanted needs no line. */
export function saidByItself(
  before: DataMap,
  after: DataMap,
  own: ReadonlyMap<string, unknown>,
): DataMap {
  const entries = Object.entries(after);
  return Object.fromEntries(
    entries.filter(([key, value]) => own.has(key) || !sameData(member(before, key), value)),
  );
}
