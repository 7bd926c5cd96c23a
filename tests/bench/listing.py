#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long project-index takes to list a tree, as ratios to `rg --files` and `fd`.

Trees are generated: a repository with rules, a fifth of its files ignored, and files that begin with
a dot. All programs list the same files (that is checked), write them to /dev/null, and use two
threads; each round runs all of them once in random order, and what is printed is the median of the
ratios within a round, with the quartiles. "again" is the first program measured twice: a difference
smaller than that pair's is none. Ours also gives stamps, which the other two do not, and what it takes
inside a process that runs anyway is printed beside. Times never gate.
listing.py --program PROJECT_INDEX_LIST [--files N...] [--full] [--rounds N] [--seed N]
"""
import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

MEMORY = "/dev/shm"
RULES = """\
*.o
*.a
*.so
*.pyc
__pycache__/
/build/
/dist/
node_modules/
.cache/
*.log
*.tmp
!keep.log
*~
.*.sw[a-p]
/docs/_build/
**/generated/*.txt
coverage*.xml
.idea/
.vscode/
[Tt]humbs.db
tags
/*.egg-info
"""
ENDINGS = [".c", ".h", ".cpp", ".py", ".js", ".ts", ".md", ".txt", ".json", ".go", ".rs"]
IGNORED = [".o", ".pyc", ".log", "~"]


def generate(random_source, root, wanted):
    """A tree of so many files that are listed, and a quarter as many that are not."""
    root.mkdir()
    for name in ("objects", "refs"):
        (root / ".git" / name).mkdir(parents=True)
    (root / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (root / ".gitignore").write_text(RULES)
    directories = [root]
    listed = 1
    while listed < wanted:
        parent = random_source.choice(directories[-200:])
        if len(parent.relative_to(root).parts) > 8:
            parent = root
        directory = parent / f"directory{len(directories)}"
        directory.mkdir()
        directories.append(directory)
        if random_source.random() < 0.05:
            (directory / ".gitignore").write_text("local*\n!local1*\n/private/\n")
            listed += 1
        for number in range(min(random_source.randint(1, 25), wanted - listed)):
            name = "." * (random_source.random() < 0.02) + f"file_{number}" + random_source.choice(ENDINGS)
            (directory / name).touch()
            listed += 1
            if random_source.random() < 0.1:
                (directory / (f"x{number}" + random_source.choice(IGNORED))).touch()
        if random_source.random() < 0.1:
            inside = directory / random_source.choice(["node_modules", "__pycache__"])
            inside.mkdir()
            for number in range(15):
                (inside / f"{number}.js").touch()
    return listed


class Program:
    def __init__(self, name, command, given=None, separator=b"\n"):
        self.name, self.command, self.given, self.separator = name, command, given, separator

    def run(self, root, output):
        return subprocess.run(self.command, input=self.given, cwd=root, stdout=output, check=True)

    def files(self, root):
        listed = self.run(root, subprocess.PIPE).stdout.split(self.separator)
        return sorted(path.removeprefix(b"./") for path in listed if path)

    def seconds(self, root):
        begin = time.perf_counter()
        self.run(root, subprocess.DEVNULL)
        return time.perf_counter() - begin


def programs(program, root):
    request = f"list\t/nonexistent\t{root}\t2\n".encode()
    ours = [Program(name, [program], request, b"\0") for name in ("project-index", "project-index again")]
    rg = Program("rg --files", ["rg", "--files", "--hidden", "--threads", "2", "--glob", "!.git"])
    fd = Program("fd", [shutil.which("fdfind") or "fd", "--type", "f", "--hidden", "--threads", "2",
                        "--exclude", ".git"])
    return [*ours, rg, fd]


def milliseconds_inside(program, root, rounds):
    """As the plugin does it: in a process that runs."""
    given = f"time\t/nonexistent\t{root}\t2\n".encode() * rounds
    lines = subprocess.run([program], input=given, stdout=subprocess.PIPE, check=True).stdout.splitlines()
    return statistics.median(float(line.split(b"\t")[1]) for line in lines)


def quartiles(values):
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:.2f} ({low:.2f}-{high:.2f})"


def measure(random_source, program, root, rounds):
    """False when they do not list the same."""
    contenders = programs(program, root)
    lists = [contender.files(root) for contender in contenders]
    if any(other != lists[0] for other in lists):
        for contender, files in zip(contenders, lists):
            print(f"  {contender.name} lists {len(files)} files")
            print(f"    of which we have not: {sorted(set(files) - set(lists[0]))[:3]}, "
                  f"and lacks {sorted(set(lists[0]) - set(files))[:3]}")
        return False
    times = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for contender in random_source.sample(contenders, len(contenders)):
            times[contender.name].append(contender.seconds(root))
    ours = times["project-index"]
    for name, taken in times.items():
        ratio = quartiles([mine / other for mine, other in zip(ours, taken)])
        print(f"  {name:20} {statistics.median(taken) * 1000:8.1f} ms   project-index / it: {ratio}")
    print(f"  inside a process     {milliseconds_inside(program, root, rounds):8.1f} ms")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=lambda text: str(pathlib.Path(text).resolve()))
    parser.add_argument("--files", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--full", action="store_true", help="also 100,000 files")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments = parser.parse_args()
    if shutil.which("rg") is None or (shutil.which("fdfind") or shutil.which("fd")) is None:
        sys.exit("needs ripgrep and fd-find: packaging/setup bench installs them")
    print(f"seed {arguments.seed}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    random_source = random.Random(arguments.seed)
    passed = failed = 0
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as top:
        for wanted in arguments.files + [100_000] * arguments.full:
            root = pathlib.Path(top) / str(wanted)
            print(f"{generate(random_source, root, wanted)} files in {root.parent.parent}")
            is_same = measure(random_source, arguments.program, root, arguments.rounds)
            passed, failed = passed + is_same, failed + (not is_same)
            shutil.rmtree(root)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
