import * as z from "zod";
import { Digest } from "./brands.ts";
import { type Data, type DataPath, type Leaf, leavesOf } from "./documents/data.ts";
import { FORMAT_NAMES } from "./documents/format.ts";
import { SecretUse } from "./secret.ts";

/**
 * The content of a file, by reference. Manifests and plans carry references; the bytes travel apart, and only when
 * the host does not have them.
 */
export const ContentRef = z.strictObject({
  sha256: Digest,
  /** Bytes. */
  size: z.int().min(0),
  /** Whether the bytes are text a person can read in a diff. */
  text: z.boolean(),
});
export type ContentRef = z.output<typeof ContentRef>;

/** Texts above this size are compared by digest only: a diff of them helps nobody. Bytes. */
export const DIFF_LIMIT = 256 * 1024;

/** Where a value of a document is. */
export const Path = z.array(z.union([z.string(), z.int().min(0)])).readonly();

/** Set by the host: what in the file held secrets as it was declared before, and must not be shown. */
const concealed = z.union([z.literal("all"), z.array(Path)]).optional();

/** Bytes by reference. */
const PlainContent = ContentRef.extend({ concealed });
type PlainContent = z.output<typeof PlainContent>;

/** Text with secrets between its parts, put together on the host. */
const TemplateContent = z.strictObject({
  template: z.array(z.union([z.string(), SecretUse])),
  /** Keyed digest of the whole, once the host has looked the secrets up. */
  digest: Digest.optional(),
  concealed,
});
export type TemplateContent = z.output<typeof TemplateContent>;

/** A document of a structured format, compared and changed by key. */
const DocumentContent = z.strictObject({
  format: z.enum(FORMAT_NAMES),
  /** As the format gives it back; where a secret or a redacted value is, an empty text stands. */
  data: z.custom<Data>(isData, "must be plain data"),
  secrets: z.array(z.strictObject({ at: Path, ...SecretUse.shape })),
  /** Values that others set: what is there is kept, and never shown. */
  redacted: z.array(Path),
  concealed,
});
export type DocumentContent = z.output<typeof DocumentContent>;

export const Content = z.union([PlainContent, TemplateContent, DocumentContent]);
export type Content = z.output<typeof Content>;

export const isTemplate = (content: Content): content is TemplateContent => "template" in content;
export const isDocument = (content: Content): content is DocumentContent => "format" in content;
export const isPlain = (content: Content): content is PlainContent => "sha256" in content;

/** The bytes that a plain content refers to. */
export const refOf = ({ sha256, size, text }: ContentRef): ContentRef => ({ sha256, size, text });

/** Every secret that a content needs. */
export function secretsIn(content: Content): SecretUse[] {
  if (isTemplate(content)) return content.template.filter((part) => typeof part !== "string");
  return isDocument(content) ? content.secrets.map(({ at: _at, ...use }) => use) : [];
}

/** Whether what is in it must never be shown as a whole. */
export function isSensitive(content: Content): boolean {
  return secretsIn(content).length > 0 || (isDocument(content) && content.redacted.length > 0);
}

/** Whether what is on the host must not be shown: it is sensitive itself, or is in the place of what was. */
export const isConcealed = (content: Content): boolean =>
  isSensitive(content) || content.concealed !== undefined;

function isData(value: unknown): value is Data {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  if (typeof value !== "object") return false;
  return Object.values(value).every(isData);
}

/** A declared value of a document, and what is known of it without showing it. */
export type DeclaredLeaf = { readonly at: DataPath } & (
  | { readonly value: Leaf["value"] }
  | { readonly secret: SecretUse }
  | { readonly redacted: true }
);

/** Where a leaf is, as the key of a map. */
export const placeOf = (at: DataPath): string => JSON.stringify(at);

export function declaredLeaves({ data, secrets, redacted }: DocumentContent): DeclaredLeaf[] {
  const hidden = new Map<string, DeclaredLeaf>([
    ...redacted.map((at) => [placeOf(at), { at, redacted: true }] as const),
    ...secrets.map(({ at, ...secret }) => [placeOf(at), { at, secret }] as const),
  ]);
  return leavesOf(data).map((leaf) => hidden.get(placeOf(leaf.at)) ?? leaf);
}
