/** What a structured document holds: what JSON can say, with the order of its keys (whole numbers first, as in all objects). */
export type Scalar = string | number | boolean | null;
export type Data = Scalar | readonly Data[] | DataMap;
export interface DataMap {
  readonly [key: string]: Data;
}

/** Where a value is: keys of mappings and indexes of lists, from the top. */
export type DataPath = readonly (string | number)[];

export interface Leaf {
  readonly at: DataPath;
  /** A scalar, or an empty mapping or list, which is a value as well. */
  readonly value: Scalar | readonly [] | Readonly<Record<string, never>>;
}

export function isDataMap(data: Data | undefined): data is DataMap {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

/** Whether a place is another one, or in it. */
export const isWithin = (at: DataPath, top: DataPath): boolean =>
  at.length >= top.length && top.every((part, index) => part === at[index]);

/** Every value of a document with its place, in order. */
export function leavesOf(data: Data, at: DataPath = []): Leaf[] {
  const leaves: Leaf[] = [];
  // A list of its own for what is still to come: how deep a document nests must not decide whether it can be read.
  const open: { readonly at: DataPath; readonly value: Data }[] = [{ at, value: data }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const parent = next;
    const members = membersOf(parent.value);
    if (members.length === 0) leaves.push({ at: parent.at, value: parent.value as Leaf["value"] });
    for (const [key, value] of members.toReversed()) open.push({ at: [...parent.at, key], value });
  }
  return leaves;
}

/** What is in a mapping or a list, by key or index; nothing is in a scalar. */
function membersOf(data: Data): readonly (readonly [string | number, Data])[] {
  if (isDataMap(data)) return Object.entries(data);
  return Array.isArray(data) ? [...(data as readonly Data[]).entries()] : [];
}

/** `server.HTTP_PORT`, `endpoints[0].url`; keys that could be read in two ways are quoted: `hosts."a.b"`. */
export function pathText(at: DataPath): string {
  if (at.length === 0) return "(all of it)";
  return at
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      const key = /^[^\s".[\]\p{C}]+$/u.test(part) ? part : quoted(part);
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

/** Printed as it is, a control character would change what the rest of the line looks like. */
function quoted(key: string): string {
  return JSON.stringify(key).replaceAll(
    /\p{C}/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}
