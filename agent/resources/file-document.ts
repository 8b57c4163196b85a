import type { Digest } from "../../shared/brands.ts";
import {
  type DeclaredLeaf,
  declaredLeaves,
  type DocumentContent,
  isConcealed,
  placeOf,
} from "../../shared/content.ts";
import {
  type Data,
  type DataPath,
  isDataMap,
  isWithin,
  type Leaf,
  leavesOf,
} from "../../shared/documents/data.ts";
import { sameData } from "../../shared/documents/compare.ts";
import { DocumentFault } from "../../shared/documents/format.ts";
import { formatOf } from "../../shared/documents/formats.ts";
import type { Observed } from "../../shared/resources/registry.ts";

/** Bytes; documents that people and programs read by key are small. */
export const DOCUMENT_LIMIT = 4 * 1024 * 1024;

type ObservedDocument = NonNullable<Extract<Observed<"file">, { state: "present" }>["document"]>;
type ObservedLeaf = Extract<ObservedDocument, { leaves: unknown }>["leaves"][number];

interface Reading {
  readonly content: DocumentContent;
  readonly merge: boolean;
  /** Keyed digest of a text. */
  readonly digest: (text: string) => Digest;
}

/** What a file has of a document: values that may be shown, keyed digests of those that may not. */
export function observeDocument(bytes: Uint8Array | null, reading: Reading): ObservedDocument {
  const { content, merge } = reading;
  try {
    const data = formatOf(content.format).parse(textOf(bytes));
    const declared = new Map(declaredLeaves(content).map((leaf) => [placeOf(leaf.at), leaf]));
    const leaves = leavesOf(data).flatMap((leaf) =>
      observeLeaf(leaf, { ...reading, declared: declared.get(placeOf(leaf.at)) }),
    );
    if (!merge) return { leaves };
    const lists = listsIn(content.data);
    // What others manage is none of our business.
    const isOurs = ({ at }: ObservedLeaf) =>
      declared.has(placeOf(at)) || lists.some((list) => isWithin(at, list));
    return { leaves: [...leaves.filter(isOurs), ...othersMappings(content.data, data)] };
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    const where = error.line === undefined ? "" : ` (line ${error.line})`;
    return { unreadable: `${error.message}${where}` };
  }
}

export function textOf(bytes: Uint8Array | null): string {
  if (bytes === null) throw new DocumentFault("it is larger than 4 MiB");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DocumentFault("it is not UTF-8 text");
  }
}

function observeLeaf(
  { at, value }: Leaf,
  { content, declared, digest }: Reading & { readonly declared: DeclaredLeaf | undefined },
): ObservedLeaf[] {
  const redacted = content.redacted.find((top) => isWithin(at, top));
  // Whatever others have there, it is the one value that was spoken of.
  if (redacted !== undefined) return [{ at: [...redacted], redacted: true }];
  const hidden = () => [
    { at: [...at], digest: digest(typeof value === "string" ? value : JSON.stringify(value)) },
  ];
  if (declared !== undefined && "secret" in declared) return hidden();
  // What is declared for all to see may be seen.
  if (declared !== undefined && "value" in declared && sameData(declared.value, value)) {
    return [{ at: [...at], value }];
  }
  const { concealed } = content;
  const wasHidden = concealed === "all" || concealed?.some((top) => isWithin(at, top)) === true;
  const isUnknown = declared === undefined && isConcealed(content);
  return wasHidden || isUnknown ? hidden() : [{ at: [...at], value }];
}

/** Where an empty mapping is declared and others have keys in it: that there is one is all that was asked for. */
function othersMappings(declared: Data, found: Data, at: DataPath = []): ObservedLeaf[] {
  if (!isDataMap(declared) || !isDataMap(found)) return [];
  const entries = Object.entries(declared);
  if (entries.length === 0) {
    return Object.keys(found).length === 0 ? [] : [{ at: [...at], value: {} }];
  }
  return entries.flatMap(([key, value]) =>
    Object.hasOwn(found, key) ? othersMappings(value, found[key] as Data, [...at, key]) : [],
  );
}

/** A declared list is declared as a whole. */
function listsIn(data: Data, at: DataPath = []): DataPath[] {
  if (Array.isArray(data)) return [at];
  if (!isDataMap(data)) return [];
  return Object.entries(data).flatMap(([key, value]) => listsIn(value, [...at, key]));
}
