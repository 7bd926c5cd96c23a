#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The frozen layout with every C compiler, also where enums are one byte.
# usage: layout.sh INCLUDE_DIR C_COMPILER...
set -u
here=$(dirname "$0")
include=$1
shift
failed=0

python3 "$here/layout_fields.py" "$include/toolpost/plugin.h" "$here"/layout_v1_*.inc || failed=1
for compiler in "$@"; do
  for flag in -fno-short-enums -fshort-enums; do
    echo "$compiler $flag"
    "$compiler" -std=c11 $flag -Wall -Wextra -Wpedantic -Werror -I"$include" -c "$here/layout.c" \
      -o /dev/null || failed=1
  done
done
exit $failed
