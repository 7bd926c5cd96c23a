# SPDX-License-Identifier: Apache-2.0
"""`toolpost healthcheck`: healthy only when the configured server says so, within a bounded time, in
one line. healthcheck.py --build DIR [--only WORDS]"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from certificates import Authority  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402

# What it promises, and what a busy machine may add.
PATIENCE_S, SLACK_S = 5, 5
SECRET = "canary-0123456789-0123456789-0123456789"


class World:
    def __init__(self, build, directory):
        self.build, self.directory = build, Path(directory)
        self.authority = Authority(directory)
        self.pair = self.authority.sign("server", "DNS:tools.example")

    def ask(self, *arguments, config=None, **variables):
        """Exit code and the one line that was printed, on stdout when healthy and else on stderr."""
        path = self.directory / "toolpost.json"
        path.write_text(json.dumps(config or {}))
        started = time.monotonic()
        done = subprocess.run([self.build.binary, "healthcheck", "--config", path, *map(str, arguments)],
                              capture_output=True, text=True, check=False, timeout=60,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(self.directory), **variables})
        expect(time.monotonic() - started < PATIENCE_S + SLACK_S, "it took too long")
        told, silent = (done.stdout, done.stderr) if done.returncode == 0 else (done.stderr, done.stdout)
        expect(not silent and told.count("\n") == 1 and told.endswith("\n"), done)
        return done.returncode, told


class Stranger:
    """A listener that is no Toolpost: each connection is `answer`ed by a function of the socket."""

    def __init__(self, answer):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        try:
            connection, _ = self._listener.accept()
            with connection:
                self._answer(connection)
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()


def reading(connection):
    """Takes the request, and then does nothing until the other side leaves."""
    while connection.recv(4096):
        pass


def saying(data):
    def answer(connection):
        connection.recv(4096)
        connection.sendall(data)

    return answer


@check
def a_server_that_turns_is_healthy_and_ready(world):
    with HttpServer(world.build) as server:
        code, line = world.ask("--port", server.port)
        expect((code, line) == (0, f"healthy: http://127.0.0.1:{server.port}/livez answers 200\n"), line)
        code, line = world.ask("--port", server.port, "--ready")
        expect((code, line) == (0, f"healthy: http://127.0.0.1:{server.port}/readyz answers 200\n"), line)


@check
def address_and_port_come_from_the_file_and_the_environment(world):
    with HttpServer(world.build) as server:
        expect(world.ask(config={"http": {"port": server.port}})[0] == 0, "not by the file")
        expect(world.ask(MCP_PORT=str(server.port))[0] == 0, "not by the environment")
        expect(world.ask(MCP_PORT=str(server.port), config={"http": {"port": 1}})[0] == 0, "the file won")
        for everywhere in ("0.0.0.0", "localhost"):
            code, line = world.ask("--port", server.port, MCP_HOST=everywhere, MCP_ENABLE_AUTH="true", MCP_API_KEY=SECRET)
            expect(code == 0 and SECRET not in line, line)


@check
def a_server_without_users_is_alive_but_not_ready_and_says_what_is_missing(world):
    with HttpServer(world.build, auth={"users": True}) as server:
        expect(world.ask("--port", server.port)[0] == 0, "not alive")
        code, line = world.ask("--port", server.port, "--ready")
        expect(code == 1 and "answers 503" in line and "create-admin" in line, line)


@check
def TLS_is_spoken_where_the_configuration_has_it_and_names_of_the_outside_do_not_matter(world):
    tls = {"certificate_file": str(world.pair.certificate), "key_file": str(world.pair.key)}
    with HttpServer(world.build, http={"tls": tls}) as server:
        code, line = world.ask("--port", server.port, "--ready", config={"http": {"tls": tls}})
        expect(code == 0 and line.startswith("healthy: https://"), line)
        code, line = world.ask("--port", server.port)
        expect(code == 1, f"without TLS: {line}")


@check
def who_wants_a_client_certificate_is_alive_and_not_known_to_be_ready(world):
    tls = {"certificate_file": str(world.pair.certificate), "key_file": str(world.pair.key),
           "client_ca_file": str(world.authority.certificate), "client_certificates": "required"}
    with HttpServer(world.build, http={"tls": tls}) as server:
        code, line = world.ask("--port", server.port, config={"http": {"tls": tls}})
        expect(code == 0 and "wants a client certificate" in line, line)
        code, line = world.ask("--port", server.port, "--ready", config={"http": {"tls": tls}})
        expect(code == 1 and "wants a client certificate" in line, line)
    tls["client_certificates"] = "optional"
    with HttpServer(world.build, http={"tls": tls}) as server:
        expect(world.ask("--port", server.port, "--ready", config={"http": {"tls": tls}})[0] == 0, "optional")


@check
def nobody_there_is_unhealthy(world):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    code, line = world.ask("--port", port)
    expect(code == 1 and "Connection refused" in line, line)


@check
def a_server_that_stands_still_is_unhealthy(world):
    with HttpServer(world.build) as server:
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            code, line = world.ask("--port", server.port)
        finally:
            os.kill(server.process.pid, signal.SIGCONT)
        expect(code == 1 and "no answer in time" in line, line)


@check
def strangers_at_the_port_are_unhealthy_whatever_they_say(world):
    def trickle(connection):
        while True:
            connection.sendall(b"H")
            time.sleep(0.2)

    for answer, wanted in (
        (reading, "no answer in time"),
        (trickle, "no answer in time"),
        (lambda connection: None, ""),
        (saying(b"SSH-2.0-OpenSSH_9.2\r\n"), "no server of HTTP"),
        (saying(b"HTTP/1.1 20"), "no server of HTTP"),
        (saying(b"HTTP/1.1 abc OK\r\n\r\n"), "no server of HTTP"),
        (saying(b"HTTP/1.1 404 Not Found\r\n\r\n\x1b[2Jtwo\nlines"), "answers 404: \"\\u001b[2Jtwo\\nlines\""),
        (saying(b"HTTP/1.1 500 Oh\r\n\r\n" + b"x" * 200_000), "answers 500"),
    ):
        with Stranger(answer) as stranger:
            code, line = world.ask("--port", stranger.port)
            expect(code == 1 and wanted in line and len(line) < 3000, f"{wanted!r}: {line[:300]}")


@check
def a_port_that_nobody_knows_and_a_broken_file_are_errors_that_say_so(world):
    code, line = world.ask("--port", "0")
    expect(code == 1 and "http.port" in line and "--port" in line, line)
    code, line = world.ask(config={"http": {"prot": 1}})
    expect(code == 1 and "http.prot" in line, line)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-healthcheck-") as directory:
        sys.exit(run_checks(World(Build(arguments.build), directory), only=arguments.only))


if __name__ == "__main__":
    main()
