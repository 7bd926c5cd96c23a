#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fetch.sh DEST: puts the official JSON Schema test suite into DEST (tests/ and remotes/), out of the
# source distribution of jsonschema, which ships it.
set -eu

if [ $# -ne 1 ]; then
  echo "usage: fetch.sh DEST" >&2
  exit 2
fi
version=4.26.0
exec "$(dirname "$0")/../fetch_source.sh" \
  jsonschema "$version" 0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326 "$1" \
  --strip-components=2 "jsonschema-$version/json/tests/draft2020-12" "jsonschema-$version/json/remotes"
