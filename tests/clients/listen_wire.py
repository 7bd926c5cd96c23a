# SPDX-License-Identifier: Apache-2.0
"""subscriptions/listen as bytes over HTTP: what http_listen.py and listen_ends.py open."""

import json
import time

from checks import expect
from http_wire import META, PATIENCE_S, Wire, call, modern, modern_headers, request

SUBSCRIPTION = META + "subscriptionId"
WATCHED = "test://watched-resource"
CHANGES = {"tool": "tools", "prompt": "prompts", "resource": "resources"}


def change(server, what, headers=None, **arguments):
    """Lets the fixture add or remove one item of a kind, or change the watched resource ("update")."""
    tool = "test_trigger_resource_update" if what == "update" else f"test_trigger_{what}_change"
    message = modern("tools/call", {"name": tool, "arguments": arguments})
    answer = call(server.port, message, {**modern_headers(message), **(headers or {})})
    expect(answer.status == 200 and not answer.json()["result"].get("isError"), answer)


def method_of(what):
    return f"notifications/{CHANGES[what]}/list_changed" if what in CHANGES else "notifications/resources/updated"


def watched(server, headers=None):
    """What the fixture says of its watched resource."""
    message = modern("resources/read", {"uri": WATCHED})
    answer = call(server.port, message, {**modern_headers(message, Mcp_Name=WATCHED), **(headers or {})})
    return json.loads(answer.json()["result"]["contents"][0]["text"])


def wait_for_interest(server, wanted, headers=None):
    """The plugin hears of it on a thread of its own."""
    end = time.monotonic() + PATIENCE_S
    while watched(server, headers)["isWatched"] != wanted:
        expect(time.monotonic() < end, f"isWatched did not become {wanted}")


def listen_request(server, notifications, call_id, headers=None, meta=None):
    params = {} if notifications is None else {"notifications": notifications}
    message = modern("subscriptions/listen", params, call_id, meta=meta)
    return request(server.port, message, {**modern_headers(message), **(headers or {})})


class Listener:
    """An open subscription; the acknowledgement has been read and is kept."""

    meta = None  # of the client, where it has some

    def __init__(self, server, notifications, call_id="listen", headers=None):
        self.id = call_id
        self.wire = Wire(server.port)
        status, self.headers = self.wire.send(listen_request(server, notifications, call_id, headers, self.meta)).head()
        expect(status == 200, f"{status} {self.headers} {self.wire.exactly(int(self.headers.get('content-length', 0)))}")
        expect(self.headers["content-type"].startswith("text/event-stream"), self.headers)
        self._events = self.wire.events(self.headers)
        acknowledged = self.next()
        expect(acknowledged["method"] == "notifications/subscriptions/acknowledged", acknowledged)
        self.honoured = acknowledged["params"]["notifications"]

    def next(self):
        """The next message, None at the end; each must name this subscription, with the type of its id."""
        fields = self.wire.next_event(self._events)
        if fields is None:
            return None
        event = dict(fields)
        expect("id" not in event and "retry" not in event, f"this era has no resumption: {event}")
        message = json.loads(event["data"])
        part = message["result"] if "result" in message else message["params"]
        named = part["_meta"][SUBSCRIPTION]
        expect(named == self.id and type(named) is type(self.id), f"not the id {self.id!r}: {message}")
        return message

    def hears(self, what):
        """The next message must be this change."""
        message = self.next()
        expect(message and message["method"] == method_of(what), f"wanted {what}: {message}")
        if what == "update":
            expect(message["params"]["uri"] == WATCHED, message)
        return message

    def close(self):
        self.wire.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
