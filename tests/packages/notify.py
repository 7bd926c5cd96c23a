# SPDX-License-Identifier: Apache-2.0
"""What a service manager hears of `toolpost http`, told by a socket like systemd's, and what signals
do to it. notify.py --build DIR [--only WORDS]"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from http_wire import Wire, request  # noqa: E402
from toolpost_process import PATIENCE_S, Build, HttpServer  # noqa: E402

PLUGINS = ("io.toolpost.echo",)


class Manager:
    """The receiving end of NOTIFY_SOCKET."""

    def __init__(self, name=None):
        self._directory = tempfile.TemporaryDirectory(prefix="toolpost-notify-")
        self.name = name or f"{self._directory.name}/notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.name.replace("@", "\0", 1) if self.name[0] == "@" else self.name)
        self._socket.settimeout(PATIENCE_S)

    def next(self):
        """The next message, as its lines."""
        return self._socket.recv(4096).decode().split("\n")

    def is_quiet(self):
        """Nothing has arrived that was not read."""
        self._socket.setblocking(False)
        try:
            return not self._socket.recv(4096)
        except BlockingIOError:
            return True
        finally:
            self._socket.settimeout(PATIENCE_S)

    def environment(self, **more):
        return {**os.environ, "NOTIFY_SOCKET": self.name, **more}

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self._socket.close()
        self._directory.cleanup()


def is_alive(port):
    with Wire(port) as wire:
        wire.send(request(port, b"", {"Content-Type": None, "Accept": None, "Content-Length": None}, "GET", "/livez"))
        return wire.answer().status == 200


@check
def READY_comes_when_it_serves_and_STOPPING_before_it_ends(build):
    with Manager() as manager, HttpServer(build, PLUGINS, environment=manager.environment()) as server:
        message = manager.next()
        expect(message == ["READY=1", f"STATUS=listening on {server.url}"], message)
        expect(is_alive(server.port), "READY before it serves")
        expect(manager.is_quiet(), "a message nobody asked for")
        expect(server.stop() == 0, "the end was not clean")
        message = manager.next()
        expect(message[0] == "STOPPING=1", message)


@check
def an_abstract_socket_hears_the_same(build):
    with Manager(f"@toolpost-notify-{os.getpid()}") as manager:
        with HttpServer(build, PLUGINS, environment=manager.environment()):
            expect(manager.next()[0] == "READY=1", "not ready")


@check
def a_start_that_fails_is_never_READY(build):
    with Manager() as manager, HttpServer(build, PLUGINS) as other, tempfile.TemporaryDirectory() as directory:
        config = build.write_config(directory, PLUGINS)
        ended = subprocess.run(
            [build.binary, "http", "--config", config, "--port", str(other.port)],
            env=manager.environment(), capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )
        expect(ended.returncode == 1 and str(other.port) in ended.stderr, ended)
        expect(manager.is_quiet(), "a message from a start that failed")


@check
def the_watchdog_is_told_again_and_again_also_while_it_drains(build):
    with Manager() as manager:
        environment = manager.environment(WATCHDOG_USEC="100000")
        with HttpServer(build, PLUGINS, environment=environment, http={"shutdown_grace_ms": 5000}) as server:
            expect(manager.next()[0] == "READY=1", "not ready")
            for _ in range(5):
                message = manager.next()
                expect(message == ["WATCHDOG=1"], message)
            server.process.send_signal(signal.SIGTERM)
            while (message := manager.next())[0] == "WATCHDOG=1":
                pass
            expect(message[0] == "STOPPING=1", message)
            for _ in range(3):
                message = manager.next()
                expect(message == ["WATCHDOG=1"], message)


@check
def a_process_that_hangs_tells_nothing(build):
    """The control of the check above: what is sent comes from the process and not from anything else."""
    with Manager() as manager:
        environment = manager.environment(WATCHDOG_USEC="100000")
        with HttpServer(build, PLUGINS, environment=environment) as server:
            expect(manager.next()[0] == "READY=1" and manager.next() == ["WATCHDOG=1"], "no watchdog")
            server.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, server.process.pid, os.WSTOPPED)
            try:
                while not manager.is_quiet():
                    pass
                manager._socket.settimeout(0.5)
                try:
                    message = manager.next()
                except TimeoutError:
                    message = None
                expect(message is None, message)
            finally:
                server.process.send_signal(signal.SIGCONT)
            manager._socket.settimeout(PATIENCE_S)
            expect(manager.next() == ["WATCHDOG=1"], "the watchdog does not go on")


@check
def a_watchdog_for_another_process_is_not_ours(build):
    with Manager() as manager:
        environment = manager.environment(WATCHDOG_USEC="1000", WATCHDOG_PID="1")
        with HttpServer(build, PLUGINS, environment=environment) as server:
            expect(manager.next()[0] == "READY=1", "not ready")
            expect(is_alive(server.port), "not alive")
            expect(server.stop() == 0, "the end was not clean")
            expect(manager.next()[0] == "STOPPING=1", "something came between")


@check
def what_is_no_socket_ends_the_start_by_name(build):
    with tempfile.TemporaryDirectory() as directory:
        config = build.write_config(directory, PLUGINS)
        for name, value in (("NOTIFY_SOCKET", "run/notify"), ("WATCHDOG_USEC", "30s")):
            ended = subprocess.run(
                [build.binary, "http", "--config", config, "--port", "0"],
                env={**os.environ, "NOTIFY_SOCKET": "/nowhere/notify", name: value},
                capture_output=True, text=True, timeout=PATIENCE_S, check=False,
            )
            expect(ended.returncode == 1 and f"toolpost: {name}: expected" in ended.stderr, ended)


@check
def a_manager_that_is_gone_costs_a_warning_and_nothing_else(build):
    environment = {**os.environ, "NOTIFY_SOCKET": "/nowhere/notify", "WATCHDOG_USEC": "20000"}
    with HttpServer(build, PLUGINS, environment=environment) as server:
        server.wait_for_log(
            lambda line: line.get("reason") == "NOTIFY_SOCKET: send: No such file or directory", "the warning")
        expect(is_alive(server.port), "not alive")
        expect(server.stop() == 0, "the end was not clean")
        expect(server.log_text().count("NOTIFY_SOCKET") == 1, "the warning came again")


@check
def SIGHUP_ends_nothing_without_TLS(build):
    """What rotates logs sends it, and so does a terminal that closes."""
    with HttpServer(build, PLUGINS) as server:
        for _ in range(3):
            server.process.send_signal(signal.SIGHUP)
            expect(is_alive(server.port), "not alive")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
