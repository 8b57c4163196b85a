import type { CommandSpec } from "../cli/command-spec.ts";
import { COMMANDS } from "../cli/commands.ts";
import { COMMON_FLAGS, type Flag, FLAGS, type FlagName, flagText } from "../cli/flags.ts";
import { allPages } from "../explain/find-page.ts";
import { SCHEMA_NAMES } from "../schema/schemas.ts";
import { SHELLS } from "./shells.ts";

/** The command line as shells complete it. Names of hosts are not in it: they are known only to whoever runs the declaration. */
export interface Grammar {
  readonly commands: readonly GrammarCommand[];
  /** Of every command, before its name too. */
  readonly common: readonly GrammarFlag[];
}

export interface Choice {
  readonly word: string;
  readonly summary: string;
}

export interface GrammarCommand extends Choice {
  readonly flags: readonly GrammarFlag[];
  /** What stands behind its name. */
  readonly takes: Values | undefined;
  /** More than one of them. */
  readonly many: boolean;
}

export interface GrammarFlag {
  readonly name: string;
  /** `--exit-code` */
  readonly text: string;
  readonly letter: string | undefined;
  readonly summary: string;
  /** Absent: it takes none. */
  readonly takes: Values | undefined;
  /** It may be repeated. */
  readonly many: boolean;
}

/** What can be put in a place. `placeholder`: as help calls it. */
export type Values = { readonly placeholder: string } & (
  | { readonly are: "files" }
  /** `list`: several, separated by commas. */
  | { readonly are: "choices"; readonly choices: readonly Choice[]; readonly list: boolean }
  /** Only who types it knows. */
  | { readonly are: "free" }
);

export function grammar(): Grammar {
  const commands = COMMANDS.map(commandOf);
  return {
    commands: [
      ...commands,
      {
        word: "help",
        summary: "show examples, flags and exit codes of a command",
        flags: [],
        takes: choices("COMMAND", commands),
        many: false,
      },
    ],
    common: [...COMMON_FLAGS.map(flagOf), HELP],
  };
}

const HELP: GrammarFlag = {
  name: "help",
  text: "--help",
  letter: "h",
  summary: "show help; --help says more than -h",
  takes: undefined,
  many: false,
};

function commandOf({ name, summary, flags, words = [] }: CommandSpec): GrammarCommand {
  const [word] = words;
  return {
    word: name,
    summary,
    flags: flags.map(flagOf),
    takes: word === undefined ? undefined : wordValues(name, word.replaceAll(/[^A-Z]/g, "")),
    many: word?.includes("...") ?? false,
  };
}

function wordValues(command: string, placeholder: string): Values {
  if (isFile(placeholder)) return { are: "files", placeholder };
  switch (placeholder) {
    case "SHELL":
      return choices(placeholder, SHELLS.map(bare));
    case "CODE":
      return choices(
        placeholder,
        allPages().map(({ code, title }) => ({ word: code, summary: title })),
      );
    default:
      return command === "schema"
        ? choices(placeholder, SCHEMA_NAMES.map(bare))
        : { are: "free", placeholder };
  }
}

function flagOf(name: FlagName): GrammarFlag {
  const flag: Flag = FLAGS[name];
  return {
    name,
    text: flagText(name),
    letter: flag.letter,
    summary: flag.summary,
    takes: flagValues(flag),
    many: flag.takes === "many",
  };
}

function flagValues(flag: Flag): Values | undefined {
  if (flag.takes === "nothing") return undefined;
  const placeholder = flag.value;
  if (flag.choices !== undefined) {
    const list = flag.takes === "many";
    return { are: "choices", placeholder, list, choices: flag.choices.map(bare) };
  }
  return isFile(placeholder) ? { are: "files", placeholder } : { are: "free", placeholder };
}

/** `FILE`, `KEYFILE` */
const isFile = (placeholder: string): boolean => placeholder.endsWith("FILE");

const bare = (word: string): Choice => ({ word, summary: "" });

const choices = (placeholder: string, list: readonly Choice[]): Values => ({
  are: "choices",
  placeholder,
  list: false,
  choices: list,
});
