#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The n-th call of each kind on the audit's storage fails, takes less than it was given, or does not
come back, for every n of a run (start, calls of both classes, a new segment, stop); once, or until the
storage is mended. Whatever happens: no crash, no answer that takes over 5 s, no acknowledged call without
its record, also after a power cut and with what a failed sync has lost, no effect without its intent, no
"sound" about what is not; and the server mends itself when its storage does.

faults.py --build DIR [--count N] [--seed N] [--jobs N]     N of all faults; 0: every one"""

import argparse
import collections
import errno
import http.client
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

import storage_trace as storage  # noqa: E402
from durability import Judge  # noqa: E402
from http_wire import Wire  # noqa: E402
from layered import Ground, ask, end, was_done  # noqa: E402
from storage_trace import Storage, read_notes, wait_until  # noqa: E402
from toolpost_process import Build, Failure  # noqa: E402

LONGEST_S = 5.0
STALL_MS = 300
TROUBLE_S = 1.2  # how long storage that is mended later stays broken
START_MAY_TAKE_S = 12
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS)


class Fault:
    def __init__(self, kind, first, action, count):
        self.kind, self.first, self.action, self.count = kind, first, action, count

    def __str__(self):
        what = {storage.SHORT_WRITE: "is short", storage.STALL: "stalls"}.get(self.action)
        what = what or "fails with " + errno.errorcode[self.action]
        return f"{storage.NAMES[self.kind]} {self.first} {what}" + ("" if self.count else ", and all that follow")


def all_faults(reached):
    """Each call of a run with each thing that can happen to it."""
    for kind, calls in reached.items():
        for first in range(1, calls + 1):
            for action in ERRORS:
                yield Fault(kind, first, action, 1)
            yield Fault(kind, first, ERRORS[first % 3], 0)
            yield Fault(kind, first, storage.STALL, 0)
            if kind == storage.WRITE:
                yield Fault(kind, first, storage.SHORT_WRITE, 1)
                yield Fault(kind, first, storage.SHORT_WRITE, 0)


class Run:
    """One server that meets one fault (or none)."""

    def __init__(self, build, directory, fault, chance):
        self.ground, self.fault, self.chance = Ground(build, directory), fault, chance
        self.acknowledged, self.problems, self.figures = [], [], collections.Counter()
        self.number = 0
        self.wire = self.server = self.mender = None
        self.trouble = []  # when storage that is mended later broke, and when the server was well again

    def go(self, judge):
        control = self.ground.control
        if self.fault:
            control.arm(self.fault.action, self.fault.kind, self.fault.first, self.fault.count)
        self.mender = threading.Thread(target=self._mend, daemon=True)
        self.over = threading.Event()
        self.mender.start()
        try:
            if self._start():
                self._work()
                self._stop()
        except (Failure, OSError, EOFError, AssertionError, subprocess.TimeoutExpired) as problem:
            self.problems.append(f"{type(problem).__name__}: {str(problem)[-600:]}")
        finally:
            self.over.set()
            self.mender.join()
            control.disarm()
            if self.server is not None and self.server.process.poll() is None:
                end(self.server, 9)
        self.figures["reached"] += control.get("hits") > 0
        self._judge(judge)
        self.ground.close()

    def _mend(self):
        """What does not pass by itself passes when it has been met for a while."""
        control = self.ground.control
        while not self.over.is_set():
            if control.get("hits") and self.fault and not self.fault.count:
                self.trouble = [(time.monotonic_ns(), float("inf"))]
                self.over.wait(TROUBLE_S)
                control.disarm()
                return
            self.over.wait(0.005)

    def _start(self):
        """Whether it runs. It may refuse to start, with a reason; then it must start on mended storage."""
        for attempt in range(2):
            began = time.monotonic()
            try:
                self.server = self.ground.serve(stall_ms=STALL_MS)
                return True
            except Failure as failure:
                took = time.monotonic() - began
                text = str(failure)
                if attempt or not self.ground.control.get("hits"):
                    raise
                self.figures["refused to start"] += 1
                if took > START_MAY_TAKE_S or "audit" not in text:
                    self.problems.append(f"no start after {took:.1f} s, without a good reason: {text[-300:]}")
                self.ground.control.disarm()
        return False

    def _call(self, reads=False):
        self.number += 1
        text = f"call-{self.number}"
        began = time.monotonic()
        if self.wire is None:
            self.wire = Wire(self.server.port)
        answer = ask(self.server.port, text, reads, self.wire)
        took = time.monotonic() - began
        self.figures["slowest answer, ms"] = max(self.figures["slowest answer, ms"], int(took * 1000))
        if took > LONGEST_S:
            self.problems.append(f"{text} took {took:.1f} s")
        if was_done(answer):
            self.acknowledged.append((text, reads, time.monotonic_ns()))
            return True
        self.figures["refused"] += 1
        error = answer.json().get("error", {})
        if (answer.status, error.get("code"), error.get("data", {}).get("reason")) != (503, 50300, "audit"):
            self.problems.append(f"{text} was answered with {answer}")
        elif "retry-after" not in answer.headers:
            self.problems.append(f"{text}: 503 without Retry-After")
        return False

    def _get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=LONGEST_S)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def _work(self):
        for number in range(8):
            self._call(reads=number % 2 == 1)
        segments = len(list(self.ground.ledger.glob("*.jsonl")))
        self.ground.run("audit", "rotate")
        until = time.monotonic() + 2.5
        while time.monotonic() < until and len(list(self.ground.ledger.glob("*.jsonl"))) == segments:
            self._call()
            if self._get("/livez") != 200:
                self.problems.append("/livez does not answer with 200")
            time.sleep(0.1)  # the request is looked for once in a while
        for number in range(4):
            self._call(reads=number % 2 == 1)
        # Where the fault has been met, it is over soon; then everything is as before.
        if not wait_until(lambda: self._call() and self._get("/readyz") == 200, LONGEST_S):
            self.problems.append("it does not recover")
        self.trouble = [(began, time.monotonic_ns()) for began, _ in self.trouble]

    def _stop(self):
        self.wire.close()
        began = time.monotonic()
        self.server.process.terminate()
        code = self.server.process.wait(LONGEST_S)
        self.figures["slowest stop, ms"] = int(1000 * (time.monotonic() - began))
        if code < 0 or code > 2:
            self.problems.append(f"it ended with {code}")
        end(self.server)

    def _judge(self, judge):
        """The real directory, the disk after a cut at the end, and after one at some moment."""
        notes = read_notes(self.ground.trace)
        effects = self.ground.effects()
        at = 0
        disk_of = Storage(self.ground.state, is_empty=True)
        cuts = sorted([self.chance.randrange(len(notes)) + 1, len(notes)]) if notes else []
        for cut in cuts:
            for note in notes[at:cut]:
                disk_of.follow(note)
            at = cut
            disk = self.ground.directory / f"disk-{cut}"
            (disk / "audit").mkdir(mode=0o700, parents=True, exist_ok=True)
            disk.chmod(0o700)
            disk_of.after_cut(self.chance, disk)
            where = f"{self.fault}, cut at {cut}"
            judge.judge(self.ground, disk, notes[cut - 1].time_ns, self.acknowledged, effects, where, self.trouble)
            shutil.rmtree(disk)
        now = time.monotonic_ns() + 10**12
        judge.judge(self.ground, self.ground.state, now, self.acknowledged, effects, f"{self.fault}, as it is")


def count_calls(build, chance, judge):
    """How many calls of each kind a run makes that meets no fault, and whose storage was not slow by itself."""
    for _ in range(3):
        run, reached = run_without_fault(build, chance, judge)
        if not run.problems and not run.figures["refused"]:
            return {kind: calls for kind, calls in reached.items() if calls}
    raise RuntimeError(f"three runs without a fault: {run.problems} {dict(run.figures)}")


def run_without_fault(build, chance, judge):
    with tempfile.TemporaryDirectory(prefix="toolpost-fault-") as directory:
        run = Run(build, directory, None, chance)
        control = run.ground.control
        reached = {}
        close = run.ground.close
        run.ground.close = lambda: (reached.update({kind: control.calls(kind) for kind in range(11)}), close())
        run.go(judge)
        return run, reached


def meet(build, fault, chance):
    """A run that meets this fault, and its judge; says at once what is wrong."""
    judge = Judge()
    with tempfile.TemporaryDirectory(prefix="toolpost-fault-") as directory:
        run = Run(build, directory, fault, chance)
        run.go(judge)
    for problem in (run.problems + judge.problems)[:4]:
        print(f"FAIL  {fault}: {problem}", flush=True)
    return run, judge


def choose(faults, count, chance):
    """`count` of them, of all kinds and actions alike."""
    if count == 0 or count >= len(faults):
        return faults
    groups = collections.defaultdict(list)
    for fault in faults:
        groups[(fault.kind, fault.action if fault.action > 0xFFFF else 0, fault.count)].append(fault)
    chosen, order = [], list(groups.values())
    chance.shuffle(order)
    while len(chosen) < count:
        for group in order:
            if group and len(chosen) < count:
                chosen.append(group.pop(chance.randrange(len(group))))
    return chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--jobs", type=int, default=2, help="how many at once")
    parser.add_argument("--only", default="", help="faults whose description contains this")
    options = parser.parse_args()
    build, chance, judge = Build(options.build), random.Random(options.seed), Judge()
    print(f"seed {options.seed}", flush=True)
    reached = count_calls(build, chance, judge)
    print("a run makes " + ", ".join(f"{n} x {storage.NAMES[kind]}" for kind, n in reached.items()), flush=True)
    figures, failed, passed = collections.Counter(), 0, 0
    slowest = collections.Counter()
    for kind in (storage.OPEN_FILE, storage.WRITE, storage.SYNC, storage.SYNC_NAME, storage.RENAME, storage.LOCK):
        if kind not in reached:
            failed += 1
            print(f"FAIL  {storage.NAMES[kind]} was never reached: nothing was shown about it")
    faults = [fault for fault in all_faults(reached) if options.only in str(fault)]
    chosen = choose(faults, options.count, chance)
    seeds = [chance.random() for _ in chosen]
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda fault, seed: meet(build, fault, random.Random(seed)), chosen, seeds))
    for fault, (run, judged) in zip(chosen, results):
        problems = run.problems + judged.problems
        judge.figures.update(judged.figures)
        for name, value in run.figures.items():
            if name.startswith("slowest"):
                slowest[name] = max(slowest[name], value)
            else:
                figures[name] += value
        figures["acknowledged"] += len(run.acknowledged)
        failed += bool(problems)
        passed += not problems
    figures.update(slowest)
    print("faults: " + ", ".join(f"{count} {name}" for name, count in figures.items()))
    print("judged: " + ", ".join(f"{count} {name}" for name, count in sorted(judge.figures.items())))
    # The last calls of a run need not come in every run.
    if figures["reached"] < 0.8 * len(chosen) or not chosen:
        failed += 1
        print(f"FAIL  only {figures['reached']} of {len(chosen)} faults were reached")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
