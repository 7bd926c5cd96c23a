# SPDX-License-Identifier: Apache-2.0
"""Measures Toolpost beside nginx, which returns a body of the same size, and a server on the official
TypeScript SDK with the same tool. Times are printed, never judged; the counts are (counts.py).
run.py --build DIR [--rounds N] [--slice SECONDS] [--seed N]"""

import argparse
import json
import random
import statistics
import sys
import tempfile

import counts
import servers
import slices
import stdio_trips
from toolpost_process import Build

CONNECTIONS = (1, 16, 64)
STARTS = 7
STDIO_CALLS = 2000
# The same server a second time in each round: how far two measurements of one thing lie apart.
AGAIN = "toolpost again"


def compare_under_load(build, running, arguments, directory):
    targets = {}
    for name, server in running.items():
        targets[name] = (server, server.request_file(directory, name))
        slices.load_slice(build, targets[name], 16, 2.0)
    for connections in CONNECTIONS:
        slices.compare(build, targets, connections, arguments.rounds, arguments.slice)


def print_starts(starters):
    print(f"\nfrom exec to the first answer, median of {STARTS}")
    for name, start in starters.items():
        times = []
        for _ in range(STARTS):
            server = start()
            times.append(server.started_ms)
            server.stop()
        print(f"  {name:15} {statistics.median(times):8.1f} ms")


def print_stdio(build, directory):
    print(f"\nstdio round trip, {STDIO_CALLS} calls one by one (cat: what this client itself takes)")
    line = servers.stdio_line()
    for name, command in servers.stdio_commands(build, directory).items():
        stdio_trips.print_times(name, stdio_trips.round_trips(command, STDIO_CALLS, line))


def run(build, arguments, directory):
    running = {"toolpost": servers.toolpost(build, directory)}
    try:
        body = servers.answer_body(running["toolpost"])
        starters = {
            "toolpost": lambda: servers.toolpost(build, directory),
            "nginx": lambda: servers.nginx(body, directory),
            "typescript": lambda: servers.typescript(build, directory),
        }
        running["nginx"] = starters["nginx"]()
        running["typescript"] = starters["typescript"]()
        print(f"body of an answer: {len(body)} bytes")
        before = {name: server.resident_mib() for name, server in running.items()}
        compare_under_load(build, {**running, AGAIN: running["toolpost"]}, arguments, directory)
        print("\nresident memory, MiB: idle, after the load")
        for name, server in running.items():
            print(f"  {name:15} {before[name]:8.1f} {server.resident_mib():8.1f}")
    finally:
        for server in running.values():
            server.stop()
    print_starts(starters)
    print_stdio(build, directory)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--slice", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    if servers.nginx_binary() is None or not servers.NODE.exists():
        print("nginx or Node is missing; packaging/setup bench gets both", file=sys.stderr)
        return 1
    print(f"seed {arguments.seed}; one server and the load generator on a processor each, where there are two")
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="toolpost-bench-") as directory:
        run(arguments.build, arguments, directory)
    print("\nexact counts")
    measured = counts.measure(arguments.build)
    failed = counts.judge(measured, json.loads(counts.RECORDED.read_text()))
    print(f"{len(measured) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
