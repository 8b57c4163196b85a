import type { Data, DataPath } from "../../shared/documents/data.ts";
import { pathText } from "../../shared/documents/data.ts";
import type { FormatName } from "../../shared/documents/format.ts";
import { Secret } from "../../shared/secret.ts";
import { describe } from "./describe.ts";
import { Redacted } from "./redacted.ts";

/** A leaf of a document: plain data, a secret, or a value that others set on the host. */
type DocumentValue = string | number | boolean | null | Secret | Redacted;
/** What a document holds. */
export type DocumentData =
  | DocumentValue
  | readonly DocumentData[]
  | { readonly [key: string]: DocumentData | undefined };
/** The top of a document: what its keys hold. */
export type DocumentMap = Readonly<Record<string, DocumentData | undefined>>;

/** A document as declared, taken apart; where a secret or a redacted value is, an empty text stands. */
export class DocumentSource {
  readonly format: FormatName;
  readonly data: Data;
  readonly secrets: readonly { readonly at: DataPath; readonly secret: Secret }[];
  readonly redacted: readonly DataPath[];
  /** What is wrong with it, as clauses after its name. */
  readonly faults: readonly string[];

  constructor(format: FormatName, given: unknown) {
    const read = new Reader();
    this.format = format;
    this.data = read.read(given, []);
    this.secrets = Object.freeze(read.secrets);
    this.redacted = Object.freeze(read.redacted);
    this.faults = Object.freeze(read.faults);
    Object.freeze(this);
  }
}

/** Deeper than any configuration, and far from the end of the stack. */
const DEPTH = 64;

class Reader {
  readonly secrets: { at: DataPath; secret: Secret }[] = [];
  readonly redacted: DataPath[] = [];
  readonly faults: string[] = [];
  /** What the value that is read is in. */
  readonly #around = new Set<object>();

  read(value: unknown, at: DataPath): Data {
    if (at.length > DEPTH) return this.#fault(at, `is more than ${DEPTH} levels deep`);
    if (value instanceof Secret) {
      this.secrets.push({ at, secret: value });
      return "";
    }
    if (value instanceof Redacted) {
      if (at.some((part) => typeof part === "number")) {
        return this.#fault(at, "is redacted within a list, whose items can't be told apart");
      }
      this.redacted.push(at);
      return "";
    }
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") {
      return Number.isFinite(value) ? value : this.#fault(at, `is ${value}, which is no number`);
    }
    if (Array.isArray(value) || isPlainObject(value)) return this.#members(value, at);
    const found = describe(value, { quote: false });
    return this.#fault(
      at,
      `is ${found}; a document takes texts, numbers, booleans, null, lists, objects, secrets and \`redacted\``,
    );
  }

  #members(value: readonly unknown[] | Readonly<Record<string, unknown>>, at: DataPath): Data {
    // It could be reached in more ways than anybody could go.
    if (this.#around.has(value)) return this.#fault(at, "holds itself");
    this.#around.add(value);
    try {
      if (Array.isArray(value)) {
        return (value as readonly unknown[]).map((item, index) => this.read(item, [...at, index]));
      }
      // A member that is undefined is left out, as JSON does it.
      const entries = Object.entries(value).filter(([, member]) => member !== undefined);
      return Object.fromEntries(
        entries.map(([key, member]) => [key, this.read(member, [...at, key])]),
      );
    } finally {
      this.#around.delete(value);
    }
  }

  #fault(at: DataPath, what: string): Data {
    this.faults.push(at.length === 0 ? what : `has ${pathText(at)}, which ${what}`);
    return "";
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The content of a file as environment variables, `NAME=value`: `content: dotenv({ PORT: 4000 })`. */
export const dotenv = (data: DocumentMap): DocumentSource => new DocumentSource("dotenv", data);
/** The content of a file as INI: `content: ini({ NAME: "api", server: { PORT: 4000 } })`. */
export const ini = (data: DocumentMap): DocumentSource => new DocumentSource("ini", data);
/** The content of a file as YAML: `content: yaml({ server: { port: 4000 } })`. */
export const yaml = (data: DocumentData): DocumentSource => new DocumentSource("yaml", data);
/** The content of a file as TOML: `content: toml({ server: { port: 4000 } })`. */
export const toml = (data: DocumentMap): DocumentSource => new DocumentSource("toml", data);
/** The content of a file as JSON: `content: json({ server: { port: 4000 } })`. */
export const json = (data: DocumentData): DocumentSource => new DocumentSource("json", data);
