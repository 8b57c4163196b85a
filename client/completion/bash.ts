import type { Grammar, GrammarCommand, GrammarFlag, Values } from "./grammar.ts";

/**
 * For bash 3.2 and later, which has no descriptions. Words and flags hold letters, digits and dashes alone, so none needs
 * quotes.
 */
export function bashScript({ commands, common }: Grammar): string {
  const places = [
    ...common.map((flag) => ({ pattern: `*' ${flag.text}'`, flag })),
    ...commands.flatMap(({ word, flags }) =>
      flags.map((flag) => ({ pattern: `'${word} ${flag.text}'`, flag })),
    ),
  ].filter(({ flag }) => flag.takes !== undefined);
  return `# Completion of hostkit for bash, as hostkit completion bash prints it.
_hostkit_choose() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$2")
}

_hostkit_files() {
  local word
  compopt -o filenames 2>/dev/null
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$1")
}

# One of several values that are separated by commas; those before it stay.
_hostkit_list() {
  local before= word
  [[ $2 == *,* ]] && before=\${2%,*},
  while IFS= read -r word; do COMPREPLY+=("$before$word"); done < <(compgen -W "$1" -- "\${2##*,}")
}

_hostkit_flags() {
  case $command in
${commands.map((command) => flagsBranch(command, common)).join("\n")}
    *) _hostkit_choose '${flagTexts(common).join(" ")}' "$cur" ;;
  esac
}

_hostkit() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command= expects= count=0 prefix= word i
  COMPREPLY=()
  # bash takes words apart at "=" too.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == = ]]; then
      continue
    elif [[ -n $expects ]]; then
      expects=
    elif [[ $word == -* ]]; then
      case "$command $word" in
        ${places.map(({ pattern }) => pattern).join(" | ")}) expects=$word ;;
      esac
    elif [[ -z $command ]]; then
      command=$word
    else
      count=$((count + 1))
    fi
  done
  [[ $cur == = ]] && cur=
  if [[ -z $expects && $cur == --*=* ]]; then
    expects=\${cur%%=*} prefix=\${cur%%=*}= cur=\${cur#*=}
  fi
  if [[ -n $expects ]]; then
    case "$command $expects" in
${places.flatMap(({ pattern, flag }) => branch(pattern, flag.takes)).join("\n")}
    esac
  elif [[ $cur == -* ]]; then
    _hostkit_flags
  elif [[ -z $command ]]; then
    _hostkit_choose '${commands.map(({ word }) => word).join(" ")}' "$cur"
  else
    case "$command $((count > 0))" in
${commands.flatMap(({ word, takes, many }) => branch(many ? `'${word} '*` : `'${word} 0'`, takes)).join("\n")}
    esac
    [[ -n $cur || \${#COMPREPLY[@]} -gt 0 ]] || _hostkit_flags
  fi
  if [[ -n $prefix ]]; then
    for i in "\${!COMPREPLY[@]}"; do COMPREPLY[i]=$prefix\${COMPREPLY[i]}; done
  fi
}

complete -F _hostkit hostkit
`;
}

const flagTexts = (flags: readonly GrammarFlag[]): string[] =>
  flags.flatMap(({ text, letter }) => (letter === undefined ? [text] : [text, `-${letter}`]));

const flagsBranch = ({ word, flags }: GrammarCommand, common: readonly GrammarFlag[]): string =>
  `    ${word}) _hostkit_choose '${flagTexts([...flags, ...common]).join(" ")}' "$cur" ;;`;

function branch(pattern: string, takes: Values | undefined): string[] {
  switch (takes?.are) {
    case "files":
      return [`      ${pattern}) _hostkit_files "$cur" ;;`];
    case "choices": {
      const verb = takes.list ? "_hostkit_list" : "_hostkit_choose";
      const words = takes.choices.map(({ word }) => word).join(" ");
      return [`      ${pattern}) ${verb} '${words}' "$cur" ;;`];
    }
    case "free":
    case undefined:
      return [];
  }
}
