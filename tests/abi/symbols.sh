#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the built libraries show to the loader.
# usage: symbols.sh PLUGIN_DIR [HOST_PROGRAM]
set -u
failed=0
count=0

complain() {
  echo "FAILED: $1"
  failed=$((failed + 1))
}

# The host's global scope and what comes with a compiler; anything else is linked in statically.
allowed='lib(c|m|stdc\+\+|gcc_s|pthread|dl|asan|ubsan|tsan)\.so\.[0-9]+|ld-linux-x86-64\.so\.2'
# RE2 as well for plugins: its static library can't go into a shared object.
allowed_for_plugins="$allowed|libre2\.so\.[0-9]+"

check_elf() {
  dynamic=$(readelf --wide --dynamic "$1")
  echo "$dynamic" | grep -Eq '\((RPATH|RUNPATH)\)' && complain "$1 has an RPATH or RUNPATH"
  echo "$dynamic" | grep -q '(TEXTREL)' && complain "$1 has text relocations"
  echo "$dynamic" | grep -Eq 'BIND_NOW|Flags:.*NOW' || complain "$1 is bound lazily"
  readelf --wide --segments "$1" | grep GNU_STACK | grep -q RWE && complain "$1 has an executable stack"
  readelf --wide --segments "$1" | grep -q GNU_RELRO || complain "$1 has no RELRO segment"
}

for plugin in "$1"/*.so; do
  [ -f "$plugin" ] || continue
  count=$((count + 1))
  check_elf "$plugin"
  symbols=$(nm --dynamic --defined-only "$plugin" | awk '{print $2, $3}')
  [ "$symbols" = "T toolpost_entry_v1" ] || complain "$plugin exports: $symbols"
  readelf --wide --dynamic "$plugin" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
    grep -Evx "$allowed_for_plugins" && complain "$plugin needs the library above"
done

if [ $# -ge 2 ]; then
  # Data that copy relocations force into a program is B, V or u; a function would be our own.
  nm --dynamic --defined-only "$2" | awk '$2 ~ /[TDR]/ || $3 ~ /toolpost/ {print $2, $3; found = 1}
    END {exit !found}' && complain "$2 exports the symbols above"
fi
echo "$count plugins, $failed failures"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
