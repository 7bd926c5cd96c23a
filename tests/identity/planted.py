# SPDX-License-Identifier: Apache-2.0
"""Secrets that are planted, everything that comes out, and the search of the one for the other."""

from pathlib import Path

from world import PREVIOUS, SINGLE, USERS, make_key

# Stands in for uv: answers as uv does when asked who it is, writes down how it was called, and fails
# with a message that holds a credential.
FAKE_UV = """#!/bin/sh
{ printf '%s\\n' "$0" "$@"; env; } >> "@RECORD@"
case "$1" in
  --version) echo "uv 0.13.9" ;;
  help) echo "[default: https://index.example/simple]" ;;
  *) echo "error: failed to fetch https://user:@CANARY@@index.example/simple" >&2; exit 2 ;;
esac
"""


class Canaries:
    """Every secret by where it was planted."""

    def __init__(self):
        self.planted = {"the single key": SINGLE, "the previous key": PREVIOUS}
        self.planted.update((f"the key of {name}", key) for name, key in USERS.items())

    def new(self, where):
        self.planted[where] = make_key()
        return self.planted[where]

    def found_in(self, text):
        return [where for where, secret in self.planted.items() if secret in text]


class Corpus:
    """Everything that came out, by where."""

    def __init__(self):
        self.texts = {}

    def add(self, where, text):
        self.texts[where] = self.texts.get(where, "") + (text.decode(errors="replace") if isinstance(text, bytes) else text)

    def add_files(self, directory, but=()):
        for path in sorted(Path(directory).rglob("*")):
            if path.is_file() and path not in but:
                self.add(f"file {path.name}", path.read_bytes())

    def leaks(self, canaries):
        return [f"{where} holds {secret}" for where, text in self.texts.items() for secret in canaries.found_in(text)]


def fake_uv(directory, record, canary):
    path = Path(directory) / "bin" / "uv"
    path.parent.mkdir()
    path.write_text(FAKE_UV.replace("@RECORD@", str(record)).replace("@CANARY@", canary))
    path.chmod(0o755)
    return path
