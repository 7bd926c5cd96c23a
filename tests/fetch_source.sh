#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fetch_source.sh NAME VERSION SHA256 DEST [TAR-ARGUMENTS...]: unpacks a pinned source distribution
# into DEST. Needs python3 with pip and setuptools, tar, sha256sum and the package index that pip is
# configured for.
set -eu

name=$1 version=$2 sha256=$3 dest=$4
shift 4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# With the hash in the requirement, pip checks it before it runs anything of the distribution.
echo "$name==$version --hash=sha256:$sha256" >"$scratch/requirements.txt"
python3 -m pip --disable-pip-version-check download --quiet --no-deps --no-binary "$name" \
  --require-hashes --requirement "$scratch/requirements.txt" --dest "$scratch"
archive=$scratch/$name-$version.tar.gz
echo "$sha256  $archive" | sha256sum --check --quiet

mkdir -p "$dest"
tar -xzf "$archive" -C "$dest" "$@"
