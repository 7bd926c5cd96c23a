#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Plugin.h alone, with every compiler and language standard, without a warning.
# usage: header.sh INCLUDE_DIR C_COMPILER... -- CXX_COMPILER...
set -u
here=$(dirname "$0")
include=$1
shift
language=c
standards="c99 c11 c17"
count=0
failed=0

for compiler in "$@"; do
  if [ "$compiler" = -- ]; then
    language=c++
    standards="c++11 c++14 c++17 c++20 c++23"
    continue
  fi
  for standard in $standards; do
    # GCC 12 and Clang 14 know the last one under its draft name only.
    [ "$standard" = c++23 ] && ! "$compiler" -std=c++23 -x c++ -fsyntax-only /dev/null 2>/dev/null && standard=c++2b
    count=$((count + 1))
    if ! "$compiler" -x $language -std="$standard" -Wall -Wextra -Wpedantic -Wpadded -Wshadow -Werror \
        -I"$include" -c "$here/header_alone.c" -o /dev/null; then
      echo "FAILED: $compiler -std=$standard"
      failed=$((failed + 1))
    fi
  done
done
echo "$count combinations, $failed failed"
[ "$failed" -eq 0 ] && [ "$count" -ge 8 ]
