# SPDX-License-Identifier: Apache-2.0
"""A server that has everything there are metrics of: users, TLS, a Redis, an audit; and traffic that
leaves no metric without a sample."""

import signal
import ssl
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / name) for name in ("clients", "identity", "store")]

from certificates import Authority  # noqa: E402
from checks import expect  # noqa: E402
from http_wire import Wire, modern, modern_headers, request  # noqa: E402
from real_redis import RealRedis  # noqa: E402
from scrape import SWITCHED_ON, Metrics  # noqa: E402
from toolpost_process import FIXTURE_PLUGINS, HttpServer  # noqa: E402
from world import MODES, SINGLE, USERS, WRONG, environment, users_file  # noqa: E402


class FullServer:
    def __init__(self, server, authority):
        self.server, self.metrics = server, Metrics(server)
        self._context = ssl.create_default_context(cafile=str(authority.certificate))

    def wire(self):
        wire = Wire(self.server.port)
        wire.socket = self._context.wrap_socket(wire.socket, server_hostname="127.0.0.1")
        return wire

    def ask(self, method, params=None, key=SINGLE):
        message = modern(method, params)
        with self.wire() as wire:
            wire.send(request(self.server.port, message, {**modern_headers(message), "X-API-Key": key}))
            return wire.answer().status

    def traffic(self):
        """Some of everything; the statuses are what they should be, or nothing is proven."""
        def tool(name, arguments, key=SINGLE):
            return self.ask("tools/call", {"name": name, "arguments": arguments}, key)

        expect([tool("echo", {"text": "x"}) for _ in range(3)] == [200] * 3, "echo")
        expect(tool("countdown", {"from": 2, "interval_ms": 5}) == 200, "countdown")
        expect(tool("test_error_handling", {}) == 200, "a tool's own error")
        expect(tool("echo", {}) == 200, "arguments that are not valid")
        expect(tool("echo", {"text": "x"}, USERS["ann"]) == 200, "a denial")
        expect(tool("no_such_tool", {}) != 0, "an unknown name")
        expect(self.ask("tools/list", key=WRONG) == 401, "a wrong key")
        self.server.process.send_signal(signal.SIGHUP)
        self.metrics.wait(lambda page: page.value("toolpost_reloads_total", result="done") > 0, "the reload")
        with self.wire() as wire:
            message = modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
            headers = {**modern_headers(message), "X-API-Key": SINGLE}
            wire.send(request(self.server.port, message, headers)).exactly(1)


@contextmanager
def full_server(build):
    with ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="toolpost-metrics-"))
        authority = Authority(directory)
        pair = authority.sign("server", "IP:127.0.0.1,DNS:localhost")
        redis = RealRedis()
        stack.callback(redis.stop)
        server = stack.enter_context(HttpServer(
            build, FIXTURE_PLUGINS, environment=environment(MODES["both"], users_file(directory)), metrics=SWITCHED_ON,
            http={"tls": {"certificate_file": str(pair.certificate), "key_file": str(pair.key)}}, redis={"url": redis.url}))
        yield FullServer(server, authority)
