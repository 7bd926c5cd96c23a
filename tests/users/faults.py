#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills a writer of the user store inside each of its system calls, and lets each of them fail: the
file is the old one or the new one, whole, and the next writer finds nothing in its way.
faults.py --driver STORE_DRIVER"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from users_json import has_lasting_admin, read_users

PATIENCE_S = 60
CALLS = ("openat", "newfstatat,fstat", "read", "fcntl", "getdents64", "write", "fchmod", "fsync", "unlinkat", "renameat",
         "close", "mkdir")
FAILURES = {"openat": ("ENOSPC", "EMFILE"), "write": ("ENOSPC", "EIO"), "fchmod": ("EPERM",), "fsync": ("EIO",),
            "renameat": ("EIO", "ENOSPC"), "fcntl": ("ENOLCK",), "read": ("EIO",), "getdents64": ("EIO",)}


def run(command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)


def strace(driver, file, calls, where, inject=None):
    log = where / "strace"
    injection = ["-e", f"inject={calls}:{inject}"] if inject else []
    # A leak checker cannot work while another tracer does.
    done = run(["env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-f", "-o", log, "-e", f"trace={calls}", *injection,
                driver, file, "once", "create", "victim"])
    return done, log.read_text()


class Store:
    def __init__(self, driver, top, exists):
        self.driver, self.top = driver, Path(top)
        self.file = self.top / "users" / "users.json"
        if exists:
            assert run([driver, self.file, "once", "first", "root"]).returncode == 0
        self.exists = exists

    def names(self):
        if not self.exists and not self.file.exists():
            return set()
        return {user["username"] for user in read_users(self.file)}

    def judge(self, acknowledged):
        """Problems after an interrupted creation of "victim"."""
        old = {"root"} if self.exists else set()
        names = self.names()
        if names not in (old, old | {"victim"}):
            yield f"found {sorted(names)}"
        if acknowledged and "victim" not in names:
            yield "the acknowledged user is lost"
        if self.exists and not has_lasting_admin(read_users(self.file)):
            yield "no admin"
        after = run([self.driver, self.file, "once", "create", "next"])
        if after.returncode != 0:
            yield f"the next writer failed: {after.stdout}{after.stderr}"
        elif self.names() != names | {"next"}:
            yield f"the next writer left {sorted(self.names())}"
        beside = sorted(path.name for path in self.file.parent.iterdir())
        if beside != ["users.json", "users.json.lock"]:
            yield f"left behind: {beside}"


def killed_runs(driver):
    """One run for each system call that the writer makes, until one is not reached any more."""
    for exists in (True, False):
        for calls in CALLS:
            for number in range(1, 400):
                with tempfile.TemporaryDirectory(prefix="toolpost-users-") as top:
                    store = Store(driver, top, exists)
                    done, log = strace(driver, store.file, calls, Path(top), f"signal=KILL:when={number}")
                    if "killed by SIGKILL" not in log:
                        break
                    problems = list(store.judge("\nOK" in done.stdout))
                    yield f"killed in {calls} {number}, {'a' if exists else 'no'} file before", problems


def failed_runs(driver):
    """Each call that can fail on a full or broken disk does so, once in each place."""
    for calls, errors in FAILURES.items():
        for error in errors:
            for number in range(1, 100):
                with tempfile.TemporaryDirectory(prefix="toolpost-users-") as top:
                    store = Store(driver, top, True)
                    done, log = strace(driver, store.file, calls, Path(top), f"error={error}:when={number}")
                    if "(INJECTED)" not in log:
                        break
                    if "\nTRY" not in "\n" + done.stdout:
                        continue  # the loader or the driver itself did not get so far
                    yield f"{error} from {calls} {number}", list(store.judge("\nOK" in done.stdout))


def order_of_writing(driver):
    """What survives a power cut: the new file is on the disk before it takes the old one's place, and
    that is on the disk before it is acknowledged."""
    with tempfile.TemporaryDirectory(prefix="toolpost-users-") as top:
        store = Store(driver, top, True)
        _, log = strace(driver, store.file, "openat,write,fchmod,fsync,renameat", Path(top))
    created = re.search(r'openat\((\d+), "users\.json\.new-\w+", [A-Z_|]*O_EXCL[A-Z_|]*, 0600\) = (\d+)', log)
    if created is None:
        return ["no new file is made with O_EXCL and mode 0600"]
    directory, file = created.groups()
    steps = (rf"write\({file}, .*\) = \d+\n", rf"fsync\({file}\) += 0\n",
             rf'renameat\({directory}, "users\.json\.new-\w+", {directory}, "users\.json"\) = 0\n',
             rf"fsync\({directory}\) += 0\n", r'write\(1, "OK')
    at = created.end()
    for step in steps:
        found = re.compile(step).search(log, at)
        if found is None:
            return [f"not in this order: {step}\n{log[created.start():]}"]
        at = found.end()
    return []


def main():
    if shutil.which("strace") is None:
        print("skipped: strace is not installed")
        sys.exit(77)
    parser = argparse.ArgumentParser()
    parser.add_argument("--driver", required=True)
    driver = str(Path(parser.parse_args().driver).resolve())
    passed, failed, reached = 0, 0, {}
    for runs in (killed_runs, failed_runs):
        for name, problems in runs(driver):
            call = re.search(r"(?:killed in|from) (\S+)", name).group(1)
            reached[call] = reached.get(call, 0) + 1
            passed += not problems
            failed += bool(problems)
            for problem in problems:
                print(f"FAIL  {name}: {problem}", flush=True)
    problems = order_of_writing(driver)
    passed += not problems
    failed += bool(problems)
    for problem in problems:
        print(f"FAIL  order of writing: {problem}")
    print("interruptions: " + ", ".join(f"{call} {count}" for call, count in reached.items()))
    for call in ("write", "fsync", "renameat", "fchmod"):
        if not reached.get(call):
            failed += 1
            print(f"FAIL  {call} was never reached: nothing was shown about it")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
