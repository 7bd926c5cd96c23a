# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 as bytes: what raw_http.py sends and how it reads the answers, with nothing repaired."""

import json
import socket
import time

PATIENCE_S = 20
MODERN = "2026-07-28"
LEGACY = "2025-11-25"
META = "io.modelcontextprotocol/"


class Answer:
    """One parsed response; `body` is decoded from its framing."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def error_code(self):
        try:
            return self.json().get("error", {}).get("code")
        except (ValueError, AttributeError):
            return None

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:400]!r}"


class Wire:
    """One connection. Reads are bounded by PATIENCE_S; a peer that closes is an EOFError."""

    def __init__(self, port, host="127.0.0.1", source=None):
        self.port = port
        self.socket = socket.create_connection((host, port), PATIENCE_S, (source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the server closed the connection after {self._buffer[:200]!r}")
        self._buffer += data

    def line(self):
        while b"\r\n" not in self._buffer:
            self._more()
        line, self._buffer = self._buffer.split(b"\r\n", 1)
        return line

    def exactly(self, size):
        while len(self._buffer) < size:
            self._more()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def head(self):
        """Status and headers (names in lower case) of the next response, 100 Continue included."""
        version, status, *_ = self.line().split(b" ", 2)
        assert version == b"HTTP/1.1", f"not a response: {version!r}"
        headers = {}
        while line := self.line():
            name, value = line.decode("latin-1").split(":", 1)
            assert name.lower() not in headers, f"header {name} twice"
            headers[name.lower()] = value.strip()
        return int(status), headers

    def chunks(self):
        while size := int(self.line(), 16):
            chunk = self.exactly(size)
            assert self.exactly(2) == b"\r\n", "chunk without end"
            yield chunk
        assert self.line() == b"", "trailers"

    def answer(self):
        status, headers = self.head()
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join(self.chunks())
        else:
            body = self.exactly(int(headers.get("content-length", 0)))
        return Answer(status, headers, body)

    def events(self, headers):
        """Server-sent events of a response whose head was read, one by one, as lists of (field, value)."""
        assert headers.get("transfer-encoding") == "chunked", f"framing of the stream: {headers}"
        text = b""
        for chunk in self.chunks():
            text += chunk.replace(b"\r\n", b"\n")
            while b"\n\n" in text:
                block, text = text.split(b"\n\n", 1)
                fields = [tuple(part.strip() for part in line.split(":", 1)) for line in block.decode().split("\n")]
                yield [field for field in fields if field[0]]
        assert text == b"", f"the stream ended inside an event: {text!r}"

    def next_event(self, events):
        """The next of `events` that is not only a comment, None at the end; comments keep no test waiting."""
        end = time.monotonic() + PATIENCE_S
        for fields in events:
            if fields:
                return fields
            assert time.monotonic() < end, f"no event within {PATIENCE_S} s"
        return None

    def rest(self):
        """Everything until the server closes; a reset counts as closing."""
        try:
            while True:
                self._more()
        except (EOFError, ConnectionResetError):
            data, self._buffer = self._buffer, b""
            return data

    def is_idle(self):
        """True while the server has neither closed the connection nor sent anything more."""
        self.socket.setblocking(False)
        try:
            return not self._buffer and self.socket.recv(1, socket.MSG_PEEK) is None
        except BlockingIOError:
            return not self._buffer
        finally:
            self.socket.settimeout(PATIENCE_S)


def modern(method, params=None, call_id=1, version=MODERN, meta=None):
    """A modern request with its per-request _meta."""
    own_meta = {META + "protocolVersion": version, META + "clientCapabilities": {}, **(meta or {})}
    return {"jsonrpc": "2.0", "id": call_id, "method": method, "params": {**(params or {}), "_meta": own_meta}}


def modern_headers(message, **changes):
    """The headers that mirror a modern body; a change to None leaves one out."""
    headers = {
        "MCP-Protocol-Version": message["params"]["_meta"].get(META + "protocolVersion", MODERN),
        "Mcp-Method": message["method"],
        "Mcp-Name": message["params"].get("name"),
    }
    return {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}


def request(port, body, headers=None, method="POST", target="/mcp"):
    """Bytes of a well-formed request, unless `headers` says otherwise."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    merged = {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "Content-Length": str(len(data)),
        **(headers or {}),
    }
    lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in merged.items() if v is not None)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


def call(port, message, headers=None, wire=None, **more):
    """Sends one message, returns the answer; on a connection of its own unless `wire` is given."""
    if wire is not None:
        return wire.send(request(port, message, headers, **more)).answer()
    with Wire(port) as own:
        return own.send(request(port, message, headers, **more)).answer()


def modern_call(port, method, params=None, call_id=1, wire=None, **header_changes):
    message = modern(method, params, call_id)
    return call(port, message, modern_headers(message, **header_changes), wire)


def echo(text="hello", call_id=1):
    return modern("tools/call", {"name": "echo", "arguments": {"text": text}}, call_id)


def echo_request(port, text="hello", call_id=1):
    message = echo(text, call_id)
    return request(port, message, modern_headers(message))
