# SPDX-License-Identifier: Apache-2.0
"""One run that measures Toolpost as shipped beside its peers and prints the table of README.md:
row, what, goal, reached. The rows have the numbers of the project's list of goals. Times never gate; the
run fails where a row could not be measured, a count is too high, or the machine was too uneasy for
the figures to mean anything.
table.py --build DIR [--rounds N] [--slice SECONDS] [--seed N]"""

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile

import at_rest
import counts
import fleet
import rows
import servers
import slices
from fleet import AGAIN, SHIPPED
from toolpost_process import Build

CONNECTIONS = (1, 16, 64)
WARM_UP_S = 2.0
# The same server against itself: further from 1 than this, no other ratio is worth printing.
NOISE = 0.05


def measure_load(build, targets, arguments):
    for target in targets.values():
        slices.load_slice(build, target, 16, WARM_UP_S)
    return {c: slices.compare(build, targets, c, arguments.rounds, arguments.slice) for c in CONNECTIONS}


def load_rows(load):
    found = []
    for c in (16, 64):
        found.append(rows.at_least("1", f"calls/s to nginx, {c} clients", 0.80, slices.ratios(load[c], SHIPPED, "nginx")))
    found.append(rows.at_least("5", "calls/s to the TypeScript SDK, 16 clients", 25,
                               slices.ratios(load[16], SHIPPED, "typescript"), 1))
    found.append(rows.at_most("7", "median latency to nginx, 1 client", 1.8,
                              slices.ratios(load[1], SHIPPED, "nginx", "p50_us")))
    return found


def rest_rows(machines, arguments):
    start = machines.toolpost
    per_connection = at_rest.connection_kib(machines.running[SHIPPED])
    idle = [at_rest.idle_mib(start) for _ in range(3)]
    times = at_rest.starts_ms({SHIPPED: start}, arguments.starts)
    return [
        rows.value_at_most("8", "idle memory, bundled plugins loaded", 10, statistics.median(idle), unit=" MiB"),
        rows.value_at_most("9", "memory for an idle connection", 4, per_connection, unit=" KiB"),
        rows.report("11", "start to first answer, bundled plugins loaded", at_rest.summary(times[SHIPPED])),
    ]


def count_rows(build):
    print("\nexact counts")
    measured = counts.measure(build)
    failed = counts.judge(measured, json.loads(counts.RECORDED.read_text()))
    return failed, [
        rows.value_at_most("18", "system calls of a call", 7, measured["system_calls"], f"{measured['system_calls']:g}"),
        rows.value_at_most("18", "allocations of a call", 8, measured["allocations"], f"{measured['allocations']:g}"),
    ]


def noise(load):
    """Prints what the same server twice gave; returns at how many numbers of clients it was too much."""
    bad = 0
    for c in CONNECTIONS:
        quartiles = slices.ratios(load[c], AGAIN, SHIPPED)
        void = abs(quartiles[1] - 1) > NOISE
        bad += void
        print(f"- The same server twice, {c} clients: {rows.quartiles_text(quartiles, 3)}{' VOID' if void else ''}")
    return bad


def describe(arguments):
    print(f"- {os.cpu_count()} processors, Linux {platform.release().split('-')[0]}, {platform.machine()}; "
          "one for the servers, one for the load")
    print(f"- {arguments.rounds} rounds of slices of {arguments.slice:g} s in random order, seed {arguments.seed}; "
          f"{arguments.starts} starts")


def run(build, arguments, directory):
    machines = fleet.Fleet(build, directory)
    try:
        machines.start()
        load = measure_load(build, machines.targets(), arguments)
        found = load_rows(load) + rest_rows(machines, arguments)
    finally:
        machines.stop()
    failed, counted = count_rows(build)
    found += counted
    print()
    print(rows.table(sorted(found, key=lambda row: int(row.number))))
    print()
    describe(arguments)
    return failed + noise(load), sum(not row.reached.startswith("SKIPPED") for row in found)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--slice", type=float, default=0.3)
    parser.add_argument("--starts", type=int, default=21)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    if servers.nginx_binary() is None or not servers.NODE.exists():
        print("nginx or Node is missing; packaging/setup bench gets both", file=sys.stderr)
        return 1
    random.seed(arguments.seed)
    at_rest.raise_descriptor_limit()
    with tempfile.TemporaryDirectory(prefix="toolpost-bench-") as directory:
        failed, measured = run(arguments.build, arguments, directory)
    print(f"\n{measured} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
