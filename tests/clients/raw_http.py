# SPDX-License-Identifier: Apache-2.0
"""Speaks HTTP to Toolpost without a client library, to see what no polite client shows.
raw_http.py --build DIR [--only WORDS]"""

import argparse
import sys

import http_hostile  # noqa: F401  (importing registers the checks)
import http_legacy  # noqa: F401
import http_lifecycle  # noqa: F401
import http_listen  # noqa: F401
import http_modern  # noqa: F401
import http_streams  # noqa: F401
import http_strict  # noqa: F401
import http_transport  # noqa: F401
from checks import run_checks
from toolpost_process import Build, HttpServer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only", help="run the checks whose name holds this")
    arguments = parser.parse_args()
    with HttpServer(arguments.build) as server:
        server.build = arguments.build
        return run_checks(server, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
