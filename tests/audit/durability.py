#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The power fails at random moments, and what was not synced is lost, torn or zero. Nothing that was
acknowledged is missing afterwards, except calls that only read and are younger than a second (at the
cut, or when their server was killed and no other one has closed what it left); whatever had an effect
has its intent; the next start closes what is left, and the ledger is sound.

A server runs on a layer that notes every change and every sync (fault_layer.c); in half of the runs it
is killed, and another one closes what it left and goes on. From that the disk after a cut is made for
many moments of the run, those of its start and its stop included, and each is recovered and judged.
The next server starts on one of these disks. In the control run fdatasync does nothing: the same judge
must then find losses.

durability.py --build DIR [--count CUTS] [--seed N]"""

import argparse
import collections
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from journal_reader import read_ledger, records_of  # noqa: E402
from layered import Ground, Load, end  # noqa: E402
from storage_trace import Storage, read_notes  # noqa: E402
from toolpost_process import Build  # noqa: E402

CUTS_OF_A_RUN = 25
CLIENTS = 3
READS_MAY_BE_LOST_NS = 1_000_000_000


class Judge:
    """What was promised, and what was found of it after each cut."""

    def __init__(self):
        self.figures = collections.Counter()
        self.problems = []

    def judge(self, ground, disk, cut_ns, acknowledged, effects, where, breaks=()):
        """Recovers this disk; returns the calls that have an outcome there. Nothing more is synced when the
        server was killed, or its storage broke: of each break the time is known, and when the next start
        had closed what was left, or the server was well again."""
        self.figures["cuts"] += 1
        before = self._torn_chains(disk)
        done = ground.run("call", "echo", '{"text":"after the cut"}', state=disk)
        if done.returncode != 0:
            self._fail("unrecovered", f"{where}: the next start: {done.returncode} {done.stderr[-400:]}")
            return []
        report = ground.verify(state=disk)
        if not report["sound"]:
            self._fail("unsound", f"{where}: {report['damages'][:2]}")
        chains = read_ledger(disk / "audit")
        for name, chain in chains.items():
            if chain.problems or chain.torn:
                self._fail("unsound", f"{where}: {name}: {chain.problems[:2]} {len(chain.torn)} bytes torn")
        explained = {
            record["of"] for record in records_of(chains, "closed") if {"torn", "torn_file", "unbegun"} & record.keys()
        }
        for name in before:
            if name in explained:
                self.figures["torn ends, explained"] += 1
            else:
                self._fail("torn ends without a word", f"{where}: {name}")
        outcomes = {record.get("request") for record in records_of(chains, "outcome")}
        intents = {record.get("request") for record in records_of(chains, "intent")}
        for text, reads, when in acknowledged:
            if when > cut_ns:
                continue
            kind = "read-only" if reads else "mutating"
            end_ns = next((at for at, over in breaks if when < over and cut_ns < over), cut_ns)
            is_young = reads and when > min(end_ns, cut_ns) - READS_MAY_BE_LOST_NS
            self.figures[f"acknowledged {kind} calls, young" if is_young else f"acknowledged {kind} calls"] += 1
            if f'"{text}"' in outcomes:
                continue
            if is_young:
                self.figures["young read-only calls lost, as allowed"] += 1
            else:
                self._fail(f"{kind} calls lost", f"{where}: {text}, {(cut_ns - when) / 1e6:.1f} ms before the cut")
        for text, when in effects:
            if when <= cut_ns:
                self.figures["effects"] += 1
                if f'"{text}"' not in intents:
                    self._fail("effects without intent", f"{where}: {text}")
        return [call for call in acknowledged if f'"{call[0]}"' in outcomes and call[2] <= cut_ns]

    def _fail(self, what, problem):
        self.figures[what] += 1
        self.problems.append(f"{what}: {problem}")

    @staticmethod
    def _torn_chains(disk):
        """Those whose newest segment does not end with a whole line."""
        newest = {}
        for path in sorted((disk / "audit").glob("*.jsonl")):
            newest[path.name.split(".")[0]] = path
        return [name for name, path in newest.items() if path.stat().st_size and path.read_bytes()[-1:] != b"\n"]


def choose_cuts(notes, number, chance):
    """(how many notes are before it, time) in order: half at random times, half right after a note."""
    cuts = []
    for index in range(number):
        if index % 2 == 0:
            at = chance.randrange(len(notes))
            cuts.append((at + 1, notes[at].time_ns))
        else:
            when = chance.randrange(notes[0].time_ns, notes[-1].time_ns + 1)
            cuts.append((sum(note.time_ns <= when for note in notes), when))
    return sorted(cuts)


def one_run(build, judge, chance, number, cuts, before, syncs):
    """A server under load, cut `cuts` times. `before` is a disk and what is known of it; returns such."""
    with tempfile.TemporaryDirectory(prefix="toolpost-cut-") as directory:
        ground = Ground(build, directory)
        known, effects = [], []
        if before:
            shutil.copytree(before[0], ground.state, dirs_exist_ok=True)
            known, effects = before[1], before[2]
        storage = Storage(ground.state)
        ground.control.set("no_sync", 0 if syncs else 1)
        size = chance.choice((65536, 65536, 1 << 26))
        # Where most calls only read, much is not synced, checkpoints included.
        reads_mostly = number % 3 == 2
        acknowledged, breaks = list(known), []
        for life in range(1 + number % 2):
            server = ground.serve(segment_bytes=size)
            breaks = [(at, over or time.monotonic_ns()) for at, over in breaks]
            load = Load(server.port, f"run{number}-{life}", CLIENTS, *((10_000, 100) if reads_mostly else (2, 1)))
            time.sleep(chance.uniform(0.2, 2.4))  # how long it works, nothing is waited for
            is_killed = life < number % 2
            if is_killed:
                breaks.append((time.monotonic_ns(), None))
                server.process.kill()
                judge.figures["kills"] += 1
            load.stop(is_killed)
            end(server)
            judge.figures["calls"] += len(load.acknowledged)
            judge.problems += load.problems
            acknowledged += load.acknowledged
        judge.figures["runs"] += 1
        notes = read_notes(ground.trace)
        effects = effects + ground.effects()
        at, after = 0, None
        chosen = choose_cuts(notes, cuts, chance)
        heir = chance.randrange(len(chosen))
        for index, (seen, when) in enumerate(chosen):
            for note in notes[at:seen]:
                storage.follow(note)
            at = seen
            disk, heirloom = Path(directory) / f"disk-{index}", Path(directory) / "heirloom"
            disk.mkdir(mode=0o700)
            (disk / "audit").mkdir(mode=0o700)
            for how, count in storage.after_cut(chance, disk).items():
                judge.figures[f"files left: {how}"] += count
            if index == heir:
                shutil.copytree(disk, heirloom)
            found = judge.judge(ground, disk, when, acknowledged, effects, f"run {number}, cut {index}", breaks)
            if index == heir:
                kept = Path(tempfile.mkdtemp(prefix="toolpost-disk-")) / "state"
                shutil.move(heirloom, kept)
                after = (kept, [(text, reads, 0) for text, reads, _ in found],
                         [(text, 0) for text, done in effects if done <= when])
            shutil.rmtree(disk)
        ground.close()
    if before:
        shutil.rmtree(before[0].parent)
    return after


def many_runs(build, chance, count, syncs):
    judge, before, number = Judge(), None, 0
    while judge.figures["cuts"] < count:
        number += 1
        cuts = min(CUTS_OF_A_RUN, count - judge.figures["cuts"])
        # Every fourth disk is a new one, so that first starts are cut as well.
        if number % 4 == 1 and before:
            shutil.rmtree(before[0].parent)
            before = None
        before = one_run(build, judge, chance, number, cuts, before, syncs)
        if number % 10 == 0:
            print(f"{judge.figures['cuts']} cuts, {len(judge.problems)} problems", flush=True)
    if before:
        shutil.rmtree(before[0].parent)
    return judge


def show(title, figures):
    print(title + ": " + ", ".join(f"{count} {name}" for name, count in sorted(figures.items())), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    build, chance = Build(options.build), random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    judge = many_runs(build, chance, options.count, syncs=True)
    show("with syncs", judge.figures)
    problems = judge.problems
    for name in ("kills", "acknowledged mutating calls", "acknowledged read-only calls", "effects", "files left: torn",
                 "files left: prefix", "torn ends, explained"):
        if not judge.figures[name]:
            problems.append(f"no {name}: nothing was shown")
    control = many_runs(build, chance, max(10, options.count // 20), syncs=False)
    show("control, without fdatasync", control.figures)
    for name in ("mutating calls lost", "effects without intent"):
        if not control.figures[name]:
            problems.append(f"the control run has no {name}: the layer loses nothing")
    for problem in problems[:30]:
        print(f"FAIL  {problem}")
    print(f"{judge.figures['cuts']} passed, {len(problems)} failed")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
