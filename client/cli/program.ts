import { type Command, CommanderError, Command as Program, Option } from "commander";
import type { CommandSpec } from "./command-spec.ts";
import { COMMANDS } from "./commands.ts";
import { cliFault } from "./faults.ts";
import { COMMON_FLAGS, type Flag, FLAGS, type FlagName, flagText } from "./flags.ts";
import { misuse, refuseExcess, unknownCommand } from "./misuse.ts";
import type { Given } from "./options.ts";

interface Asked {
  readonly spec: CommandSpec;
  readonly given: Given;
  /** What stands behind the command's name. */
  readonly words: readonly string[];
}

/** What a command line asks for. */
export type Invocation =
  | ({ readonly asks: "command" } & Asked)
  | {
      readonly asks: "help";
      /** The whole program when no command was named. */
      readonly spec: CommandSpec | undefined;
      readonly length: "short" | "long";
      readonly given: Given;
    }
  /** No command at all. */
  | { readonly asks: "nothing" };

/** Reads a command line; throws a `HostKitError` that names the flag or word it could not use. */
export function parseCommandLine(argv: readonly string[]): Invocation {
  if (argv.length === 0) return { asks: "nothing" };
  // `hostkit help plan` is what people try first.
  if (argv[0] === "help") return parseCommandLine([...argv.slice(1), "--help"]);
  if (isVersionFlag(argv)) {
    return parseCommandLine(["version", ...argv.filter((word) => word !== "--version")]);
  }
  let found: Asked | undefined;
  let helped: CommandSpec | undefined;
  const program = create("hostkit");
  const subcommands = COMMANDS.map((spec) => {
    const sub = create(spec.name);
    for (const name of spec.flags) sub.addOption(option(name));
    for (const word of spec.words ?? []) {
      sub.argument(word.startsWith("[") ? word : `<${word}>`);
    }
    sub.configureHelp({
      formatHelp: () => {
        helped = spec;
        return "";
      },
    });
    // What is too much is told by its own words, below.
    sub.allowExcessArguments(true);
    sub.action(() => {
      refuseExcess(spec, sub.args);
      const given = { ...givenOf(sub, spec.flags), ...givenOf(program, COMMON_FLAGS) };
      found = { spec, given, words: sub.args };
    });
    return sub;
  });
  for (const sub of subcommands) program.addCommand(sub);
  for (const name of COMMON_FLAGS) program.addOption(option(name));
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") {
      const word = program.args.find((each) => !each.startsWith("-"));
      if (helped === undefined && word !== undefined) throw unknownCommand(word);
      const length = argv.includes("--help") ? "long" : "short";
      return { asks: "help", spec: helped, length, given: givenOf(program, COMMON_FLAGS) };
    }
    // Only flags, no command.
    if (error.code === "commander.help") return { asks: "nothing" };
    throw misuse(error, argv);
  }
  return found === undefined ? { asks: "nothing" } : { asks: "command", ...found };
}

/** `hostkit --version`, with or without flags of every command. */
function isVersionFlag(argv: readonly string[]): boolean {
  return argv.includes("--version") && argv.every((word) => word.startsWith("-"));
}

function create(name: string): Command {
  return new Program(name)
    .exitOverride()
    .helpCommand(false)
    .helpOption("-h, --help")
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
}

function option(name: FlagName): Option {
  const flag: Flag = FLAGS[name];
  const letter = flag.letter === undefined ? "" : `-${flag.letter}, `;
  const text = `${letter}${flagText(name)}`;
  if (flag.takes === "nothing") return new Option(text);
  const valued = new Option(`${text} <${flag.value}>`);
  if (flag.takes === "many") {
    return valued.argParser((value: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      value,
    ]);
  }
  return valued.argParser((value: string, before: string | undefined) => {
    if (before === undefined) return value;
    throw cliFault("HK5006", `${flagText(name)} is given twice, and takes one value.`);
  });
}

/** What was given, by the names of the flags: two of them may be written alike, for different commands. */
function givenOf(command: Command, names: readonly FlagName[]): Given {
  const values: Readonly<Record<string, unknown>> = command.opts();
  const entries = names.map((name) => [name, values[option(name).attributeName()]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Given;
}
