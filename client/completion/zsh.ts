import type { Choice, Grammar, GrammarCommand, GrammarFlag, Values } from "./grammar.ts";

/** For zsh, by _arguments and _describe of its completion system; see zshcompsys(1). */
export function zshScript({ commands, common }: Grammar): string {
  return `#compdef hostkit
# Completion of hostkit for zsh, as hostkit completion zsh prints it.

_hostkit() {
  local curcontext=$curcontext state line
  local -a common commands
  typeset -A opt_args
  common=(
${common.flatMap(optionSpecs).map(quotedLine(4)).join("\n")}
  )
  _arguments -C -S $common '1: :->command' '*:: :->rest' && return 0
  case $state in
    command)
      commands=(
${commands.map(describedWord).map(quotedLine(8)).join("\n")}
      )
      _describe -t commands command commands
      ;;
    rest)
      curcontext=\${curcontext%:*:*}:hostkit-$words[1]:
      case $words[1] in
${commands.map(commandBranch).join("\n")}
        *) _arguments -S $common ;;
      esac
      ;;
  esac
}

if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
  _hostkit "$@"
elif (( $+functions[compdef] )); then
  compdef _hostkit hostkit
else
  print -u2 'hostkit: completion needs compinit to be called before it (autoload -U compinit; compinit).'
fi
`;
}

function commandBranch({ word, flags, takes, many }: GrammarCommand): string {
  const specs = [
    ...flags.flatMap(optionSpecs),
    ...(takes === undefined ? [] : [`${many ? "*" : "1"}:${messageOf(takes)}:${actionOf(takes)}`]),
  ];
  const lines = specs.map((spec) => ` \\\n            ${quoted(spec)}`).join("");
  return `        ${word})\n          _arguments -S $common${lines}\n          ;;`;
}

/** `(-q --quiet)--quiet[results and problems only]` */
function optionSpecs({ text, letter, summary, takes, many }: GrammarFlag): string[] {
  const value = takes === undefined ? "" : `:${messageOf(takes)}:${actionOf(takes)}`;
  const about = `[${inBrackets(summary)}]`;
  const once = letter === undefined ? "" : `(-${letter} ${text})`;
  const long = `${many ? "*" : once}${text}${takes === undefined ? "" : "="}${about}${value}`;
  return letter === undefined ? [long] : [`${once}-${letter}${about}${value}`, long];
}

function actionOf(takes: Values): string {
  switch (takes.are) {
    case "files":
      return "_files";
    case "free":
      return " ";
    case "choices": {
      if (takes.list) {
        const words = takes.choices.map(({ word }) => word);
        return `_values -s , ${takes.placeholder} ${words.join(" ")}`;
      }
      // In it words are read as the shell reads them, once more.
      return `((${takes.choices.map((choice) => choiceIn(choice)).join(" ")}))`;
    }
  }
}

const choiceIn = ({ word, summary }: Choice): string =>
  summary === "" ? word : `${word}\\:${quoted(colonsApart(summary))}`;

const messageOf = ({ placeholder }: Values): string => colonsApart(placeholder);

/** For _describe: what is before the first plain colon is the word. */
const describedWord = ({ word, summary }: Choice): string => `${word}:${colonsApart(summary)}`;

const colonsApart = (text: string): string => text.replaceAll(/[\\:]/g, (each) => `\\${each}`);

const inBrackets = (text: string): string => text.replaceAll(/[\\[\]:]/g, (each) => `\\${each}`);

/** One word for the shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const quotedLine =
  (columns: number) =>
  (text: string): string =>
    `${" ".repeat(columns)}${quoted(text)}`;
