#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fetch_django.sh DEST: unpacks Django's sources into DEST, a large tree of Python that many people
# have written.
set -eu

if [ $# -ne 1 ]; then
  echo "usage: fetch_django.sh DEST" >&2
  exit 2
fi
exec "$(dirname "$0")/../fetch_source.sh" \
  django 5.2.8 23254866a5bb9a2cfa6004e8b809ec6246eba4b58a7589bc2772f1bcc8456c7f "$1" --strip-components=1
