#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The headers, the echo plugin and the C++ SDK's core as a Windows .dll: same layout, one export.
# usage: windows.sh SDK_ROOT
set -eu
here=$(dirname "$0")
sdk=$1
cc=x86_64-w64-mingw32-gcc
# The win32 thread model of GCC 12 has no std::mutex.
cxx=x86_64-w64-mingw32-g++-posix
for tool in $cc $cxx; do
  command -v "$tool" >/dev/null || {
    echo "SKIPPED: $tool is not installed"
    exit 77
  }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check_exports() {
  exports=$(x86_64-w64-mingw32-objdump -p "$1" | awk '/Ordinal\/Name Pointer/ {on = 1; next} on && NF == 0 {exit} on {print $NF}')
  [ "$exports" = toolpost_entry_v1 ] || {
    echo "FAILED: $1 exports: $exports"
    exit 1
  }
  echo "$(basename "$1"): one export"
}

set -- -Wall -Wextra -Wpedantic -Werror -I"$sdk/include"
$cc -std=c11 "$@" -c "$here/layout.c" -o "$work/layout.o"
for header in "$sdk"/include/toolpost/ext/*.h; do
  extension=$(basename "$header" .h)
  $cc -std=c11 "$@" -I"$here" -DTOOLPOST_TEST_HEADER="<toolpost/ext/$extension.h>" \
    -DTOOLPOST_TEST_LAYOUT="\"ext_${extension}_v1.inc\"" -c "$here/ext_layout.c" -o "$work/$extension.o"
done
$cc -std=c99 "$@" -shared "$sdk/examples/echo/echo.c" -o "$work/echo.dll"
check_exports "$work/echo.dll"
$cxx -std=c++17 "$@" -I"$sdk/cpp" -shared \
  "$sdk/examples/out-of-tree/word_count.cpp" "$sdk"/cpp/src/*.cpp -o "$work/word-count.dll"
check_exports "$work/word-count.dll"
