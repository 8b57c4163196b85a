import { Secret } from "../../shared/secret.ts";
import { describe } from "./describe.ts";
import type { LocalFile } from "./local-file.ts";

type TextValue = string | number | boolean | Secret;

/** Text with secrets in it, put together on the host. */
export class TextTemplate {
  readonly parts: readonly (string | Secret)[];

  constructor(parts: readonly (string | Secret)[]) {
    this.parts = Object.freeze([...parts]);
    Object.freeze(this);
  }
}

/** A text whose `{{ names }}` are replaced, given apart from it. */
export class NamedTemplate {
  readonly source: string | LocalFile;
  readonly values: Readonly<Record<string, TextValue>>;

  constructor(source: string | LocalFile, values: Readonly<Record<string, TextValue>>) {
    this.source = source;
    this.values = Object.freeze({ ...values });
    Object.freeze(this);
  }
}

/**
 * The content of a file as text with secrets: ``content: text`password=${secret.env("DB_PASSWORD")}\n` ``. Texts, numbers and booleans
 * are put in as they are; nothing is added or taken away, white space included.
 */
export function text(strings: TemplateStringsArray, ...values: readonly TextValue[]): TextTemplate {
  const parts = strings.flatMap((string, index) => {
    const value = values[index];
    return index < values.length ? [string, asPart(value)] : [string];
  });
  return new TextTemplate(parts.filter((part) => part !== ""));
}

export function asPart(value: unknown): string | Secret {
  if (value instanceof Secret) return value;
  if (["string", "number", "boolean"].includes(typeof value)) return String(value);
  throw new TypeError(
    `A text takes texts, numbers, booleans and secrets, and not ${describe(value, { quote: false })}. Of a handle, give the field that is meant, such as data.path.`,
  );
}
