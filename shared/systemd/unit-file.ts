import { isArgv, renderArgv, type Argv } from "./argv.ts";

/** What a directive may be given. A list gives one line for each member; `false` and `true` are `no` and `yes`. */
type DirectiveValue = string | number | boolean | Argv | readonly (string | number | Argv)[];

export type Section = Readonly<Record<string, DirectiveValue | undefined>>;

export interface Directive {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

function lines(name: string, value: DirectiveValue): string[] {
  if (isArgv(value)) return [`${name}=${renderArgv(value)}`];
  if (typeof value === "object") return value.flatMap((member) => lines(name, member));
  if (typeof value === "boolean") return [`${name}=${value ? "yes" : "no"}`];
  return [`${name}=${String(value)}`];
}

/** Unit file text of sections in the given order; empty sections are left out. */
export function renderUnit(sections: Readonly<Record<string, Section | undefined>>): string {
  const blocks: string[] = [];
  for (const [section, directives] of Object.entries(sections)) {
    const body = Object.entries(directives ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : lines(name, value),
    );
    if (body.length > 0) blocks.push([`[${section}]`, ...body, ""].join("\n"));
  }
  return blocks.join("\n");
}

/** Directives of a unit file, continuation lines joined, comments left out; see systemd.syntax(7). */
export function parseUnit(text: string): Directive[] {
  const found: Directive[] = [];
  let section = "";
  let pending = "";
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (pending === "" && line === "") continue;
    if (line.startsWith("#") || line.startsWith(";")) continue;
    // An even number of backslashes is escaped ones.
    if (/(?<!\\)(?:\\\\)*\\$/.test(line)) {
      pending += `${line.slice(0, -1)} `;
      continue;
    }
    const whole = (pending + line).trim();
    pending = "";
    const header = /^\[(.+)\]$/.exec(whole);
    if (header !== null) {
      section = header[1] ?? "";
      continue;
    }
    const equals = whole.indexOf("=");
    if (equals > 0) {
      found.push({
        section,
        name: whole.slice(0, equals).trim(),
        value: whole.slice(equals + 1).trim(),
      });
    }
  }
  return found;
}

/** The last value given counts. */
export const settingOf = (directives: readonly Directive[], section: string, name: string) =>
  directives.findLast((d) => d.section === section && d.name === name)?.value;

/** Absolute paths that a directive's value names: `EnvironmentFile=-/etc/app.env`, `--config=/etc/app.ini`. */
export function pathsIn(value: string): string[] {
  const paths: string[] = [];
  for (const word of value.split(/[\s"':=,]+/)) {
    const path = word.replace(/^[-@:+!|]+/, "").replace(/\/+$/, "");
    if (/^\/[^/%$]/.test(path) && !path.includes("//")) paths.push(path);
  }
  return [...new Set(paths)];
}
