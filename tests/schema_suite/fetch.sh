#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fetch.sh DEST: puts the official JSON Schema test suite into DEST (tests/ and remotes/), out of a
# pinned source distribution that ships it. Needs python3 with pip, tar, sha256sum and the package
# index that pip is configured for.
set -eu

name=jsonschema
version=4.26.0
sha256=0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326

if [ $# -ne 1 ]; then
  echo "usage: fetch.sh DEST" >&2
  exit 2
fi
dest=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# With the hash in the requirement, pip checks it before it runs anything of the distribution.
echo "$name==$version --hash=sha256:$sha256" >"$scratch/requirements.txt"
python3 -m pip --disable-pip-version-check download --quiet --no-deps --no-binary "$name" \
  --require-hashes --requirement "$scratch/requirements.txt" --dest "$scratch"
archive=$scratch/$name-$version.tar.gz
echo "$sha256  $archive" | sha256sum --check --quiet

mkdir -p "$dest"
tar -xzf "$archive" -C "$dest" --strip-components=2 \
  "$name-$version/json/tests/draft2020-12" "$name-$version/json/remotes"
