import type { ResourceId } from "../../shared/brands.ts";
import type { RunId } from "../../shared/run.ts";

/** Every flag there is. What it is called, its environment variable and its help are derived from one entry. */

export const FACT_SECTIONS = [
  "host",
  "os",
  "kernel",
  "libc",
  "cpu",
  "memory",
  "disks",
  "network",
  "users",
] as const;

const COLOR_MODES = ["auto", "always", "never"] as const;
const FORMATS = ["text", "json", "markdown", "dot"] as const;
const ON_FAILURE = ["rollback", "stop"] as const;

/** The flags of a command line, environment variables included. */
export interface Options {
  /** What stands behind the command's name, as many as it takes. */
  readonly words: readonly string[];
  readonly config: string | undefined;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly color: (typeof COLOR_MODES)[number];
  readonly json: boolean;
  readonly host: readonly string[];
  readonly all: boolean;
  readonly ssh: string | undefined;
  readonly local: boolean;
  readonly sections: readonly (typeof FACT_SECTIONS)[number][];
  readonly service: readonly string[];
  readonly only: readonly ResourceId[];
  readonly except: readonly ResourceId[];
  readonly id: readonly ResourceId[];
  readonly yes: boolean;
  readonly exitCode: boolean;
  readonly full: boolean;
  readonly out: string | undefined;
  readonly sign: string | undefined;
  readonly allowedSigners: string | undefined;
  readonly dryRun: boolean;
  readonly allowCommands: boolean;
  readonly format: (typeof FORMATS)[number];
  readonly graph: boolean;
  readonly onFailure: (typeof ON_FAILURE)[number];
  /** Milliseconds. */
  readonly wait: number;
  /** Milliseconds. */
  readonly confirmTimeout: number;
  readonly run: RunId | undefined;
  readonly follow: boolean;
  readonly prune: boolean;
  readonly keep: number;
}
export type FlagName = Exclude<keyof Options, "words">;

interface FlagBase {
  /** How it is written, where that is not its name: another command may mean something else by the same word. */
  readonly text?: `--${string}`;
  /** One letter, without its dash. */
  readonly letter?: string;
  readonly summary: string;
}

/** How a flag is written. */
export type Flag = FlagBase &
  (
    | { readonly takes: "nothing" }
    | { readonly takes: "one"; readonly value: string; readonly choices?: readonly string[] }
    /** Repeated, or separated by commas where no value can have one. */
    | { readonly takes: "many"; readonly value: string; readonly choices?: readonly string[] }
  );

type FlagFor<Value> = FlagBase &
  Extract<
    Flag,
    {
      takes: Value extends boolean ? "nothing" : Value extends readonly unknown[] ? "many" : "one";
    }
  >;

export const FLAGS: { readonly [Name in FlagName]: FlagFor<Options[Name]> } = {
  host: { takes: "many", value: "NAME", summary: "a declared host; may be repeated" },
  all: { takes: "nothing", summary: "every declared host" },
  ssh: {
    takes: "one",
    value: "USER@HOST[:PORT]",
    summary: "a host by its address; IPv6 in brackets",
  },
  local: { takes: "nothing", summary: "this machine, without SSH" },
  sections: {
    text: "--only",
    takes: "many",
    value: "SECTIONS",
    choices: FACT_SECTIONS,
    summary: `only these sections: ${FACT_SECTIONS.join(", ")}`,
  },
  service: {
    takes: "many",
    value: "NAME",
    summary: "only what this service declares, and what that relies on; may be repeated",
  },
  only: {
    takes: "many",
    value: "ID",
    summary: "only this resource, and what it relies on; may be repeated",
  },
  except: {
    takes: "many",
    value: "ID",
    summary: "without this resource, and what relies on it; may be repeated",
  },
  id: {
    takes: "many",
    value: "ID",
    summary: "a resource, by its id such as file:/etc/motd; may be repeated",
  },
  yes: { takes: "nothing", summary: "apply without asking; needed where nobody can be asked" },
  exitCode: { takes: "nothing", summary: "end with 2 when there are changes, or drift" },
  full: {
    takes: "nothing",
    summary: "show all there is: every line, key, field and id, digests, what waits for what",
  },
  out: {
    takes: "one",
    value: "FILE",
    summary: "save the plan as a file, for hostkit apply; {host} in it is the host's name",
  },
  sign: {
    takes: "one",
    value: "KEYFILE",
    summary: "sign the plan file with this SSH key; a .pub file means that the SSH agent has it",
  },
  allowedSigners: {
    takes: "one",
    value: "FILE",
    summary: "who may sign plan files, as ssh-keygen(1) lists them",
  },
  dryRun: { takes: "nothing", summary: "stop before the first change" },
  allowCommands: {
    takes: "nothing",
    summary: "let secrets of a plan file be printed by commands that are run here",
  },
  format: {
    takes: "one",
    value: "FORMAT",
    choices: FORMATS,
    summary:
      "text (default); json: one document; markdown: for a comment on a pull request; with --graph also dot",
  },
  graph: {
    takes: "nothing",
    summary: "show what is done before what, and why, in place of the differences",
  },
  onFailure: {
    takes: "one",
    value: "WHAT",
    choices: ON_FAILURE,
    summary: "rollback (default): take everything back; stop: leave what was done",
  },
  wait: {
    takes: "one",
    value: "DURATION",
    summary: "how long to wait for another run on the host to end: 10s (default), 5m",
  },
  confirmTimeout: {
    takes: "one",
    value: "DURATION",
    summary:
      "how long a change that could lock you out waits for a new connection before it is taken back: 60s (default)",
  },
  run: {
    takes: "one",
    value: "ID",
    summary: "one run, by its id as hostkit runs lists it",
  },
  follow: { takes: "nothing", summary: "show a run that is at work until it ends" },
  prune: { takes: "nothing", summary: "remove the records of old runs from the host" },
  keep: {
    takes: "one",
    value: "N",
    summary: "with --prune: how many of the newest finished runs to keep; 10 unless set",
  },
  config: {
    takes: "one",
    value: "FILE",
    summary: "the declaration; else hostkit.config.ts here or in a directory above",
  },
  json: { takes: "nothing", summary: "write events as JSON, one for each line" },
  color: {
    takes: "one",
    value: "WHEN",
    choices: COLOR_MODES,
    summary: "auto, always or never; NO_COLOR and FORCE_COLOR are honoured",
  },
  quiet: {
    takes: "nothing",
    letter: "q",
    summary: "results and problems only; of a plan a line for each change",
  },
  verbose: {
    takes: "nothing",
    letter: "v",
    summary: "say more: files used, digests, where a bug is",
  },
};

/** Every command takes these. */
export const COMMON_FLAGS: readonly FlagName[] = ["config", "json", "color", "quiet", "verbose"];
/** Who is meant. They belong together: one of them given on the command line hides the others' variables. */
export const TARGET_FLAGS: readonly FlagName[] = ["host", "all", "ssh", "local"];
/** Which part of a declaration is meant. */
export const SELECTION_FLAGS: readonly FlagName[] = ["service", "only", "except"];
/** In what form things are shown. They belong together likewise. */
export const FORM_FLAGS: readonly FlagName[] = ["json", "format", "graph"];

/** `exitCode` is written `--exit-code`. */
export function flagText(name: FlagName): string {
  const flag: Flag = FLAGS[name];
  return flag.text ?? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `--exit-code` is `HOSTKIT_EXIT_CODE`. */
export function variableOf(name: FlagName): string {
  return `HOSTKIT_${flagText(name).slice(2).replaceAll("-", "_").toUpperCase()}`;
}
