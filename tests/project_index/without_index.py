#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""project-index before a project has an index: what needs none does not wait for it, says the same, and
has it made.
without_index.py --build DIR [--only WORDS]"""

import argparse
import contextlib
import sys
import tempfile
import time

from codebase import OverStdio, Place, asking, environment, large_tree

from checks import check, expect, run_checks  # noqa: E402
from stdio_wire import Stdio  # noqa: E402
from toolpost_process import PATIENCE_S, Build  # noqa: E402


def finished_indexes(directory):
    return list(directory.rglob("*.index"))


@contextlib.contextmanager
def large_project(build, files):
    """How a server is started over it, and where the server keeps its state."""
    with tempfile.TemporaryDirectory(prefix="toolpost-codebase-") as directory:
        place = Place(directory)
        large_tree(place, files)
        state = place.base / "state"
        config = {"plugins": (), "codebase": place.settings, "data_directory": str(state)}
        yield lambda: Stdio(build, environment=environment(directory), **config), state


@check
def what_needs_no_index_does_not_wait_for_it_and_has_it_made(build):
    with large_project(build, 3000) as (server, state):
        with server() as process:
            agent = OverStdio(process)
            expect(agent.document("project://dependencies")["dependencies"], "dependencies")
            expect(not finished_indexes(state), "the first answer has waited for the index")
            expect("def greet" in agent.tool("read_file", path="src/app/greeting.py")["text"], "read_file")
            found = agent.tool("search", pattern="def greet")
            expect(found["matches"] and found["files_considered"] >= 3000, found)
            asked = time.monotonic()
            while (again := agent.tool("search", pattern="def greet"))["files_considered"] >= 3000:
                expect(again["matches"] == found["matches"], again)
                expect(time.monotonic() - asked < PATIENCE_S, "there is no index")
            expect(again["matches"] == found["matches"], again)
        with server() as process:
            expect(OverStdio(process).tool("search", pattern="def greet")["files_considered"] < 10, "the index is not used")


@check
def what_needs_no_index_reads_the_same_with_and_without_one(build):
    for uri in ("project://dependencies", "project://config", "project://entrypoints", "project://tests", "project://readme",
                "codebase://search?pattern=gre.t", "codebase://file?path=src%2Fapp%2Fcli.py"):
        with asking(build, "stdio") as (_, agent):
            before = agent.result("resources/read", {"uri": uri})["contents"]
            agent.tool("index_project")
            expect(agent.result("resources/read", {"uri": uri})["contents"] == before, uri)
    with asking(build, "stdio") as (_, agent):
        before = agent.tool("read_file", path="src/app/cli.py")
        agent.tool("index_project")
        expect(agent.tool("read_file", path="src/app/cli.py") == before, before)


@check
def a_search_without_an_index_reads_no_more_than_an_index_would_have(build):
    with asking(build, "stdio", settings={"max_bytes": 200_000}) as (place, agent):
        large_tree(place, 300)
        found = agent.tool("search", pattern="function_149")
        expect(0 < len(found["matches"]) < 100 and "200000 bytes" in found["partial"], found)


@check
def who_ends_the_server_does_not_wait_for_an_index(build):
    with large_project(build, 6000) as (server, state):
        with server() as process:
            expect(OverStdio(process).tool("search", pattern="def greet")["matches"], "search")
            expect(process.close_stdin().exit_code() == 0, "it did not end well")
        expect(not finished_indexes(state), "the index was waited for")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    return run_checks(arguments.build, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
