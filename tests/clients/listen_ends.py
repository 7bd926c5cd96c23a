# SPDX-License-Identifier: Apache-2.0
"""What ends a subscription and a session's stream, and what bounds them: keys, roles, limits, slow
readers, the stop. Each check has servers of its own."""

import contextlib
import json
import os
import re
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from checks import check, expect
from http_wire import PATIENCE_S, Wire, call
from legacy_wire import Session, Stream, message
from listen_wire import SUBSCRIPTION, WATCHED, Listener, change, listen_request, wait_for_interest, watched
from toolpost_process import HttpServer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "identity"))

import world  # noqa: E402

REVOKED_WITHIN_S = 2.0
# So many times 256 notifications are more than sockets hold.
UNREAD_ROUNDS = 150
CONFORMANCE = ("io.toolpost.conformance",)
# ann may read one resource of two and nothing else; dev may read everything.
ROLES = {
    "user": {"resources": ["test://static-text"], "tools": []},
    "developer": {"resources": ["*"], "tools": ["*"]},
}
PATIENT = {"principal_per_minute": 0, "address_per_minute": 0}


def key_of(user):
    return {"Authorization": f"Bearer {world.USERS[user]}"}


class SlowWire(Wire):
    """A client whose side of the connection holds next to nothing, so that what it does not read
    is the server's to keep."""

    def __init__(self, port):  # the size counts from the handshake on
        self.port = port
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(("127.0.0.1", port))
        self._buffer = b""

    def rest_within(self, seconds):
        """All that comes until the server closes, None when it does not. From now on it reads fast."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        end = time.monotonic() + seconds
        text = b""
        while time.monotonic() < end:
            try:
                more = self.socket.recv(1 << 20)
            except ConnectionResetError:
                return text
            except TimeoutError:
                break
            if not more:
                return text
            text += more
        return None


@contextlib.contextmanager
def served_users(build, **config):
    """A server in user mode, and the file with its users."""
    with tempfile.TemporaryDirectory(prefix="toolpost-users-") as directory:
        file = world.users_file(directory)
        variables = world.environment(world.MODES["users"], file)
        settings = {"roles": ROLES, "rate": PATIENT, **config}
        with HttpServer(build, CONFORMANCE, environment=variables, **settings) as server:
            yield server, file


def rewrite(file, alter):
    """Replaces the store as Toolpost does itself, by renaming."""
    store = json.loads(file.read_text())
    store["users"] = [alter(user) for user in store["users"]]
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(store))
    fresh.chmod(0o600)
    os.rename(fresh, file)


def losses(name):
    """Ways for a user to lose a right."""
    return {
        "another key": lambda user: {**user, "api_key_hash": "0" * 64} if user["username"] == name else user,
        "another role": lambda user: {**user, "role": "user"} if user["username"] == name else user,
    }


@check
def what_a_role_may_not_read_is_left_out(build):
    with served_users(build) as (server, _):
        uris = {"resourceSubscriptions": [WATCHED, "test://static-text"]}
        with Listener(server, uris, headers=key_of("ann")) as ann, Listener(server, uris, headers=key_of("dev")) as dev:
            expect(ann.honoured["resourceSubscriptions"] == ["test://static-text"], ann.honoured)
            expect(sorted(dev.honoured["resourceSubscriptions"]) == ["test://static-text", WATCHED], dev.honoured)
            change(server, "update", key_of("dev"))
            dev.hears("update")
            expect(ann.wire.is_idle(), "ann hears of what she may not read")
        session = Session(server, headers=key_of("ann"))
        refused = session.ask(message("resources/subscribe", {"uri": WATCHED}))
        expect(refused.error_code() == 40300 and "rule" in refused.json()["error"]["data"], refused)
        allowed = session.ask(message("resources/subscribe", {"uri": "test://static-text"}))
        expect(allowed.json().get("result") == {}, allowed)


@check
def a_subscription_without_a_right_key_is_refused(build):
    with served_users(build) as (server, _):
        for headers in ({}, {"Authorization": f"Bearer {world.WRONG}"}):
            with Wire(server.port) as wire:
                answer = wire.send(listen_request(server, {"toolsListChanged": True}, 1, headers)).answer()
            expect(answer.status == 401, answer)


@check
def a_right_that_is_lost_ends_the_subscription(build):
    for name, alter in losses("dev").items():
        with served_users(build) as (server, file):
            uris = {"resourceSubscriptions": [WATCHED]}
            with Listener(server, uris, headers=key_of("dev")) as dev, Listener(server, uris, headers=key_of("root")) as root:
                begun = time.monotonic()
                rewrite(file, alter)
                last = dev.next()
                took = time.monotonic() - begun
                expect("result" in last and dev.next() is None, f"{name}: {last}")
                expect(took < build.within(REVOKED_WITHIN_S), f"{name}: took {took:.2f} s")
                change(server, "update", key_of("root"))
                root.hears("update")


@check
def a_right_that_is_lost_ends_the_stream_of_a_session(build):
    for name, alter in losses("dev").items():
        with served_users(build) as (server, file):
            session, other = Session(server, headers=key_of("dev")), Session(server, headers=key_of("root"))
            session.ask(message("resources/subscribe", {"uri": WATCHED}))
            with Stream(session) as stream, Stream(other) as untouched:
                stream.next()
                untouched.next()
                begun = time.monotonic()
                rewrite(file, alter)
                last = stream.next()
                took = time.monotonic() - begun
                expect(last is None and took < build.within(REVOKED_WITHIN_S), f"{name}: {last} after {took:.2f} s")
                change(server, "tool", key_of("root"))
                expect(untouched.next().method == "notifications/tools/list_changed", f"{name}: ended another one")
                wait_for_interest(server, False, key_of("root"))


@check
def listens_are_counted_by_user(build):
    limits = {"max_listens_per_user": 2, "max_listens": 4}
    wanted = {"toolsListChanged": True}
    with served_users(build, http={"limits": limits}) as (server, _), contextlib.ExitStack() as open_ones:

        def listen(user):
            return open_ones.enter_context(Listener(server, wanted, user, key_of(user)))

        def refused(user):
            with Wire(server.port) as wire:
                answer = wire.send(listen_request(server, wanted, "more", key_of(user))).answer()
            expect(answer.status == 503 and answer.error_code() == 50300, f"{user}: {answer}")
            expect(answer.json()["error"]["data"]["reason"] == "listens" and answer.json()["id"] == "more", answer)

        first = listen("dev")
        listen("dev")
        refused("dev")
        listen("root")
        listen("root")
        refused("ann")  # who has none: four are open
        first.close()
        end = time.monotonic() + PATIENCE_S
        while True:  # the server has to see first that the connection is gone
            with Wire(server.port) as wire:
                status, _ = wire.send(listen_request(server, wanted, "ann", key_of("ann"))).head()
                if status == 200:
                    break
            expect(time.monotonic() < end, "the place of a listener that left is not free")


@check
def a_listener_that_does_not_read_is_cut_off(build):
    uris = [f"test://template/{number}/data" for number in range(256)]
    with HttpServer(build, CONFORMANCE) as server, Listener(server, {"resourceSubscriptions": [WATCHED]}) as quick:
        slow = SlowWire(server.port)
        # Each notification repeats the id, so a long one fills sooner what a connection may owe.
        status, _ = slow.send(listen_request(server, {"resourceSubscriptions": uris}, "long" * 60)).head()
        expect(status == 200, f"not listening: {status}")
        rounds = 0
        while "its client does not read" not in server.log_text():
            expect(rounds < 200, f"{rounds} times {len(uris)} notifications are kept for a client that does not read")
            change(server, "update", more=len(uris))
            quick.hears("update")
            rounds += 1
        slow.close()
        change(server, "update")
        quick.hears("update")


@check
def a_stream_that_is_not_read_breaks_and_its_session_goes_on(build):
    with HttpServer(build, CONFORMANCE) as server, Listener(server, {"resourceSubscriptions": [WATCHED]}) as quick:
        session = Session(server)
        for number in range(256):
            session.ask(message("resources/subscribe", {"uri": f"test://template/{number}/data"}))
        slow = SlowWire(server.port)
        status, _ = slow.send(session.get()).head()
        expect(status == 200, f"no stream: {status}")
        for _ in range(UNREAD_ROUNDS):
            change(server, "update", more=256)
            quick.hears("update")
        taken = slow.rest_within(3 * PATIENCE_S)
        expect(taken is not None, "the server keeps for a client that does not read, and without end")
        last = re.findall(rb"id: ?([0-9-]+)", taken)[-1].decode()
        with Wire(server.port) as wire:  # more has come since than is kept for anybody
            status, _ = wire.send(session.get(Last_Event_ID=last)).head()
            expect(status == 400, f"what is lost was passed over: {status}")
        with Stream(session) as stream:
            stream.next()
            change(server, "update", more=1)
            expect(stream.next().message["params"]["uri"] == "test://template/0/data", "the session is not told any more")


@check
def a_stop_ends_every_stream_with_its_last_word(build):
    with HttpServer(build, CONFORMANCE) as server:
        session = Session(server)
        with Listener(server, {"toolsListChanged": True}, 5) as listener, Stream(session) as stream:
            stream.next()
            begun = time.monotonic()
            stopping = threading.Thread(target=server.stop, daemon=True)
            stopping.start()
            last = listener.next()
            expect(last["id"] == 5 and last["result"]["resultType"] == "complete", last)
            expect(last["result"]["_meta"][SUBSCRIPTION] == 5, last)
            expect(listener.next() is None and stream.next() is None, "something came after the end")
            took = time.monotonic() - begun
            expect(took < build.within(3), f"open streams hold up the stop: {took:.1f} s")
            stopping.join(PATIENCE_S)
            expect(not stopping.is_alive(), "it does not end")


@check
def a_session_that_waits_on_its_stream_is_not_idle(build):
    limits = {"session_idle_ms": 3000}
    with HttpServer(build, CONFORMANCE, http={"limits": limits}) as server:
        session, witness = Session(server), Session(server)
        session.ask(message("resources/subscribe", {"uri": WATCHED}))
        witness.ask(message("resources/subscribe", {"uri": "test://static-text"}))
        with Stream(session) as stream:
            stream.next()
            # The witness, who has no stream, is swept; that both are looked at together is the clock.
            wait_for_interest(server, True)
            end = time.monotonic() + 2 * limits["session_idle_ms"] / 1000
            while time.monotonic() < end:
                expect(watched(server)["isWatched"], "the session that waits was taken for idle")
            change(server, "update")
            event = stream.next()
            expect(event.method == "notifications/resources/updated", event)


@check
def a_long_answer_lets_go_of_its_connection(build):
    params = {"name": "test_until_cancelled", "arguments": {"limit_ms": 4000, "interval_ms": 1000}}
    with HttpServer(build, CONFORMANCE, http={"limits": {"sse_pause_ms": 300}}) as server:
        session = Session(server)
        with Stream(session, message("tools/call", params, "long")) as stream:
            events = stream.rest()
        expect(events and events[0].id and events[0].retry, f"no id or no time to come back with: {events}")
        expect(all(e.message is None for e in events), f"the answer came in time: {events}")
        with Stream(session, Last_Event_ID=events[-1].id) as stream:
            answers = [event.message for event in stream.rest() if event.message]
        expect([answer["id"] for answer in answers] == ["long"] and "result" in answers[0], answers)
        # A revision that does not know of this keeps its connection.
        older = Session(server, "2025-06-18")
        answer = older.ask(message("tools/call", {**params, "arguments": {"limit_ms": 1500, "interval_ms": 1000}}, "older"))
        expect("over" in str(answer.body), answer)


@check
def nothing_is_pushed_before_the_client_is_ready(build):
    with HttpServer(build, CONFORMANCE) as server:
        ready = Session(server)
        info = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
        opened = call(server.port, message("initialize", info))
        early = Session.__new__(Session)
        early.server = server
        early.headers = {"Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-11-25"}
        with Stream(ready) as heard, Stream(early) as stream:
            heard.next()
            stream.next()
            change(server, "tool")
            heard.next()
            expect(early.ask({"jsonrpc": "2.0", "method": "notifications/initialized"}).status == 202, "initialized")
            change(server, "prompt")
            event = stream.next()
            expect(event.method == "notifications/prompts/list_changed", f"pushed too early: {event}")


@check
def changes_before_the_first_listener_are_old_news(build):
    with HttpServer(build, CONFORMANCE) as server:
        wanted = {"toolsListChanged": True, "promptsListChanged": True, "resourcesListChanged": True}
        with Listener(server, wanted) as listener:
            change(server, "resource")
            listener.hears("resource")
