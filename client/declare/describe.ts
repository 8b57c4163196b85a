import { isArgv } from "../../shared/systemd/argv.ts";
import { Secret } from "../../shared/secret.ts";
import { LocalFile } from "./local-file.ts";
import { Redacted } from "./redacted.ts";

const LIMIT = 60;

/** What a value is, for a message. Texts are quoted only where `quote` says so: they may be confidential. */
export function describe(value: unknown, { quote }: { readonly quote: boolean }): string {
  if (value instanceof Secret) return "a secret";
  if (value instanceof LocalFile) return "a local file";
  if (value instanceof Redacted) return "a redacted value";
  if (value instanceof Date) return "a date";
  if (value instanceof Uint8Array) return "bytes";
  if (isArgv(value)) return "a command";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Promise) return "a promise";
  switch (typeof value) {
    case "string":
      return quote && value.length <= LIMIT ? JSON.stringify(value) : "text";
    case "number":
    case "bigint":
      return quote ? String(value) : "a number";
    case "boolean":
    case "undefined":
      return String(value);
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "object":
      return value === null ? "null" : describeObject(value);
  }
}

function describeObject(value: object): string {
  const id = "id" in value ? value.id : undefined;
  return typeof id === "string" ? `the handle of ${id}` : "an object";
}
