#!/bin/sh
# Writes down that it runs, now and then: notes --listen ADDRESS --into FILE
set -eu

while [ "$#" -gt 0 ]; do
  case "$1" in
    --listen) listen=$2 ;;
    --into) into=$2 ;;
    *) echo "notes: unknown option $1" >&2; exit 64 ;;
  esac
  shift 2
done

while :; do
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) listening on $listen" >>"$into"
  sleep 5
done
