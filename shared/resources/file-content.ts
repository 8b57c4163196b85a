import * as z from "zod";
import { Digest } from "../brands.ts";
import { type Difference, type KeyDifference, NOT_SHOWN } from "../change.ts";
import {
  type Content,
  type DeclaredLeaf,
  declaredLeaves,
  type DocumentContent,
  isConcealed,
  isDocument,
  isPlain,
  isSensitive,
  isTemplate,
  Path,
  placeOf,
  refOf,
} from "../content.ts";
import { sameData } from "../documents/compare.ts";
import { type Data, type DataPath, isWithin, pathText } from "../documents/data.ts";
import { formatOf } from "../documents/formats.ts";
import type { SecretUse } from "../secret.ts";
import type { Sealer } from "./define-kind.ts";

/** The content of a file, as declared against what was found: bytes by digest, documents by key. */

const Value = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.tuple([]).readonly(),
  z.strictObject({}).readonly(),
]);

const ObservedLeaf = z.union([
  z.strictObject({ at: Path, value: Value }),
  /** Keyed, of a value that must not be told. */
  z.strictObject({ at: Path, digest: Digest }),
  z.strictObject({ at: Path, redacted: z.literal(true) }),
]);
type ObservedLeaf = z.output<typeof ObservedLeaf>;

export const ObservedDocument = z.union([
  z.strictObject({ leaves: z.array(ObservedLeaf) }),
  /** Why it can't be read as a document. */
  z.strictObject({ unreadable: z.string() }),
]);
type ObservedDocument = z.output<typeof ObservedDocument>;

interface Found {
  readonly sha256: Digest;
  readonly size: number;
  readonly digest?: Digest | undefined;
  readonly document?: ObservedDocument | undefined;
}

interface Wish {
  readonly content: Content;
}

/** What of the content is not as declared; nothing or one difference. */
export function contentDifference({ content }: Wish, found: Found): Difference[] {
  if (isDocument(content)) return documentDifference(content, found);
  if (isPlain(content)) {
    if (content.sha256 === found.sha256) return [];
    return [{ field: "content", before: foundContent(content, found), after: refOf(content) }];
  }
  // What has not been looked up is not known to be the same.
  if (content.digest !== undefined && content.digest === found.digest) return [];
  return [{ field: "content", before: NOT_SHOWN, after: NOT_SHOWN }];
}

export function createdContent(content: Content): Difference {
  const created = { field: "content", before: null };
  if (isPlain(content)) return { ...created, after: refOf(content) };
  if (isTemplate(content)) return { ...created, after: NOT_SHOWN };
  const keys = declaredLeaves(content).flatMap((leaf) => ("redacted" in leaf ? [] : [added(leaf)]));
  return { ...created, after: summary(content), keys };
}

export function removedContent(content: Content, found: Found): Difference {
  return { field: "content", before: foundContent(content, found), after: null };
}

/** What a file has, and of a document each value that may be shown. */
export function foundInFile(content: Content, found: Found): Difference {
  const { document } = found;
  const difference = removedContent(content, found);
  if (document === undefined || "unreadable" in document) return difference;
  const format = isDocument(content) ? summary(content) : difference.before;
  return { ...difference, before: format, keys: document.leaves.map(removedLeaf) };
}

/** What was found, as far as it may be told. */
function foundContent(content: Content, { sha256, size }: Found): Difference["before"] {
  if (isConcealed(content)) return NOT_SHOWN;
  return { sha256, size, text: isPlain(content) ? content.text : true };
}

const summary = ({ format }: DocumentContent): string => `${format} document`;

/** Of a document that others manage as well, only what is declared was found. */
function documentDifference(content: DocumentContent, { document }: Found): Difference[] {
  const difference = { field: "content", after: summary(content) };
  if (document === undefined || "unreadable" in document) {
    const why = document === undefined ? "it was not read" : document.unreadable;
    const keys = createdContent(content).keys ?? [];
    return [{ ...difference, before: `no ${content.format} document: ${why}`, keys }];
  }
  const found = new Map(document.leaves.map((leaf) => [placeOf(leaf.at), leaf]));
  const declared = declaredLeaves(content);
  const places = new Set(declared.map(({ at }) => placeOf(at)));
  const changed = declared.flatMap((leaf) => leafDifference(leaf, found.get(placeOf(leaf.at))));
  const gone = document.leaves.filter(
    ({ at }) => !places.has(placeOf(at)) && !isEmptied(at, declared),
  );
  const keys = [...changed, ...gone.map(removedLeaf)];
  return keys.length === 0 ? [] : [{ ...difference, before: summary(content), keys }];
}

/** What was an empty mapping or list, and gets something in it: that is told by what it gets. */
const isEmptied = (at: DataPath, declared: readonly DeclaredLeaf[]): boolean =>
  declared.some((leaf) => leaf.at.length > at.length && isWithin(leaf.at, at));

function leafDifference(leaf: DeclaredLeaf, found: ObservedLeaf | undefined): KeyDifference[] {
  if ("redacted" in leaf) return [];
  if (found === undefined) return [added(leaf)];
  const key = pathText(leaf.at);
  if ("secret" in leaf) {
    const { digest } = leaf.secret;
    if (digest !== undefined && "digest" in found && digest === found.digest) return [];
    return [{ key, before: NOT_SHOWN, after: NOT_SHOWN, masked: true }];
  }
  if (!("value" in found)) return [{ key, before: NOT_SHOWN, after: shown(leaf.value) }];
  if (sameData(leaf.value, found.value)) return [];
  return [{ key, before: shown(found.value), after: shown(leaf.value) }];
}

function added(leaf: DeclaredLeaf): KeyDifference {
  const key = pathText(leaf.at);
  return "value" in leaf
    ? { key, after: shown(leaf.value) }
    : { key, after: NOT_SHOWN, masked: true };
}

function removedLeaf(leaf: ObservedLeaf): KeyDifference {
  const key = pathText(leaf.at);
  return "value" in leaf
    ? { key, before: shown(leaf.value) }
    : { key, before: NOT_SHOWN, masked: true };
}

type LeafValue = z.output<typeof Value>;

const shown = (value: LeafValue): string | number | boolean | null =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : value;

/** The content with the keyed digests of its secrets, and marked where it takes the place of what had some. */
export function sealedContent(content: Content, sealer: Sealer<Wish>): Content {
  const hidden = concealedBy(sealer.previous?.content, content);
  const concealed = hidden === undefined ? {} : { concealed: hidden };
  if (isPlain(content)) return { ...content, ...concealed };
  const sealed = ({ secret }: SecretUse) => ({
    secret,
    digest: sealer.digest(sealer.value({ secret })),
  });
  if (isTemplate(content)) {
    const { template } = content;
    const values = template.map((part) => (typeof part === "string" ? part : sealer.value(part)));
    const parts = template.map((part) => (typeof part === "string" ? part : sealed(part)));
    return { template: parts, digest: sealer.digest(values.join("")), ...concealed };
  }
  const secrets = content.secrets.map(({ at, ...use }) => ({ at, ...sealed(use) }));
  return { ...content, secrets, ...concealed };
}

/** What a content is for whoever reads the file, however it is shown. */
export function readBy(content: Content): unknown {
  if (isPlain(content)) return content.sha256;
  if (isTemplate(content)) return content.digest;
  const { concealed: _concealed, ...document } = content;
  return document;
}

/** What of the file held secrets, as it was declared before. */
function concealedBy(before: Content | undefined, now: Content): Content["concealed"] {
  if (before === undefined || !isSensitive(before)) return undefined;
  const isSameFormat = isDocument(before) && isDocument(now) && before.format === now.format;
  return isSameFormat ? [...before.secrets.map(({ at }) => at), ...before.redacted] : "all";
}

/** Values of secrets that their places can't hold. A text holds everything. */
export function unfitSecrets(
  content: Content,
  value: (use: SecretUse) => string | undefined,
): string[] {
  if (!isDocument(content)) return [];
  const format = formatOf(content.format);
  return content.secrets.flatMap(({ at, secret }) => {
    const known = value({ secret });
    if (known === undefined) return [];
    const faults = format.faults(alone(at, known));
    return faults.map(({ why }) => `the secret at ${pathText(at)} ${why}`);
  });
}

/** A document with nothing but one value. */
const alone = (at: DataPath, value: string): Data =>
  at.reduceRight<Data>(
    (inner, part) => (typeof part === "number" ? [inner] : { [part]: inner }),
    value,
  );
