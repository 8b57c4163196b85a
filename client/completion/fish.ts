import type { Choice, Grammar, GrammarCommand, GrammarFlag, Values } from "./grammar.ts";

/** For fish; see complete(1) of it. */
export function fishScript({ commands, common }: Grammar): string {
  const flags = [...common, ...commands.flatMap((command) => command.flags)];
  const valued = new Set(flags.flatMap(({ text, takes }) => (takes === undefined ? [] : [text])));
  return `# Completion of hostkit for fish, as hostkit completion fish prints it.

# The words on the line that are neither flags nor their values.
function __hostkit_words
    set -l words (commandline -opc)
    set -e words[1]
    set -l is_value 0
    for word in $words
        if test $is_value = 1
            set is_value 0
        else if contains -- $word ${[...valued].join(" ")}
            set is_value 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

# Whether the command is one of those given; without any: whether there is none yet.
function __hostkit_is
    set -l words (__hostkit_words)
    if test (count $argv) = 0
        test (count $words) = 0
    else
        contains -- "$words[1]" $argv
    end
end

# Whether nothing stands behind this command yet.
function __hostkit_first
    set -l words (__hostkit_words)
    test "$words" = "$argv[1]"
end

complete -c hostkit -e
complete -c hostkit -f
${[
  ...common.map((flag) => flagLine(flag, [])),
  ...commands.map((choice) => choiceLine(choice, "__hostkit_is")),
  ...flagsByCommands(commands).map(({ flag, of }) => flagLine(flag, of)),
  ...commands.flatMap(wordLines),
].join("\n")}
`;
}

/** A flag that several commands have is told once. */
function flagsByCommands(commands: Grammar["commands"]) {
  const found = new Map<string, { readonly flag: GrammarFlag; readonly of: string[] }>();
  for (const { word, flags } of commands) {
    for (const flag of flags) {
      const known = found.get(flag.name) ?? { flag, of: [] };
      known.of.push(word);
      found.set(flag.name, known);
    }
  }
  return [...found.values()];
}

function flagLine({ text, letter, summary, takes }: GrammarFlag, of: readonly string[]): string {
  return [
    "complete -c hostkit",
    ...(of.length === 0 ? [] : [`-n ${quoted(`__hostkit_is ${of.join(" ")}`)}`]),
    ...(letter === undefined ? [] : [`-s ${letter}`]),
    `-l ${text.slice(2)}`,
    ...(takes === undefined ? [] : [valuesOf(takes)]),
    `-d ${quoted(summary)}`,
  ].join(" ");
}

function valuesOf(takes: Values): string {
  switch (takes.are) {
    case "files":
      return "-r -F";
    case "free":
      return "-x";
    case "choices": {
      const words = takes.choices.map(({ word }) => word).join(" ");
      return `-x -a ${quoted(takes.list ? `(__fish_append , ${words})` : words)}`;
    }
  }
}

function wordLines({ word, takes, many }: GrammarCommand): string[] {
  const place = `${many ? "__hostkit_is" : "__hostkit_first"} ${word}`;
  switch (takes?.are) {
    case "files":
      return [`complete -c hostkit -n ${quoted(place)} -F`];
    case "choices":
      return takes.choices.map((choice) => choiceLine(choice, place));
    case "free":
    case undefined:
      return [];
  }
}

function choiceLine({ word, summary }: Choice, place: string): string {
  const about = summary === "" ? "" : ` -d ${quoted(summary)}`;
  return `complete -c hostkit -n ${quoted(place)} -a ${word}${about}`;
}

/** In single quotes fish reads nothing but \\' and \\\\. */
const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, (each) => `\\${each}`)}'`;
