import { type Data, isDataMap } from "./data.ts";
import { type DataFault, DocumentFault } from "./format.ts";
import type { DataPath } from "./data.ts";

const MIB = 1024 * 1024;

/** Characters of a document. No configuration is larger, and a text that was made to keep a parser busy may be. */
export const MAX_LENGTH = 4 * MIB;

/** How deep mappings and lists may nest. Every reader has such a limit; few say where it is. */
export const MAX_DEPTH = 100;

/** Not safe as a key in many programs that read documents into objects, this one among them. */
const UNSAFE_KEY = "__proto__";

export function checkLength(text: string, limit: number): void {
  if (text.length > limit)
    throw new DocumentFault(
      `is longer than ${limit / MIB} MiB, which is too much to be looked through`,
    );
}

/** For what a parser made. Recursive functions may be given what passes: an overflow in the wrong place can't be caught. */
export function checkDepth(root: unknown, membersOf: (value: object) => Iterable<unknown>): void {
  const open = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth > MAX_DEPTH) throw new DocumentFault(`nests more than ${MAX_DEPTH} levels deep`);
    for (const member of membersOf(value)) open.push({ value: member, depth: depth + 1 });
  }
}

/** What a parser gives up in a stack overflow is a text that nests too deeply, not a bug. */
export function withinStack<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new DocumentFault("nests too deeply");
    throw error;
  }
}

/** The faults that no format can do without: asked of what is declared, and of what a host has. */
export function commonFaults(data: Data, limit = MAX_LENGTH): DataFault[] {
  const faults: DataFault[] = [];
  let length = 0;
  // Not recursive: the depth is one of the questions.
  const open: { readonly at: DataPath; readonly value: Data }[] = [{ at: [], value: data }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { at, value } = next;
    const why = faultOf(value, at);
    if (why !== undefined) faults.push({ at, why });
    if (typeof value === "string") length += value.length;
    if (at.length > MAX_DEPTH) continue;
    if (isDataMap(value)) {
      for (const [key, member] of Object.entries(value).toReversed()) {
        length += key.length;
        open.push({ at: [...at, key], value: member });
      }
    } else if (Array.isArray(value)) {
      const items = value as readonly Data[];
      for (let index = items.length - 1; index >= 0; index--)
        open.push({ at: [...at, index], value: items[index]! });
    }
  }
  if (length > limit) faults.push({ at: [], why: `holds more than ${limit / MIB} MiB` });
  return faults;
}

function faultOf(value: Data, at: DataPath): string | undefined {
  const key = at.at(-1);
  if (key === UNSAFE_KEY) return "is a key that many programs take for something else";
  if (typeof key === "string" && hasHalfCharacter(key))
    return "is a key with half of a character, which UTF-8 can't hold";
  if (at.length > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} levels deep`;
  if (typeof value === "string")
    return hasHalfCharacter(value) ? "has half of a character, which UTF-8 can't hold" : undefined;
  if (typeof value === "number") return numberFault(value);
  if (value === null || typeof value === "boolean" || typeof value === "object") return undefined;
  return "is neither text, number, boolean, null, list nor mapping";
}

function numberFault(value: number): string | undefined {
  if (!Number.isFinite(value)) return "is no finite number";
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined;
  return "is an integer beyond 2^53, which has been rounded already; write it as text";
}

/** A surrogate without its other half. */
function hasHalfCharacter(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
