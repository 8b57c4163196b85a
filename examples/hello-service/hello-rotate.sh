#!/bin/sh
# Keeps the log as FILE.old and lets a new one begin: hello-rotate FILE
set -eu

if [ -e "$1" ]; then
  mv -f "$1" "$1.old"
fi
