# SPDX-License-Identifier: Apache-2.0
"""The server in a control group of 512 MiB and half a core, version 2 or 1, whichever has memory and cpu:
it takes its bound from there, uv works within it, and calls are refused when the memory is used up. 77 where
no group can be made. cgroup.py --build DIR [--seconds N]"""

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "uv_package"))

from callers import join_all, run_callers
from e2e_host import Index
from load_place import KEYS, begin, expect_refused, loaded_server, percentile, tool

from checks import check, expect, run_checks
from http_wire import Wire, request
from toolpost_process import Build

GROUPS = Path("/sys/fs/cgroup")
UV = Path(__file__).resolve().parents[2] / "build/tools/venv/bin/uv"  # packaging/setup test puts it there
LIMIT = 512 << 20
SMALL = 32 << 20  # of which the server uses more than the hundredth part
LARGE_BODY = 64 << 10  # a body beyond it waits for memory
PERIOD_US, QUOTA_US = 100_000, 50_000
SKIPPED = 77


class Group:
    """Directories that a process enters by writing its number; removed at the end."""

    def __init__(self, version, places):
        self.version, self.places = version, places

    @property
    def prefix(self):
        """What stands before a command that is to run in the group."""
        enter = " && ".join(f"echo $$ > {place}/cgroup.procs" for place in self.places)
        return ("/bin/sh", "-c", enter + ' && exec "$@"', "sh")

    def limit_memory(self, limit):
        name = "memory.max" if self.version == 2 else "memory.limit_in_bytes"
        (self.places[0] / name).write_text(str(limit))

    def processes(self):
        return [int(line) for line in (self.places[0] / "cgroup.procs").read_text().split()]

    def peak(self):
        """The most memory that it has used, where the kernel tells."""
        place = self.places[0] / ("memory.peak" if self.version == 2 else "memory.max_usage_in_bytes")
        return int(place.read_text()) if place.exists() else None

    def kills(self):
        """How many of its processes the kernel has ended for their memory."""
        place = self.places[0] / ("memory.events" if self.version == 2 else "memory.oom_control")
        return int(dict(line.split() for line in place.read_text().splitlines()).get("oom_kill", 0))

    def remove(self):
        for place in self.places:
            place.rmdir()


def own_path(controller):
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(",") or (not controller and not names):
            return path.lstrip("/")
    return ""


def make_group():
    """A group, or why there is none."""
    name = f"toolpost-test-{os.getpid()}"
    made = []
    try:
        if (GROUPS / "cgroup.controllers").exists():
            place = GROUPS / own_path("") / name
            place.mkdir()
            made.append(place)
            (place / "cpu.max").write_text(f"{QUOTA_US} {PERIOD_US}")
            group = Group(2, [place])
        else:
            for controller in ("memory", "cpu"):
                top = GROUPS / controller / own_path(controller)
                place = (top if top.is_dir() else GROUPS / controller) / name
                place.mkdir()
                made.append(place)
            (made[1] / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (made[1] / "cpu.cfs_quota_us").write_text(str(QUOTA_US))
            group = Group(1, made)
        group.limit_memory(LIMIT)
        return group
    except OSError as error:
        for place in made:
            place.rmdir()
        return f"no control group with memory and cpu can be made here: {error}"


class Place:
    def __init__(self, build, directory, group, seconds):
        self.build, self.directory, self.group, self.seconds = build, directory, group, seconds

    def server(self, **config):
        return loaded_server(self.build, self.directory, prefix=self.group.prefix, **config)


@check
def the_limit_is_that_of_the_group_and_the_work_is_done_within(place):
    with place.server() as (server, metrics):
        expect(metrics.page().value("toolpost_memory_limit_bytes") == LIMIT, "another limit")
        begun = time.monotonic()
        threads, tally = run_callers(server, 16, place.seconds)
        join_all(threads)
        page = metrics.page()
        used = page.value("toolpost_memory_used_bytes")
        cpu = page.value("process_cpu_seconds_total") / (time.monotonic() - begun)
        print(f"version {place.group.version}: {LIMIT >> 20} MiB and half a core; {len(tally.served)} calls in "
              f"{place.seconds} s, p99 {percentile(tally.served, 99) * 1e3:.0f} ms, {used / (1 << 20):.1f} MiB used, "
              f"{cpu:.2f} cores")
        expect(not tally.wrong, tally.wrong[:3])
        expect(tally.served and not tally.refused, f"{tally.refused} refused")
        expect(0 < used < LIMIT // 2, f"{used} bytes used")


class Packages:
    """One caller who locks and installs over and over, each time from nothing."""

    def __init__(self, server, group, project):
        self.server, self.group, self.project = server, group, project
        self.rounds, self.faults, self.seen = 0, [], threading.Event()
        self.done = threading.Event()

    def watch(self):
        """Sees uv among the processes of the group."""
        uv = UV.resolve()
        while not self.seen.is_set() and not self.done.is_set():
            for process in self.group.processes():
                try:
                    if Path(f"/proc/{process}/exe").resolve() == uv:
                        self.seen.set()
                except OSError:  # it has ended
                    continue
            time.sleep(0.002)

    def work(self, end):
        while self.rounds < 2 or time.monotonic() < end:
            (self.project / "uv.lock").unlink(missing_ok=True)
            for name, arguments in (("lock", {}), ("sync", {}), ("uninstall", {"packages": ["alpha", "beta"]})):
                answer = tool(self.server, name, arguments)
                result = answer.json().get("result", {}) if answer.status == 200 else {}
                if answer.status != 200 or result.get("isError"):
                    self.faults.append(f"{name}: {answer}")
                    return
            self.rounds += 1


@check
def uv_works_within_it_beside_other_calls(place):
    expect(UV.exists(), f"there is no {UV}")
    project = Path(place.directory) / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "0.1"\nrequires-python = ">=3.9"\n'
                                            'dependencies = ["alpha"]\n')
    index = Index(str(Path(place.directory) / "a-backend-ran"))
    settings = {"uv": str(UV.resolve()), "project_root": str(project), "index_url": index.url}
    kills = place.group.kills()
    try:
        # The disk is not bounded here, and belongs to others, too.
        with place.server(packages=settings, audit={"stall_ms": 20_000}) as (server, _):
            packages = Packages(server, place.group, project)
            watcher = threading.Thread(target=packages.watch, daemon=True)
            watcher.start()
            threads, tally = run_callers(server, 4, place.seconds, user="bob")
            packages.work(time.monotonic() + place.seconds)
            join_all(threads)
            packages.done.set()
            watcher.join()
            peak = place.group.peak()
            print(f"version {place.group.version}: {packages.rounds} times lock, sync and uninstall beside "
                  f"{len(tally.served)} calls, peak {'unknown' if peak is None else f'{peak / (1 << 20):.1f} MiB'} "
                  f"of {LIMIT >> 20}, {place.group.kills() - kills} processes killed for memory")
            expect(not packages.faults, packages.faults)
            expect(not tally.wrong and tally.served and not tally.refused, f"{tally.refused} refused, {tally.wrong[:3]}")
            expect(packages.seen.is_set(), "uv ran outside of the group")
            expect(place.group.kills() == kills, "a process was killed for its memory")
            expect(peak is None or peak < LIMIT, f"peak {peak}")
    finally:
        index.stop()


@check
def when_the_memory_is_used_up_one_call_at_a_time_goes_on(place):
    place.group.limit_memory(SMALL)
    with place.server(load={"memory_percent": 1}) as (server, metrics):
        wire, refusal = begin(server)
        expect(refusal is None, refusal)
        with wire:
            answer = tool(server, "echo", {"text": "x"}, "bob")
            expect_refused(answer.status, answer.headers, answer.json(), "memory")
            expect(metrics.page().value("toolpost_load_refused_total", cause="memory") == 1, "not counted")
            line = server.wait_for_log(lambda one: one.get("message", "").startswith("memory is short"), "the warning")
            expect(line["limit"] == SMALL, line)
        end = time.monotonic() + 20
        while tool(server, "echo", {"text": "x"}, "bob").status != 200:
            expect(time.monotonic() < end, "the only call is refused, too")


@check
def when_the_memory_is_used_up_large_bodies_are_refused_unread(place):
    large = {"text": "x" * (LARGE_BODY + 1)}
    with place.server() as (server, metrics):
        expect(tool(server, "echo", large).status == 200, "refused though there is memory")
    place.group.limit_memory(SMALL)
    with place.server(load={"memory_percent": 1}) as (server, metrics):
        plain = {"X-API-Key": KEYS["ann"]}
        sized = {**plain, "Content-Length": str(LARGE_BODY + 1)}
        chunked = {**plain, "Content-Length": None, "Transfer-Encoding": "chunked"}
        chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
        starts = {"sized": request(server.port, b"", sized),
                  "it asks first": request(server.port, b"", {**sized, "Expect": "100-continue"}),
                  "chunked": request(server.port, b"", chunked) + 3 * chunk}
        for name, start in starts.items():
            with Wire(server.port) as wire:
                answer = wire.send(start).answer()
                expect(answer.status == 503 and answer.headers["connection"] == "close", f"{name}: {answer}")
                expect(1 <= int(answer.headers["retry-after"]) <= 60, f"{name}: {answer}")
                error = answer.json()["error"]
                expect(error["code"] == 50300 and error["data"]["reason"] == "memory", f"{name}: {answer}")
                expect(wire.rest() == b"", f"{name}: more came")
        count = metrics.page().value("toolpost_load_refused_total", cause="memory")
        expect(count == len(starts), f"{count} counted")
        with Wire(server.port) as wire:
            nobody = wire.send(request(server.port, b"", {**sized, "X-API-Key": "wrong"})).answer()
        expect(nobody.status == 401, f"a stranger learns of the memory: {nobody}")
        text = "x" * (LARGE_BODY - 1024)  # and its envelope
        expect(tool(server, "echo", {"text": text}).status == 200, "a body that is not large is refused")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--seconds", type=int, default=4)
    arguments = parser.parse_args()
    group = make_group()
    if isinstance(group, str):
        print(f"skipped: {group}")
        return SKIPPED
    try:
        with tempfile.TemporaryDirectory(prefix="toolpost-load-") as directory:
            return run_checks(Place(arguments.build, directory, group, arguments.seconds))
    finally:
        group.remove()


if __name__ == "__main__":
    sys.exit(main())
