# SPDX-License-Identifier: Apache-2.0
"""What fault_layer.c noted, and what a power cut at some moment would have left of it.

Durable is what was written before a sync of the file began that ended well, and a name once the same
is true of its directory. Everything else may have got to the disk or not: a beginning, single pages,
the size without the data, nothing. After a sync that failed, what it was to cover is lost, and no
later sync brings it back: that is what Linux does."""

import mmap
import struct
import time
from pathlib import Path

(OPEN_FILE, WRITE, SYNC, SYNC_NAME, RENAME, UNLINK, TRUNCATE, RESERVE, LOCK, MAKE_DIRECTORY, LINK) = range(11)
NAMES = ("open", "write", "sync", "sync of a directory", "rename", "unlink", "truncate", "reserve", "lock", "mkdir",
         "link")
SYNC_BEGINS = 32
SHORT_WRITE, STALL, ALL_KINDS = 0x10000, 0x20000, 0xFFFF

_HEAD = struct.Struct("=QQQIIII")
_PAGE = 4096
_FIELDS = ("action", "kind", "first", "count", "hits", "waiting", "no_sync", *(f"calls{n}" for n in range(11)), "all")


class Control:
    """The page through which the layer is told what to do; usable while the host runs."""

    def __init__(self, path):
        self.path = Path(path)
        self.path.write_bytes(bytes(4096))
        self._file = open(path, "r+b")
        self._map = mmap.mmap(self._file.fileno(), 4096)

    def get(self, field):
        return struct.unpack_from("=I", self._map, 4 * _FIELDS.index(field))[0]

    def set(self, field, value):
        struct.pack_into("=I", self._map, 4 * _FIELDS.index(field), value)

    def calls(self, kind):
        return self.get("all" if kind == ALL_KINDS else f"calls{kind}")

    def arm(self, action, kind=ALL_KINDS, first=None, count=1):
        """From the call number `first` on, or from the next one; `count` 0: all of them."""
        self.set("hits", 0)
        self.set("kind", kind)
        self.set("first", self.calls(kind) + 1 if first is None else first)
        self.set("count", count)
        self.set("action", action)

    def disarm(self):
        self.set("action", 0)

    def close(self):
        self._map.close()
        self._file.close()


class Note:
    __slots__ = ("data", "error", "inode", "kind", "name", "time_ns", "value")

    def __init__(self, head, name, data):
        self.time_ns, self.inode, self.value, self.kind, self.error = head[:5]
        self.name, self.data = name, data


def read_notes(path):
    text = Path(path).read_bytes()
    notes, at = [], 0
    while at + _HEAD.size <= len(text):
        head = _HEAD.unpack_from(text, at)
        at += _HEAD.size
        name, data = text[at : at + head[5]].decode(), text[at + head[5] : at + head[5] + head[6]]
        at += head[5] + head[6]
        notes.append(Note(head, name, data))
    return notes


class _File:
    """Its durable bytes, and the changes after them as (number, kind, offset or size, data)."""

    def __init__(self, content=b""):
        self.durable = bytearray(content)
        self.pending = []
        self.lost = []

    @staticmethod
    def _apply(content, change):
        _, kind, value, data = change
        if kind == TRUNCATE:
            del content[value:]
            content.extend(bytes(value - len(content)))
            return
        content.extend(bytes(max(0, value + len(data) - len(content))))
        content[value : value + len(data)] = data

    def settle(self, last, ended_well):
        covered = [change for change in self.pending if change[0] <= last]
        self.pending = self.pending[len(covered) :]
        if not ended_well:
            self.lost += covered
            return
        for change in covered:
            self._apply(self.durable, change)

    def after_cut(self, chance):
        """The bytes that are found, and how they came to be: none, all, prefix, torn, size."""
        changes = list(self.pending)
        if self.lost and chance.random() < 0.3:
            changes = sorted(self.lost + changes)  # the disk said that it failed, and had written them
        if not changes:
            return bytes(self.durable), "none"
        how = chance.choice(("none", "all", "prefix", "torn", "torn", "size"))
        whole = bytearray(self.durable)
        if how == "none":
            return bytes(whole), how
        if how == "prefix":
            changes = changes[: chance.randrange(len(changes)) + 1]
            number, kind, value, data = changes[-1]
            if kind == WRITE:
                changes[-1] = (number, kind, value, data[: chance.randrange(len(data) + 1)])
        for change in changes:
            self._apply(whole, change)
        if how in ("torn", "size") and len(whole) > len(self.durable):
            begin = len(self.durable)
            for page in range(begin // _PAGE * _PAGE, len(whole), _PAGE):
                first, last = max(begin, page), min(page + _PAGE, len(whole))
                if how == "size" or chance.random() < 0.5:
                    whole[first:last] = bytes(last - first)
            if how == "torn" and chance.random() < 0.5:
                del whole[chance.randrange(begin, len(whole) + 1) :]
        return bytes(whole), how


class Storage:
    """The directory as the disk knows it, followed note by note from what is there at the start."""

    def __init__(self, top, is_empty=False):
        self.top = Path(top)
        self._files, self._names, self._durable_names, self._inodes = [], {}, {}, {}
        self._name_changes = []
        self._syncs = {}
        self._number = 0
        for path in [] if is_empty else sorted(self.top.rglob("*")):
            if path.is_file():
                self._names[str(path)] = self._durable_names[str(path)] = len(self._files)
                self._inodes[path.stat().st_ino] = len(self._files)
                self._files.append(_File(path.read_bytes()))

    @staticmethod
    def _rename(names, change):
        kind, old, new = change[1:]
        if kind == OPEN_FILE:
            names[old] = new
        elif kind == RENAME and old in names:
            names[new] = names.pop(old)
        elif kind == LINK and old in names:
            names[new] = names[old]
        elif kind == UNLINK:
            names.pop(old, None)

    def follow(self, note):
        self._number += 1
        if note.kind == OPEN_FILE:
            self._inodes[note.inode] = len(self._files)
            self._files.append(_File())
            change = (self._number, OPEN_FILE, note.name, self._inodes[note.inode])
        elif note.kind in (RENAME, LINK, UNLINK):
            change = (self._number, note.kind, note.name, note.data.decode())
        elif note.kind in (WRITE, TRUNCATE):
            file = self._files[self._inodes[note.inode]]
            file.pending.append((self._number, note.kind, note.value, note.data))
            return
        elif note.kind == SYNC_BEGINS:
            self._syncs[note.value] = self._number
            return
        elif note.kind == SYNC:
            self._files[self._inodes[note.inode]].settle(self._syncs[note.value], note.error == 0)
            return
        elif note.kind == SYNC_NAME:
            self._settle_names(self._syncs[note.value], note.error == 0)
            return
        else:
            raise ValueError(f"an unknown note: {note.kind}")
        self._rename(self._names, change)
        self._name_changes.append(change)

    def _settle_names(self, last, ended_well):
        if not ended_well:
            return  # they are tried again with the next sync: a journal that failed would be read-only
        while self._name_changes and self._name_changes[0][0] <= last:
            self._rename(self._durable_names, self._name_changes.pop(0))

    def after_cut(self, chance, destination):
        """Writes what is left into an empty directory; returns how many files were left in which way."""
        names = dict(self._durable_names)
        for change in self._name_changes[: chance.randrange(len(self._name_changes) + 1)]:
            self._rename(names, change)
        ways = {}
        contents = {}
        for name, number in sorted(names.items()):
            if number not in contents:
                contents[number], how = self._files[number].after_cut(chance)
                ways[how] = ways.get(how, 0) + 1
            path = Path(destination) / Path(name).relative_to(self.top)
            for parent in [*reversed(path.relative_to(destination).parents)][1:]:
                (Path(destination) / parent).mkdir(mode=0o700, exist_ok=True)
            path.write_bytes(contents[number])
            path.chmod(0o600)
        return ways


def wait_until(condition, patience_s):
    """Whether the condition came to hold within the time."""
    until = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True
