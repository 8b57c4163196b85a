import * as z from "zod";
import { AbsolutePath, Digest } from "./brands.ts";

/**
 * A secret: a reference to a value that is looked up in memory when it is needed, by the operator's side or on the host. It has no
 * string form. Whatever would print, join or serialise it throws instead, so that a value or even the intention to embed it
 * never reaches a manifest, a log or an argument by accident.
 */

export const ENCODINGS = ["base64url", "hex"] as const;

/** Where the operator's side finds a value. */
const OperatorReference = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("env"), name: z.string().min(1) }),
  /** Relative to the directory of the declaration, or absolute. */
  z.strictObject({ from: z.literal("file"), path: z.string().min(1) }),
  z.strictObject({ from: z.literal("command"), argv: z.array(z.string()).min(1) }),
]);
export type OperatorReference = z.output<typeof OperatorReference>;

/** Where the host finds one: it is never sent. */
const HostReference = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("hostFile"), path: AbsolutePath }),
  z.strictObject({
    from: z.literal("generate"),
    name: z.string().min(1),
    bytes: z.int().min(16).max(1024),
    encoding: z.enum(ENCODINGS),
  }),
]);
export type HostReference = z.output<typeof HostReference>;

export const SecretReference = z.union([OperatorReference, HostReference]);
export type SecretReference = z.output<typeof SecretReference>;

/** A secret where a manifest has one: what it refers to and, when the host has looked it up, the keyed digest of its value. */
export const SecretUse = z.strictObject({ secret: SecretReference, digest: Digest.optional() });
export type SecretUse = z.output<typeof SecretUse>;

/** A value on its way to the host, inside of the connection, where it is kept in memory. */
export const OperatorSecret = z.strictObject({ secret: OperatorReference, value: z.string() });
export type OperatorSecret = z.output<typeof OperatorSecret>;

export function isOperators(reference: DeclaredReference): reference is OperatorReference {
  return reference.from !== "hostFile" && reference.from !== "generate";
}

/** `env:DATABASE_URL`, `command:pass show x`: where a value comes from, for a person. */
export function referenceText(reference: SecretReference): string {
  switch (reference.from) {
    case "env":
      return `env:${reference.name}`;
    case "file":
      return `file:${reference.path}`;
    case "command":
      return `command:${reference.argv.join(" ")}`;
    case "hostFile":
      return `hostFile:${reference.path}`;
    case "generate":
      return `generate:${reference.name}`;
  }
}

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

function refuse(): never {
  throw new TypeError(
    "A secret has no text form. Give it to an option that takes a secret, such as ssh.password, to a leaf of a document, or to a text`…` template.",
  );
}

/** As declared: the path of a file is as written, and what is generated may have no name yet. */
export type DeclaredReference =
  | OperatorReference
  | Extract<HostReference, { from: "hostFile" }>
  | (Omit<Extract<HostReference, { from: "generate" }>, "name"> & { readonly name?: string });

export class Secret {
  readonly reference: DeclaredReference;
  /** Where it was declared: what its path is relative to. */
  readonly frame: { readonly line: number; readonly column: number } | undefined;

  constructor(reference: DeclaredReference, frame?: Secret["frame"]) {
    this.reference = Object.freeze({ ...reference });
    this.frame = frame;
    Object.freeze(this);
  }

  toString(): never {
    return refuse();
  }
  toJSON(): never {
    return refuse();
  }
  [Symbol.toPrimitive](): never {
    return refuse();
  }
  /** What a person sees when printing one while debugging: where it comes from, never what it is. */
  [INSPECT](): string {
    const { reference } = this;
    const isUnnamed = reference.from === "generate" && reference.name === undefined;
    return `Secret(${isUnnamed ? "generate" : referenceText(reference as SecretReference)})`;
  }
}
