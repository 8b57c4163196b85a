import type { Digest } from "../../shared/brands.ts";
import type { Content } from "../../shared/content.ts";
import { Secret } from "../../shared/secret.ts";
import type { ContentSource } from "./declared.ts";
import { DocumentSource } from "./document.ts";
import { LocalFile } from "./local-file.ts";
import { NamedTemplate, TextTemplate } from "./text-template.ts";

/** What was given as content, if it is one. */
export function contentSource(value: unknown): ContentSource | undefined {
  // A copy: what the declaration does with its own bytes afterwards must not reach the project.
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  const isSource =
    typeof value === "string" ||
    value instanceof LocalFile ||
    value instanceof TextTemplate ||
    value instanceof NamedTemplate ||
    value instanceof DocumentSource;
  return isSource ? value : undefined;
}

const BYTES: Content = Object.freeze({ sha256: "0".repeat(64) as Digest, size: 0, text: false });
const SECRET = { secret: { from: "env" as const, name: "ANY" } };

/**
 * Stands for a content until the compiler has read it: only then is its digest known. It is of the same sort, and holds secrets
 * where that does.
 */
export function standInFor(source: ContentSource | undefined): Content {
  if (source instanceof DocumentSource) {
    const { format, redacted } = source;
    const secrets = source.secrets.length === 0 ? [] : [{ at: [], ...SECRET }];
    return { format, data: {}, secrets, redacted: [...redacted] };
  }
  return source !== undefined && secretsOf(source).length > 0 ? { template: [SECRET] } : BYTES;
}

/** The secrets that a content holds. */
function secretsOf(source: ContentSource): readonly Secret[] {
  if (source instanceof DocumentSource) return source.secrets.map(({ secret }) => secret);
  const parts =
    source instanceof TextTemplate
      ? source.parts
      : source instanceof NamedTemplate
        ? Object.values(source.values)
        : [];
  return parts.filter((part) => part instanceof Secret);
}
