#!/bin/sh
# Appends a greeting to a file, again and again: hello --settings FILE --into FILE
set -eu

while [ "$#" -gt 0 ]; do
  case "$1" in
    --settings) settings=$2 ;;
    --into) into=$2 ;;
    *) echo "hello: unknown option $1" >&2; exit 64 ;;
  esac
  shift 2
done

. "$settings"

while :; do
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $GREETING" >>"$into"
  sleep "$INTERVAL"
done
