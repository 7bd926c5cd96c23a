# SPDX-License-Identifier: Apache-2.0
"""Time and ends: slow and vanishing clients, signals, a port that is taken."""

import json
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from checks import check, expect
from http_wire import Wire, echo, echo_request, modern, modern_headers, request
from toolpost_process import PATIENCE_S, HttpServer

LONG_CALL = {"name": "test_until_cancelled", "arguments": {}}


def start_long_call(server, wire):
    """Returns once the first progress has arrived, so that the call is surely running."""
    message = modern("tools/call", LONG_CALL, meta={"progressToken": 1})
    status, headers = wire.send(request(server.port, message, modern_headers(message))).head()
    expect(status == 200, f"status {status}")
    events = wire.events(headers)
    while "data" not in dict(next(events)):
        pass
    return events


def on_cancel_has_run(line):
    return "on_cancel has run" in json.dumps(line)


@check
def a_vanished_client_cancels_its_call(server):
    with HttpServer(server.build) as own:
        with Wire(own.port) as wire:
            start_long_call(own, wire)
        own.wait_for_log(on_cancel_has_run, "on_cancel")


@check
def a_vanished_client_without_stream_cancels_too(server):
    with HttpServer(server.build) as own:
        message = modern("tools/call", LONG_CALL)
        with Wire(own.port) as wire, Wire(own.port) as other:
            wire.send(request(own.port, message, modern_headers(message)))
            expect(other.send(echo_request(own.port)).answer().status == 200, "no answer beside it")
        own.wait_for_log(on_cancel_has_run, "on_cancel")


def drip(wire, head):
    """Sends a body a byte at a time, for twenty seconds at most, until there is an answer; returns that."""
    wire.send(head)
    wire.socket.settimeout(0.02)
    for _ in range(1000):
        try:
            return wire.socket.recv(65536)
        except TimeoutError:
            wire.send(b" ")
    return b""


@check
def slow_clients_are_cut_off(server):
    limits = {"http": {"limits": {"first_byte_timeout_ms": 300, "header_timeout_ms": 300, "body_timeout_ms": 300, "idle_timeout_ms": 300}}}
    with HttpServer(server.build, **limits) as own:
        whole = echo_request(own.port)
        starts = {"nothing": b"", "half a head": whole[:40], "half a body": whole[:-10]}
        for name, data in starts.items():
            began = time.monotonic()
            with Wire(own.port) as wire:
                rest = wire.send(data).rest()
            took = time.monotonic() - began
            expect(took < 10, f"{name}: still open after {took:.1f} s")
            said = b"HTTP/1.1 408" if name == "half a body" else b""
            expect(rest[:12] == said, f"{name}: {rest[:100]!r}")
        began = time.monotonic()
        with Wire(own.port) as wire:
            said = drip(wire, request(own.port, b"", {**modern_headers(echo()), "Content-Length": "1000000"}))
        took = time.monotonic() - began
        expect(took < 10, f"a body a byte at a time: still open after {took:.1f} s")
        expect(said[:12] == b"HTTP/1.1 408" and b"Connection: close" in said, said)
    with HttpServer(server.build, http={"limits": {"idle_timeout_ms": 300}}) as own, Wire(own.port) as wire:
        expect(wire.send(echo_request(own.port)).answer().status == 200, "a quick client was not served")
        expect(wire.rest() == b"", "it was not closed when idle, but")


WRONG_SETTINGS = """{
  "plugin_directories": %s,
  "plugins": {
    "io.toolpost.uv-package": {
      "enabled": true,
      "config": {
        "timeout": 5, // no such key
        "index_url": 7,
        "roots": ["/a", false]
      }
    },
    "io.toolpost.nowhere": {"enabled": true}
  }
}
"""


@check
def every_mistake_in_the_settings_of_plugins_is_named_at_its_place(server):
    for command in (["config", "check"], ["http", "--port", "0"]):
        with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
            path = Path(directory) / "toolpost.json"
            path.write_text(WRONG_SETTINGS % json.dumps([str(server.build.directory / "plugins")]))
            done = subprocess.run([server.build.binary, *command, "--config", path], capture_output=True, text=True, timeout=PATIENCE_S)
        expect(done.returncode == 1, f"{command}: exit code {done.returncode}")
        key = "plugins.io.toolpost.uv-package.config"
        for line in (
            f'{path}:7:9: {key}.timeout: unknown key; did you mean "timeout_s"?',
            f"{path}:8:22: {key}.index_url: must be string, is integer",
            f"{path}:9:25: {key}.roots.1: must be string, is boolean",
            "plugin io.toolpost.nowhere: no manifest with this id in the plugin directories",
        ):
            shown = line if command[0] == "config" else json.dumps(line)
            expect(shown in done.stderr, f"{command}: {line!r} is not in {done.stderr}")


def ends_cleanly(server, number):
    own = HttpServer(server.build)
    try:
        with Wire(own.port) as wire:
            start_long_call(own, wire)
            began = time.monotonic()
            code = own.stop(number)
            took = time.monotonic() - began
        expect(code == 0, f"exit code {code}: {own.log_text()[-800:]}")
        expect(took < 20, f"it took {took:.1f} s")
    finally:
        own.process.kill()


@check
def SIGTERM_during_a_call_ends_cleanly(server):
    ends_cleanly(server, signal.SIGTERM)


@check
def SIGINT_during_a_call_ends_cleanly(server):
    ends_cleanly(server, signal.SIGINT)


@check
def a_taken_port_is_one_clear_line(server):
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        config = server.build.write_config(directory)
        command = [server.build.binary, "http", "--config", config, "--port", str(server.port)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
    expect(done.returncode not in (0, -6, -11), f"exit code {done.returncode}")
    about_port = [line for line in done.stderr.splitlines() if str(server.port) in line]
    expect(len(about_port) == 1, f"{len(about_port)} lines name the port:\n{done.stderr}")
    expect("use" in about_port[0], f"it does not say that the port is in use: {about_port[0]}")


@check
def a_public_address_is_refused(server):
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        config = server.build.write_config(directory)
        command = [server.build.binary, "http", "--config", config, "--host", "0.0.0.0", "--port", "0"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
    expect(done.returncode not in (0, -6, -11), f"exit code {done.returncode}")
    expect("0.0.0.0" in done.stderr and "authenticat" in done.stderr, f"the reason is not given:\n{done.stderr}")


@check
def many_connections_are_bounded_and_survived(server):
    wires = []
    try:
        for _ in range(200):  # one address may have 256
            wires.append(Wire(server.port))
        with Wire(server.port) as wire:
            expect(wire.send(echo_request(server.port)).answer().status == 200, "idle connections starve a new one")
    finally:
        for wire in wires:
            wire.close()
