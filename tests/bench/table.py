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
import sys
import tempfile

import at_rest
import counts
import fleet
import rows
import servers
import slices
import table_rows
from fleet import AGAIN, SHIPPED
from table_rows import CONNECTIONS
from toolpost_process import Build

WARM_UP_S = 2.0
# The same server against itself: further from 1 than this, no other ratio is worth printing.
NOISE = 0.05


def measure_load(build, targets, arguments):
    for target in targets.values():
        slices.load_slice(build, target, 16, WARM_UP_S)
    return {c: slices.compare(build, targets, c, arguments.rounds, arguments.slice) for c in CONNECTIONS}


def noise(load):
    """Prints what the same server twice gave; returns at how many numbers of clients it was too much."""
    bad = 0
    for c in CONNECTIONS:
        quartiles = slices.ratios(load[c], AGAIN, SHIPPED)
        void = abs(quartiles[1] - 1) > NOISE
        unanswered = slices.silent(load[c])
        bad += bool(void or unanswered)
        print(f"- The same server twice, {table_rows.clients(c)}: {rows.quartiles_text(quartiles, 3)}{' VOID' if void else ''}"
              + (f"; VOID: {unanswered} slices without an answer" if unanswered else ""))
    return bad


def order(row):
    return int(row.number) if row.number.isdigit() else 99


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
        found = table_rows.load_rows(load) + table_rows.rest_rows(machines, arguments.starts)
    finally:
        machines.stop()
    found += table_rows.stdio_rows(machines, arguments.starts) + table_rows.verify_row(build, machines, directory)
    print("\nexact counts")
    measured = counts.measure(build)
    failed = counts.judge(measured, json.loads(counts.RECORDED.read_text()))
    found += table_rows.count_rows(build, measured)
    print()
    print(rows.table(sorted(found, key=order)))
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
