#!/bin/sh
# Keeps a copy of a file under today's date: backup FILE DIRECTORY
set -eu

name=$(basename "$1")
cp "$1" "$2/.$name.new"
mv -f "$2/.$name.new" "$2/$(date -u +%Y-%m-%d)-$name"
