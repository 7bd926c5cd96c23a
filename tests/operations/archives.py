# SPDX-License-Identifier: Apache-2.0
"""Archives as backup create makes them, taken apart and put together again in another way: what somebody
would do who wants restore to write where it should not."""

import hashlib
import json

BLOCK = 512


def header(name, size, kind=b"0", mode=0o600, link=b""):
    block = bytearray(BLOCK)

    def put(begin, text):
        block[begin:begin + len(text)] = text

    put(0, name.encode())
    put(100, b"%07o" % mode)
    put(108, b"%07o" % 0)
    put(116, b"%07o" % 0)
    put(124, b"%011o" % size)
    put(136, b"%011o" % 0)
    put(148, b" " * 8)
    put(156, kind)
    put(157, link)
    put(257, b"ustar\x0000")
    put(148, b"%06o\0" % sum(block))
    return bytes(block)


def member(name, content, **more):
    return header(name, len(content), **more) + content + bytes(-len(content) % BLOCK)


def members(archive):
    """Name and content of each."""
    found, place = [], 0
    while archive[place]:
        name = archive[place:place + 100].split(b"\0")[0].decode()
        size = int(archive[place + 124:place + 135], 8)
        place += BLOCK
        found.append((name, archive[place:place + size]))
        place += size + -size % BLOCK
    return found


def manifest_of(archive):
    return json.loads(dict(members(archive))["manifest.json"])


def together(files, manifest):
    """An archive with these files and that list of contents, whose hashes are right."""
    text = json.dumps(manifest, separators=(",", ":")).encode() + b"\n"
    check = f"sha256 {hashlib.sha256(text).hexdigest()}\n".encode()
    parts = [member(name, content) for name, content in files]
    return b"".join([*parts, member("manifest.json", text), member("manifest.check", check), bytes(2 * BLOCK)])


def entry(name, path, content, **more):
    return {"name": name, "kind": "config", "path": path, "mode": 0o600, "owner": "root", "group": "root",
            "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **more}


def with_file(path, content=b"evil\n", name="config/evil", **more):
    """A small archive whose one file goes to `path`."""
    manifest = {"format": 1, "created_at": "2026-01-01T00:00:00Z", "version": "0", "sealed": False,
                "entries": [entry(name, path, content, **more)], "left_out": []}
    return together([(name, content)], manifest)
