# SPDX-License-Identifier: Apache-2.0
"""Sessions of the legacy era as bytes: what http_legacy.py, http_streams.py and replicas.py open."""

import json

from checks import expect
from http_wire import LEGACY, Wire, call, request


def message(method, params=None, call_id=1):
    return {"jsonrpc": "2.0", "id": call_id, "method": method, "params": params or {}}


def initialize(server, version=LEGACY, capabilities=None, headers=None):
    info = {"protocolVersion": version, "capabilities": capabilities or {}, "clientInfo": {"name": "raw", "version": "1"}}
    return call(server.port, message("initialize", info), headers)


class Session:
    """An initialized session; `ask` sends one message in it, to another replica if one is named."""

    def __init__(self, server, version=LEGACY, capabilities=None, headers=None):
        self.server = server
        answer = initialize(server, version, capabilities, headers)
        expect(answer.status == 200, answer)
        opened = {"Mcp-Session-Id": answer.headers["mcp-session-id"], "MCP-Protocol-Version": version}
        self.headers = {**(headers or {}), **opened}
        note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        accepted = self.ask(note)
        expect(accepted.status == 202 and accepted.body == b"", accepted)

    def ask(self, body, at=None, **more):
        return call((at or self.server).port, body, self.headers, **more)

    def use(self, tool, arguments=None, at=None, call_id=1):
        """The result of a tool, which must not fail."""
        answer = self.ask(message("tools/call", {"name": tool, "arguments": arguments or {}}, call_id), at)
        expect(answer.status == 200 and not answer.json()["result"].get("isError"), answer)
        return answer.json()["result"]

    def end(self, at=None):
        return call((at or self.server).port, b"", self.headers, method="DELETE")

    def get(self, **headers):
        """The bytes of a GET for a stream; a header of None is left out."""
        own = {**self.headers, "Accept": "text/event-stream", "Content-Length": None, "Content-Type": None}
        own.update((name.replace("_", "-"), value) for name, value in headers.items())
        return request(self.server.port, b"", own, method="GET")


class Event:
    """One server-sent event: id, retry in milliseconds, and the message, None where data is empty."""

    def __init__(self, fields):
        names = [name for name, _ in fields]
        expect(len(names) == len(set(names)), f"a field twice: {fields}")
        known = dict(fields)
        self.id = known.get("id")
        self.retry = int(known["retry"]) if "retry" in known else None
        self.message = json.loads(known["data"]) if known.get("data") else None

    @property
    def method(self):
        return self.message and self.message.get("method")

    def __repr__(self):
        return f"id={self.id} retry={self.retry} {self.message}"


class Stream:
    """An event stream of a session: by GET, or the answer to a POST when `body` is given."""

    def __init__(self, session, body=None, **headers):
        self.wire = Wire(session.server.port)
        if body is None:
            data = session.get(**headers)
        else:
            data = request(session.server.port, body, {**session.headers, **headers})
        status, self.headers = self.wire.send(data).head()
        expect(status == 200, f"{status} {self.headers}")
        expect(self.headers["content-type"].startswith("text/event-stream"), self.headers)
        self._events = self.wire.events(self.headers)

    def next(self):
        """The next event; None at the end of the stream."""
        fields = self.wire.next_event(self._events)
        return fields and Event(fields)

    def rest(self):
        return list(iter(self.next, None))

    def close(self):
        self.wire.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
