# SPDX-License-Identifier: Apache-2.0
"""Subscriptions, changes and questions over stdio, line by line."""

import signal

from checks import check, expect
from http_wire import LEGACY, META, modern
from legacy_wire import message
from listen_wire import SUBSCRIPTION, WATCHED, method_of
from stdio_wire import Stdio

EVERYTHING = {
    "toolsListChanged": True,
    "promptsListChanged": True,
    "resourcesListChanged": True,
    "resourceSubscriptions": [WATCHED],
}
ELICITS = {"elicitation": {}, "sampling": {}, "roots": {}}
TRIGGERS = {"update": "test_trigger_resource_update", **{what: f"test_trigger_{what}_change" for what in ("tool", "prompt", "resource")}}


def listen(call_id, notifications):
    return modern("subscriptions/listen", {"notifications": notifications}, call_id)


def change(server, what, call_id="change"):
    """Lets the fixture change something; returns what came before the answer, and the answer's result."""
    server.send(modern("tools/call", {"name": TRIGGERS[what], "arguments": {}}, call_id))
    before = []
    while "id" not in (said := server.next()):
        before.append(said)
    expect(said["id"] == call_id and "result" in said, said)
    return before


def news(server, what, listeners):
    """The change, told to each of these subscriptions and to nobody else; None is the legacy session."""
    told = change(server, what)
    while len(told) < len(listeners):
        told.append(server.next())
    expect({one["method"] for one in told} == {method_of(what)}, told)
    ids = [one["params"].get("_meta", {}).get(SUBSCRIPTION) for one in told]
    expect(sorted(ids, key=str) == sorted(listeners, key=str), f"told {ids}, not {listeners}")


def open_session(server, version=LEGACY, capabilities=None):
    hello = {"protocolVersion": version, "capabilities": capabilities or {}, "clientInfo": {"name": "raw", "version": "1"}}
    server.ask(message("initialize", hello, "init"))
    server.send({"jsonrpc": "2.0", "method": "notifications/initialized"})


def acknowledged(server, call_id):
    said = server.next()
    expect(said.get("method") == "notifications/subscriptions/acknowledged", said)
    expect(said["params"]["_meta"][SUBSCRIPTION] == call_id, said)
    return said["params"]["notifications"]


@check
def subscriptions_are_told_apart_by_their_ids(build):
    with Stdio(build) as server:
        server.send(listen(0, EVERYTHING))
        expect(acknowledged(server, 0) == EVERYTHING, "not honoured")
        server.send(listen("tools", {"toolsListChanged": True}))
        expect(acknowledged(server, "tools") == {"toolsListChanged": True}, "not honoured")
        for what, listeners in (("tool", [0, "tools"]), ("update", [0]), ("prompt", [0]), ("tool", [0, "tools"]), ("resource", [0])):
            news(server, what, listeners)


@check
def a_cancelled_subscription_hears_nothing_more(build):
    with Stdio(build) as server:
        for call_id in (1, 2):
            server.send(listen(call_id, EVERYTHING))
            acknowledged(server, call_id)
        server.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}})
        for what in ("tool", "update", "tool"):
            news(server, what, [2])
        server.send(listen(1, {"toolsListChanged": True}))  # its id is free again
        acknowledged(server, 1)
        news(server, "tool", [1, 2])


@check
def a_subscription_whose_id_is_in_use_is_refused(build):
    with Stdio(build) as server:
        server.send(listen(1, EVERYTHING))
        acknowledged(server, 1)
        server.send(listen(1, EVERYTHING))
        refused = server.next()
        expect(refused["id"] == 1 and refused["error"]["code"] == -32600, refused)
        news(server, "tool", [1])


@check
def a_stop_is_the_last_word_of_a_subscription(build):
    for end in ("the end of the input", signal.SIGTERM):
        with Stdio(build) as server:
            server.send(listen("last", EVERYTHING))
            acknowledged(server, "last")
            if end == signal.SIGTERM:
                server.process.send_signal(end)
            else:
                server.close_stdin()
            rest = server.rest()
            expect([one.get("id") for one in rest] == ["last"], f"{end}: {rest}")
            result = rest[0]["result"]
            expect(result["resultType"] == "complete" and result["_meta"][SUBSCRIPTION] == "last", f"{end}: {rest}")
            expect(server.exit_code() == 0, f"{end}: exit code {server.exit_code()}")


@check
def a_session_is_told_of_changes_and_of_what_it_subscribed_to(build):
    with Stdio(build) as server:
        expect(change(server, "tool") == [], "told before anybody asked")
        open_session(server)
        news(server, "tool", [None])
        expect(change(server, "update") == [], "told of what it has not subscribed to")
        server.ask(message("resources/subscribe", {"uri": WATCHED}, "s"))
        server.ask(message("ping", call_id="p"))
        news(server, "update", [None])
        server.send(listen("too", EVERYTHING))
        acknowledged(server, "too")
        news(server, "update", [None, "too"])
        server.ask(message("resources/unsubscribe", {"uri": WATCHED}, "u"))
        news(server, "update", ["too"])


@check
def a_legacy_client_is_asked_with_requests(build):
    with Stdio(build) as server:
        open_session(server, capabilities=ELICITS)
        server.send(message("tools/call", {"name": "test_input_required_result_multiple_inputs", "arguments": {}}, "asks"))
        asked = [server.next() for _ in range(3)]
        methods = sorted(one["method"] for one in asked)
        expect(methods == ["elicitation/create", "roots/list", "sampling/createMessage"], asked)
        expect(len({one["id"] for one in asked}) == 3, f"ids twice: {asked}")
        replies = {
            "elicitation/create": {"action": "accept", "content": {"name": "Ann"}},
            "roots/list": {"roots": []},
            "sampling/createMessage": {"role": "assistant", "model": "m", "content": {"type": "text", "text": "Hi"}},
        }
        for one in asked:
            expect(server.ask(message("ping", call_id="between"))["result"] == {}, "others wait meanwhile")
            server.send({"jsonrpc": "2.0", "id": one["id"], "result": replies[one["method"]]})
        expect("Hi Ann, you have 0 roots." in str(server.answer("asks")["result"]), "not answered")
        server.send({"jsonrpc": "2.0", "id": asked[0]["id"], "result": {}})  # once more: nobody asks any longer
        expect(server.ask(message("ping", call_id="after"))["result"] == {}, "an answer to nothing does harm")


@check
def a_question_that_is_cancelled_is_over(build):
    with Stdio(build) as server:
        open_session(server, capabilities=ELICITS)
        server.send(message("tools/call", {"name": "test_elicitation", "arguments": {"message": "?"}}, "asks"))
        asked = server.next()
        expect(asked["method"] == "elicitation/create", asked)
        server.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "asks"}})
        server.send({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "decline"}})
        server.send(message("ping", call_id="after"))
        expect(server.next()["id"] == "after", "the cancelled request was answered")


@check
def a_modern_client_is_never_sent_a_request(build):
    meta = {META + "clientCapabilities": {"elicitation": {"form": {}}, "sampling": {}, "roots": {}}}
    call = {"name": "test_input_required_result_multiple_inputs", "arguments": {}}
    with Stdio(build) as server:
        open_session(server, capabilities=ELICITS)  # in the same process
        result = server.ask(modern("tools/call", call, "m", meta=meta))["result"]
        expect(result["resultType"] == "input_required" and len(result["inputRequests"]) == 3, result)
        expect(all("id" not in one for one in result["inputRequests"].values()), result)
