# SPDX-License-Identifier: Apache-2.0
"""Instructions of one tools/call over HTTP, in the process itself: what callgrind counts of a server that
took many calls, less what it counts of one that took few. Valgrind offers no SHA instructions, so
that hashing counts as more than it is.
instructions.py --build DIR"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from servers import ECHO, Wire, echo_bytes
from toolpost_process import Build, HttpServer

FEW, MANY = 500, 2500


def available():
    return shutil.which("valgrind") is not None


def _total(build, directory, calls):
    """Of a whole server's life."""
    out = Path(directory) / f"callgrind.{calls}"
    valgrind = ["valgrind", "--tool=callgrind", "--quiet", f"--callgrind-out-file={out}"]
    with HttpServer(build, (ECHO,), prefix=valgrind, trusted=(ECHO,)) as server:
        data = echo_bytes(server.port)
        with Wire(server.port) as wire:
            for number in range(calls):
                answer = wire.send(data).answer()
                if answer.status != 200:
                    raise RuntimeError(f"call {number}: {answer}")
    found = re.search(r"^(?:summary|totals): (\d+)", out.read_text(errors="replace"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"callgrind wrote no total into {out.name}")
    return int(found[1])


def measure(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-bench-") as directory:
        few, many = (_total(build, directory, calls) for calls in (FEW, MANY))
    return (many - few) / (MANY - FEW)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    print(f"instructions per call: {measure(parser.parse_args().build):.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
