# SPDX-License-Identifier: Apache-2.0
"""Speaks HTTP to several Toolposts without a client library: what ends a subscription, what
replicas share, and tasks. raw_features.py --build DIR [--only WORDS]"""

import argparse
import sys

import listen_ends  # noqa: F401  (importing registers the checks)
import replicas  # noqa: F401
import tasks_wire  # noqa: F401
from checks import run_checks
from toolpost_process import Build


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only", help="run the checks whose name holds this")
    arguments = parser.parse_args()
    return run_checks(arguments.build, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
