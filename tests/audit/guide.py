# SPDX-License-Identifier: Apache-2.0
"""The enterprise deployment guide's promises on audit, privacy, backup and recovery, each as a check
that bears its words. What the program that the guide was written for broke of them is in here, too:
no user in the records of package tools, records among the log lines, results and errors of uv as they
came.
guide.py --build DIR [--only WORDS]"""

import argparse
import sys
import tempfile
from pathlib import Path

from machine import Machine  # the paths of the next ones, too
from checks import run_checks
from toolpost_process import Build

import guide_compliance  # noqa: F401
import guide_recovery  # noqa: F401


class Guide:
    """Gives every check a machine of its own."""

    def __init__(self, build, directory):
        self.build, self.directory = build, directory

    def machine(self):
        return Machine(self.build, self.directory)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-audit-guide-") as directory:
        return run_checks(Guide(arguments.build, Path(directory)), only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
