# SPDX-License-Identifier: Apache-2.0
"""The lines of a journal as config/audit.md describes them, read and sealed without the host's code."""
import base64
import hashlib
import re

HASH = re.compile(rb',"hash":"([A-Za-z0-9_-]{43})"}\n$')
SEQ = re.compile(rb'^({"v":1,"chain":"[^"]*","seq":)[0-9]+')


def to_text(digest):
    return base64.urlsafe_b64encode(digest).rstrip(b"=")


def from_text(text):
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def genesis(chain):
    return hashlib.sha256(chain.encode()).digest()


def hash_of(line):
    """The hash that a line says it has."""
    match = HASH.search(line)
    if not match:
        raise ValueError("no hash")
    return from_text(match[1])


def seal_anew(line, before, seq):
    """The line with another number and a hash that fits, and that hash."""
    match = HASH.search(line)
    if not match:
        raise ValueError("no hash")
    body = SEQ.sub(lambda found: found[1] + str(seq).encode(), line[: match.start()])
    digest = hashlib.sha256(before + body).digest()
    return body + b',"hash":"' + to_text(digest) + b'"}\n', digest
