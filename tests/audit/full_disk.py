#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No disk, no call: an audit whose disk is full (a tmpfs of 64 KiB), read-only, failing, removed, or does
not answer. Calls are answered with 503 and a retry time, within the time that is configured, and have no
effect; readiness is false; /livez and tools/list answer as fast as ever; when the storage is well again
the server is, by itself, and what it acknowledged is recorded. With on_failure allow it serves on, and
says so in the log and in the journal.

full_disk.py --build DIR [--only WORDS]
Ends with 77 where all is well but no tmpfs can be mounted."""

import argparse
import collections
import errno
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

import storage_trace as storage  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from http_wire import modern_call  # noqa: E402
from journal_reader import read_ledger, records_of  # noqa: E402
from layered import Ground, ask, end, was_done  # noqa: E402
from storage_trace import wait_until  # noqa: E402
from toolpost_process import Build, Failure  # noqa: E402

STALL_MS = 500
QUICK_S = 0.2
REFUSED_WITHIN_S = STALL_MS / 1000 + 1.0
RECOVERS_WITHIN_S = 5.0
INSIDE = "TOOLPOST_TEST_HAS_MOUNTS"
NOT_RUN = 77  # what could run has passed, but that is not all
figures = collections.Counter()


def check_with_mounts(function):
    """Registers a check where mounts are allowed."""
    return check(function) if os.environ.get(INSIDE) == "1" else function


class Case:
    """A server, and what is seen of it from outside."""

    def __init__(self, build, layered=True, small_disk=None, **audit):
        self._top = tempfile.TemporaryDirectory(prefix="toolpost-full-")
        self.ground = Ground(build, self._top.name)
        self.ledger = self.ground.ledger
        self.mounted = False
        if small_disk:
            self._mount(small_disk)
        self.acknowledged, self.number = [], 0
        try:
            self.server = self.ground.serve(layered=layered, stall_ms=STALL_MS, **audit)
        except Exception:
            self._leave()
            raise
        self.port = self.server.port

    def _mount(self, size):
        options = f"size={size},mode=0700"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.ledger], check=True)
        self.mounted = True

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.ledger], check=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            self.ground.control.disarm()
            code = end(self.server)
            expect(kind is not None or code == 0, f"it ended with {code}")
            if kind is None:
                self.judge()
        finally:
            self._leave()

    def _leave(self):
        self.ground.close()
        if self.mounted:
            subprocess.run(["umount", "-l", self.ledger], check=True)
        self._top.cleanup()

    def call(self, reads=False):
        self.number += 1
        text = f"call-{self.number}"
        answer = ask(self.port, text, reads)
        if was_done(answer):
            self.acknowledged.append(text)
        return answer

    def works(self):
        return was_done(self.call()) and was_done(self.call(reads=True)) and self.get("/readyz")[0] == 200

    def refuses(self):
        """One call of each class; what came of the first."""
        for reads in (False, True):
            began = time.monotonic()
            answer = self.call(reads)
            took = time.monotonic() - began
            if was_done(answer):
                return False
            figures["refused"] += 1
            error = answer.json().get("error", {})
            expect((answer.status, error.get("code")) == (503, 50300), f"{answer}")
            expect(error["data"]["reason"] == "audit", f"{answer}")
            expect(int(answer.headers.get("retry-after", 0)) >= 1, f"no retry time: {answer}")
            expect(took < REFUSED_WITHIN_S, f"refused after {took:.2f} s")
        return True

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def stays_quick(self):
        """A late answer counts when the next is late as well: storage that does not answer would hold up
        both, a busy machine need not."""
        for _ in range(10):
            for ask_again in (lambda: self.get("/livez")[0], lambda: modern_call(self.port, "tools/list").status):
                took = 0.0
                for _ in range(2):
                    began = time.monotonic()
                    status = ask_again()
                    took = time.monotonic() - began
                    expect(status == 200, f"answered with {status}")
                    if took < QUICK_S:
                        break
                figures["answers beside"] += 1
                expect(took < QUICK_S, f"answered after {took:.2f} s")

    def is_in_trouble(self):
        """All that must hold while nothing can be recorded."""
        expect(wait_until(self.refuses, RECOVERS_WITHIN_S), "calls are taken")
        before = self.ground.effects()
        for _ in range(3):
            expect(self.refuses(), "a call was taken")
        status, text = self.get("/readyz")
        expect(status == 503 and "audit" in text, f"/readyz: {status} {text}")
        expect(str(self.ledger) not in text, f"/readyz names a place of the machine: {text}")
        self.stays_quick()
        expect(self.ground.effects() == before, "a call that was refused had an effect")

    def recovers(self):
        expect(wait_until(self.works, RECOVERS_WITHIN_S), f"it does not recover: {self.get('/readyz')}")
        figures["recoveries"] += 1

    def judge(self):
        report = self.ground.verify()
        expect(report["sound"], f"verify: {report['damages']}")
        self.chains = read_ledger(self.ledger)
        problems = [problem for chain in self.chains.values() for problem in chain.problems]
        expect(not problems, problems[:3])
        outcomes = {record.get("request") for record in records_of(self.chains, "outcome")}
        intents = {record.get("request") for record in records_of(self.chains, "intent")}
        self.missing = [text for text in self.acknowledged if f'"{text}"' not in outcomes]
        self.uncounted = [text for text, _ in self.ground.effects() if f'"{text}"' not in intents]
        figures["acknowledged"] += len(self.acknowledged)
        gaps = records_of(self.chains, "gap")
        self.unrecorded = sum(gap.get("unrecorded", 0) for gap in gaps)
        self.told_refused = sum(gap.get("refused", 0) for gap in gaps)
        expect(len(self.missing) <= self.unrecorded, f"{len(self.missing)} acknowledged calls have no record")
        if not self.allows:
            expect(not self.missing, f"acknowledged without a record: {self.missing}")
            expect(not self.uncounted, f"an effect without its intent: {self.uncounted}")

    allows = False


class AllowingCase(Case):
    allows = True

    def __init__(self, build, **more):
        super().__init__(build, on_failure="allow", **more)


def fails_and_recovers(build, action, **more):
    with Case(build, **more) as case:
        expect(wait_until(case.works, RECOVERS_WITHIN_S), "it does not work")
        case.ground.control.arm(action, count=0)
        case.is_in_trouble()
        case.ground.control.disarm()
        case.recovers()
        log = case.server.log_text()
    expect(case.told_refused > 0, "the journal does not say how many calls were refused")
    expect("no more calls are taken" in log, "the log does not say that no calls are taken")


@check_with_mounts
def a_disk_of_64_KiB_that_the_journal_fills(build):
    with Case(build, layered=False, small_disk="64k") as case:
        while was_done(case.call()) and was_done(case.call(reads=True)):
            expect(case.number < 2000, "64 KiB are never full")
        expect(case.number > 20, f"it was full after {case.number} calls")
        figures["calls on 64 KiB"] = len(case.acknowledged)
        case.is_in_trouble()
        case.resize("1m")
        case.recovers()
    expect(case.told_refused > 0, "the journal does not say how many calls were refused")


@check_with_mounts
def a_disk_that_something_else_fills(build):
    with Case(build, layered=False, small_disk="256k") as case:
        expect(wait_until(case.works, RECOVERS_WITHIN_S), "it does not work")
        filler = case.ledger / "something-else"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError as problem:
                expect(problem.errno == errno.ENOSPC, problem)
        while was_done(case.call()):
            expect(case.number < 2000, "the disk is never full")
        case.is_in_trouble()
        filler.unlink()
        case.recovers()


@check
def a_file_system_that_becomes_read_only(build):
    fails_and_recovers(build, errno.EROFS)


@check
def a_disk_that_fails(build):
    fails_and_recovers(build, errno.EIO)


@check
def a_disk_that_fails_with_everything_synced(build):
    fails_and_recovers(build, errno.EIO, durability="strict")


def no_start(build, error):
    """With the reason; and it starts when the storage is well again."""
    with tempfile.TemporaryDirectory(prefix="toolpost-full-") as top:
        ground = Ground(build, top)
        try:
            ground.control.arm(error, count=0)
            try:
                end(ground.serve())
                raise AssertionError("it started")
            except Failure as failure:
                expect("audit" in str(failure) and os.strerror(error) in str(failure), failure)
            ground.control.disarm()
            expect(end(ground.serve()) == 0, "it does not start on storage that is well again")
        finally:
            ground.close()


@check
def no_start_on_a_read_only_file_system(build):
    no_start(build, errno.EROFS)


@check
def no_start_on_a_full_disk(build):
    no_start(build, errno.ENOSPC)


def stalls(build, kind):
    with Case(build) as case:
        expect(wait_until(case.works, RECOVERS_WITHIN_S), "it does not work")
        case.ground.control.arm(storage.STALL, kind, count=0)
        before = len(case.ground.effects())
        calls = [threading.Thread(target=case.refuses) for _ in range(4)]
        for call in calls:
            call.start()
        began = time.monotonic()
        while time.monotonic() - began < REFUSED_WITHIN_S:
            case.stays_quick()
        for call in calls:
            call.join()
        case.is_in_trouble()
        # One was begun before the storage stopped to answer, if at all.
        expect(len(case.ground.effects()) <= before + 1, "calls had effects")
        case.ground.control.disarm()
        case.recovers()


@check
def a_disk_that_does_not_answer_writes(build):
    stalls(build, storage.WRITE)


@check
def a_disk_that_does_not_answer_syncs(build):
    stalls(build, storage.SYNC)


@check
def a_disk_that_does_not_answer_at_all(build):
    stalls(build, storage.ALL_KINDS)


@check
def a_directory_that_is_removed(build):
    case = Case(build, layered=False)
    try:
        expect(wait_until(case.works, RECOVERS_WITHIN_S), "it does not work")
        shutil.rmtree(case.ledger)
        case.is_in_trouble()
    finally:
        code = end(case.server)
        case._leave()
    expect(code >= 0, f"it ended with {code}")


@check
def a_directory_that_is_moved_away_and_put_back(build):
    """What is written into it nobody finds, as long as another path leads to it."""
    with Case(build, layered=False) as case:
        expect(wait_until(case.works, RECOVERS_WITHIN_S), "it does not work")
        aside = case.ledger.with_name("aside")
        case.ledger.rename(aside)
        case.is_in_trouble()
        case.ledger.mkdir(mode=0o700)
        case.is_in_trouble()
        case.ledger.rmdir()
        aside.rename(case.ledger)
        case.recovers()


def serves_on(build, action, kind=storage.ALL_KINDS):
    with AllowingCase(build) as case:
        expect(wait_until(case.works, RECOVERS_WITHIN_S), "it does not work")
        case.ground.control.arm(action, kind, count=0)
        before = len(case.ground.effects())
        for number in range(12):
            # Those that wait when the trouble begins may be refused, those that come then are served.
            answer = case.call(reads=number % 2 == 1)
            expect(was_done(answer) or number < 2, f"call {number} was answered with {answer}")
        expect(len(case.ground.effects()) >= before + 5, "calls had no effect")
        case.stays_quick()
        case.ground.control.disarm()
        case.recovers()
        log = case.server.log_text()
    expect('"ERROR"' in log and "audit" in log, "the log says nothing of it")
    expect("no more calls are taken" not in log, "the log says that no calls are taken")
    expect(action == storage.STALL or "calls go on without a record" in log, "the log does not say that calls go on")
    figures["unrecorded, as the journal says"] += case.unrecorded
    figures["served without a record"] += len(case.missing)
    return case


@check
def allow_serves_on_when_the_disk_fails(build):
    serves_on(build, errno.EIO)


@check
def allow_serves_on_when_the_disk_is_full(build):
    serves_on(build, errno.ENOSPC)


@check
def allow_serves_on_when_syncs_do_not_end(build):
    case = serves_on(build, storage.STALL, storage.SYNC)
    expect(case.unrecorded > 0, "the journal does not say what it has not recorded")


def begin_again_with_mounts():
    """Mounts of its own, which end with it; as another user than root with a user namespace."""
    command = []
    os.environ[INSIDE] = "0"
    for more in ([], ["--user", "--map-root-user"]):
        tried = ["unshare", "--mount", *more]
        if subprocess.run([*tried, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode == 0:
            command = tried
            os.environ[INSIDE] = "1"
            break
    command += [sys.executable, *sys.argv]
    os.execvp(command[0], command)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    options = parser.parse_args()
    if INSIDE not in os.environ:
        begin_again_with_mounts()
    code = run_checks(Build(options.build), only=options.only)
    print("full disk: " + ", ".join(f"{count} {name}" for name, count in figures.items()))
    if os.environ[INSIDE] != "1":
        print("SKIPPED what needs a tmpfs: no mount namespace is allowed here")
        code = code or NOT_RUN
    sys.exit(code)


if __name__ == "__main__":
    main()
