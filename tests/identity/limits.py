# SPDX-License-Identifier: Apache-2.0
"""How much one caller may ask for: by principal, address and tool, at once, and of wrong keys.
limits.py --build DIR"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from http_wire import LEGACY, Wire, call, modern, modern_headers, request  # noqa: E402
from toolpost_process import PATIENCE_S, Build, HttpServer  # noqa: E402
from world import MODES, SINGLE, USERS, WRONG, environment, users_file  # noqa: E402

PLUGINS = ("io.toolpost.echo", "io.toolpost.countdown")
NOTHING = {"principal_per_minute": 0, "address_per_minute": 0, "tool_per_minute": 0, "calls_per_principal": 0}


class World:
    def __init__(self, build, directory):
        self.build, self.directory = build, directory
        self.store = users_file(directory)

    def server(self, mode="both", **rate):
        limits = {**NOTHING, **rate}
        return HttpServer(self.build, PLUGINS, environment=environment(MODES[mode], self.store), rate=limits)


def ask(server, key, method="tools/list", params=None):
    message = modern(method, params)
    return call(server.port, message, {**modern_headers(message), "X-API-Key": key})


def echo(server, key):
    return ask(server, key, "tools/call", {"name": "echo", "arguments": {"text": "x"}})


def expect_limited(answer, limit):
    expect(answer.status == 429, f"not limited: {answer}")
    expect(answer.error_code() == 42900, answer)
    expect(answer.json()["error"]["data"] == {"limit": limit}, answer)
    expect(1 <= int(answer.headers["retry-after"]) <= 60, f"Retry-After: {answer.headers}")


@check
def a_principal_is_limited_and_others_are_not(world):
    with world.server(principal_per_minute=1, principal_burst=3) as server:
        for _ in range(3):
            expect(ask(server, USERS["root"]).status == 200, "the burst is not there")
        expect_limited(ask(server, USERS["root"]), "rate.principal_per_minute")
        expect(ask(server, USERS["ann"]).status == 200, "somebody else is limited, too")
        expect(ask(server, SINGLE).status == 200, "the single key is limited, too")


@check
def an_address_is_limited_whoever_comes_from_it(world):
    with world.server(address_per_minute=1, address_burst=2) as server:
        expect(ask(server, USERS["root"]).status == 200, "the burst is not there")
        expect(ask(server, USERS["ann"]).status == 200, "the burst is not there")
        expect_limited(ask(server, SINGLE), "rate.address_per_minute")


@check
def a_tool_is_limited_and_other_tools_are_not(world):
    with world.server(tool_per_minute=1, tool_burst=2) as server:
        for _ in range(2):
            expect(echo(server, USERS["root"]).status == 200, "the burst is not there")
        expect_limited(echo(server, USERS["root"]), "rate.tool_per_minute")
        other = ask(server, USERS["root"], "tools/call", {"name": "countdown", "arguments": {"from": 1, "interval_ms": 1}})
        expect(other.status == 200, other)
        expect(ask(server, USERS["root"]).status == 200, "the list is limited, too")
        expect(echo(server, SINGLE).status == 200, "somebody else is limited, too")


@check
def the_legacy_era_is_told_with_the_same_status(world):
    with world.server(principal_per_minute=1, principal_burst=1) as server:
        key = {"Authorization": f"Bearer {SINGLE}"}
        hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
        opened = call(server.port, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}, key)
        headers = {**key, "Mcp-Session-Id": opened.headers["mcp-session-id"]}
        answers = [call(server.port, {"jsonrpc": "2.0", "id": n, "method": "tools/list"}, headers) for n in (1, 2)]
        expect_limited(answers[-1], "rate.principal_per_minute")


@check
def so_many_calls_at_once(world):
    with world.server(calls_per_principal=3) as server, ExitStack() as open_calls:
        slow = modern("tools/call", {"name": "countdown", "arguments": {"from": 100, "interval_ms": 1000}},
                      meta={"progressToken": 1})
        headers = {**modern_headers(slow), "X-API-Key": SINGLE}
        wires = [open_calls.enter_context(Wire(server.port)) for _ in range(3)]
        for wire in wires:
            wire.send(request(server.port, slow, headers)).exactly(1)  # it runs
        expect_limited(echo(server, SINGLE), "rate.calls_per_principal")
        expect(echo(server, USERS["root"]).status == 200, "somebody else is limited, too")
        wires[0].close()
        end = time.monotonic() + PATIENCE_S
        while echo(server, SINGLE).status != 200:
            expect(time.monotonic() < end, "the place of a call that was given up stays taken")


@check
def wrong_keys_wait_and_right_ones_never_do(world):
    with world.server(failures_per_minute=1, failure_burst=3) as server:
        statuses = [ask(server, WRONG).status for _ in range(5)]
        expect(statuses == [401, 401, 401, 429, 429], statuses)
        limited = ask(server, WRONG)
        expect(limited.error_code() == 42900 and int(limited.headers["retry-after"]) > 0, limited)
        for key in (SINGLE, USERS["root"], USERS["ann"]):
            expect(ask(server, key).status == 200, "a right key is locked out")
        expect(ask(server, WRONG).status == 429, "a right key has paid for the wrong ones")


@check
def stdio_gets_the_same_error_without_the_status(world):
    path = world.build.write_config(world.directory, PLUGINS, rate={**NOTHING, "principal_per_minute": 1, "principal_burst": 2})
    text = "".join(json.dumps(modern("tools/list", call_id=number)) + "\n" for number in range(4))
    done = subprocess.run([str(world.build.binary), "stdio", "--config", str(path)], input=text, capture_output=True,
                          text=True, timeout=30, env=environment(MODES["single"]))
    answers = sorted(map(json.loads, done.stdout.splitlines()), key=lambda one: one["id"])
    codes = [one.get("error", {}).get("code") for one in answers]
    expect(codes == [None, None, 42900, 42900], f"{codes} {done.stderr[-300:]}")


@check
def without_authentication_nobody_is_limited(world):
    with world.server("open", principal_per_minute=1, principal_burst=1, address_per_minute=1, address_burst=1,
                      tool_per_minute=1, tool_burst=1, calls_per_principal=1) as server:
        expect([echo(server, "").status for _ in range(20)] == [200] * 20, "limited")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-limits-") as directory:
        return run_checks(World(arguments.build, directory), only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
