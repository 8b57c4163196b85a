import { ResourceId } from "../../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { parseDuration } from "../../shared/duration.ts";
import { didYouMean } from "../../shared/nearest-name.ts";
import { RunId } from "../../shared/run.ts";
import { cliFault } from "./faults.ts";
import {
  FLAGS,
  type FlagName,
  flagText,
  FORM_FLAGS,
  type Options,
  TARGET_FLAGS,
  variableOf,
} from "./flags.ts";

export type Environment = Readonly<Record<string, string | undefined>>;
/** What the command line itself gave, as text. */
export type Given = { readonly [Name in FlagName]?: string | true | readonly string[] };

const ON = ["1", "true", "yes", "on"];
const OFF = ["0", "false", "no", "off"];

/**
 * Flag, else environment variable, else default; each value checked where it was written. `takes`: the flags that the command has;
 * variables of others mean nothing to it.
 */
export function resolveOptions(
  given: Given,
  env: Environment,
  {
    takes,
    words = [],
  }: { readonly takes: readonly FlagName[]; readonly words?: readonly string[] },
): Options {
  // A variable must not add to, or contradict, what was said by hand.
  const hidden = [TARGET_FLAGS, FORM_FLAGS]
    .filter((group) => group.some((name) => given[name] !== undefined))
    .flat();
  const read = (name: FlagName): string | true | readonly string[] | undefined => {
    const written = given[name];
    if (written !== undefined) return written;
    return hidden.includes(name) || !takes.includes(name) ? undefined : fromEnvironment(name, env);
  };
  const faults: Diagnostic[] = [];
  /** Whatever is wrong is told together; what a value would have been matters to nobody then. */
  const attempt = <Value>(make: () => Value): Value => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof HostKitError)) throw error;
      faults.push(...error.diagnostics);
      return undefined as Value;
    }
  };
  const on = (name: FlagName) => attempt(() => read(name) === true);
  const one = (name: FlagName) =>
    attempt(() => {
      const value = read(name);
      return typeof value === "string" ? checked(name, value, { given, env }) : undefined;
    });
  const each = <Value>(
    name: FlagName,
    parts: (text: string) => readonly string[],
    make: (text: string) => Value,
  ): Value[] => {
    const value = attempt(() => read(name));
    const list =
      typeof value === "string"
        ? [value]
        : Array.isArray(value)
          ? (value as readonly string[])
          : [];
    return list
      .flatMap(parts)
      .map((part) => attempt(() => make(checked(name, part, { given, env }))));
  };
  const many = (name: FlagName) =>
    each(
      name,
      (text) => text.split(",").map((part) => part.trim()),
      (text) => text,
    );
  // A path may have a comma.
  const ids = (name: FlagName) =>
    each(
      name,
      (text) => [text],
      (text) => resourceIdOf(name, text),
    );
  const duration = (name: FlagName, unset: string) =>
    attempt(() => durationOf(name, one(name) ?? unset));
  const options = {
    words,
    config: one("config"),
    verbose: on("verbose"),
    quiet: on("quiet"),
    color: (one("color") ?? "auto") as Options["color"],
    json: on("json"),
    host: many("host"),
    all: on("all"),
    ssh: one("ssh"),
    local: on("local"),
    sections: many("sections") as Options["sections"][number][],
    service: many("service"),
    only: ids("only"),
    except: ids("except"),
    id: ids("id"),
    yes: on("yes"),
    exitCode: on("exitCode"),
    full: on("full"),
    out: one("out"),
    sign: one("sign"),
    allowedSigners: one("allowedSigners"),
    dryRun: on("dryRun"),
    allowCommands: on("allowCommands"),
    format: (one("format") ?? "text") as Options["format"],
    graph: on("graph"),
    wait: duration("wait", "10s"),
    confirmTimeout: duration("confirmTimeout", "60s"),
    onFailure: (one("onFailure") ?? "rollback") as Options["onFailure"],
    run: attempt(() => runOf(one("run"))),
    follow: on("follow"),
    prune: on("prune"),
    keep: attempt(() => countOf(one("keep") ?? "10")),
  };
  if (faults.length > 0) throw new HostKitError(faults);
  return options;
}

/** Whole milliseconds. */
function durationOf(name: FlagName, text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return Math.round(milliseconds);
  throw cliFault(
    "HK5003",
    `${flagText(name)} takes a duration such as 30s or 5m; it was given ${JSON.stringify(text)}.`,
  );
}

function runOf(text: string | undefined): RunId | undefined {
  const parsed = RunId.optional().safeParse(text);
  if (parsed.success) return parsed.data;
  throw cliFault(
    "HK5003",
    `--run takes the id of a run, such as 20260102T030405-a1b2c3; it was given ${JSON.stringify(text)}. hostkit runs lists them.`,
  );
}

function resourceIdOf(name: FlagName, text: string): ResourceId {
  const parsed = ResourceId.safeParse(text);
  if (parsed.success) return parsed.data;
  throw cliFault(
    "HK5003",
    `${flagText(name)} takes the id of a resource, such as file:/etc/motd; it was given ${JSON.stringify(text)}.`,
  );
}

function countOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw cliFault(
    "HK5003",
    `--keep takes a number such as 10; it was given ${JSON.stringify(text)}.`,
  );
}

function fromEnvironment(name: FlagName, env: Environment): string | true | undefined {
  const variable = variableOf(name);
  const value = env[variable];
  if (value === undefined || value === "") return undefined;
  if (FLAGS[name].takes !== "nothing") return value;
  const word = value.toLowerCase();
  if (ON.includes(word)) return true;
  if (OFF.includes(word)) return undefined;
  throw cliFault(
    "HK5004",
    `${variable} is ${JSON.stringify(value)}; ${flagText(name)} is switched on by one of ${ON.join(", ")} and off by one of ${OFF.join(", ")}.`,
  );
}

function checked(
  name: FlagName,
  value: string,
  { given, env }: { readonly given: Given; readonly env: Environment },
): string {
  const flag = FLAGS[name];
  const inEnvironment = given[name] === undefined && env[variableOf(name)] !== undefined;
  const where = inEnvironment ? variableOf(name) : flagText(name);
  const code = inEnvironment ? "HK5004" : "HK5003";
  if (value === "") throw cliFault(code, `${where} has an empty value.`);
  // `--host --yes`: the value was forgotten, and the next flag would be swallowed.
  if (value.startsWith("-")) {
    throw cliFault(
      code,
      `${where} needs a value, but was given ${JSON.stringify(value)}, which looks like a flag.`,
    );
  }
  const choices = flag.takes === "nothing" ? undefined : flag.choices;
  if (choices === undefined || choices.includes(value)) return value;
  throw cliFault(
    code,
    `${where} takes ${choices.join(", ")}; it was given ${JSON.stringify(value)}.${didYouMean(value, choices)}`,
  );
}
