# SPDX-License-Identifier: Apache-2.0
"""The stop of a server that clients and proxies use: SIGTERM, the grace, the drain, the end; and that
nobody who has sent a request is left without an answer. drain.py --build DIR [--only WORDS]"""

import argparse
import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from checks import check, expect, run_checks
from http_wire import Wire, echo_request, modern, modern_headers, request
from listen_wire import Listener
from toolpost_process import PATIENCE_S, Build, HttpServer

LONG_MS = 60_000
SHORT_MS = 500
# Nothing of a stop takes this long unless it waits for a grace or a drain of LONG_MS.
QUICK_S = 20
# What a connect ends with: the second when the port closes between the two halves of a handshake.
NOT_CONNECTED = (ConnectionRefusedError, ConnectionResetError)


@contextlib.contextmanager
def server_with(build, grace_ms, **more):
    """A server with a grace, which the check ends itself."""
    server = HttpServer(build, http={"shutdown_grace_ms": grace_ms}, **more)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def wait_for(accepts, what):
    deadline = time.monotonic() + PATIENCE_S
    while not accepts():
        expect(time.monotonic() < deadline, what)
        time.sleep(0.02)


def readiness(server):
    with Wire(server.port) as wire:
        return wire.send(request(server.port, b"", method="GET", target="/readyz")).answer()


def begin_grace(server):
    server.process.send_signal(signal.SIGTERM)
    wait_for(lambda: readiness(server).status == 503, "it still says that it is ready")
    expect(b"stopping" in readiness(server).body, "the reason")


def until_cancelled(limit_ms=LONG_MS, meta=None):
    arguments = {"limit_ms": limit_ms, "interval_ms": 100}
    return modern("tools/call", {"name": "test_until_cancelled", "arguments": arguments}, meta=meta)


def start_stream(server, wire, limit_ms):
    """A call whose first event has come; its other events."""
    message = until_cancelled(limit_ms, {"progressToken": 1})
    status, headers = wire.send(request(server.port, message, modern_headers(message))).head()
    expect(status == 200 and "connection" not in headers, headers)
    events = wire.events(headers)
    wire.next_event(events)
    return events


def says(text):
    return lambda line: line.get("message") == text


def is_refused(server):
    try:
        Wire(server.port).close()
        return False
    except NOT_CONNECTED:
        return True


def end(server, number=signal.SIGTERM):
    begun = time.monotonic()
    code = server.stop(number)
    expect(code == 0, f"exit code {code}: {server.log_text()[-800:]}")
    return time.monotonic() - begun


def is_last(answer):
    return answer.status == 200 and answer.headers.get("connection") == "close"


@check
def open_connections_are_served_once_more_and_told_that_it_was_the_last_time(build):
    with server_with(build, LONG_MS) as server:
        with Wire(server.port) as used, Wire(server.port) as silent, Wire(server.port) as halfway:
            before = used.send(echo_request(server.port)).answer()
            expect(before.status == 200 and "connection" not in before.headers, before)
            whole = echo_request(server.port)
            halfway.send(whole[:-10])
            begin_grace(server)
            expect(used.is_idle() and silent.is_idle(), "a connection was closed before its client was told")
            for name, wire, data in (("used", used, whole), ("silent", silent, whole), ("halfway", halfway, whole[-10:])):
                answer = wire.send(data).answer()
                expect(is_last(answer), f"{name}: {answer}")
                expect(wire.rest() == b"", f"{name}: not closed after the last answer")
        with Wire(server.port) as late:
            expect(is_last(late.send(echo_request(server.port)).answer()), "a new connection")
        expect(end(server) < QUICK_S, "the second signal waits for the grace")


@check
def a_call_that_runs_is_told_with_its_answer(build):
    """Its head has not gone out yet, so it can still say so."""
    message = until_cancelled(10_000)
    with server_with(build, LONG_MS) as server, Wire(server.port) as wire:
        wire.send(request(server.port, message, modern_headers(message, Accept="application/json")))
        begin_grace(server)
        expect(is_last(wire.answer()), "the answer")


@check
def a_stream_that_has_begun_keeps_its_connection_for_one_more(build):
    with server_with(build, LONG_MS) as server, Wire(server.port) as wire:
        events = start_stream(server, wire, 1500)
        begin_grace(server)
        for _ in events:
            pass
        expect(wire.is_idle(), "closed though its client has been promised that it stays")
        expect(is_last(wire.send(echo_request(server.port)).answer()), "the one more")


@check
def subscriptions_go_on_until_the_grace_is_over(build):
    with server_with(build, LONG_MS) as server, Listener(server, {"toolsListChanged": True}, 5) as listener:
        begin_grace(server)
        expect(listener.wire.is_idle(), "ended while its client would come back to this server")
        server.process.send_signal(signal.SIGTERM)
        last = listener.next()
        expect(last["id"] == 5 and listener.next() is None, last)
        expect(end(server) < QUICK_S, "it took too long")


@check
def whoever_is_connected_when_the_grace_ends_is_still_answered(build):
    with server_with(build, SHORT_MS) as server:
        wires = [Wire(server.port) for _ in range(8)]
        server.process.send_signal(signal.SIGTERM)
        server.wait_for_log(says("taking no more connections"), "the end of the grace")
        for wire in wires:
            with wire:
                expect(is_last(wire.send(echo_request(server.port)).answer()), "not answered")
        expect(end(server) < QUICK_S, "it took too long")


@check
def while_it_stops_everybody_is_answered_or_refused(build):
    """Clients that connect, ask once and connect again, without a pause, until they are refused."""
    answered, lost = [0], []

    def ask_until_refused(port):
        while True:
            try:
                wire = Wire(port)
            except NOT_CONNECTED:
                return
            with wire:
                try:
                    answer = wire.send(echo_request(port)).answer()
                    expect(answer.status == 200, answer)
                    answered[0] += 1
                except Exception as error:
                    lost.append(repr(error))

    with server_with(build, SHORT_MS, rate={"principal_per_minute": 1_000_000, "principal_burst": 1_000_000,
                     "address_per_minute": 1_000_000, "address_burst": 1_000_000,
                     "tool_per_minute": 1_000_000, "tool_burst": 1_000_000}) as server:
        clients = [threading.Thread(target=ask_until_refused, args=(server.port,), daemon=True) for _ in range(8)]
        for client in clients:
            client.start()
        wait_for(lambda: answered[0] > 50, "nobody is served")
        server.process.send_signal(signal.SIGTERM)
        for client in clients:
            client.join(PATIENCE_S)
            expect(not client.is_alive(), "a client waits without end")
        expect(end(server) < QUICK_S, "it took too long")
    print(f"      {answered[0]} answered, {len(lost)} lost")
    expect(not lost, f"{len(lost)} of {answered[0]} requests were lost: {lost[:3]}")


@check
def what_waits_for_its_plugin_is_still_done(build):
    for grace_ms in (0, SHORT_MS):
        with server_with(build, grace_ms, calls={"max_concurrency_per_plugin": 1}) as server, contextlib.ExitStack() as stack:
            wires = [stack.enter_context(Wire(server.port)) for _ in range(4)]
            message = until_cancelled(400)
            for wire in wires:
                wire.send(request(server.port, message, modern_headers(message, Accept="application/json")))
            # One that is answered at once shows that the others, sent before it, are in.
            with Wire(server.port) as wire:
                wire.send(echo_request(server.port)).answer()
            server.process.send_signal(signal.SIGTERM)
            answers = [wire.answer() for wire in wires]
            expect([answer.status for answer in answers] == [200] * 4, answers)
            expect(end(server) < QUICK_S, "it took too long")


@check
def a_terminal_does_not_wait_for_the_grace(build):
    with server_with(build, LONG_MS) as server:
        expect(end(server, signal.SIGINT) < QUICK_S, "SIGINT waits for the grace")


@check
def each_signal_ends_what_is_waited_for(build):
    with server_with(build, LONG_MS, calls={"drain_ms": LONG_MS}) as server, Wire(server.port) as wire:
        events = start_stream(server, wire, LONG_MS)
        begin_grace(server)
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: is_refused(server), "the second signal did not end the grace")
        expect("stopping" not in server.log_text(), "the second signal did not leave the call its time")
        expect(end(server, signal.SIGINT) < QUICK_S, "the third signal waits for the drain")
        messages = [json.loads(dict(fields)["data"]) for fields in events if dict(fields).get("data")]
        answers = [one for one in messages if "method" not in one]
        expect(len(answers) == 1, f"the call had no last word: {messages[-3:]}")
        # Not what a call is told that has not begun: its client must not simply ask again.
        expect(answers[0]["error"]["data"] == {"reason": "interrupted"}, answers)


@check
def the_audit_is_sealed_when_it_has_ended(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        ledger = {"directory": f"{directory}/audit", "key_file": f"{directory}/audit.key"}
        with server_with(build, SHORT_MS, audit=ledger) as server:
            with Wire(server.port) as wire:
                server.process.send_signal(signal.SIGTERM)
                expect(is_last(wire.send(echo_request(server.port)).answer()), "not answered in the grace")
            expect(end(server) < QUICK_S, "it took too long")
            expect('"clean": true' in server.log_text(), server.log_text()[-400:])
        config = build.write_config(directory, audit=ledger)
        done = subprocess.run([build.binary, "audit", "verify", "--config", config], capture_output=True, text=True, timeout=PATIENCE_S)
        expect(done.returncode == 0, done.stdout + done.stderr)
        stops = [record for file in Path(directory, "audit").rglob("*.jsonl") for record in file.read_text().splitlines()
                 if '"SIGTERM"' in record]
        expect(len(stops) == 1, f"{len(stops)} records of the stop")


@check
def behind_a_proxy_there_is_a_grace_by_default(build):
    for http, wanted in (({}, 0), ({"trusted_proxies": ["10.0.0.0/8"]}, 10_000),
                         ({"trusted_proxies": ["10.0.0.0/8"], "shutdown_grace_ms": 7}, 7)):
        with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
            config = build.write_config(directory, http=http)
            done = subprocess.run([build.binary, "config", "print", "--config", config], capture_output=True, text=True, timeout=PATIENCE_S)
        expect(json.loads(done.stdout)["http"]["shutdown_grace_ms"] == wanted, f"{http}: {done.stdout[:300]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only", help="run the checks whose name holds this")
    arguments = parser.parse_args()
    return run_checks(arguments.build, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
