# SPDX-License-Identifier: Apache-2.0
"""Every way out of a call, and everything beside calls that is counted, by exact differences of two
scrapes of the real server. live.py --build DIR [--only WORDS]"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "clients"), str(HERE.parent / "identity")]

from checks import check, expect, run_checks  # noqa: E402
from http_wire import Wire, call, modern, modern_headers, request  # noqa: E402
from scrape import SWITCHED_ON, Metrics  # noqa: E402
from toolpost_process import FIXTURE_PLUGINS, Build, HttpServer  # noqa: E402
from world import MODES, SINGLE, USERS, WRONG, environment, users_file  # noqa: E402

ECHO, COUNTDOWN = "io.toolpost.echo", "io.toolpost.countdown"
NO_RATES = {"principal_per_minute": 0, "address_per_minute": 0, "tool_per_minute": 0, "calls_per_principal": 0}


class World:
    def __init__(self, build, directory):
        self.build, self.directory = build, directory
        self.store = users_file(directory)

    @contextmanager
    def server(self, mode="both", metrics=None, **config):
        """A server and its metrics. The users' keys are those of world.py."""
        config = {"rate": NO_RATES, **config, "metrics": {**SWITCHED_ON, **(metrics or {})}}
        with HttpServer(self.build, FIXTURE_PLUGINS, environment=environment(MODES[mode], self.store), **config) as server:
            yield server, Metrics(server)


def ask(server, method, params=None, key=SINGLE):
    message = modern(method, params)
    return call(server.port, message, {**modern_headers(message), "X-API-Key": key})


def tool(server, name, arguments=None, key=SINGLE):
    return ask(server, "tools/call", {"name": name, "arguments": arguments or {}}, key)


def begin(server, name, arguments, key=SINGLE):
    """A call whose first byte has come, so that it runs."""
    message = modern("tools/call", {"name": name, "arguments": arguments}, meta={"progressToken": 1})
    wire = Wire(server.port)
    wire.send(request(server.port, message, {**modern_headers(message), "X-API-Key": key})).exactly(1)
    return wire


def labels(**given):
    return tuple(sorted(given.items()))


def expect_calls(after, before, **expected):
    """Exactly these calls have ended since, by outcome; each is (plugin, tool, how many)."""
    wanted = {
        labels(**{name: value for name, value in (("plugin", plugin), ("kind", "tool"), ("tool", name), ("outcome", outcome)) if value}): count
        for outcome, (plugin, name, count) in expected.items()
    }
    got = after.changed(before, "toolpost_calls_total")
    expect(got == wanted, f"{got} instead of {wanted}")
    invocations = {}
    for _, name, count in expected.values():
        invocations[labels(tool=name)] = invocations.get(labels(tool=name), 0) + count
    got = after.changed(before, "mcp_tool_invocations_total")
    expect(got == invocations, f"{got} instead of {invocations}")


@check
def a_call_that_ends_well_is_one_more_with_its_time_and_sizes(world):
    with world.server() as (server, metrics):
        before = metrics.page()
        expect(("mcp_tool_invocations_total", labels(tool="echo")) in before.samples, "no zero before the first call")
        for _ in range(3):
            expect(tool(server, "echo", {"text": "hello"}).status == 200, "echo")
        after = metrics.page()
        expect_calls(after, before, ok=(ECHO, "echo", 3))
        own = {"plugin": ECHO, "kind": "tool", "tool": "echo"}
        expect(after.value("mcp_tool_duration_seconds_count", tool="echo") == 3, "no time")
        expect(0 < after.value("mcp_tool_duration_seconds_sum", tool="echo") < 3, "no such time")
        expect(after.value("toolpost_call_queue_seconds_count", **own) == 3, "no time in the queue")
        expect(after.value("toolpost_call_argument_bytes_total", **own) == 3 * len('{"text": "hello"}'), "arguments")
        expect(after.value("toolpost_call_result_bytes_total", **own) > 3 * len("hello"), "results")
        expect(after.value("toolpost_calls_in_flight", **own) == 0, "still in flight")


@check
def what_goes_wrong_is_counted_by_how(world):
    with world.server() as (server, metrics):
        before = metrics.page()
        tool(server, "test_error_handling")
        tool(server, "echo", {"text": 1})
        tool(server, "no_such_tool")
        tool(server, "another_name")
        tool(server, "echo", {"text": "x"}, USERS["ann"])
        after = metrics.page()
        expect_calls(after, before, tool_error=("io.toolpost.conformance", "test_error_handling", 1),
                     invalid=(ECHO, "echo", 1), unknown=("", "_unknown", 2), denied=(ECHO, "echo", 1))
        expect(after.changed(before, "toolpost_denials_total") == {labels(role="user"): 1}, "denials")
        expect(after.value("mcp_tool_duration_seconds_count", tool="echo") == 0, "what never ran took time")


@check
def a_call_is_in_flight_until_its_client_gives_up(world):
    with world.server() as (server, metrics):
        before = metrics.page()
        wire = begin(server, "countdown", {"from": 100, "interval_ms": 1000})
        during = metrics.page()
        own = {"plugin": COUNTDOWN, "kind": "tool", "tool": "countdown"}
        expect(during.value("toolpost_calls_in_flight", **own) == 1, "not in flight")
        expect(during.value("toolpost_plugin_calls_running", plugin=COUNTDOWN) == 1, "does not run")
        expect(during.value("toolpost_http_streams") == 1, "no stream")
        wire.close()
        after = metrics.wait(lambda page: page.total("toolpost_calls_total", outcome="cancelled") == 1, "the end")
        expect_calls(after, before, cancelled=(COUNTDOWN, "countdown", 1))
        expect(after.value("toolpost_calls_in_flight", **own) == 0, "still in flight")
        metrics.wait(lambda page: page.value("toolpost_plugin_calls_running", plugin=COUNTDOWN) == 0, "its place")
        expect(after.value("toolpost_http_streams") == 0, "the stream is still there")


@check
def a_call_that_takes_too_long_and_one_that_finds_no_place(world):
    calls = {"timeout_ms": 8000, "max_concurrency_per_plugin": 1, "queue_per_plugin": 1}
    with world.server(calls=calls) as (server, metrics):
        before = metrics.page()
        expect(before.value("toolpost_plugin_calls_running_limit", plugin=COUNTDOWN) == 1, "limit")
        expect(before.value("toolpost_plugin_calls_waiting_limit", plugin=COUNTDOWN) == 1, "limit")
        slow = {"from": 100, "interval_ms": 1000}
        with begin(server, "countdown", slow) as running, Wire(server.port) as waiting:
            message = modern("tools/call", {"name": "countdown", "arguments": slow})
            waiting.send(request(server.port, message, {**modern_headers(message), "X-API-Key": SINGLE}))
            metrics.wait(lambda page: page.value("toolpost_plugin_calls_waiting", plugin=COUNTDOWN) == 1, "the queue")
            expect(tool(server, "countdown", slow).status == 503, "the plugin is not busy")
            waiting.answer()
            running.rest() if running.is_idle() else None
            after = metrics.wait(lambda page: page.total("toolpost_calls_total", outcome="timeout") == 2, "the deadline")
        expect_calls(after, before, busy=(COUNTDOWN, "countdown", 1), timeout=(COUNTDOWN, "countdown", 2))


@check
def limits_are_told_apart(world):
    rate = {**NO_RATES, "tool_per_minute": 1, "tool_burst": 1}
    with world.server(rate=rate) as (server, metrics):
        before = metrics.page()
        expect([tool(server, "echo", {"text": "x"}).status for _ in range(3)] == [200, 429, 429], "limit of the tool")
        after = metrics.page()
        expect_calls(after, before, ok=(ECHO, "echo", 1), rate_limited=(ECHO, "echo", 2))
        expect(after.changed(before, "toolpost_rate_limited_total") == {labels(limit="tool"): 2}, "limit")
    rate = {**NO_RATES, "principal_per_minute": 1, "principal_burst": 1}
    with world.server(rate=rate) as (server, metrics):
        ask(server, "tools/list")
        ask(server, "tools/list")
        page = metrics.page()
        expect(page.value("toolpost_rate_limited_total", limit="principal") == 1, "limit")
        expect(page.value("toolpost_calls_total", kind="request", outcome="rate_limited") == 1, "not counted")


@check
def credentials_are_counted_by_cause_and_keys_have_an_age(world):
    with world.server(rate={**NO_RATES, "failures_per_minute": 1, "failure_burst": 2}) as (server, metrics):
        before = metrics.page()
        expect(ask(server, "tools/list").status == 200, "the right key")
        expect([ask(server, "tools/list", key=WRONG).status for _ in range(3)] == [401, 401, 429], "the wrong key")
        message = modern("tools/list")
        expect(call(server.port, message, modern_headers(message)).status == 401, "no key")
        both = {**modern_headers(message), "X-API-Key": SINGLE, "Authorization": f"Bearer {SINGLE}"}
        expect(call(server.port, message, both).status == 400, "two keys")
        after = metrics.page()
        expect(after.changed(before, "toolpost_auth_accepted_total") == {(): 1}, "accepted")
        expect(after.changed(before, "toolpost_auth_refused_total") ==
               {labels(cause="wrong"): 3, labels(cause="missing"): 1, labels(cause="both"): 1}, "refused")
        expect(after.changed(before, "toolpost_rate_limited_total") == {labels(limit="failures"): 1}, "told to wait")
        codes = {labels(code=code): count for code, count in (("200", 1), ("400", 1), ("401", 3), ("429", 1))}
        got = after.changed(before, "toolpost_http_responses_total")
        expect(got == codes, f"{got} instead of {codes}")
        created = after.value("toolpost_user_key_oldest_created_timestamp_seconds")
        expect(created == 1767225600, f"the oldest key is of 2026-01-01: {created}")
        expect(after.value("toolpost_users") == len(USERS) - 1, "users")


@check
def connections_streams_and_subscriptions_come_and_go(world):
    limits = {"max_connections_per_address": 4}
    with world.server(http={"limits": limits}) as (server, metrics):
        before = metrics.page()
        message = modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
        headers = {**modern_headers(message), "X-API-Key": SINGLE}
        wires = [Wire(server.port) for _ in range(4)]
        wires[0].send(request(server.port, message, headers)).exactly(1)
        during = metrics.wait(lambda page: page.value("toolpost_http_connections") == 4, "four connections")
        expect(during.value("toolpost_subscriptions") == 1 and during.value("toolpost_http_streams") == 1, "no stream")
        with Wire(server.port) as fifth:
            expect(b"503" in fifth.rest(), "the fifth is not turned away")
        page = metrics.page()
        refused = page.changed(before, "toolpost_http_connections_refused_total")
        expect(refused == {labels(cause="address"): 1}, refused)
        expect(page.changed(before, "toolpost_http_connections_accepted_total") == {(): 4}, "accepted")
        for wire in wires:
            wire.close()
        after = metrics.wait(lambda page: page.value("toolpost_http_connections") == 0, "the end of the connections")
        expect(after.value("toolpost_subscriptions") == 0 and after.value("toolpost_http_streams") == 0, "streams")
        expect(after.value("toolpost_http_received_bytes_total") > before.value("toolpost_http_received_bytes_total"), "in")
        expect(after.value("toolpost_http_sent_bytes_total") > before.value("toolpost_http_sent_bytes_total"), "out")


@check
def the_audit_has_as_many_records_as_are_counted(world):
    with world.server() as (server, metrics):
        for name, arguments in (("echo", {"text": "x"}), ("echo", {}), ("nope", {}), ("countdown", {"from": 1, "interval_ms": 1})):
            tool(server, name, arguments)
        page = metrics.wait(lambda one: one.value("toolpost_audit_sync_seconds_count") > 0, "a sync")
        expect(page.value("toolpost_audit_healthy") == 1, "not healthy")
        state = Path(server._directory.name) / "state/audit"  # noqa: SLF001 - where write_config() puts it
        lines = [json.loads(line) for file in state.rglob("*.jsonl") for line in file.read_text().splitlines()]
        outcomes = [line for line in lines if line.get("type") == "outcome"]
        ended = page.total("toolpost_calls_total")
        expect(len(outcomes) == ended == 4, f"{len(outcomes)} outcomes of {len(lines)} records, {ended} calls")
        expect(page.value("toolpost_audit_records_total") >= 4, "records")


@check
def ten_thousand_made_up_names_make_no_series(world):
    with world.server("open") as (server, metrics), Wire(server.port) as wire:
        def burst(count, first):
            for number in range(first, first + count):
                message = modern("tools/call", {"name": f"name_{number}", "arguments": {}}, number)
                wire.send(request(server.port, message, modern_headers(message))).answer()

        burst(1, 0)
        before = metrics.page()
        burst(10_000, 1)
        after = metrics.page()
        own = {key for key in after.samples if not key[0].startswith("process_")}
        more = own - set(before.samples)
        expect(not more, f"new series: {sorted(more)[:5]}")
        expect(after.changed(before, "mcp_tool_invocations_total") == {labels(tool="_unknown"): 10_000}, "not counted")
        print(f"      {len(after.samples)} series, {len(after.text)} bytes")


@check
def slow_calls_are_logged_once_without_their_arguments(world):
    with world.server(calls={"slow_ms": 2000}) as (server, _):
        expect(tool(server, "echo", {"text": "quick"}).status == 200, "echo")
        expect(tool(server, "countdown", {"from": 11, "interval_ms": 250}, USERS["root"]).status == 200, "countdown")
        line = server.wait_for_log(lambda one: one.get("message") == "slow call", "the slow call")
        expect(line["item"] == "countdown" and line["user"] == "root" and line["ended"] == "ok", line)
        expect(line["run_ms"] >= 10 * 250 and line["queue_ms"] >= 0, line)
        expect("interval" not in json.dumps(line) and "arguments" not in line, line)
        slow = [one for one in server.log_text().splitlines() if '"slow call"' in one]
        expect(len(slow) == 1, slow)


@check
def reloads_are_counted_by_result(world):
    with world.server() as (server, metrics):
        before = metrics.page()
        expect(before.value("toolpost_reload_last_done_timestamp_seconds") == 0, "there was none yet")
        server.process.send_signal(signal.SIGHUP)
        after = metrics.wait(lambda page: page.total("toolpost_reloads_total") == 1, "the reload")
        expect(after.changed(before, "toolpost_reloads_total") == {labels(result="done"): 1}, "done")
        expect(abs(after.value("toolpost_reload_last_done_timestamp_seconds") - time.time()) < 60, "when")
        config = Path(server.process.args[server.process.args.index("--config") + 1])
        config.write_text("{")
        server.process.send_signal(signal.SIGHUP)
        last = metrics.wait(lambda page: page.total("toolpost_reloads_total") == 2, "the second reload")
        expect(last.changed(after, "toolpost_reloads_total") == {labels(result="refused"): 1}, "refused")


@check
def the_threshold_of_slow_calls_is_reloaded(world):
    with world.server(calls={"slow_ms": 0}) as (server, metrics):
        slow = ("countdown", {"from": 3, "interval_ms": 10}, USERS["root"])
        expect(tool(server, *slow).status == 200, "countdown")
        config = Path(server.process.args[server.process.args.index("--config") + 1])
        config.write_text(config.read_text().replace('"slow_ms": 0', '"slow_ms": 1'))
        server.process.send_signal(signal.SIGHUP)
        metrics.wait(lambda page: page.value("toolpost_reloads_total", result="done") == 1, "the reload")
        expect('"slow call"' not in server.log_text(), "0 is no threshold")
        expect(tool(server, *slow).status == 200, "countdown")
        server.wait_for_log(lambda one: one.get("message") == "slow call", "the slow call")


@check
def nothing_is_taken_but_get_of_the_one_path(world):
    with world.server() as (_, metrics):
        expect(metrics.ask()[0] == 200, "GET")
        status, headers, body = metrics.ask("HEAD")
        expect(status == 200 and body == "" and int(headers["Content-Length"]) > 1000, "HEAD")
        expect(metrics.ask("POST")[0] == 405, "POST")
        expect(metrics.ask(target="/mcp")[0] == 404, "another path")
        expect(metrics.ask(headers={"Host": "rebound.example"})[0] == 403, "another host")
        expect(metrics.ask(headers={"Origin": "https://page.example"})[0] == 403, "a page")


@check
def with_a_key_only_the_key_opens_and_it_is_in_no_log(world):
    file = Path(world.directory) / "metrics.key"
    file.write_text("a-key-for-metrics-only-0123456789\n")
    file.chmod(0o600)
    with world.server(metrics={"key_file": str(file)}) as (server, metrics):
        expect(metrics.ask()[0] == 401, "no key")
        expect(metrics.ask(headers={"Authorization": f"Bearer {SINGLE}"})[0] == 401, "the key of the server opens")
        right = {"Authorization": "Bearer a-key-for-metrics-only-0123456789"}
        page = metrics.page(right)
        for cause in ("missing", "wrong"):
            expect(page.value("toolpost_auth_refused_total", cause=cause) == 1, f"{cause}: not counted")
        expect("a credential was refused" in server.log_text(), "the wrong key is not logged")
        expect("a-key-for-metrics" not in server.log_text(), "the key is in the log")


@check
def whoever_listens_beyond_this_machine_without_a_key_is_warned(world):
    with world.server(metrics={"host": "0.0.0.0"}) as (server, metrics):
        server.wait_for_log(lambda one: "metrics.key_file" in one.get("message", ""), "the warning")
        expect(metrics.ask(headers={"Host": "replica-1.example"})[0] == 200, "another name of the machine")


@check
def a_port_that_is_taken_is_one_clear_error(world):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        directory = tempfile.mkdtemp(dir=world.directory)
        path = world.build.write_config(directory, (ECHO,), metrics={"enabled": True, "port": port})
        done = subprocess.run([str(world.build.binary), "http", "--config", str(path), "--port", "0"],
                              capture_output=True, text=True, timeout=60, env=environment(MODES["open"]), check=False)
        expect(done.returncode == 1, done)
        errors = [line for line in done.stderr.splitlines() if "metrics" in line]
        expect(len(errors) == 1 and f"127.0.0.1:{port}" in errors[0] and "(metrics.port)" in errors[0], done.stderr)


@check
def without_the_switch_there_is_no_listener(world):
    with HttpServer(world.build, (ECHO,), environment=environment(MODES["open"])) as server:
        expect("metrics" not in [json.loads(line).get("message") for line in server.log_text().splitlines()], "it listens")
        sockets = [link for link in map(os.readlink, Path(f"/proc/{server.process.pid}/fd").iterdir()) if link.startswith("socket:")]
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        own = [row for row in listening if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]
        expect(len(own) == 1, f"{len(own)} listening sockets")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-metrics-") as directory:
        return run_checks(World(arguments.build, directory), only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
