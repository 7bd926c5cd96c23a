#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the SDK, moves it, and builds the out-of-tree example against it.
# usage: installed_sdk.sh BUILD_DIR EXAMPLE_DIR TEST_DIR C_COMPILER CXX_COMPILER [SANITIZERS]
set -eu
build=$1
example=$2
here=$3
c_compiler=$4
cxx_compiler=$5
sanitizers=${6:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --component sdk --prefix "$work/first" >"$work/installed"
if grep -e '^-- Installing: ' -e '^-- Up-to-date: ' "$work/installed" | grep -v -F ": $work/first"; then
  echo "FAILED: the files above are outside of the prefix"
  exit 1
fi
mv "$work/first" "$work/moved"
if grep -rIl -e "$work/first" -e "$build" "$work/moved"; then
  echo "FAILED: the files above name the place they were built or installed in"
  exit 1
fi

for header in "$here/../../plugin-sdk/include/toolpost"/*.h "$here/../../plugin-sdk/include/toolpost/ext"/*.h; do
  installed="$work/moved/include/${header##*/include/}"
  cmp -s "$header" "$installed" || {
    echo "FAILED: $installed is not the header of the SDK"
    exit 1
  }
  printf '#include <%s>\n' "${header##*/include/}" |
    "$c_compiler" -std=c99 -Wall -Wextra -Werror -I"$work/moved/include" -x c -c - -o /dev/null
done

flags=${sanitizers:+-fsanitize=$sanitizers}
# The generator that packaging/setup brings; CMake's own choice, make, need not be there.
if ! {
  cmake -G Ninja -S "$example" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/moved" \
    -DCMAKE_C_COMPILER="$c_compiler" -DCMAKE_CXX_COMPILER="$cxx_compiler" \
    -DCMAKE_CXX_FLAGS="$flags" -DTOOLPOST_SANITIZE="$sanitizers" &&
    cmake --build "$work/build" -j1
} >"$work/log" 2>&1; then
  cat "$work/log"
  exit 1
fi
sh "$here/symbols.sh" "$work/build/plugins"
python3 -c '
import json, sys
manifest = json.load(open(sys.argv[1]))
assert manifest["id"] == "com.example.word-count", manifest
assert manifest["file"] == "word-count.so", manifest
assert manifest["abi"] == "1.0" and manifest["min_host"] == "1.0", manifest
assert manifest["config_schema"] == {"type": "object", "additionalProperties": False}, manifest
' "$work/build/plugins/word-count.plugin.json"
test -x "$work/moved/libexec/toolpost/toolpost-launch"
