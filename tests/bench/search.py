#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The index and the search of project-index beside ripgrep and ctags, on the same generated trees in one
run: what they find must be the same, and times are ratios of the same round. Times never gate.
search.py --build DIR [--rounds N] [--seed N] [--full] [--tree DIR]"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import generated_tree
import rows

SIZES = ((1_000, 9_000), (10_000, 9_000))
FULL_SIZES = ((100_000, 9_000), (100_000, 21_000))  # the last is 2 GB
# (what is asked, how ripgrep is told, pattern)
QUERIES = (
    ("literal", ("-F",), generated_tree.PLANTED),
    ("literal", ("-F",), "_4711("),
    ("regex", (), r"planted_\w+ \d+"),
    ("regex", (), r"(readwrite|writeread)_\d+7\("),
    ("ignorecase", ("-F", "-i"), "PLANTED_NEEDLE"),
)
INDEX_SHARE = 0.20
MOST_MATCHES = 10_000
BUILDING_S = 10
COLD_ROUNDS = 5
DROP_CACHES = "/proc/sys/vm/drop_caches"


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, is_so):
        self.passed += bool(is_so)
        self.failed += not is_so
        if not is_so:
            print(f"FAILED: {what}", flush=True)


class Driver:
    """bench-index with a loaded index, asked over pipes."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.started = json.loads(self.process.stdout.readline())

    def ask(self, *fields):
        """The answer, and how long it took seen from here."""
        began = time.monotonic()
        self.process.stdin.write("\t".join(fields) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        took = (time.monotonic() - began) * 1000
        if not line:
            raise RuntimeError(f"bench-index ended at {fields}")
        return json.loads(line), took

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(command, directory, **more):
    began = time.monotonic()
    done = subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, **more)
    return done, (time.monotonic() - began) * 1000


def ripgrep(flags, pattern, directory):
    """How many lines it finds, and the time."""
    done, took = timed(["rg", "-n", "--no-heading", *flags, "-e", pattern, "."], directory)
    if done.returncode > 1:
        raise RuntimeError(f"rg {pattern}: {done.returncode}")
    return done.stdout.count(b"\n"), took


def quartiles(values):
    return statistics.quantiles(values, n=4) if len(values) > 1 else values * 3


def measure_query(driver, directory, query, arguments, checks):
    """Ratios to ripgrep, and of ripgrep to itself."""
    kind, flags, pattern = query
    ratios = {"indexed": [], "walked": [], "rg again": []}
    times = {"rg": [], "indexed": [], "walked": []}
    for _ in range(arguments.rounds):
        took, found = {}, {}
        for name in random.sample(("rg", "rg again", "indexed", "walked"), 4):
            if name.startswith("rg"):
                found[name], took[name] = ripgrep(flags, pattern, directory)
            else:
                answer, took[name] = driver.ask(name, kind, pattern)
                found[name] = answer["matches"]
        if max(found.values()) < MOST_MATCHES:
            checks.check(f"{kind} {pattern}: all find the same: {found}", len(set(found.values())) == 1)
        for name, values in ratios.items():
            values.append(took[name] / took["rg"])
        for name, values in times.items():
            values.append(took[name])
    shown = ", ".join(f"{name} {statistics.median(values):.1f} ms" for name, values in times.items())
    print(f"  {kind} {pattern}: {found['rg']} lines; {shown}; against rg: indexed "
          f"{rows.quartiles_text(quartiles(ratios['indexed']), 3)}, walked "
          f"{rows.quartiles_text(quartiles(ratios['walked']))}, rg again "
          f"{rows.quartiles_text(quartiles(ratios['rg again']))}", flush=True)
    return ratios


def drop_caches():
    """From now on files and directories come from the disk; but not ripgrep's own program."""
    os.sync()
    with open(DROP_CACHES, "w", encoding="ascii") as file:
        file.write("3\n")
    subprocess.run(["rg", "--version"], stdout=subprocess.DEVNULL, check=True)


def measure_cold(driver, directory, checks):
    """A search when nothing of the tree is in memory: ratios to ripgrep in the same state."""
    if not os.access(DROP_CACHES, os.W_OK):
        return [rows.report("cold", "tree not in memory: search / rg", "SKIPPED: needs the right to drop the page cache")]
    kind, flags, pattern = QUERIES[0]
    ratios = {"indexed": [], "walked": []}
    for _ in range(COLD_ROUNDS):
        took, found = {}, {}
        for name in random.sample(("rg", *ratios), 3):
            drop_caches()
            if name == "rg":
                found[name], took[name] = ripgrep(flags, pattern, directory)
            else:
                answer, took[name] = driver.ask(name, kind, pattern)
                found[name] = answer["matches"]
        checks.check(f"tree not in memory: all find the same: {found}", len(set(found.values())) == 1)
        for name, values in ratios.items():
            values.append(took[name] / took["rg"])
    return [rows.report("cold", f"tree not in memory: {what} / rg", rows.quartiles_text(quartiles(ratios[name]), 3))
            for name, what in (("indexed", "indexed search"), ("walked", "unindexed search"))]


def measure_build(command, directory, state, arguments):
    """Cold builds against the listing of ripgrep and ctags that reads it; with warm files. Twice where one takes
    long."""
    ratios, began = [], time.monotonic()
    while len(ratios) < 2 or (len(ratios) < arguments.rounds and time.monotonic() - began < BUILDING_S):
        shutil.rmtree(state, ignore_errors=True)
        _, ours = timed(command, directory, check=True)
        listed, listing = timed(["rg", "--files", "."], directory, check=True)
        _, tags = timed(["ctags", "-L", "-", "-f", "/dev/null", "--fields=+neS"], directory, check=True,
                        input=listed.stdout)
        ratios.append(ours / (listing + tags))
        print(f"  cold build {ours:.0f} ms; rg --files {listing:.0f} ms and ctags {tags:.0f} ms", flush=True)
    return ratios


def measure_tree(directory, state, arguments, checks):
    tools = [str(directory), str(state), str(arguments.build / "toolpost-launch"), shutil.which("ctags")]
    program = str(arguments.build / "tests/bench/bench-index")
    built = measure_build([program, "build", *tools], directory, state, arguments)
    driver = Driver([program, "serve", *tools])
    facts = driver.started
    share = facts["index_bytes"] / facts["bytes"]
    print(f"  {facts['files']} files, {facts['bytes'] / 1e6:.1f} MB, {facts['lines']} lines, {facts['symbols']} symbols; "
          f"index {facts['index_bytes'] / 1e6:.2f} MB = {share:.3f} of the sources; warm start {facts['ms']:.1f} ms")
    results = [measure_query(driver, directory, query, arguments, checks) for query in QUERIES]
    cold = measure_cold(driver, directory, checks)
    refreshes = [driver.ask("refresh")[1] for _ in range(arguments.rounds)]
    symbol = statistics.median(driver.ask("symbol", "get_list_1")[1] for _ in range(arguments.rounds))
    memory, _ = driver.ask("memory")
    driver.close()
    own = memory["anonymous_kib"] - facts["without_index_kib"]
    total = (own * 1024 + facts["index_bytes"]) / facts["bytes"]
    print(f"  refresh without a change {statistics.median(refreshes):.1f} ms; a symbol {symbol:.2f} ms; memory "
          f"{own / 1024:.1f} MiB of its own, {memory['rss_kib'] / 1024:.1f} MiB with what is mapped: "
          f"{memory['rss_kib'] / 1024 / (facts['lines'] / 1e6):.1f} MiB for a million lines")
    if facts["bytes"] > 20e6:  # below, what the allocator keeps decides
        checks.check(f"index and memory are {total:.3f} of the sources, at most {INDEX_SHARE}", total <= INDEX_SHARE)
    def all_of(name):
        return [value for ratios in results for value in ratios[name]]
    return [
        rows.at_most("21", "unindexed search / rg", 1.1, quartiles(all_of("walked"))),
        rows.at_most("22", "indexed search, without MCP / rg", 0.15, quartiles(all_of("indexed")), 3),
        rows.at_most("23", "cold index / (rg --files + ctags)", 1.2, quartiles(built)),
        rows.value_at_most("24", "index and memory / sources", INDEX_SHARE, total, f"{total:.3f}"),
        *cold,
        rows.report("A/A", "rg / rg", rows.quartiles_text(quartiles(all_of("rg again")))),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=lambda text: Path(text).resolve())
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seed", type=int, default=random.randrange(1000))
    parser.add_argument("--full", action="store_true", help="also 100,000 files, and 2 GB")
    parser.add_argument("--tree", help="this tree instead of generated ones")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    missing = [name for name in ("rg", "ctags") if shutil.which(name) is None]
    if missing:
        print(f"missing: {', '.join(missing)}\n0 passed, 1 failed")
        sys.exit(1)
    checks = Checks()
    print(f"seed {arguments.seed}, {arguments.rounds} rounds in random order; medians [quartiles]")
    with tempfile.TemporaryDirectory() as scratch:
        state = Path(scratch, "state")
        trees = [arguments.tree] if arguments.tree else [*SIZES, *(FULL_SIZES if arguments.full else ())]
        for tree in trees:
            directory = Path(arguments.tree).resolve() if arguments.tree else Path(scratch, "tree")
            if not arguments.tree:
                generated_tree.generate(directory, *tree)
            print(f"\n{tree if arguments.tree else f'{tree[0]} files'}", flush=True)
            print(rows.table(measure_tree(directory, state, arguments, checks)), flush=True)
            if not arguments.tree:
                shutil.rmtree(directory)
    print(f"\n{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
