#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each case compiles as it stands, and with -DTOOLPOST_BAD fails with the error its second line
# expects (a regular expression). A case that fails for another reason proves nothing.
# usage: compile_fail.sh INCLUDE_DIR SDK_DIR CXX_COMPILER...
set -u
here=$(dirname "$0")
include=$1
sdk=$2
shift 2
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
count=0
failed=0

for compiler in "$@"; do
  for case in "$here"/compile_fail/*.cpp; do
    name="$compiler $(basename "$case")"
    expected=$(sed -n '2s|^// expect: ||p' "$case")
    count=$((count + 1))
    if ! "$compiler" -std=c++17 -Wall -Wextra -Werror -I"$include" -I"$sdk" -fsyntax-only "$case"; then
      echo "FAILED: $name: the control does not compile"
      failed=$((failed + 1))
    elif "$compiler" -std=c++17 -DTOOLPOST_BAD -I"$include" -I"$sdk" -fsyntax-only "$case" 2>"$errors"; then
      echo "FAILED: $name: it compiles"
      failed=$((failed + 1))
    elif [ -z "$expected" ] || ! grep -Eq "$expected" "$errors"; then
      echo "FAILED: $name: another error than '$expected':"
      cat "$errors"
      failed=$((failed + 1))
    fi
  done
done
echo "$count cases, $failed failed"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
