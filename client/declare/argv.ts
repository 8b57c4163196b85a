import { HostKitError } from "../../shared/diagnostic.ts";
import type { Argv } from "../../shared/systemd/argv.ts";
import { describe } from "./describe.ts";
import { diagnosticOf } from "./fault.ts";
import { isListener, type Listener } from "./listener-options.ts";

/** One argument: text, a number, or a handle, which stands for its unit, path, user, group or address. */
export type ArgumentValue =
  | string
  | number
  | Listener
  | { readonly unit: string }
  | { readonly path: string }
  | { readonly user: string }
  | { readonly group: string };

/** Options by name: `{ config: "/etc/app.ini", verbose: true }` is `--config /etc/app.ini --verbose`. */
export type ArgumentOptions = Readonly<
  Record<string, ArgumentValue | boolean | readonly ArgumentValue[] | undefined>
>;

/** What a handle stands for, in the order in which it is looked for: a unit has a path too, and means its name. */
const MEANING = ["unit", "path", "user", "group", "address"] as const;

/**
 * A command without a shell: `argv("/opt/api/bin/server", "serve", { config: file, port: 4000 })`.
 *
 * Arguments keep their order. Text and numbers are one argument each, whatever they contain. An object gives
 * options: `port: 4000` is `--port 4000`, `maxConnections: 9` is `--max-connections 9`, one letter has one dash
 * (`v: true` is `-v`), a name that begins with a dash is used as it is (`"-config": path`). `true` gives the option
 * alone, `false` and `undefined` leave it out, a list repeats it. A listener is its address, `127.0.0.1:4000`, or the path of its
 * socket; `http.port` is its port.
 */
export function argv(
  program: string | { readonly path: string },
  ...args: readonly (ArgumentValue | ArgumentOptions)[]
): Argv {
  const command = argument(program, "The program");
  if (command === "") refuse("The program of a command can't be empty.");
  const rest = args.flatMap((each, index) => {
    const position = `Argument ${index + 1} of ${command}`;
    return isOptions(each) ? options(each, command) : [argument(each, position)];
  });
  return Object.freeze({ argv: Object.freeze([command, ...rest] as const) });
}

function isOptions(value: ArgumentValue | ArgumentOptions): value is ArgumentOptions {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === null) && !("id" in value && "kind" in value)
  );
}

function options(given: ArgumentOptions, command: string): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const flag = flagOf(name);
    if (value === undefined || value === false) return [];
    if (value === true) return [flag];
    const values: readonly ArgumentValue[] = isList(value) ? value : [value];
    if (/port$/i.test(name)) for (const each of values) refuseAddress(each, { flag, command });
    return values.flatMap((each) => [flag, argument(each, `${flag} of ${command}`)]);
  });
}

/** Easily written, and hard to find: `--port 127.0.0.1:4000`. */
function refuseAddress(
  value: unknown,
  { flag, command }: { readonly flag: string; readonly command: string },
): void {
  if (!isListener(value)) return;
  const detail =
    "port" in value
      ? `${flag} of ${command} is given a listener, which stands for its address ${value.address}. Give it the port alone: \`.port\` of the listener.`
      : `${flag} of ${command} is given a listener that is a socket, ${value.path}, and has no port.`;
  refuse(detail);
}

function isList(
  value: ArgumentValue | readonly ArgumentValue[],
): value is readonly ArgumentValue[] {
  return Array.isArray(value);
}

function flagOf(name: string): string {
  if (name.startsWith("-")) return name;
  if (name.length === 1) return `-${name}`;
  const words = name
    .replaceAll("_", "-")
    .replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `--${words}`;
}

function argument(value: unknown, what: string): string {
  const text = textOf(value);
  if (text === undefined) {
    return refuse(
      `${what} must be text, a number or a handle, but is ${describe(value, { quote: false })}.`,
    );
  }
  return text.includes("\0")
    ? refuse(`${what} contains a NUL character, which no command can be given.`)
    : text;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const member of MEANING) {
    const meant: unknown = (value as Readonly<Record<string, unknown>>)[member];
    if (typeof meant === "string") return meant;
  }
  return undefined;
}

function refuse(detail: string): never {
  throw new HostKitError(diagnosticOf({ code: "HK1025", detail }));
}
