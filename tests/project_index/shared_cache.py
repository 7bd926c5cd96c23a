#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The cache that the indexes of two hosts share through a Redis: the second one parses nothing that the
first has parsed, and whatever the Redis does or does not, every answer is the one without it.
shared_cache.py --build DIR [--only WORDS]"""

import argparse
import contextlib
import os
import pathlib
import shutil
import sys
import tempfile
import time

from codebase import OverHttp, Place, environment

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "store"))

from checks import check, expect, run_checks  # noqa: E402
from real_redis import PROGRAM, FalseRedis, RealRedis  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402

SKIPPED = 77
MODULES = 300
LONG_DEADLINE_MS = 5000  # for a Redis that is well, on a busy machine
DEADLINE_MS = 50
KEYS = "toolpost:kv:io.toolpost.project-index:*"


class World:
    """A tree of many modules, a Redis, and what all hosts have in common."""

    def __init__(self, directory, build):
        self.build, self.directory = build, pathlib.Path(directory)
        self.place = Place(directory)
        for number in range(MODULES):
            self.place.write(f"app/lib/p{number // 20}/module{number}.py", module(number))
        self.starts = self.directory / "ctags-starts"
        self.ctags = self.directory / "ctags"
        self.ctags.write_text(f'#!/bin/sh\necho "$*" >> {self.starts}\nexec {shutil.which("ctags")} "$@"\n')
        self.ctags.chmod(0o755)
        self.seal = self.directory / "seal.key"

    @contextlib.contextmanager
    def host(self, redis_url, password=None, deadline_ms=LONG_DEADLINE_MS, project_keys=None):
        """A host without anything on disk from before, and with the sandboxed ctags counted anew."""
        self.starts.unlink(missing_ok=True)
        variables = environment(self.directory)
        if password:
            variables["MCP_REDIS_PASSWORD"] = password
        settings = {"redis": {"url": redis_url, "deadline_ms": deadline_ms}} if redis_url else {}
        codebase = {**self.place.settings, "ctags": str(self.ctags), "watch": False, **(project_keys or {})}
        with HttpServer(self.build, plugins=(), environment=variables, codebase=codebase,
                        seal_key_file=str(self.seal), **settings) as server:
            yield server, OverHttp(server)

    def parsers(self):
        """How many were started to parse; two more look at what the program can do."""
        lines = self.starts.read_text().splitlines() if self.starts.exists() else []
        return sum("_interactive=sandbox" in line for line in lines)


def module(number):
    functions = "".join(f"def function_{number}_{line}(argument):\n    return {line}\n\n\n" for line in range(30))
    return f'"""Module {number}."""\n\n\nclass Class{number}:\n    limit = {number}\n\n\n{functions}'


def answers(agent):
    """What two hosts have to agree about; the first of them makes the index."""
    summary = agent.tool("index_project")
    return {
        "summary": {key: value for key, value in summary.items() if not key.endswith("_ms")},
        "prefix": agent.tool("find_symbol", name="function_1", match="prefix", limit=500),
        "class": agent.tool("find_symbol", name="Class299"),
        "outline": agent.tool("outline", path="lib/p3/module77.py"),
        "uses": agent.tool("find_references", name="greet"),
        "search": agent.tool("search", pattern="return 29", limit=400),
        "resource": agent.document("codebase://symbols?path=src%2Fapp%2Fgreeting.py"),
    }


def expect_same(found, wanted, what):
    for name, answer in wanted.items():
        expect(found[name] == answer, f"{what}: {name} is another one: {str(found[name])[:300]}, not {str(answer)[:300]}")


@contextlib.contextmanager
def world(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-shared-") as directory:
        yield World(directory, build)


def without_redis(shared):
    with shared.host(None) as (_, agent):
        wanted = answers(agent)
    expect(wanted["summary"]["symbols"] > MODULES * 30, wanted["summary"])
    expect(shared.parsers() > 0, "ctags was not asked: the counting proves nothing")
    return wanted


def connected(server):
    server.wait_for_log(lambda line: line.get("message") == "Redis answers", "that the Redis answers")


def says_shared(server):
    return "come from the cache of the replicas" in server.log_text()


@check
def the_second_host_parses_nothing_and_answers_the_same(build):
    with world(build) as shared, RealRedis() as redis:
        wanted = without_redis(shared)
        with shared.host(redis.url) as (server, agent):
            connected(server)
            expect_same(answers(agent), wanted, "the first host")
            expect(shared.parsers() > 0 and not says_shared(server), "the first host found what nobody has kept")
        for _ in range(3):  # a Redis that is slow for a moment is not waited for: what it has is made once more, and kept
            values = redis.keys(KEYS)
            expect(len(values) >= 3, values)
            with shared.host(redis.url) as (server, agent):
                connected(server)
                expect_same(answers(agent), wanted, "the second host")
                started = shared.parsers()
                expect(started > 0 or says_shared(server), "the log does not say that symbols were taken over")
            if started == 0:
                break
        expect(started == 0, f"{started} parsers were started for what is known")
        expect(redis.keys(KEYS) == values, "another host, another value")


@check
def what_changed_is_parsed_and_the_rest_is_taken_over(build):
    with world(build) as shared, RealRedis() as redis:
        with shared.host(redis.url) as (server, agent):
            connected(server)
            answers(agent)
        before = redis.keys(KEYS)
        shared.place.write("app/lib/p3/module77.py", module(77) + "def added(): pass\n")
        shared.place.write("app/lib/p9/one_more.py", "def one_more(): pass\n")
        wanted = without_redis(shared)
        with shared.host(redis.url) as (server, agent):
            connected(server)
            expect_same(answers(agent), wanted, "after a change")
            expect(says_shared(server) and shared.parsers() > 0, "nothing was taken over, or nothing parsed")
            expect(len(agent.tool("find_symbol", name="added")["symbols"]) == 1, "the change is not there")
        new = set(redis.keys(KEYS)) - set(before)
        print(f"      {len(before)} values for {MODULES} modules; a changed and a new file made {len(new)} more")
        expect(1 <= len(new) <= len(before) / 2, f"{len(new)} new values beside {len(before)}")


@check
def another_seal_key_another_root_or_another_parser_shares_nothing(build):
    with world(build) as shared, RealRedis() as redis:
        wanted = without_redis(shared)
        with shared.host(redis.url) as (server, agent):
            connected(server)
            answers(agent)
        kept = shared.seal
        shared.seal = shared.directory / "other.key"
        with shared.host(redis.url) as (server, agent):
            connected(server)
            expect_same(answers(agent), wanted, "another seal key")
            expect(shared.parsers() > 0 and not says_shared(server), "a value of another key was used")
            server.wait_for_log(lambda line: "were not sealed by this server" in line.get("message", ""), "that values are not ours")
        shared.seal = kept
        shutil.copytree(shared.place.app / "lib", shared.place.work / "copy" / "lib")
        with shared.host(redis.url, project_keys={"project_root": str(shared.place.work / "copy")}) as (server, agent):
            connected(server)
            agent.tool("index_project")
            expect(shared.parsers() > 0 and not says_shared(server), "values of another root were used")


@check
def poisoned_values_are_parsed_anew(build):
    with world(build) as shared, RealRedis() as redis:
        wanted = without_redis(shared)
        with shared.host(redis.url) as (server, agent):
            connected(server)
            answers(agent)
        keys = redis.keys(KEYS)
        kept = {key: redis.ask("GET", key) for key in keys}
        poisons = {
            "garbage": lambda key: b"garbage",
            "nothing": lambda key: b"",
            "one byte changed": lambda key: kept[key][:-9] + bytes([kept[key][-9] ^ 1]) + kept[key][-8:],
            "cut": lambda key: kept[key][: len(kept[key]) // 2],
            "of another key": lambda key: kept[keys[keys.index(key) - 1]],
            "large": lambda key: b"x" * (5 << 20),
        }
        for what, poison in poisons.items():
            for key in keys:
                redis.ask("SET", key, poison(key))
            with shared.host(redis.url) as (server, agent):
                connected(server)
                expect_same(answers(agent), wanted, what)
                expect(shared.parsers() > 0, f"{what}: nothing was parsed")
                expect(not says_shared(server), f"{what}: it was used")


@check
def values_of_another_type_are_parsed_anew(build):
    with world(build) as shared, RealRedis() as redis:
        wanted = without_redis(shared)
        with shared.host(redis.url) as (server, agent):
            connected(server)
            answers(agent)
        for key in redis.keys(KEYS):
            redis.ask("DEL", key)
            redis.ask("RPUSH", key, "x")
        with shared.host(redis.url) as (server, agent):
            connected(server)
            expect_same(answers(agent), wanted, "values of another type")


def seconds_of(agent):
    began = time.monotonic()
    agent.tool("index_project")
    return time.monotonic() - began


@check
def a_redis_that_is_stopped_or_frozen_costs_milliseconds(build):
    with world(build) as shared:
        wanted = without_redis(shared)
        with shared.host(None) as (_, agent):
            plain = seconds_of(agent)
        for what in ("stopped", "frozen"):
            with RealRedis() as redis, shared.host(redis.url, deadline_ms=DEADLINE_MS) as (server, agent):
                connected(server)
                if what == "stopped":
                    redis.stop()
                else:
                    redis.freeze()
                try:
                    took = seconds_of(agent)
                    expect_same(answers(agent), wanted, what)
                    print(f"      {what}: {took * 1000:.0f} ms, without a Redis {plain * 1000:.0f} ms")
                    expect(took < build.within(2 * plain + 1), f"{what}: {took:.2f} s, without a Redis {plain:.2f} s")
                finally:
                    redis.thaw()


@check
def a_redis_that_stops_in_the_middle_changes_nothing(build):
    with world(build) as shared:
        wanted = without_redis(shared)
        with RealRedis() as redis:
            with shared.host(redis.url) as (server, agent):
                connected(server)
                answers(agent)
            for key in redis.keys(KEYS)[::2]:
                redis.ask("DEL", key)
            with shared.host(redis.url) as (server, agent):
                connected(server)
                expect_same(answers(agent), wanted, "half of the values")
                redis.stop()
                shared.place.write("app/lib/p3/module77.py", module(77) + "def added(): pass\n")
                agent.tool("refresh_index")
                expect(len(agent.tool("find_symbol", name="added")["symbols"]) == 1, "the change is not there")


@check
def a_wrong_password_and_a_server_that_is_no_redis_change_nothing(build):
    with world(build) as shared:
        wanted = without_redis(shared)
        with RealRedis(password="hunter2-and-a-long-one") as redis, \
                shared.host(redis.url, password="not-this-one") as (server, agent):
            expect_same(answers(agent), wanted, "a wrong password")
            expect(redis.keys() == [], redis.keys())
        for what, answer in (("garbage", b"\x00\xff no redis"), ("a lie", b"$3\r\nabc\r\n"), ("an error", b"-ERR no\r\n")):
            with FalseRedis(answer) as false, shared.host(false.url, deadline_ms=DEADLINE_MS) as (server, agent):
                expect_same(answers(agent), wanted, what)


@check
def without_the_grant_nothing_is_shared(build):
    with world(build) as shared, RealRedis() as redis:
        settings = {**shared.place.settings, "ctags": str(shared.ctags)}
        with HttpServer(build, plugins=(), environment=environment(shared.directory), codebase=settings,
                        seal_key_file=str(shared.seal), redis={"url": redis.url},
                        codebase_grants=["toolpost.policy/1"]) as server:
            connected(server)
            OverHttp(server).tool("index_project")
        expect(redis.keys(KEYS) == [], redis.keys(KEYS))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    if not (os.access(PROGRAM, os.X_OK) and shutil.which("ctags")):
        print(f"skipped: needs {PROGRAM} and Universal Ctags; packaging/setup test installs them")
        return SKIPPED
    return run_checks(arguments.build, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
