# SPDX-License-Identifier: Apache-2.0
"""Past its bound the server takes no further call and says when to come back; what it has goes on, and
health, lists and cancelling are served. A plugin that hangs gets none either.
admission.py --build DIR [--only WORDS]"""

import argparse
import json
import signal
import sys
import tempfile
import time
from contextlib import ExitStack

from load_place import KEYS, NEVER_ENDS, begin, expect_refused, loaded_server, tool

from checks import check, expect, run_checks
from http_wire import Wire, call, modern, modern_headers, request
from toolpost_process import Build

PATIENCE_S = 20


class World:
    def __init__(self, build, directory):
        self.build, self.directory = build, directory

    def server(self, **config):
        return loaded_server(self.build, self.directory, **config)


def fill(server, stack, user):
    """Calls until one is refused: how many were taken, and the refusal."""
    for taken in range(100):
        wire, refusal = begin(server, user)
        if refusal:
            return taken, refusal
        stack.enter_context(wire)
    raise AssertionError("a hundred calls were taken")


def probe(server, path):
    with Wire(server.port) as wire:
        return wire.send(request(server.port, b"", method="GET", target=path)).answer()


def wait_for_health(server, accepts):
    """What /health says; an answer is kept for a second."""
    end = time.monotonic() + PATIENCE_S
    while not accepts(health := probe(server, "/health").json()):
        expect(time.monotonic() < end, health)
        time.sleep(0.02)
    return health


@check
def past_the_bound_calls_are_refused_and_nothing_else_is(world):
    with world.server(load={"max_calls": 3}) as (server, metrics), ExitStack() as stack:
        before = metrics.page()
        taken_ann, refusal = fill(server, stack, "ann")
        expect_refused(*refusal, "overloaded")
        taken_bob, refusal = fill(server, stack, "bob")
        expect_refused(*refusal, "overloaded")
        expect((taken_ann, taken_bob) == (2, 1), (taken_ann, taken_bob))
        message = modern("tools/list")
        listed = call(server.port, message, {**modern_headers(message), "X-API-Key": KEYS["bob"]})
        expect(listed.status == 200 and listed.json()["result"]["tools"], listed)
        for path in ("/livez", "/readyz", "/health"):
            answer = probe(server, path)
            expect(answer.status == 200, f"{path}: {answer}")
        after = metrics.page()
        expect(after.value("toolpost_load_calls") == 3, "calls")
        expect(after.value("toolpost_load_calls_limit") == 3, "limit")
        refused = {dict(labels)["cause"]: count
                   for labels, count in after.changed(before, "toolpost_load_refused_total").items()}
        expect(refused == {"share": 1, "calls": 1}, refused)


@check
def a_call_that_is_cancelled_makes_room(world):
    with world.server(load={"max_calls": 1}) as (server, _):
        wire, _ = begin(server)
        answer = tool(server, "echo", {"text": "x"}, "bob")
        expect_refused(answer.status, answer.headers, answer.json(), "overloaded")
        wire.close()
        end = time.monotonic() + PATIENCE_S
        while tool(server, "echo", {"text": "x"}, "bob").status != 200:
            expect(time.monotonic() < end, "the place stays taken")


@check
def a_reload_changes_the_bound(world):
    with world.server(load={"max_calls": 1}) as (server, metrics), ExitStack() as stack:
        stack.enter_context(begin(server)[0])
        text = server.config_path.read_text()
        expect('"max_calls": 1' in text, text)
        server.config_path.write_text(text.replace('"max_calls": 1', '"max_calls": 100'))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_log(lambda line: line.get("message") == "reloaded", "the line 'reloaded'")
        expect(tool(server, "echo", {"text": "x"}, "bob").status == 200, "refused after the reload")
        expect(metrics.page().value("toolpost_load_calls_limit") == 100, "limit")


@check
def a_plugin_that_lets_calls_time_out_is_left_alone_for_a_while(world):
    calls = {"timeout_ms": 2000, "circuit_failures": 2, "circuit_open_ms": 10_000}
    with world.server(calls=calls) as (server, metrics):
        for _ in range(2):
            answer = tool(server, "countdown", NEVER_ENDS)
            expect("did not finish within 2000 ms" in json.dumps(answer.json()), answer)
        answer = tool(server, "countdown", {"from": 1, "interval_ms": 1})
        expect_refused(answer.status, answer.headers, answer.json(), "circuit")
        expect(tool(server, "echo", {"text": "x"}).status == 200, "another plugin is not concerned")
        plugin = {"plugin": "io.toolpost.countdown"}
        page = metrics.page()
        expect(page.value("toolpost_plugin_circuit_open", **plugin) == 1, "it is not told")
        expect(page.value("toolpost_plugin_circuit_refused_total", **plugin) == 1, "it is not counted")
        health = wait_for_health(server, lambda health: "circuits_open" in health)
        expect(health["circuits_open"] == [plugin["plugin"]] and health["status"] == "degraded", health)
        expect(probe(server, "/readyz").status == 200, "the others can be called, and it is not ready")
        end = time.monotonic() + PATIENCE_S
        while (answer := tool(server, "countdown", {"from": 1, "interval_ms": 1})).status != 200 or answer.json()["result"].get("isError"):
            expect(time.monotonic() < end, "the plugin stays left alone")
        expect(metrics.page().value("toolpost_plugin_circuit_open", **plugin) == 0, "it stays open")
        server.wait_for_log(lambda one: "plugin answers again" in one.get("message", ""), "that it answers")
        health = wait_for_health(server, lambda health: "circuits_open" not in health)
        expect(health["status"] == "healthy", health)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-load-") as directory:
        return run_checks(World(arguments.build, directory), only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
