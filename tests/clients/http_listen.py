# SPDX-License-Identifier: Apache-2.0
"""subscriptions/listen on the wire: the acknowledgement, who hears what, and how a client ends it."""

from checks import check, expect
from http_wire import Wire, call, modern, modern_headers
from legacy_wire import Session, message
from listen_wire import WATCHED, Listener, change, listen_request, wait_for_interest, watched

EVERYTHING = {
    "toolsListChanged": True,
    "promptsListChanged": True,
    "resourcesListChanged": True,
    "resourceSubscriptions": [WATCHED],
}
LISTS = {"tool": "toolsListChanged", "prompt": "promptsListChanged", "resource": "resourcesListChanged"}


@check
def a_subscription_begins_with_its_acknowledgement(server):
    for call_id in (7, 0, "a string", ""):
        with Listener(server, EVERYTHING, call_id) as listener:
            expect(listener.honoured == EVERYTHING, listener.honoured)
            expect(listener.headers.get("x-accel-buffering") == "no", listener.headers)


@check
def only_what_is_asked_for_is_acknowledged(server):
    with Listener(server, {"toolsListChanged": True, "promptsListChanged": False}) as listener:
        expect(listener.honoured == {"toolsListChanged": True}, listener.honoured)
    with Listener(server, {}) as listener:
        expect(listener.honoured == {}, listener.honoured)
    with Listener(server, {"notOfThisRevision": True, "toolsListChanged": True}) as listener:
        expect(listener.honoured == {"toolsListChanged": True}, listener.honoured)


@check
def a_listener_hears_what_it_asked_for_and_nothing_else(server):
    everything = Listener(server, EVERYTHING, "everything")
    only = {what: Listener(server, {name: True}, what) for what, name in LISTS.items()}
    only["update"] = Listener(server, {"resourceSubscriptions": [WATCHED]}, "update")
    for what in (*only, *only):  # twice: what was added is removed again
        change(server, what)
        everything.hears(what)
    for what, listener in only.items():  # all four have happened twice; a wrong one would come first
        listener.hears(what)
        listener.hears(what)
    for listener in (everything, *only.values()):
        expect(listener.wire.is_idle(), f"{listener.id} hears more")
        listener.close()


@check
def a_uri_that_nobody_offers_is_left_out(server):
    uris = ["test://no-such-resource", WATCHED, "test://template/x/data", "not a uri"]
    with Listener(server, {"resourceSubscriptions": uris}) as listener:
        expect(sorted(listener.honoured["resourceSubscriptions"]) == ["test://template/x/data", WATCHED], listener.honoured)
    with Listener(server, {"resourceSubscriptions": ["test://no-such-resource"]}) as listener:
        expect(not listener.honoured.get("resourceSubscriptions"), listener.honoured)


@check
def listeners_with_the_same_id_are_apart(server):
    tools = Listener(server, {"toolsListChanged": True}, 1)
    update = Listener(server, {"resourceSubscriptions": [WATCHED]}, 1)
    for what, listener, other in (("tool", tools, update), ("update", update, tools), ("tool", tools, update)):
        change(server, what)
        listener.hears(what)
        expect(other.wire.is_idle(), f"{what} went to both")
    tools.close()
    update.close()


@check
def a_listener_that_hangs_up_is_forgotten(server):
    wait_for_interest(server, False)
    with Listener(server, EVERYTHING, 1) as first:
        wait_for_interest(server, True)
        with Listener(server, EVERYTHING, 2) as second:
            first.close()
            change(server, "update")
            second.hears("update")
            expect(watched(server)["isWatched"], "the plugin was told that nobody listens")
    wait_for_interest(server, False)


@check
def a_filter_that_cannot_be_read_is_refused(server):
    wrong = {
        "none": None,
        "a list": [],
        "text": "everything",
        "a number for a flag": {"toolsListChanged": 1},
        "text for a flag": {"resourcesListChanged": "true"},
        "one uri": {"resourceSubscriptions": WATCHED},
        "uris that are no text": {"resourceSubscriptions": [5]},
        "a uri without end": {"resourceSubscriptions": ["test://" + "x" * 2048]},
        "too many": {"resourceSubscriptions": [f"test://template/{n}/data" for n in range(257)]},
    }
    for name, notifications in wrong.items():
        with Wire(server.port) as wire:
            answer = wire.send(listen_request(server, notifications, "wrong")).answer()
        expect(answer.error_code() == -32602 and answer.json()["id"] == "wrong", f"{name}: {answer}")


@check
def a_client_that_takes_no_events_cannot_listen(server):
    with Wire(server.port) as wire:
        data = listen_request(server, {"toolsListChanged": True}, 1, {"Accept": "application/json"})
        answer = wire.send(data).answer()
    expect(answer.status == 406 and answer.error_code() == -32600, answer)


@check
def each_era_has_its_own_way_to_listen(server):
    session = Session(server)
    listen = message("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    expect(session.ask(listen).error_code() == -32601, "listen in a session")
    for method in ("resources/subscribe", "resources/unsubscribe"):
        subscribe = modern(method, {"uri": WATCHED})
        answer = call(server.port, subscribe, modern_headers(subscribe, Mcp_Name=WATCHED))
        expect(answer.status == 404 and answer.error_code() == -32601, f"{method}: {answer}")
