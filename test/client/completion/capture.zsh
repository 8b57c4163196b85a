# Prints what zsh would offer for a line: capture.zsh SCRIPT LINE
zmodload zsh/zpty
zpty z zsh -f -i
integer n
read_until() {
  local chunk
  output=
  for n in {1..300}; do
    if zpty -rt z chunk; then output+=$chunk; else sleep 0.02; fi
    [[ $output == *$1* ]] && return
  done
  print -u2 "zsh did not say $1; it said: $output"
  exit 1
}
zpty -w z "source ${(q)0:A:h}/capture-inside.zsh ${(q)1}"
read_until 'READY-TO-COMPLETE'
zpty -n -w z "$2"$'\t'
read_until 'END-OF-OFFERS'
print -r -- "${${output##*BEGIN-OF-OFFERS}%%END-OF-OFFERS*}"
zpty -d z
