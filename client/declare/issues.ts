import * as z from "zod";
import { Secret } from "../../shared/secret.ts";
import { describe } from "./describe.ts";
import type { Fault } from "./fault.ts";
import { didYouMean, nearestName } from "../../shared/nearest-name.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What was parsed, for the messages. */
export interface Subject {
  /** `file:/etc/motd`, `host app`. */
  readonly name: string;
  readonly schema: z.ZodType;
  readonly input: unknown;
  /** Options that are taken before the schema sees the input, and are known all the same. */
  readonly alsoKnown?: readonly string[];
  /** What was given to name something: `field` of the input, or the whole of it. */
  readonly key?: { readonly field?: string; readonly what: string };
  /** Fields that take content, whatever the schema says. */
  readonly contentFields?: readonly string[];
}

export const CONTENT_MESSAGE =
  'must be text, bytes, fromFile("./local/path"), text`…` or a document such as yaml({ … })';

export type Finding = Pick<Fault, "code" | "detail"> & { readonly value: unknown };

/** What is wrong, in words for a person: one finding for each issue. */
export function findings(issues: readonly Issue[], subject: Subject): Finding[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownOption(key, issue.path, subject));
    }
    const meant = branchMeant(issue);
    if (meant !== undefined) return findings(meant, subject);
    return [badValue(issue, subject)];
  });
}

/** What is wrong with an object where an object is one of several things that could be given. */
function branchMeant(issue: Issue): Issue[] | undefined {
  if (issue.code !== "invalid_union" || !GENERIC.test(issue.message)) return undefined;
  const isDeeper = ({ code, path }: Issue) => code === "unrecognized_keys" || path.length > 0;
  const [branch, ...others] = issue.errors.filter((issues) => issues.every(isDeeper));
  if (branch === undefined || others.length > 0) return undefined;
  return branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

export function unknownOption(key: string, path: Path, subject: Subject): Finding {
  const inner = innerSchema(subject.schema, path);
  const top = path.length === 0;
  const known = (inner instanceof z.ZodObject ? Object.keys(inner.shape) : [])
    .concat(top ? (subject.alsoKnown ?? []) : [])
    .filter((name) => !top || name !== subject.key?.field);
  const list =
    known.length === 0 ? "" : ` Known: ${known.map((name) => `\`${name}\``).join(", ")}.`;
  return {
    code: "HK1020",
    detail: `${subject.name} has no option \`${written([...path, key])}\`.${didYouMean(key, known) || list}`,
    value: undefined,
  };
}

function badValue(issue: Issue, subject: Subject): Finding {
  const value = valueAt(subject.input, issue.path);
  const [field, ...deeper] = issue.path;
  const isContent = subject.contentFields?.includes(String(field)) === true;
  const message = isContent ? CONTENT_MESSAGE : messageOf(issue, value);
  const found = describe(value, { quote: !isConfidential(issue) });
  const finding = (code: Finding["code"], detail: string) => ({ code, detail, value });

  const { key, name } = subject;
  if (key !== undefined && field === key.field && deeper.length === 0) {
    return finding("HK1023", `${capital(found)} can't be used as ${key.what}: it ${message}.`);
  }
  if (field === undefined && issue.code === "invalid_type") {
    return finding("HK1021", `${name} must be given its options as an object, not ${found}.`);
  }
  if (field === undefined) return finding("HK1021", `${name} ${message}.`);
  const option = written(issue.path);
  if (value === undefined) {
    return finding("HK1022", `${name} needs the option \`${option}\`: it ${message}.`);
  }
  if (issue.code === "invalid_key") {
    return finding("HK1023", `${name} can't have \`${option}\`: its name ${message}.`);
  }
  if (value instanceof Secret) {
    const why = `is a secret, which can't be used there: it ${message}`;
    return finding("HK1021", `\`${option}\` of ${name} ${why}.`);
  }
  return finding("HK1021", `\`${option}\` of ${name} ${message}, but is ${found}.`);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Schemas mark what must not be repeated on a screen: `params: { confidential: true }`. */
function isConfidential(issue: Issue): boolean {
  return issue.code === "custom" && issue.params?.["confidential"] === true;
}

/** How messages begin that nobody wrote for people of this project. */
const GENERIC = /^(?:Invalid|Too |Unrecognized)/;

/** A sentence that goes on after the name of the option: `must be …`. */
function messageOf(issue: Issue, value: unknown): string {
  if (!GENERIC.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
    case "invalid_value": {
      const values = issue.values.map(String);
      const close = typeof value === "string" ? nearestName(value, values) : undefined;
      const list = issue.values.map((each) => describe(each, { quote: true })).join(", ");
      const hint = close === undefined ? "" : ` (did you mean ${JSON.stringify(close)}?)`;
      return `must be ${values.length > 1 ? "one of " : ""}${list}${hint}`;
    }
    case "invalid_key":
      return issue.issues.map((each) => messageOf(each, value)).join(" and ");
    case "invalid_union":
      return unionMessage(issue.errors, value);
    case "too_small":
      return `must be at least ${issue.minimum}${SIZED[issue.origin] ?? ""}`;
    case "too_big":
      return `must be at most ${issue.maximum}${SIZED[issue.origin] ?? ""}`;
    case "invalid_format":
    case "not_multiple_of":
    case "invalid_element":
    case "unrecognized_keys":
    case "custom":
      return `can't be used: ${issue.message}`;
  }
}

const SIZED: Readonly<Record<string, string>> = { string: " characters long", array: " long" };

const EXPECTED: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
};

function unionMessage(branches: readonly (readonly Issue[])[], value: unknown): string {
  const parts = branches.flatMap((issues) =>
    issues.slice(0, 1).map((issue) => messageOf(issue, value)),
  );
  return `must be ${[...new Set(parts.map((part) => part.replace(/^must be /, "")))].join(" or ")}`;
}

/** `ssh.port`, `groups[0]`. */
function written(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number"
        ? `${text}[${part}]`
        : text === ""
          ? String(part)
          : `${text}.${String(part)}`,
    "",
  );
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return value;
}

/** The schema of the member at a path, wrappers removed; `undefined` inside unions and records. */
function innerSchema(schema: unknown, path: Path): unknown {
  const bare = unwrapped(schema);
  const [part, ...rest] = path;
  if (part === undefined) return bare;
  if (bare instanceof z.ZodObject) return innerSchema(bare.shape[part as string], rest);
  if (bare instanceof z.ZodArray) return innerSchema(bare.element, rest);
  return undefined;
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrapped(schema.unwrap());
  }
  // Only an object has members.
  if (schema instanceof z.ZodUnion) {
    return schema.options.map(unwrapped).find((each) => each instanceof z.ZodObject) ?? schema;
  }
  return schema;
}
