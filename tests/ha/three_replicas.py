# SPDX-License-Identifier: Apache-2.0
"""Three replicas as packaging/README.md describes them, and clients that reach them through a proxy."""

import contextlib
import json
import signal
import ssl
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / name) for name in ("identity", "clients", "store")]

from checks import expect  # noqa: E402
from http_wire import LEGACY, META, Wire, modern, modern_headers, request  # noqa: E402
from free_port import free_port  # noqa: E402
from proxies import REPLICAS  # noqa: E402
from toolpost_process import HttpServer  # noqa: E402
from world import MODES, USERS, environment, users_file  # noqa: E402

PLUGINS = ("io.toolpost.echo", "io.toolpost.conformance", "io.toolpost.executions")
KEY = {"Authorization": f"Bearer {USERS['root']}"}
PLENTY = 1_000_000
NO_LIMIT = {f"{what}_{unit}": PLENTY for what in ("principal", "address", "tool") for unit in ("per_minute", "burst")}
TASKS = {META + "clientCapabilities": {"extensions": {"io.modelcontextprotocol/tasks": {}}}}


class Site:
    """Replicas a, b and c on fixed ports. They share users, seal keys, ended sessions, and Redis where
    `redis` is its URL; each has its own data_directory, and so its audit and tasks."""

    def __init__(self, build, redis=None, rate=None, **more):
        self._build = build
        self._directory = tempfile.TemporaryDirectory(prefix="toolpost-site-")
        self.directory = Path(self._directory.name)
        self._environment = environment(MODES["users"], users_file(self.directory))
        self._settings = {
            "seal_key_file": str(self.directory / "seal.key"),
            "session_directory": str(self.directory / "ended-sessions"),
            "rate": {**NO_LIMIT, **(rate or {})},
            **({"redis": {"url": redis}} if redis else {}),
            **more,
        }
        self._settings["http"] = {"trusted_proxies": ["127.0.0.1"], **more.get("http", {})}
        self.ports = {label: free_port() for label in REPLICAS}
        self.servers = {}

    def start(self, label):
        self.servers[label] = HttpServer(
            self._build, PLUGINS, environment=self._environment, port=self.ports[label], replica=label,
            data_directory=str(self.directory / label), **self._settings)
        return self.servers[label]

    def stop(self, label):
        """As a service manager does it; returns the exit code."""
        server = self.servers.pop(label)
        try:
            return server.stop(signal.SIGTERM)
        finally:
            self._forget(server)

    def kill(self, label):
        server = self.servers.pop(label)
        server.process.kill()
        server.process.wait()
        self._forget(server)

    @staticmethod
    def _forget(server):
        with contextlib.suppress(Exception):  # the code of its end is not judged here
            server.__exit__(Exception, None, None)

    def executions(self):
        """The ids that were executed, each as often as it was, in any order."""
        files = self.directory.glob("*/plugins/io.toolpost.executions/executions")
        return [line for file in files for line in file.read_text().splitlines()]

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            undo.callback(self.__exit__)
            for label in REPLICAS:
                self.start(label)
            undo.pop_all()
        return self

    def __exit__(self, *_):
        for label in list(self.servers):
            self.servers[label].process.send_signal(signal.SIGINT)  # none of them waits for a proxy
        for label in list(self.servers):
            self._forget(self.servers.pop(label))
        self._directory.cleanup()


class ProxyWire(Wire):
    """One connection through TLS to a proxy; `source` is the client's own address."""

    def __init__(self, proxy, source="127.0.0.1"):
        super().__init__(proxy.port, source=source)
        context = ssl.create_default_context(cafile=proxy.authority.certificate)
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def has_more(self):
        """Whether more has come than what was read."""
        return bool(self._buffer) or self.socket.pending() > 0


def tool_call(name, arguments=None, call_id=1, meta=None):
    return modern("tools/call", {"name": name, "arguments": arguments or {}}, call_id, meta=meta)


def modern_request(proxy, message, **changes):
    return request(proxy.port, message, {**modern_headers(message), **KEY, "Host": f"localhost:{proxy.port}",
                                         **{name.replace("_", "-"): value for name, value in changes.items()}})


def ask(proxy, message, source="127.0.0.1", **changes):
    """A modern request on a connection of its own."""
    with ProxyWire(proxy, source) as wire:
        return wire.send(modern_request(proxy, message, **changes)).answer()


def process_of(answer):
    """Which replica has executed the call."""
    expect(answer.status == 200, answer)
    text = answer.body.decode()
    if text.startswith(("id:", "event:", "data:", ":")):  # a legacy answer may be a stream
        text = [line[5:] for line in text.splitlines() if line.startswith("data:") and "result" in line][-1]
    return json.loads(text)["result"]["structuredContent"]["process"]


class LegacyClient:
    """A session through a proxy; each request on a connection of its own."""

    def __init__(self, proxy):
        self._proxy = proxy
        self.headers = {**KEY, "Host": f"localhost:{proxy.port}", "MCP-Protocol-Version": LEGACY}
        info = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
        opened = self.ask("initialize", info, **{"MCP-Protocol-Version": None})
        expect(opened.status == 200, opened)
        self.headers["Mcp-Session-Id"] = opened.headers["mcp-session-id"]
        ready = self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        expect(ready.status == 202, ready)

    def bytes_of(self, message, method="POST", **headers):
        return request(self._proxy.port, message, {**self.headers, **headers}, method)

    def _send(self, message, **headers):
        with ProxyWire(self._proxy) as wire:
            return wire.send(self.bytes_of(message, **headers)).answer()

    def ask(self, method, params=None, call_id=1, **headers):
        return self._send({"jsonrpc": "2.0", "id": call_id, "method": method, "params": params or {}}, **headers)

    def use(self, tool, arguments=None, call_id=1):
        return self.ask("tools/call", {"name": tool, "arguments": arguments or {}}, call_id)
