import type { TomlBlock, TomlPair } from "./toml-scan.ts";

/** What the blocks of a document are together. */
export interface TomlTable {
  readonly kind: "table";
  /** Names of the tables it is in, and its own; items of lists have none. */
  readonly path: readonly string[];
  readonly members: Map<string, TomlMember>;
  /** Whose header it has. */
  block: TomlBlock | undefined;
  /** Where its members are written as `table.member = value`. */
  dotted: { readonly block: TomlBlock; readonly keys: readonly string[] } | undefined;
  /** The item of a list that it is in, or is: whatever is added to it has to stand before the next one. */
  item: TomlTable | undefined;
}

export interface TomlItems {
  readonly kind: "items";
  readonly tables: TomlTable[];
}

export interface TomlLine {
  readonly kind: "line";
  readonly pair: TomlPair;
  readonly block: TomlBlock;
}

export type TomlMember = TomlTable | TomlItems | TomlLine;

export function tablesOf(blocks: readonly TomlBlock[]): TomlTable {
  const root = table([], undefined);
  for (const block of blocks) {
    const owner = block.header === undefined ? root : ownerOf(root, block);
    owner.block = block;
    for (const pair of block.pairs) addPair(owner, pair, block);
  }
  return root;
}

function table(path: readonly string[], item: TomlTable | undefined): TomlTable {
  return { kind: "table", path, members: new Map(), block: undefined, dotted: undefined, item };
}

function ownerOf(root: TomlTable, { header }: TomlBlock): TomlTable {
  const { keys, isItem } = header!;
  const parent = keys.slice(0, -1).reduce(inside, root);
  const name = keys.at(-1)!;
  if (!isItem) return inside(parent, name);
  const there = parent.members.get(name);
  const items: TomlItems = there?.kind === "items" ? there : { kind: "items", tables: [] };
  parent.members.set(name, items);
  const created = table([...parent.path, name], undefined);
  created.item = created;
  items.tables.push(created);
  return created;
}

/** The table of a name; of a list of tables the last, which is the one that headers go on with. */
function inside(parent: TomlTable, name: string): TomlTable {
  const there = parent.members.get(name);
  if (there?.kind === "table") return there;
  if (there?.kind === "items") return there.tables.at(-1)!;
  const created = table([...parent.path, name], parent.item);
  parent.members.set(name, created);
  return created;
}

function addPair(owner: TomlTable, pair: TomlPair, block: TomlBlock): void {
  let parent = owner;
  for (const [index, key] of pair.keys.slice(0, -1).entries()) {
    parent = inside(parent, key);
    parent.dotted ??= { block, keys: pair.keys.slice(0, index + 1) };
  }
  parent.members.set(pair.keys.at(-1)!, { kind: "line", pair, block });
}
