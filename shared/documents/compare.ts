import { type Data, type DataMap, isDataMap } from "./data.ts";

/** The same values at the same places. In which order a mapping has its keys is nothing that a program reads. */
export function sameData(a: Data | undefined, b: Data | undefined): boolean {
  if (a === b) return true;
  if (isDataMap(a) && isDataMap(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => sameData(member(a, key), member(b, key)))
    );
  }
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return (a as readonly Data[]).every((item, index) =>
    sameData(item, (b as readonly Data[])[index]),
  );
}

/** Own members only: `constructor` may be a key, and is one of every object else. */
export function member(map: DataMap, key: string): Data | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/**
 * `data` laid over `existing`, which is what is wanted of a document that others have keys in as well (RFC 7396, but `null` is a value):
 * mappings are joined at every level, all else is the declarer's whole. So an empty mapping asks that there is one. What is new comes
 * after the sibling that is declared before it, or at the end.
 */
export function laidOver(existing: Data, data: Data): Data {
  if (!isDataMap(existing) || !isDataMap(data)) return data;
  const followers = new Map<string | undefined, [string, Data][]>();
  let previous: string | undefined;
  for (const [key, value] of Object.entries(data)) {
    if (Object.hasOwn(existing, key)) previous = key;
    else if (followers.has(previous)) followers.get(previous)!.push([key, value]);
    else followers.set(previous, [[key, value]]);
  }
  const joined = Object.entries(existing).flatMap(([key, there]) => {
    const declared = member(data, key);
    const value = declared === undefined ? there : laidOver(there, declared);
    return [[key, value] as const, ...(followers.get(key) ?? [])];
  });
  return Object.fromEntries([...joined, ...(followers.get(undefined) ?? [])]);
}

export interface Alignment {
  /** Items at the beginning that are the same. */
  readonly head: number;
  /** Items at the end that are the same. */
  readonly tail: number;
}

/** What two lists share at both ends; what lies between them is compared item by item. */
export function align(before: readonly Data[], after: readonly Data[]): Alignment {
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && sameData(before[head], after[head])) head++;
  let tail = 0;
  while (tail < shortest - head && sameData(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  return { head, tail };
}
