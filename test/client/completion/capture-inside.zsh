# Inside of the terminal that capture.zsh makes: every match is printed in place of being offered.
PROMPT=
stty -echo
autoload -Uz compinit
compinit -u -d $HOME/dump
source $1
bindkey '^I' complete-word
zstyle ':completion:*' insert-tab false
begin_offers() { print; print BEGIN-OF-OFFERS }
end_offers() { print END-OF-OFFERS; exit }
compprefuncs=(begin_offers)
comppostfuncs=(end_offers)
compadd() {
  # Asked only to fill an array.
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  typeset -a __hits __dscr __tmp
  if (( $@[(I)-d] )); then
    __tmp=${@[$[${@[(i)-d]}+1]]}
    if [[ $__tmp == \(* ]]; then eval "__dscr=$__tmp"; else __dscr=("${(@P)__tmp}"); fi
  fi
  builtin compadd -A __hits -D __dscr "$@"
  (( $#__hits )) || return 1
  for n in {1..$#__hits}; do print -r -- "$__hits[$n]"$'\t'"$__dscr[$n]"; done
}
print READY-TO-COMPLETE
