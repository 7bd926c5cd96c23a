#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nobody without the signing key changes what a checkpoint covers, and is not found out.

A real ledger (several chains, segments and crashes) is changed in one place at a time: bytes flipped,
records deleted, inserted, swapped, spliced in from another chain, ends cut off, whole segments and
chains removed, pieces of a line or of a segment added behind the end of a chain that is closed, the
whole directory taken back to an earlier state. In half of the cases the attacker recomputes all hashes
behind the change. `toolpost audit verify`, with the second place's file as its anchor, must find each,
and name the record (or, where a checkpoint itself was hit, one that this checkpoint was to prove). The
ledger as it was must verify.

tamper.py BUILD [--count N] [--seed N]"""
import argparse
import collections
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "clients"))
sys.path.insert(0, str(HERE))

import journal_lines  # noqa: E402
from http_wire import Wire, echo, modern_headers, request  # noqa: E402
from toolpost_process import Build, Failure, HttpServer  # noqa: E402

ECHO = "io.toolpost.echo"
CALLS = 150


class World:
    """A ledger with its anchor, as several processes have left it."""

    def __init__(self, build, directory):
        self.build = build
        self.directory = Path(directory)
        self.ledger = self.directory / "audit"
        self.anchor = self.directory / "elsewhere.jsonl"
        self.key = self.directory / "audit.key"
        self.settings = {
            "audit": {
                "directory": str(self.ledger),
                "key_file": str(self.key),
                "anchor_file": str(self.anchor),
                "segment_bytes": 65536,
            }
        }
        place = self.directory / "config"
        place.mkdir()
        self.config = build.write_config(place, (ECHO,), trusted=(ECHO,), **self.settings)

    def serve(self, ends_well, rotations=0):
        try:
            with HttpServer(self.build, (ECHO,), trusted=(ECHO,), **self.settings) as server:
                with Wire(server.port) as wire:
                    data = request(server.port, echo("x"), modern_headers(echo()))
                    for number in range(CALLS):
                        if number % (CALLS // (rotations + 1)) == 1 and number > 1:
                            self.run("audit", "rotate")
                        if wire.send(data).answer().status != 200:
                            raise RuntimeError("a call was not answered")
                if not ends_well:
                    server.process.kill()
        except Failure:
            if ends_well:
                raise

    def run(self, *arguments):
        command = [str(self.build.binary), *arguments, "--config", str(self.config)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def verify(self, ledger, anchored=True):
        anchor = ["--anchor", str(self.anchor)] if anchored else []
        done = self.run("audit", "verify", "--json", "--directory", str(ledger), *anchor)
        if done.returncode not in (0, 3):
            raise RuntimeError(f"verify: {done.returncode} {done.stderr}")
        return json.loads(done.stdout)


class Ledger:
    """The lines of a ledger in memory, to be changed and written somewhere else."""

    def __init__(self, directory):
        self.files = {path.name: path.read_bytes().splitlines(keepends=True) for path in sorted(Path(directory).glob("*.jsonl"))}

    def copy(self):
        other = object.__new__(Ledger)
        other.files = {name: list(lines) for name, lines in self.files.items()}
        return other

    def write(self, directory):
        directory.mkdir(mode=0o700)
        for name, lines in self.files.items():
            (directory / name).write_bytes(b"".join(lines))

    def chain_files(self, name):
        return [other for other in self.files if other.split(".")[0] == name.split(".")[0]]

    def rehash(self, name, index):
        """What somebody without the key can do: number and hash everything anew from a record on."""
        names = self.chain_files(name)
        before = self._hash_before(names, name, index)
        seq = self._seq_before(names, name, index)
        for other in names[names.index(name):]:
            lines = self.files[other]
            for at in range(index if other == name else 0, len(lines)):
                seq += 1
                try:
                    lines[at], before = journal_lines.seal_anew(lines[at], before, seq)
                except ValueError:
                    return

    def _previous(self, names, name, index):
        if index > 0:
            return self.files[name][index - 1]
        at = names.index(name)
        return self.files[names[at - 1]][-1] if at > 0 else None

    def _hash_before(self, names, name, index):
        line = self._previous(names, name, index)
        chain = name.split(".")[0]
        return journal_lines.hash_of(line) if line else journal_lines.genesis(chain)

    def _seq_before(self, names, name, index):
        line = self._previous(names, name, index)
        return json.loads(line)["seq"] if line else 0


def covered_places(ledger, report):
    """(file, index, seq) of every record that verify says is proven."""
    covered = {chain["chain"]: chain["covered"] for chain in report["chains"]}
    places = []
    for name, lines in ledger.files.items():
        for index, line in enumerate(lines):
            seq = json.loads(line)["seq"]
            if seq <= covered[name.split(".")[0]]:
                places.append((name, index, seq))
    return places


class Attack:
    """One way of changing a ledger; `apply` returns the chain and the first record that is affected."""

    def __init__(self, ledger, places, closed, chance):
        self.ledger = ledger
        self.places = places
        self.closed = closed
        self.chance = chance
        self.rehashes = chance.random() < 0.5

    def _place(self):
        return self.chance.choice(self.places)

    def _done(self, name, index, seq):
        if self.rehashes:
            self.ledger.rehash(name, index)
        return name.split(".")[0], seq

    def flip(self):
        name, index, seq = self._place()
        line = bytearray(self.ledger.files[name][index])
        at = self.chance.randrange(len(line) - 1)
        line[at] ^= 1 << self.chance.randrange(7)
        if line[at] == 0x0A:
            line[at] ^= 0x40
        self.ledger.files[name][index] = bytes(line)
        return self._done(name, index, seq)

    def delete(self):
        name, index, seq = self._place()
        del self.ledger.files[name][index]
        return self._done(name, index, seq)

    def insert(self):
        name, index, seq = self._place()
        self.ledger.files[name].insert(index, self.ledger.files[name][index])
        # A copy of itself: the first of the two is as it was, unless it is given a number of its own.
        return self._done(name, index + 1, seq + 1)

    def swap(self):
        name, index, seq = self._place()
        while index + 1 >= len(self.ledger.files[name]) or (name, index + 1, seq + 1) not in self._covered():
            name, index, seq = self._place()
        lines = self.ledger.files[name]
        lines[index], lines[index + 1] = lines[index + 1], lines[index]
        return self._done(name, index, seq)

    def _covered(self):
        if not hasattr(self, "_set"):
            self._set = set(self.places)
        return self._set

    def splice(self):
        name, index, seq = self._place()
        other, other_index, _ = self._place()
        while other.split(".")[0] == name.split(".")[0]:
            other, other_index, _ = self._place()
        self.ledger.files[name][index] = self.ledger.files[other][other_index]
        return self._done(name, index, seq)

    def truncate(self):
        name, index, seq = self._place()
        del self.ledger.files[name][index:]
        names = self.ledger.chain_files(name)
        for later in names[names.index(name) + 1:]:
            del self.ledger.files[later]
        if index == 0:
            del self.ledger.files[name]
        self.rehashes = False
        return name.split(".")[0], seq

    def remove_segment(self):
        name = self.chance.choice(sorted({place[0] for place in self.places}))
        seq = json.loads(self.ledger.files[name][0])["seq"]
        del self.ledger.files[name]
        self.rehashes = False
        return name.split(".")[0], seq

    def remove_chain(self):
        name = self._place()[0]
        for other in self.ledger.chain_files(name):
            del self.ledger.files[other]
        self.rehashes = False
        return name.split(".")[0], 1

    def _closed_end(self):
        """The last segment of a chain that a later start has closed, and the number behind its last record."""
        name = self.ledger.chain_files(self.chance.choice(self.closed))[-1]
        self.rehashes = False
        return name, json.loads(self.ledger.files[name][-1])["seq"] + 1

    def add_piece(self):
        name, seq = self._closed_end()
        line = self.ledger.files[name][-1]
        self.ledger.files[name].append(line[: self.chance.randrange(1, len(line))])
        return name.split(".")[0], seq

    def add_segment(self):
        name, seq = self._closed_end()
        chain, number, rest = name.split(".")
        line = self.ledger.files[name][-1]
        self.ledger.files[f"{chain}.{int(number) + 1:06}.{rest}"] = [line[: self.chance.randrange(len(line))]]
        return chain, seq


KINDS = ("flip", "delete", "insert", "swap", "splice", "truncate", "remove_segment", "remove_chain", "add_piece", "add_segment")


def last_proof_before(original, chain, seq):
    """The record behind the checkpoint before `seq`: where a hit checkpoint proves nothing any more,
    nothing from there on is proven."""
    first = 1
    for name in original.files:
        if name.split(".")[0] != chain:
            continue
        for line in original.files[name]:
            record = json.loads(line)
            if record["type"] == "checkpoint" and record["seq"] < seq:
                first = record["seq"]
    return first


def is_at_the_right_place(report, chain, seq, original):
    for damage in report["damages"]:
        if damage["chain"] != chain:
            continue
        named = damage.get("seq", 1)
        if named == seq:
            return "exact"
        # The checkpoint that would prove it was hit as well, so that a later one has to.
        if last_proof_before(original, chain, seq) <= named <= seq + 1:
            return "range"
    return None


def rollback(world, states, chance):
    """The directory as it was at an earlier time, whole."""
    return world.verify(chance.choice(states), anchored=True), world.verify(states[0], anchored=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}")
    failures = []
    with tempfile.TemporaryDirectory(prefix="toolpost-tamper-") as directory:
        world = World(Build(options.build), directory)
        states = []
        for round_number, ends_well in enumerate((True, False, True, False, True)):
            world.serve(ends_well, rotations=round_number % 3)
            world.run("call", "echo", '{"text": "y"}')
            state = Path(directory) / f"state-{round_number}"
            shutil.copytree(world.ledger, state)
            state.chmod(0o700)
            states.append(state)
        whole = world.verify(world.ledger)
        if not whole["sound"] or whole["records"] < 5 * CALLS:
            failures.append(f"the ledger as it was: {whole}")
        original = Ledger(world.ledger)
        places = covered_places(original, whole)
        closed = [chain["chain"] for chain in whole["chains"] if chain["state"] == "closed"]
        print(f"{whole['records']} records in {len(whole['chains'])} chains, {len(places)} covered")

        found = collections.Counter()
        exact = collections.Counter()
        tried = collections.Counter()
        for number in range(options.count):
            kind = KINDS[number % len(KINDS)]
            ledger = original.copy()
            attack = Attack(ledger, places, closed, chance)
            chain, seq = getattr(attack, kind)()
            if ledger.files == original.files:
                continue
            changed = Path(directory) / "changed"
            ledger.write(changed)
            report = world.verify(changed)
            shutil.rmtree(changed)
            label = kind + (" and rehash" if attack.rehashes else "")
            tried[label] += 1
            place = is_at_the_right_place(report, chain, seq, original)
            if report["sound"] or place is None:
                failures.append(f"{label}: record {seq} of {chain}: {report['damages']}")
            else:
                found[label] += 1
                exact[label] += place == "exact"
        for label in sorted(tried):
            print(f"  {label}: {found[label]} of {tried[label]} found, {exact[label]} at the very record")

        for state in states[:-1]:
            anchored = world.verify(state)
            alone = world.verify(state, anchored=False)
            tried["rollback"] += 1
            if anchored["sound"]:
                failures.append(f"rollback to {state.name}: not found with the anchor")
            elif not alone["sound"]:
                failures.append(f"rollback to {state.name}: damaged without the anchor: {alone['damages']}")
            else:
                found["rollback"] += 1
        print(f"  rollback: {found['rollback']} of {tried['rollback']} found with the anchor, none without")
    for failure in failures[:20]:
        print("FAILED", failure)
    print(f"{sum(found.values()) + (0 if failures else 1)} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
