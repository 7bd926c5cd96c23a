#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The frozen layouts, of plugin.h and of each extension, with every C compiler, also where enums are
# one byte.
# usage: layout.sh INCLUDE_DIR C_COMPILER...
set -u
here=$(dirname "$0")
include=$1
shift
failed=0

python3 "$here/layout_fields.py" "$include/toolpost/plugin.h" "$here"/layout_v1_*.inc || failed=1
for header in "$include"/toolpost/ext/*.h; do
  python3 "$here/layout_fields.py" "$header" "$here/ext_$(basename "$header" .h)_v1.inc" || failed=1
done
for compiler in "$@"; do
  for flag in -fno-short-enums -fshort-enums; do
    echo "$compiler $flag"
    "$compiler" -std=c11 $flag -Wall -Wextra -Wpedantic -Werror -I"$include" -c "$here/layout.c" \
      -o /dev/null || failed=1
    for header in "$include"/toolpost/ext/*.h; do
      extension=$(basename "$header" .h)
      "$compiler" -std=c11 $flag -Wall -Wextra -Wpedantic -Werror -I"$include" -I"$here" \
        -DTOOLPOST_TEST_HEADER="<toolpost/ext/$extension.h>" \
        -DTOOLPOST_TEST_LAYOUT="\"ext_${extension}_v1.inc\"" -c "$here/ext_layout.c" \
        -o /dev/null || failed=1
    done
  done
done
exit $failed
