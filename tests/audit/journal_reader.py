# SPDX-License-Identifier: Apache-2.0
"""Reads a journal as config/audit.md describes it, without the host's code: joins the segments of each
chain, recomputes every hash, and says what is wrong. Signatures are not looked at.
journal_reader.py DIRECTORY  prints the chains and what is wrong with them"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

SEGMENT = re.compile(r"(\d{8}T\d{6}Z-[0-9a-f]{16})\.(\d{6})\.jsonl")
BEGIN = re.compile(rb'\{"v":1,"chain":"[^"]*","seq":\d+,"time":"[^"]*","type":"[^"]*"')
END = re.compile(rb',"hash":"([A-Za-z0-9_-]{43})"\}')
MAX_LINE_BYTES = 64 * 1024


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Chain:
    """The records of one chain in their order, the bytes after its last whole line, what is wrong."""

    def __init__(self, name, segments):
        self.name, self.segments = name, segments  # paths, ascending
        self.records, self.hashes, self.problems, self.torn = [], [], [], b""
        self._hash = hashlib.sha256(name.encode()).digest()
        numbers = [int(SEGMENT.fullmatch(path.name)[2]) for path in segments]
        if numbers != list(range(1, len(numbers) + 1)):
            self.problems.append(f"segments {numbers}")
        contents = [path.read_bytes() for path in segments]
        for index, content in enumerate(contents):
            if index + 1 < len(contents):
                content = content[: self._end_of(index, content, contents[index + 1])]
            self._read(segments[index].name, content, index + 1 == len(contents))

    def __getitem__(self, type_name):
        return [record for record in self.records if record["type"] == type_name]

    def _end_of(self, index, content, following):
        """Where a segment ends, as the next one says; what stands beyond is void."""
        for line in following.split(b"\n")[:-1]:
            try:
                record = json.loads(line)
            except ValueError:
                break
            if record.get("type") == "segment" and record["previous"]["segment"] == index + 1:
                if record["previous"]["bytes"] > len(content):
                    self.problems.append(f"{self.segments[index].name} is shorter than its end says")
                return record["previous"]["bytes"]
        # The process ended before it had written where: the void part shows by itself, if there is one.
        return len(content)

    def _read(self, name, content, is_last):
        *lines, rest = content.split(b"\n")
        for number, line in enumerate(lines, 1):
            problem = self._take(line)
            if problem:
                self.problems.append(f"{name}, line {number}: {problem}")
                return
        if rest and is_last:
            self.torn = rest
        elif rest:
            self.problems.append(f"{name} ends inside a line")

    def _take(self, line):
        end = END.search(line, max(0, len(line) - 60))
        if end is None or end.end() != len(line) or not BEGIN.match(line) or len(line) >= MAX_LINE_BYTES:
            return f"not a record: {line[:80]!r}"
        try:
            record = json.loads(line)
        except ValueError as problem:
            return str(problem)
        if record["chain"] != self.name:
            return f"a record of {record['chain']}"
        digest = hashlib.sha256(self._hash + line[: end.start()]).digest()
        if encode(digest) != end[1].decode():
            # After a failure the first lines of a segment repeat the last ones of the one before.
            if record["seq"] <= len(self.hashes) and self.hashes[record["seq"] - 1] == end[1].decode():
                return None
            return f"record {record['seq']} has another hash"
        if record["seq"] != len(self.records) + 1:
            return f"record {record['seq']} after {len(self.records)}"
        if record["type"] == "checkpoint":
            problem = self._judge_checkpoint(record)
            if problem:
                return problem
        self.records.append(record)
        self.hashes.append(end[1].decode())
        self._hash = digest
        return None

    def _judge_checkpoint(self, record):
        last = max((r["to"] + 1 for r in self["checkpoint"]), default=1)
        if (record["from"], record["to"]) != (last, len(self.records)):
            return f"a checkpoint of {record['from']} to {record['to']}, not {last} to {len(self.records)}"
        if record["head"] != self.hashes[-1]:
            return "a checkpoint with another head"
        digests = b"".join(base64.urlsafe_b64decode(hash_ + "=")[:8] for hash_ in self.hashes[last - 1:])
        return None if record["digests"].rstrip("=") == encode(digests) else "a checkpoint with other digests"


def read_ledger(directory):
    """The chains of a directory by name, in the order of their names."""
    found = {}
    for path in sorted(Path(directory).iterdir()):
        match = SEGMENT.fullmatch(path.name)
        if match and path.stat().st_size:
            found.setdefault(match[1], []).append(path)
    return {name: Chain(name, segments) for name, segments in found.items()}


def records_of(chains, type_name):
    return [record for chain in chains.values() for record in chain[type_name]]


def main():
    failed = 0
    for name, chain in read_ledger(sys.argv[1]).items():
        print(f"{name}: {len(chain.segments)} segments, {len(chain.records)} records, {len(chain.torn)} bytes torn")
        for problem in chain.problems:
            failed += 1
            print(f"      {problem}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
