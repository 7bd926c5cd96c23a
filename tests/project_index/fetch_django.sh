#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fetch_django.sh DEST: unpacks a pinned source distribution of Django into DEST, a large tree of
# Python that many people have written. Needs python3 with pip and setuptools, tar, and the package
# index that pip is configured for.
set -eu

name=django
version=5.2.8
sha256=23254866a5bb9a2cfa6004e8b809ec6246eba4b58a7589bc2772f1bcc8456c7f

if [ $# -ne 1 ]; then
  echo "usage: fetch_django.sh DEST" >&2
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
tar -xzf "$archive" -C "$dest" --strip-components=1
