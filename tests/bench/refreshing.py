#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What it costs project-index to be up to date, beside `git status` in the same tree and round: a refresh
without a change and after one, a look at every file, a question right after a change, and how long a change
takes to show by itself. Beside it what ctags alone takes for the changed file, below which no answer about its
symbols can come. Looking up a symbol beside `readtags` on a sorted file of ctags; memory for a million lines.
What is refreshed must be found; times never gate.
refreshing.py --build DIR [--rounds N] [--seed N] [--full]"""

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
from search import Checks, Driver, quartiles

SIZES = (1_000, 10_000)
FULL_SIZE = 100_000
MEAN_BYTES = 9_000
PATIENCE_S = 30


class Tree:
    """Generated, and committed to a repository that is beside it."""

    def __init__(self, top, files):
        self.path, self.repository = Path(top, "tree"), Path(top, "repository")
        generated_tree.generate(self.path, files, MEAN_BYTES)
        self.files = sorted(path for path in self.path.rglob("*") if path.is_file())
        self.git("init", "-q")
        self.git("config", "core.compression", "0")
        self.git("add", "-A")
        self.git("-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "-q", "-m", "all")
        self.changes = 0
        self.changed = None

    def git(self, *arguments):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.path.parent), "GIT_CONFIG_SYSTEM": "/dev/null",
                       "GIT_DIR": str(self.repository), "GIT_WORK_TREE": str(self.path)}
        return subprocess.run(["git", *arguments], cwd=self.path, env=environment, check=True, stdout=subprocess.PIPE).stdout

    def change(self, rng):
        """Adds a function to one file, and returns its name."""
        self.changes += 1
        name = f"changed_{self.changes}_zyx"
        self.changed = path = rng.choice(self.files)
        with open(path, "a") as file:
            file.write(f"\n/* */ int {name}(void) {{ return 0; }}\n" if path.suffix == ".c" else f"\n\ndef {name}():\n    return 0\n")
        return name


class Ctags:
    """By itself, started and waiting for the names of files."""

    def __init__(self):
        self.process = subprocess.Popen(["ctags", "--_interactive", "--fields=+neS"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()  # its version

    def tags(self, path):
        self.process.stdin.write(json.dumps({"command": "generate-tags", "filename": str(path)}) + "\n")
        self.process.stdin.flush()
        while '"completed"' not in self.process.stdout.readline():
            pass

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def milliseconds(function):
    began = time.monotonic()
    result = function()
    return (time.monotonic() - began) * 1000, result


def measure_refresh(driver, question, tree, rng, arguments, checks):
    """Ratios of a refresh to git status, of git to itself, without a change and after one."""
    ratios = {"none": [], "one": [], "git again": []}
    after = f"{question} after a change"
    times = {question: [], after: [], "git status": []}
    for _ in range(arguments.rounds):
        for kind in ("none", "one"):
            name = tree.change(rng) if kind == "one" else None
            took = {}
            # While git looks, the watch takes in the change by itself.
            order = ("ours", "git", "git again") if name and question == "refresh" else rng.sample(("ours", "git", "git again"), 3)
            for what in order:
                took[what], _ = milliseconds((lambda: driver.ask(question)) if what == "ours" else (lambda: tree.git("status", "--porcelain")))
            if name:
                found = driver.ask("symbol", name)[0]["symbols"], driver.ask("indexed", "literal", name)[0]["matches"]
                checks.check(f"{name} is found after a refresh: {found}", found == (1, 1))
            ratios[kind].append(took["ours"] / took["git"])
            ratios["git again"].append(took["git again"] / took["git"])
            times[after if name else question].append(took["ours"])
            times["git status"].append(took["git"])
    print("  " + ", ".join(f"{name} {statistics.median(values):.1f} ms" for name, values in times.items()), flush=True)
    return ratios


def measure_watched(driver, tree, rng, arguments, checks):
    """A question right after a change and one without a change, against git, and ctags alone; and milliseconds
    until a change is in the index without a question, of which 50 wait for more changes."""
    ratios, delays, ctags = {"one": [], "none": [], "ctags": []}, [], Ctags()
    for _ in range(arguments.rounds):
        name = tree.change(rng)
        for kind in ("one", "none"):
            took = {}
            # While git looks, the watch takes in the change by itself.
            for what in ("ours", "git") if kind == "one" else rng.sample(("ours", "git"), 2):
                took[what], answer = milliseconds((lambda: driver.ask("symbol", name)) if what == "ours" else (lambda: tree.git("status", "--porcelain")))
                if what == "ours":
                    checks.check(f"{name} is in the first answer after it was written", answer[0]["symbols"] == 1)
            ratios[kind].append(took["ours"] / took["git"])
            if kind == "one":
                ratios["ctags"].append(milliseconds(lambda: ctags.tags(tree.changed))[0] / took["git"])
        before = driver.ask("generation")[0]["generation"]
        name = tree.change(rng)
        began = time.monotonic()
        while driver.ask("generation")[0]["generation"] == before and time.monotonic() < began + PATIENCE_S:
            time.sleep(0.001)  # a busy loop would take the processor that the index needs
        delays.append((time.monotonic() - began) * 1000)
        checks.check(f"{name} shows by itself", driver.ask("symbol", name)[0]["symbols"] == 1)
    ctags.close()
    return ratios, delays


def measure_symbols(driver, tree, rng, arguments, checks):
    """Ratios of looking a name up to readtags on a sorted file; None where there is no readtags."""
    if shutil.which("readtags") is None:
        return None
    tags = tree.path.parent / "tags"
    subprocess.run(["ctags", "-R", "-f", str(tags), "--fields=+neS", "."], cwd=tree.path, check=True)
    with open(tags, errors="replace") as file:
        names = [line.split("\t", 1)[0] for line in file if not line.startswith("!")]
    ratios = []
    for name in rng.sample(names, arguments.rounds * 4):
        theirs, listed = milliseconds(lambda: subprocess.run(["readtags", "-t", str(tags), name], check=True, stdout=subprocess.PIPE).stdout)
        ours, (answer, _) = milliseconds(lambda: driver.ask("symbol", name))
        lines = listed.count(b"\n")
        checks.check(f"{name}: {answer['symbols']} definitions, readtags has {lines}", answer["symbols"] == min(lines, 100))
        ratios.append(ours / theirs)
    return ratios


def measure(top, files, rng, arguments, checks):
    tree = Tree(top, files)
    tools = [str(tree.path), str(Path(top, "state")), str(arguments.build / "toolpost-launch"), shutil.which("ctags")]
    program = str(arguments.build / "tests/bench/bench-index")
    subprocess.run([program, "build", *tools], check=True, stdout=subprocess.DEVNULL)  # elsewhere: memory is that of a warm start
    driver = Driver([program, "serve", *tools])
    lines = driver.started["lines"] / 1e6
    symbols = measure_symbols(driver, tree, rng, arguments, checks)
    looks = measure_refresh(driver, "look", tree, rng, arguments, checks)
    memory = driver.ask("memory")[0]
    driver.close()
    driver = Driver([program, "watch", *tools])
    ratios = measure_refresh(driver, "refresh", tree, rng, arguments, checks)
    watched, delays = measure_watched(driver, tree, rng, arguments, checks)
    driver.close()
    mib = memory["rss_kib"] / 1024
    return [
        rows.at_most("25", f"{files} files: refresh without a change / git status", 0.5, quartiles(ratios["none"]), 3),
        rows.at_most("25", f"{files} files: refresh after a changed file / git status", 0.05, quartiles(ratios["one"]), 3),
        rows.at_most("25", f"{files} files: a question without a change, watched / git status", 0.5, quartiles(watched["none"]), 3),
        rows.at_most("25", f"{files} files: a question right after a change, watched / git status", 0.05, quartiles(watched["one"]), 3),
        rows.report("25", f"{files} files: ctags alone, for the changed file / git status", rows.quartiles_text(quartiles(watched["ctags"]), 3)),
        rows.report("25", f"{files} files: a look at every file, without a change / git status", rows.quartiles_text(quartiles(looks["none"]))),
        rows.report("25", f"{files} files: a look at every file, after a changed file / git status", rows.quartiles_text(quartiles(looks["one"]))),
        rows.report("25", f"{files} files: a change shows by itself, watched", rows.quartiles_text(quartiles(delays), 0, " ms")),
        rows.report("–", f"{files} files: a symbol by name / readtags", rows.quartiles_text(quartiles(symbols), 3))
        if symbols else rows.skipped("–", "a symbol by name / readtags", "–", "there is no readtags"),
        rows.report("–", f"{files} files: memory, with what is mapped", f"{mib:.1f} MiB, {mib / lines:.1f} MiB for a million lines"),
        rows.report("A/A", f"{files} files: git status / git status", rows.quartiles_text(quartiles(ratios["git again"]))),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, type=lambda text: Path(text).resolve())
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seed", type=int, default=random.randrange(1000))
    parser.add_argument("--full", action="store_true", help="also 100,000 files")
    arguments = parser.parse_args()
    missing = [name for name in ("git", "ctags") if shutil.which(name) is None]
    if missing:
        print(f"missing: {', '.join(missing)}\n0 passed, 1 failed")
        sys.exit(1)
    rng, checks, table = random.Random(arguments.seed), Checks(), []
    print(f"seed {arguments.seed}, {arguments.rounds} rounds in random order, load {os.getloadavg()[0]:.1f}; medians [quartiles]")
    for files in (*SIZES, *([FULL_SIZE] if arguments.full else [])):
        print(f"{files} files", flush=True)
        with tempfile.TemporaryDirectory(prefix="toolpost-refreshing-") as top:
            table += measure(top, files, rng, arguments, checks)
    print(rows.table(table))
    print(f"\n{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
