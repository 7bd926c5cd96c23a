#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two hosts that share a Redis, and a Redis that is stopped, frozen, flushed, restarted, poisoned, has
another password or is none at all: that costs milliseconds, and no answer is another one for it.
redis_faults.py --build DIR [--only WORDS]"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from http_wire import Wire, modern, modern_headers, request  # noqa: E402
from real_redis import PROGRAM, FalseRedis, RealRedis  # noqa: E402
from toolpost_process import Build, HttpServer, measurable  # noqa: E402

PATIENCE_S = 20
# For what the Redis does right, also on a busy machine; and for what it does wrong.
LONG_DEADLINE_MS = 5000
DEADLINE_MS = 100
KEY = "a-key-for-the-tests-0123456789-abcdef"
PASSWORD = "hunter2-and-a-long-one"
FIXTURE = "io.toolpost.kv-fixture"
FREE = {"principal_per_minute": 0, "address_per_minute": 0, "tool_per_minute": 0, "calls_per_principal": 0}
# What a call may take beside the Redis on a machine that has other work.
NOISE_MS = 400


class Host:
    """A server with the fixture, one client and one connection."""

    def __init__(self, build, redis_url, seal, grants=("toolpost.kv/1",), password=None, rate=FREE, **redis):
        variables = {name: value for name, value in os.environ.items() if not name.startswith("MCP_")}
        variables.update({"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": KEY})
        if password:
            variables["MCP_REDIS_PASSWORD"] = password
        settings = {"redis": {"url": redis_url, "deadline_ms": LONG_DEADLINE_MS, **redis}} if redis_url else {}
        self.server = HttpServer(build, (FIXTURE,), environment=measurable(variables), grants=grants,
                                 seal_key_file=str(seal), rate={**FREE, **rate}, **settings)
        self._wire = None

    def post(self, method, params=None):
        message = modern(method, params)
        if self._wire is None:
            self._wire = Wire(self.server.port)
        return self._wire.send(request(self.server.port, message, {**modern_headers(message), "X-API-Key": KEY})).answer()

    def call(self, tool, **arguments):
        answer = self.post("tools/call", {"name": tool, "arguments": arguments})
        expect(answer.status == 200, answer)
        return answer.json()["result"]["structuredContent"]

    def get(self, key):
        found = self.call("kv_get", key=key)
        return found.get("value") if found["found"] else None

    def until(self, what, accepts):
        """Asks until the answer is accepted, and returns it."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if accepts(answer := what()):
                return answer
        raise AssertionError(f"did not happen within {PATIENCE_S} s; last: {answer}")

    def connect(self):
        """Returns once values can be kept."""
        self.until(lambda: self.call("kv_set", key="connected", value="x"), lambda kept: kept["kept"])
        return self

    def admits(self):
        return self.post("tools/list").status == 200

    def lines(self, words):
        return self.server.log_text().count(words)

    def memory_kib(self):
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *problem):
        if self._wire:
            self._wire.close()
        return self.server.__exit__(*problem)


@contextlib.contextmanager
def world(build, hosts=1, redis=None, ready=True, **options):
    """A Redis and `hosts` that share it and a seal key, and have reached it if `ready`."""
    with tempfile.TemporaryDirectory(prefix="toolpost-seal-") as directory, contextlib.ExitStack() as stack:
        real = stack.enter_context(redis or RealRedis())
        seal = Path(directory) / "seal.key"
        started = [stack.enter_context(Host(build, real.url, seal, **options)) for _ in range(hosts)]
        if ready:
            for host in started:
                host.server.wait_for_log(lambda line: line.get("message") == "Redis answers", "that it answers")
        yield real, *started


def milliseconds(calls):
    return sorted(call["took_us"] / 1000 for call in calls)


def milliseconds_of_requests(host):
    took = []
    for _ in range(100):
        began = time.monotonic()
        expect(host.admits(), "refused")
        took.append((time.monotonic() - began) * 1000)
    return sorted(took)


def expect_quick(host, what, calls=200):
    """Once it is known that the Redis is away, nobody waits for it: the median is far below a deadline."""
    took = milliseconds([host.call("kv_get", key="any") for _ in range(calls)])
    print(f"      {what}: median {took[calls // 2]:.3f} ms, longest {took[-1]:.1f} ms of {calls} misses")
    expect(took[calls // 2] < 5, took[calls // 2])
    expect(took[-1] < DEADLINE_MS + NOISE_MS, took[-1])


@check
def a_value_of_one_host_is_got_at_the_other(build):
    with world(build, hosts=2) as (redis, one, other):
        one.connect()
        other.connect()
        expect(one.call("kv_set", key="k", value="of one")["kept"], "not kept")
        expect(other.get("k") == "of one", "not got")
        expect(other.call("kv_set", key="k", value="of other")["kept"], "not kept")
        expect(one.get("k") == "of other", "not replaced")
        expect(one.get("none") is None, "a value from nowhere")
        took = milliseconds([other.call("kv_get", key="k") for _ in range(200)])
        print(f"      get: median {took[100]:.3f} ms, longest {took[-1]:.1f} ms of 200")
        expect(redis.keys("*:kv:*") == sorted(f"toolpost:kv:{FIXTURE}:{key}".encode() for key in ("connected", "k")), redis.keys())


@check
def the_largest_value_fits_and_ends_with_its_time(build):
    with world(build) as (redis, host):
        host.connect()
        size = 4 * 1024 * 1024
        expect(host.call("kv_set", key="large", size=size)["kept"], "not kept")
        got = host.call("kv_get", key="large")
        print(f"      4 MiB: {got['took_us'] / 1000:.1f} ms")
        expect(got["size"] == size, got)
        expect(not host.call("kv_set", key="larger", size=size + 1)["kept"], "larger than a value may be")
        expect(host.call("kv_set", key="short", value="x", life_s=3)["kept"], "not kept")
        expect(host.get("short") == "x", "gone at once")
        host.until(lambda: host.get("short"), lambda value: value is None)


@check
def without_the_grant_or_a_redis_there_is_no_store(build):
    with tempfile.TemporaryDirectory() as directory:
        seal = Path(directory) / "seal.key"
        with RealRedis() as redis, Host(build, redis.url, seal, grants=()) as host:
            expect(host.call("kv_available") == {"available": False}, "there is one without a grant")
        with Host(build, None, seal) as host:
            expect(host.call("kv_available") == {"available": False}, "there is one without a Redis")
            expect(host.get("k") is None and not host.call("kv_set", key="k", value="x")["kept"], "kept nowhere")


@check
def the_redis_learns_neither_values_nor_names(build):
    with world(build, rate={"principal_per_minute": 600, "tool_per_minute": 600}) as (redis, host):
        host.connect()
        expect(host.call("kv_set", key="k", value="a secret of the project")["kept"], "not kept")
        host.until(redis.keys, lambda keys: any(b":rate:tool:" in key for key in keys))
        everything = b"\n".join(key + b"=" + (redis.ask("GET", key) or b"") for key in redis.keys())
        for secret in (b"secret of the project", b"legacy", b"kv_set"):
            expect(secret not in everything, f"{secret} is in clear: {everything}")


@check
def a_rate_holds_for_both_hosts_together(build):
    burst = 20
    with world(build, hosts=2, rate={"principal_per_minute": 1, "principal_burst": burst}) as (redis, one, other):
        admitted = 0
        while admitted <= burst and one.admits():
            admitted += 1
        expect(admitted == burst, f"one host admitted {admitted}")
        one.until(redis.bucket, lambda left: left is not None and left < 1)
        admitted = 0
        while admitted <= burst and other.admits():
            admitted += 1
            # Only once the Redis has heard of it; the answer to the host is on its way then.
            other.until(redis.bucket, lambda left, told=admitted: left < 1 - told)
        print(f"      the other host admitted {admitted} of {burst} before it had heard")
        expect(1 <= admitted <= 5, f"the other host admitted {admitted} more")


@check
def two_hosts_under_load_admit_what_one_would(build):
    burst, per_minute, seconds = 5, 1200, 4
    rate = {"principal_per_minute": per_minute, "principal_burst": burst}
    with world(build, hosts=2, rate=rate) as (redis, *hosts):
        began = time.monotonic()
        end = began + seconds
        counts = [0, 0]

        def hammer(place):
            while time.monotonic() < end:
                counts[place] += hosts[place].admits()

        threads = [threading.Thread(target=hammer, args=(place,)) for place in (0, 1)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        fair = burst + per_minute / 60 * (time.monotonic() - began)
        print(f"      {counts[0]} + {counts[1]} admitted in {seconds} s; one host: {fair:.0f}; two apart: {2 * fair:.0f}")
        expect(sum(counts) <= fair + burst + 0.15 * fair, "more than the rate")
        expect(sum(counts) >= 0.6 * fair, "far less than the rate")


@check
def stopped_and_started_again(build):
    rate = {"principal_per_minute": 60_000, "principal_burst": 1000}
    with world(build, hosts=2, rate=rate) as (redis, one, other):
        one.connect()
        expect(one.call("kv_set", key="k", value="before")["kept"], "not kept")
        redis.stop()
        first = one.call("kv_get", key="k")
        expect(not first["found"], "found in a Redis that is gone")
        expect(first["took_us"] < (DEADLINE_MS + NOISE_MS) * 1000, first)
        expect_quick(one, "stopped")
        expect(not one.call("kv_set", key="k", value="x")["kept"], "kept in a Redis that is gone")
        expect(all(one.admits() for _ in range(20)), "refused while the Redis is gone")
        expect(one.lines("Redis does not answer") == 1, "said more or less than once")
        redis.start()
        one.connect()
        one.server.wait_for_log(lambda line: line.get("message") == "Redis answers again", "that it is back")
        expect(one.lines("Redis answers again") == 1, "said more than once")
        expect(one.get("k") is None, "the value is a new Redis' own")
        expect(one.call("kv_set", key="k", value="after")["kept"], "not kept")
        other.connect()
        expect(other.get("k") == "after", "the other host has not found it again")


@check
def local_limits_hold_while_the_redis_is_down(build):
    with world(build, hosts=2, rate={"principal_per_minute": 1, "principal_burst": 10}) as (redis, one, other):
        redis.stop()
        for host in (one, other):
            admitted = 0
            while admitted <= 20 and host.admits():
                admitted += 1
            expect(admitted == 10, f"a host by itself admitted {admitted}")


@check
def frozen_and_thawed(build):
    with world(build, rate={"principal_per_minute": 60_000, "principal_burst": 1000}, deadline_ms=DEADLINE_MS) as (redis, host):
        host.until(lambda: host.call("kv_set", key="k", value="x"), lambda kept: kept["kept"])
        before = milliseconds_of_requests(host)
        redis.freeze()
        try:
            first = host.call("kv_get", key="k")
            expect(not first["found"], "found in a Redis that is frozen")
            print(f"      the first call waited {first['took_us'] / 1000:.0f} ms")
            expect(first["took_us"] < (DEADLINE_MS + NOISE_MS) * 1000, first)
            expect_quick(host, "frozen")
            took = milliseconds_of_requests(host)
            print(f"      requests meanwhile: median {took[50]:.2f} ms, longest {took[-1]:.1f} ms of 100; before {before[50]:.2f} ms")
            expect(took[50] < 3 * before[50] + DEADLINE_MS / 2, "requests wait for the Redis")
        finally:
            redis.thaw()
        expect(host.until(lambda: host.get("k"), lambda value: value is not None) == "x", "another value")


@check
def no_request_waits_for_a_frozen_redis(build):
    """Frozen before anything is known of it: even then the rate is decided without it."""
    with world(build, rate={"principal_per_minute": 60_000, "principal_burst": 1000}) as (redis, host):
        host.connect()
        redis.freeze()
        try:
            began = time.monotonic()
            expect(all(host.admits() for _ in range(20)), "refused")
            took = time.monotonic() - began
            print(f"      20 requests took {took * 1000:.0f} ms beside a deadline of 5000 ms")
            expect(took < 2.5, took)
        finally:
            redis.thaw()


@check
def a_wrong_password_is_said_and_shares_nothing(build):
    with world(build, redis=RealRedis(password=PASSWORD), password="not-this-one", ready=False) as (redis, host):
        host.server.wait_for_log(lambda line: "WRONGPASS" in line.get("reason", ""), "the reason")
        expect(not host.call("kv_set", key="k", value="x")["kept"], "kept without a password")
        expect_quick(host, "wrong password")
        expect(redis.keys() == [], redis.keys())
        expect("not-this-one" not in host.server.log_text(), "the password is in the log")
    with world(build, redis=RealRedis(password=PASSWORD), ready=False) as (redis, host):
        host.server.wait_for_log(lambda line: "NOAUTH" in line.get("reason", ""), "the reason")
        expect(host.get("k") is None, "got without a password")
    with world(build, redis=RealRedis(password=PASSWORD), password=PASSWORD) as (redis, host):
        host.connect()
        expect(PASSWORD not in host.server.log_text(), "the password is in the log")


@check
def a_user_who_may_not_run_scripts_keeps_values_and_local_rates(build):
    acl = f"user tool on >{PASSWORD} ~* +get +set +del +ping"
    redis = RealRedis(lines=[acl])
    with world(build, redis=redis, password=PASSWORD, username="tool",
               rate={"principal_per_minute": 60_000, "principal_burst": 1000}) as (redis, host):
        host.connect()
        expect(all(host.admits() for _ in range(50)), "refused without the script")
        host.server.wait_for_log(lambda line: "rates are not shared" in line["message"] and "NOPERM" in line["reason"], "why rates are not shared")
        expect(host.call("kv_set", key="k", value="x")["kept"] and host.get("k") == "x", "no values")
        expect(host.lines("rates are not shared") == 1, "said more than once")


@check
def garbage_is_no_redis(build):
    for name, answer, endless in (
        ("a web server", b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        ("a list without end", b"*2147483647\r\n", False),
        ("a text without end", b"$1000000000\r\n" + b"x" * 65536, True),
        ("noise", bytes(range(256)) * 64, True),
        ("pongs without end", b"+PONG\r\n" * 64, True),
        ("silence", b"", False),
    ):
        with FalseRedis(answer, endless) as false, tempfile.TemporaryDirectory() as directory:
            with Host(build, false.url, Path(directory) / "seal.key", deadline_ms=DEADLINE_MS) as host:
                before = host.memory_kib()
                expect(host.get("k") is None, f"{name}: found")
                expect_quick(host, name, calls=50)
                host.until(lambda: false.connections, lambda count: count >= 3)
                grown = host.memory_kib() - before
                expect(grown < 64 * 1024, f"{name}: {grown} KiB more")


@check
def poisoned_values_are_misses(build):
    with world(build) as (redis, host):
        host.connect()
        name = f"toolpost:kv:{FIXTURE}:".encode()
        host.call("kv_set", key="k", value="good")
        host.call("kv_set", key="other", value="of other")
        good, other = redis.ask("GET", name + b"k"), redis.ask("GET", name + b"other")
        poisons = {
            "one bit": good[:-1] + bytes([good[-1] ^ 1]),
            "cut": good[:20],
            "longer": good + b"x",
            "of another key": other,
            "empty": b"",
            "noise": os.urandom(1000),
            "larger than a value": b"\x01" * (8 * 1024 * 1024),
        }
        for what, poison in poisons.items():
            redis.ask("SET", name + b"k", poison)
            expect(host.get("k") is None, f"{what}: found")
            host.connect()
        redis.ask("DEL", name + b"k")
        redis.ask("RPUSH", name + b"k", "a list")
        expect(host.get("k") is None, "a list: found")
        expect(host.call("kv_set", key="k", value="new")["kept"], "not kept over a list")
        expect(host.get("k") == "new", "not got")
        redis.ask("SET", name + b"k", good)
        expect(host.get("k") == "good", "what was sealed for this key is good, whoever put it back")
        host.server.wait_for_log(lambda line: "not sealed by this server" in line["message"], "that values did not open")


@check
def values_that_were_kept_too_long_are_misses(build):
    with world(build) as (redis, host):
        host.connect()
        name = f"toolpost:kv:{FIXTURE}:short"
        host.until(lambda: host.call("kv_set", key="short", value="x", life_s=2) and redis.ask("PERSIST", name),
                   lambda persists: persists == 1)
        host.until(lambda: host.get("short"), lambda value: value is None)
        expect(redis.ask("EXISTS", name) == 1, "the Redis has it no more, so that this shows nothing")


@check
def a_host_with_another_seal_key_is_a_stranger(build):
    with world(build) as (redis, host), tempfile.TemporaryDirectory() as directory:
        host.connect()
        host.call("kv_set", key="k", value="mine")
        with Host(build, redis.url, Path(directory) / "other.key") as stranger:
            stranger.connect()
            expect(stranger.get("k") is None, "opened with another key")
            stranger.call("kv_set", key="k", value="theirs")
        expect(host.get("k") is None, "opened with another key")


@check
def poisoned_buckets_raise_no_limit_and_heal(build):
    # One that is spent, so that a poison could only raise it.
    with world(build, rate={"principal_per_minute": 1, "principal_burst": 5}) as (redis, host):
        while host.admits():
            pass
        host.until(redis.bucket, lambda left: left is not None and left < 1)
        name = redis.keys("*:rate:principal:*")[0]
        for poison in (b"1000000000 0", b"5 0", b"nan nan", b"inf 0", b"noise", b"x" * 1_000_000, b"5.000000 99999999999"):
            redis.ask("SET", name, poison)
            expect(not any(host.admits() for _ in range(5)), f"{poison[:30]} raised the limit")
        redis.ask("DEL", name)
        redis.ask("RPUSH", name, "a list")
        expect(not any(host.admits() for _ in range(5)), "a list raised the limit")
    # One that refills at once, so that a poison could only lower it.
    with world(build, rate={"principal_per_minute": 60_000, "principal_burst": 1000}) as (redis, host):
        expect(host.admits(), "refused")
        host.until(redis.bucket, lambda left: left is not None)
        name = redis.keys("*:rate:principal:*")[0]
        for poison in (b"-1000000000 0", b"-3000 99999999999", b"noise"):
            redis.ask("SET", name, poison, "PX", 3_600_000)
            host.until(host.admits, lambda admitted: admitted)
            host.until(redis.bucket, lambda left: left is not None and left > -60_000)
        redis.ask("DEL", name)
        redis.ask("RPUSH", name, "a list")
        host.until(host.admits, lambda admitted: admitted)
        host.until(lambda: redis.ask("TYPE", name), lambda kind: kind == b"string")


@check
def flushed(build):
    with world(build, rate={"principal_per_minute": 1, "principal_burst": 50}) as (redis, host):
        host.connect()
        host.call("kv_set", key="k", value="x")
        while host.admits():
            pass
        redis.ask("FLUSHALL")
        expect(not host.admits(), "a flush raised the limit")
    with world(build) as (redis, host):
        host.connect()
        host.call("kv_set", key="k", value="x")
        redis.ask("FLUSHALL")
        expect(host.get("k") is None, "found what was flushed")
        expect(host.call("kv_set", key="k", value="y")["kept"] and host.get("k") == "y", "not kept after it")


@check
def a_redis_that_is_full_keeps_nothing_and_harms_nothing(build):
    redis = RealRedis(lines=["maxmemory 3mb", "maxmemory-policy noeviction"])
    with world(build, redis=redis, rate={"principal_per_minute": 60_000, "principal_burst": 1000}) as (redis, host):
        host.connect()
        kept = [host.call("kv_set", key=f"k{number}", size=1_000_000)["kept"] for number in range(8)]
        expect(not all(kept), "a full Redis keeps everything")
        expect(host.get("connected") == "x", "what it had is gone")
        expect(all(host.admits() for _ in range(50)), "refused beside a full Redis")


@check
def connections_that_end_while_idle_are_no_failure(build):
    with world(build) as (redis, host):
        host.connect()
        host.call("kv_set", key="k", value="x")
        missed = 0
        for _ in range(100):
            redis.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            missed += host.get("k") is None
        print(f"      {missed} of 100 were misses")
        expect(missed <= 10, f"{missed} of 100 missed")


def doctor(build, url, directory, **variables):
    config = Path(directory) / "doctor.json"
    config.write_text(json.dumps({"redis": {"url": url, "deadline_ms": LONG_DEADLINE_MS}, "data_directory": directory, "plugins": {
        f"io.toolpost.{name}": {"enabled": False} for name in ("uv-package", "user-admin", "project-index")}}))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MCP_")}
    done = subprocess.run([build.binary, "doctor", "--config", config], env={**clean, **variables}, text=True,
                          capture_output=True, timeout=PATIENCE_S, check=False)
    line = next((line for line in done.stdout.splitlines() if "redis." in line), "")
    return done.returncode, line, done.stdout + done.stderr


@check
def doctor_says_what_is_wrong(build):
    with tempfile.TemporaryDirectory() as directory:
        with RealRedis(password=PASSWORD) as redis:
            code, line, everything = doctor(build, redis.url, directory, MCP_REDIS_PASSWORD=PASSWORD)
            expect(line.startswith("ok") and "answers within" in line and code == 0, everything)
            code, line, everything = doctor(build, redis.url, directory, MCP_REDIS_PASSWORD="not-this-one")
            expect(line.startswith("FAULT") and "WRONGPASS" in line and code != 0, everything)
            expect("not-this-one" not in everything, everything)
            url = redis.url
        code, line, everything = doctor(build, url, directory)
        expect(line.startswith("warning") and "does not answer" in line and code == 0, everything)
        code, line, everything = doctor(build, f"redis://user:{PASSWORD}@127.0.0.1", directory)
        expect(code != 0 and "redis.url" in everything and PASSWORD not in everything, everything)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only", help="run checks whose name contains these words")
    options = parser.parse_args()
    if not PROGRAM.exists():
        print(f"skipped: {PROGRAM} is missing; packaging/setup test installs it")
        return 77
    return run_checks(Build(options.build), only=options.only)


if __name__ == "__main__":
    sys.exit(main())
