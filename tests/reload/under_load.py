#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many reloads, each with a change, while clients call without a pause: no call may fail, none may be answered
by an instance that was not there, and what the server holds may not grow with the reloads beyond the
little that an instance leaves behind. under_load.py --build DIR [--count N]"""

import argparse
import statistics
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from place import ECHO, FIXTURE, Plugins, Server  # noqa: E402

from checks import check, expect, run_checks  # noqa: E402
from http_wire import LEGACY, Wire, modern_call  # noqa: E402
from legacy_wire import Session, message  # noqa: E402
from toolpost_process import PATIENCE_S, Build  # noqa: E402

CALLERS = 6
# What one reload may leave for good: an instance's record, and what the allocator makes of it.
KIB_PER_RELOAD = 16
SLACK_KIB = 16 * 1024


class Caller:
    """One client that calls over and over on one connection, and keeps what went wrong."""

    def __init__(self, server, number):
        self.server, self.number = server, number
        self.calls, self.faults = 0, []
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        session = Session(self.server, LEGACY) if self.number % 3 == 2 else None
        with Wire(self.server.port) as wire:
            while not self._stop.is_set():
                try:
                    self._call(wire, session)
                except (EOFError, OSError, ValueError, KeyError, AssertionError) as fault:
                    self.faults.append(f"{type(fault).__name__}: {fault}")
                    return

    def _call(self, wire, session):
        # Every other call is long enough to be there before and after a reload.
        params = {"name": "who", "arguments": {"ms": 0 if self.calls % 2 else 20 + self.number}}
        if session:
            answer = session.ask(message("tools/call", params), wire=wire)
        else:
            answer = modern_call(self.server.port, "tools/call", params, wire=wire)
        self.calls += 1
        found = answer.json().get("result", {}) if answer.status == 200 else {}
        if found.get("isError") or "version" not in found.get("structuredContent", {}):
            self.faults.append(repr(answer))

    def stop(self):
        self._stop.set()
        self.thread.join(PATIENCE_S)
        if self.thread.is_alive():
            self.faults.append("a call was not answered")


def held(server):
    """Resident memory in KiB, descriptors and threads of the server."""
    status = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in status)
    descriptors = len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))
    return int(fields["VmRSS"].split()[0]), descriptors, int(fields["Threads"])


def make_change(server, plugins, number):
    """Each reload has another kind of change, and every fifth none."""
    kind = number % 5
    if kind == 0:
        server.set_plugin(FIXTURE, config={"greeting": f"number {number}"})
    elif kind == 1:
        plugins.install(2 if number % 2 else 1)
    elif kind == 2:
        server.set_plugin(ECHO, enabled=not server.config()["plugins"][ECHO]["enabled"])
    elif kind == 3:
        server.change(rate={"tool_per_minute": 1_000_000 + number}, server={"title": f"Number {number}"})


@check
def no_call_fails_however_often_the_server_reloads(build, count):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        callers = [Caller(server, number) for number in range(CALLERS)]
        # The first half fills what allocators, sanitizers and plugins keep for the next time.
        took, before, settled = [], None, count // 2
        for number in range(count):
            if number == settled:
                before = held(server)
            make_change(server, plugins, number)
            began = time.monotonic()
            server.reload()
            took.append(time.monotonic() - began)
        for caller in callers:
            caller.stop()
        after = held(server)
        calls, faults = sum(caller.calls for caller in callers), [fault for caller in callers for fault in caller.faults]
        grown = after[0] - before[0]
        print(f"      {count} reloads, {calls} calls, {len(faults)} failed")
        print(f"      a reload took {statistics.median(took) * 1000:.1f} ms (median), {max(took) * 1000:.1f} ms (longest)")
        print(f"      memory {before[0]} KiB after {settled} reloads, {after[0]} KiB at the end: "
              f"{grown / (count - settled):+.1f} KiB for each reload")
        print(f"      descriptors {before[1]} then {after[1]}, threads {before[2]} then {after[2]}")
        expect(not faults, faults[:3])
        expect(calls >= count, f"{calls} calls are no load")
        expect(grown <= SLACK_KIB + KIB_PER_RELOAD * (count - settled), f"grown by {grown} KiB")
        expect(after[1] <= before[1] + CALLERS + 8, "descriptors leak")
        expect(server.who()["version"] in ("1.0.0", "2.0.0"), server.who())
        expect(server.stop() == 0 and '"clean": true' in server.log_text(), "the end was not clean")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--count", type=int, default=30)
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), arguments.count))


if __name__ == "__main__":
    main()
