# SPDX-License-Identifier: Apache-2.0
"""System calls and allocations of one tools/call over HTTP, as exact counts: one connection, the
median of 1,000 calls. They may exceed the recorded numbers by a tenth, not more.
counts.py --build DIR [--record]"""

import argparse
import collections
import json
import mmap
import os
import re
import statistics
import struct
import sys
import tempfile
from pathlib import Path

from servers import echo_bytes
from toolpost_process import Build, HttpServer
from http_wire import Wire

RECORDED = Path(__file__).resolve().parent / "counts.json"
CALLS = 1000
WARM_UP = 100
TOLERANCE = 1.1
PLUGINS = ("io.toolpost.echo",)


def call_repeatedly(server, after_each=lambda: None):
    data = echo_bytes(server.port)
    with Wire(server.port) as wire:
        for number in range(WARM_UP + CALLS):
            answer = wire.send(data).answer()
            if answer.status != 200:
                raise RuntimeError(f"call {number}: {answer}")
            after_each()


def count_allocations(build, directory):
    """Reads the counter, which the server shares with us, after each call."""
    path = Path(directory) / "allocations"
    path.write_bytes(bytes(mmap.PAGESIZE))
    preloaded = {
        **os.environ,
        "LD_PRELOAD": str(build.directory / "tests/bench/bench-allocation-counter.so"),
        "TOOLPOST_ALLOCATION_COUNT": str(path),
    }
    totals = []
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as shared:
        with HttpServer(build, PLUGINS, environment=preloaded, trusted=PLUGINS) as server:
            call_repeatedly(server, lambda: totals.append(struct.unpack_from("=Q", shared)[0]))
    if totals[0] == 0:
        raise RuntimeError("the allocation counter was not loaded")
    per_call = [after - before for before, after in zip(totals, totals[1:])]
    return statistics.median(per_call[-CALLS:])


def count_system_calls(build, directory):
    """Cuts the trace where a request is read; what lies between two cuts is one call.

    strace is a grandchild, so that the signal that ends the server reaches the server.
    """
    trace = Path(directory) / "trace"
    strace = ["strace", "--daemonize", "--follow-forks", "--seccomp-bpf", "--quiet=all", "--output", str(trace)]
    with HttpServer(build, PLUGINS, prefix=strace, trusted=PLUGINS) as server:
        call_repeatedly(server)
    names = []
    cuts = []
    for line in trace.read_text(errors="replace").splitlines():
        if '"POST /mcp' in line:
            cuts.append(len(names))
        if match := re.match(r"\d+ +(\w+)\(", line):
            names.append(match[1])
    calls = [names[start:end] for start, end in zip(cuts, cuts[1:])][-CALLS:]
    if len(calls) < CALLS - 1:
        raise RuntimeError(f"the trace shows {len(calls)} calls, not {CALLS}")
    mix = collections.Counter(name for call in calls for name in call)
    print("  by name: " + ", ".join(f"{name} {n / len(calls):.2f}" for name, n in mix.most_common() if n >= 5))
    return statistics.median(map(len, calls))


def measure(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-bench-") as directory:
        return {
            "allocations": count_allocations(build, directory),
            "system_calls": count_system_calls(build, directory),
        }


def judge(measured, recorded):
    """Prints each count beside its record; returns how many are too high."""
    failed = 0
    for name, value in measured.items():
        limit = recorded[name] * TOLERANCE
        failed += value > limit
        verdict = "ok" if value <= limit else "TOO MANY"
        print(f"{name} per call: {value:g} (recorded {recorded[name]:g}, limit {limit:g}) {verdict}")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--record", action="store_true", help="write what is measured to counts.json")
    arguments = parser.parse_args()
    measured = measure(arguments.build)
    if arguments.record:
        RECORDED.write_text(json.dumps(measured, indent=2) + "\n")
    failed = judge(measured, json.loads(RECORDED.read_text()))
    print(f"{len(measured) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
