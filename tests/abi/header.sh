#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plugin.h and the header of each extension alone, with every compiler and language standard,
# without a warning.
# usage: header.sh INCLUDE_DIR C_COMPILER... -- CXX_COMPILER...
set -u
here=$(dirname "$0")
include=$1
shift
language=c
standards="c99 c11 c17"
count=0
failed=0

# compile NAME FLAG...: what stands before NAME is in the loop's variables.
compile() {
  name=$1
  shift
  count=$((count + 1))
  if ! "$compiler" -x $language -std="$standard" -Wall -Wextra -Wpedantic -Wpadded -Wshadow -Werror \
      -I"$include" -I"$here" "$@" -o /dev/null; then
    echo "FAILED: $name with $compiler -std=$standard"
    failed=$((failed + 1))
  fi
}

for compiler in "$@"; do
  if [ "$compiler" = -- ]; then
    language=c++
    standards="c++11 c++14 c++17 c++20 c++23"
    continue
  fi
  for standard in $standards; do
    # GCC 12 and Clang 14 know the last one under its draft name only.
    [ "$standard" = c++23 ] && ! "$compiler" -std=c++23 -x c++ -fsyntax-only /dev/null 2>/dev/null && standard=c++2b
    compile plugin.h -c "$here/header_alone.c"
    for header in "$include"/toolpost/ext/*.h; do
      extension=$(basename "$header" .h)
      compile "ext/$extension.h" -DTOOLPOST_TEST_HEADER="<toolpost/ext/$extension.h>" \
        -DTOOLPOST_TEST_LAYOUT="\"ext_${extension}_v1.inc\"" -c "$here/ext_alone.c"
    done
  done
done
echo "$count combinations, $failed failed"
[ "$failed" -eq 0 ] && [ "$count" -ge 32 ]
