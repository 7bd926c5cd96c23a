#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Three processes race on one user store and are killed again and again. At every moment the file
can be read and somebody can manage users; at the end everything that was acknowledged is there.
race.py --driver STORE_DRIVER [--size OPERATIONS] [--seed N]"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from users_json import has_lasting_admin, read_users

WORKERS = ("w0", "w1", "w2")
CI_OPERATIONS = 600
OPERATIONS_PER_LIFE = 1_000_000  # a worker lives until it is killed
MEAN_OPERATIONS_BEFORE_KILL = 15
LONGEST_SILENCE_S = 60
LEAST_READS = 100


class Worker:
    """One name of a worker over all its lives, and what must be true of the users it owns."""

    def __init__(self, driver, file, name, seed):
        self.driver, self.file, self.name, self.random = driver, file, name, random.Random(seed)
        self.expected = {}  # user -> (role, disabled, digest), for the users that exist
        self.open = None  # the operation that was begun and not answered
        self.after_kill = {}  # user -> the operation that may or may not have happened
        self.counts = {"OK": 0, "NO": 0, "last-admin": 0, "killed inside": 0}
        self.problems = []

    def run(self, enough):
        while not enough():
            self._live(enough)

    def _live(self, enough):
        seed = self.random.getrandbits(60)
        process = subprocess.Popen(
            [self.driver, self.file, "work", self.name, str(seed), str(OPERATIONS_PER_LIFE)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines_left = 1 + int(self.random.expovariate(1 / MEAN_OPERATIONS_BEFORE_KILL) * 2)
        watchdog = threading.Timer(LONGEST_SILENCE_S, process.kill)
        watchdog.start()
        for line in process.stdout:
            self._note(line.split())
            lines_left -= 1
            if lines_left == 0 or enough():
                # An instant that has nothing to do with the lines.
                time.sleep(self.random.random() * 0.02)
                process.send_signal(signal.SIGKILL)
                break
        for line in process.stdout:  # what it still said before it died
            self._note(line.split())
        watchdog.cancel()
        if process.wait() != -signal.SIGKILL:
            self.problems.append(f"{self.name} ended by itself with {process.returncode}")
        self.problems += [f"{self.name}: {line}" for line in process.stderr.read().splitlines()]
        process.stderr.close()
        process.stdout.close()
        if self.open is not None:
            self.counts["killed inside"] += 1
            if self._owns(self.open[1]):
                self._settle(*self.open)
            self.open = None

    def _owns(self, user):
        return user.startswith(self.name + "-")

    def _note(self, words):
        if words[0] == "TRY":
            self.open = words[1:3]
            return
        self.counts[words[0]] += 1
        if words[-1] == "last-admin":
            self.counts["last-admin"] += 1
        if words[:1] == ["OK"] and self._owns(words[2]):
            self._apply(words[1], words[2], words[3])
        self.open = None

    def _apply(self, operation, user, digest):
        role, disabled, old_digest = self.expected.get(user, ("user", False, None))
        if operation == "delete":
            self.expected.pop(user)
        elif operation in ("create", "rotate"):
            self.expected[user] = (role, disabled, digest)
        elif operation in ("disable", "enable"):
            self.expected[user] = (role, operation == "disable", old_digest)
        else:
            self.expected[user] = (operation, disabled, old_digest)

    def _settle(self, operation, user):
        """The killed operation happened or not; nothing else may have."""
        before = self.expected.get(user)
        now = state_of(read_users(self.file), user)
        possible = [before]
        if operation == "create" and before is None:
            possible.append(("user", False, now and now[2]))
        elif before is not None:
            role, disabled, digest = before
            possible.append({
                "create": before, "delete": None, "disable": (role, True, digest),
                "enable": (role, False, digest), "rotate": (role, disabled, now and now[2]),
            }.get(operation, (operation, disabled, digest)))
        if now not in possible:
            self.problems.append(f"{operation} {user} was killed: found {now}, possible {possible}")
        if now is None:
            self.expected.pop(user, None)
        else:
            self.expected[user] = now

    def check(self, users):
        names = {user["username"] for user in users if self._owns(user["username"])}
        for user in names | set(self.expected):
            found, expected = state_of(users, user), self.expected.get(user)
            if found != expected:
                self.problems.append(f"{user}: acknowledged {expected}, found {found}")


def state_of(users, name):
    for user in users:
        if user["username"] == name:
            return user["role"], user["disabled"], user["keys"][-1]["sha256"]
    return None


class Watcher(threading.Thread):
    """Reads the file without pause, as another replica would."""

    def __init__(self, file):
        super().__init__(daemon=True)
        self.file, self.stopped, self.reads, self.problems = file, False, 0, []
        self.last_version = 0

    def run(self):
        while not self.stopped:
            try:
                users = read_users(self.file, self)
                if not has_lasting_admin(users):
                    self.problems.append("nobody could manage users")
            except Exception as problem:  # whatever it is, it must not happen
                self.problems.append(f"read: {type(problem).__name__}: {problem}")
            self.reads += 1
            time.sleep(0.001)

    def saw_version(self, version):
        if version < self.last_version:
            self.problems.append(f"version {version} after {self.last_version}")
        self.last_version = version


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver", required=True)
    parser.add_argument("--size", type=int, default=CI_OPERATIONS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.size} operations", flush=True)
    with tempfile.TemporaryDirectory(prefix="toolpost-users-") as directory:
        file = Path(directory) / "users" / "users.json"
        subprocess.run([options.driver, file, "once", "first", "boss-0"], check=True, stdout=subprocess.DEVNULL)
        seeds = random.Random(options.seed)
        workers = [Worker(options.driver, file, name, seeds.getrandbits(60)) for name in WORKERS]
        watcher = Watcher(file)

        # On a file system in memory the operations are over before the watcher has seen much of them.
        def enough():
            seen = watcher.reads > LEAST_READS or not watcher.is_alive()
            return seen and sum(w.counts["OK"] + w.counts["NO"] for w in workers) >= options.size

        watcher.start()
        began = time.monotonic()
        threads = [threading.Thread(target=w.run, args=(enough,)) for w in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        watcher.stopped = True
        watcher.join()
        users = read_users(file)
        for worker in workers:
            worker.check(users)
        left = sorted(path.name for path in file.parent.iterdir())
        after = subprocess.run([options.driver, file, "once", "create", "last-one"], stdout=subprocess.DEVNULL)
        clean = sorted(path.name for path in file.parent.iterdir())
    counts = {key: sum(w.counts[key] for w in workers) for key in workers[0].counts}
    problems = watcher.problems + [problem for w in workers for problem in w.problems]
    checks = {
        "no problem was seen": not problems,
        "the size was reached": counts["OK"] + counts["NO"] >= options.size,
        "the last admin was defended": counts["last-admin"] > 0,
        "kills hit operations": counts["killed inside"] > 0,
        "the file was read all the time": watcher.reads > LEAST_READS,
        "the store works afterwards": after.returncode == 0,
        "nothing is left behind": clean == ["users.json", "users.json.lock"],
    }
    for problem in problems[:20]:
        print(f"      {problem}")
    print(f"{counts['OK']} acknowledged, {counts['NO']} refused ({counts['last-admin']} for the last admin), "
          f"{counts['killed inside']} killed inside an operation, {watcher.reads} reads, {took:.1f} s, "
          f"beside the file at the end: {left}")
    for name, holds in checks.items():
        print(f"{'ok  ' if holds else 'FAIL'}  {name}")
    failed = sum(not holds for holds in checks.values())
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
