#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One idea a file: fails on source files that have grown too long."""
import pathlib
import statistics
import subprocess
import sys

CAP = 500
TEST_CAP = 600
SUFFIXES = {".cpp", ".hpp", ".c", ".h", ".py", ".mjs", ".sh"}


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    listed = subprocess.run(["find", "host", "pep", "plugin-sdk", "plugins", "tests", "packaging",
                             "-name", "node_modules", "-prune", "-o", "-type", "f", "-print"],
                            cwd=root, check=True, capture_output=True, text=True).stdout.split()
    sizes = {name: len((root / name).read_bytes().splitlines())
             for name in listed if pathlib.Path(name).suffix in SUFFIXES}
    if not sizes:
        sys.exit("no source files found: nothing was checked")
    too_long = {name: size for name, size in sizes.items()
                if size > (TEST_CAP if name.startswith("tests/") else CAP)}
    for name, size in sorted(too_long.items()):
        print(f"{name}: {size} lines; split it by idea")
    print(f"{len(sizes)} files, median {statistics.median(sizes.values()):.0f} lines, "
          f"{len(too_long)} too long")
    sys.exit(1 if too_long else 0)


if __name__ == "__main__":
    main()
