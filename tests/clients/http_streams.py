# SPDX-License-Identifier: Apache-2.0
"""Streams of a legacy session on the wire: the one that a client opens by GET, and how it comes back
for what it has missed with Last-Event-ID."""

import time

from checks import check, expect
from http_wire import PATIENCE_S, Wire, call
from legacy_wire import Session, Stream, message
from listen_wire import WATCHED, change, method_of

COUNTDOWN = {"name": "countdown", "arguments": {"from": 5, "interval_ms": 20}, "_meta": {"progressToken": "p"}}


def hears(stream, what):
    event = stream.next()
    expect(event and event.method == method_of(what) and event.id, f"wanted {what}: {event}")
    expect("_meta" not in event.message["params"], f"this era has no subscription ids: {event}")
    return event


def come_back(session, event_id):
    """A new stream that begins where another one broke."""
    return Stream(session, Last_Event_ID=event_id)


def expect_refused(session, event_id, what):
    """Only the head is read: what is not refused is a stream, which has no end."""
    with Wire(session.server.port) as wire:
        status, headers = wire.send(session.get(Last_Event_ID=event_id)).head()
    expect(status == 400, f"{what}: {status} {headers}")


def subscribe(session, method="resources/subscribe", uri=WATCHED):
    return session.ask(message(method, {"uri": uri}))


@check
def a_stream_begins_with_an_id_to_come_back_with(server):
    with Stream(Session(server)) as stream:
        first = stream.next()
        expect(first.id and first.message is None and first.retry and first.retry > 0, first)


@check
def an_older_client_gets_no_empty_event(server):
    for version in ("2025-06-18", "2025-03-26"):
        with Stream(Session(server, version)) as stream:
            change(server, "tool")
            hears(stream, "tool")
            change(server, "tool")
            hears(stream, "tool")


@check
def a_session_has_one_stream_by_get(server):
    session = Session(server)
    with Stream(session) as stream:
        stream.next()
        with Wire(server.port) as wire:
            expect(wire.send(session.get()).answer().status == 409, "a second one was opened")
        with Stream(Session(server)) as other:  # of another session it is another one
            other.next()
    end = time.monotonic() + PATIENCE_S
    while True:  # the server has to see first that the connection is gone
        with Wire(server.port) as wire:
            status, headers = wire.send(session.get()).head()
            if status == 200:
                return
        expect(status == 409 and time.monotonic() < end, f"{status} {headers}")


@check
def a_get_is_checked_like_a_post(server):
    session = Session(server)
    cases = {
        406: {"Accept": "application/json"},
        400: {"Mcp_Session_Id": None},
        404: {"Mcp_Session_Id": "no-such-session"},
    }
    for status, headers in cases.items():
        with Wire(server.port) as wire:
            answer = wire.send(session.get(**headers)).answer()
        expect(answer.status == status, f"wanted {status}: {answer}")


@check
def changes_come_over_the_stream_once(server):
    session = Session(server)
    with Stream(session) as stream:
        stream.next()
        expect(subscribe(session).json()["result"] == {}, "not subscribed")
        expect(subscribe(session).json()["result"] == {}, "subscribing twice")
        ids = []
        for what in ("tool", "prompt", "resource", "update", "tool", "prompt", "resource", "update"):
            change(server, what)
            ids.append(hears(stream, what).id)
        expect(len(set(ids)) == len(ids), f"ids twice: {ids}")
        expect(subscribe(session, "resources/unsubscribe").json()["result"] == {}, "not unsubscribed")
        change(server, "update")
        change(server, "tool")
        hears(stream, "tool")
        change(server, "tool")
        hears(stream, "tool")


@check
def a_subscription_outlives_the_requests_after_it(server):
    session = Session(server)
    expect(subscribe(session).json()["result"] == {}, "not subscribed")
    with Stream(session) as stream:
        stream.next()
        for method in ("ping", "tools/list"):
            expect(session.ask(message(method)).status == 200, method)
        change(server, "update")
        hears(stream, "update")


@check
def what_cannot_be_read_cannot_be_subscribed_to(server):
    session = Session(server)
    expect(subscribe(session, uri="test://no-such-resource").error_code() == -32002, "unknown")
    expect(subscribe(session, uri=5).error_code() == -32602, "a number")
    for number in range(256):
        answer = subscribe(session, uri=f"test://template/{number}/data")
        expect(answer.error_code() is None, answer)
    answer = subscribe(session)
    expect(answer.error_code() == 50300, f"a session may have as many as it likes: {answer}")
    expect(subscribe(session, uri="test://template/0/data").error_code() is None, "one that it has already")


@check
def who_comes_back_gets_exactly_what_was_missed(server):
    session = Session(server)
    with Stream(session) as stream:
        stream.next()
        change(server, "tool")
        seen = hears(stream, "tool").id
        change(server, "prompt")
        hears(stream, "prompt")
    with Stream(Session(server)) as witness:
        witness.next()
        for what in ("resource", "tool"):
            change(server, what)
            hears(witness, what)  # else both might be told at once, in another order
    for _ in range(2):  # what was sent again can be asked for again
        with come_back(session, seen) as stream:
            stream.next()
            for what in ("prompt", "resource", "tool"):
                last = hears(stream, what)
            expect(stream.wire.is_idle(), "more than was missed")
    with come_back(session, last.id) as stream:
        expect(stream.next().message is None, "something that was seen came again")
        for what in ("prompt", "resource"):
            change(server, what)
            hears(stream, what)


@check
def who_breaks_off_again_loses_nothing(server):
    session = Session(server)
    with Stream(session) as stream:
        seen = stream.next().id
    with Stream(Session(server)) as witness:
        witness.next()
        for what in ("tool", "prompt"):
            change(server, what)
            hears(witness, what)
    with come_back(session, seen) as stream:
        first = stream.next()
        expect(first.message is None and first.id, f"no event to come back with: {first}")
    with come_back(session, first.id) as stream:
        stream.next()
        for what in ("tool", "prompt"):
            hears(stream, what)
            change(server, what)
        # Both, or the streams of the next session hear them.
        told = {stream.next().method for _ in range(2)}
        expect(told == {method_of("tool"), method_of("prompt")}, told)


@check
def a_place_that_is_not_known_is_refused(server):
    session = Session(server)
    with Stream(session) as stream:
        known = stream.next().id
    later = known.split("-")[0] + "-1"
    for wrong in ("999-1", later, "x", "1", "1-", "-1", known + "x", "18446744073709551616-1", "0x1-1"):
        expect_refused(session, wrong, repr(wrong))


@check
def what_is_kept_no_longer_is_not_passed_over(server):
    session = Session(server)
    for number in range(200):
        subscribe(session, uri=f"test://template/{number}/data")
    with Stream(session) as stream:
        first = stream.next().id
        for _ in range(2):
            change(server, "update", more=200)
            last = [stream.next().id for _ in range(200)][-1]
    expect_refused(session, first, "400 events were missed, and not all of them can come again")
    with come_back(session, last) as stream:
        stream.next()
        change(server, "tool")
        hears(stream, "tool")
        change(server, "tool")
        hears(stream, "tool")


@check
def an_answer_that_is_forgotten_is_not_made_up(server):
    session = Session(server)
    places = []
    for _ in range(70):
        with Stream(session, message("tools/call", {**COUNTDOWN, "arguments": {"from": 1, "interval_ms": 1}})) as stream:
            places.append(stream.next().id)
            stream.rest()
    expect_refused(session, places[0], "the oldest of 70 answers")
    with come_back(session, places[-1]) as stream:
        expect(stream.rest()[-1].message["id"] == 1, "the latest one is gone, too")


@check
def a_question_that_was_missed_is_asked_again(server):
    session = Session(server, capabilities={"elicitation": {}})
    call_it = message("tools/call", {"name": "test_elicitation", "arguments": {"message": "?"}}, "asks")
    with Stream(session, call_it) as stream:
        place = stream.next().id
    with come_back(session, place) as stream:
        stream.next()
        asked = stream.next().message
        expect(asked["method"] == "elicitation/create", asked)
        reply = {"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "decline"}}
        expect(session.ask(reply).status == 202, "the answer was not taken")
        rest = stream.rest()
        expect([event.message["id"] for event in rest] == ["asks"] and "decline" in str(rest), rest)


@check
def the_rest_of_an_answer_is_fetched_from_where_it_broke(server):
    session = Session(server)
    whole = {}
    with Stream(session, message("tools/call", COUNTDOWN, "broken")) as stream:
        expect(stream.next().message is None, "no event to come back with")
        event = stream.next()
        whole[event.id] = event.message
    with come_back(session, event.id) as stream:
        expect(stream.next().message is None, "no event to come back with")
        for event in stream.rest():
            expect(event.id not in whole, f"again: {event}")
            whole[event.id] = event.message
    *progress, last = whole.values()
    expect(last.get("id") == "broken" and last["result"]["structuredContent"] == {"steps": 5}, last)
    done = [note["params"]["progress"] for note in progress]
    # A step that nobody took in time gives way to the next.
    expect(done == sorted(set(done)) and done[-1] == COUNTDOWN["arguments"]["from"], f"progress {done}")
    with come_back(session, list(whole)[0]) as stream:  # it has ended, and can be read once more
        again = [each.message for each in stream.rest() if each.message]
    expect(again == list(whole.values())[1:], again)


@check
def streams_do_not_mix(server):
    session = Session(server)
    with Stream(session) as standalone:
        standalone.next()
        with Stream(session, message("tools/call", COUNTDOWN, "own")) as stream:
            first = stream.next()
            change(server, "tool")
            hears(standalone, "tool")
            change(server, "tool")
            last = hears(standalone, "tool")
            events = stream.rest()
        expect(all(not e.method or e.method == "notifications/progress" for e in events), events)
        with come_back(session, first.id) as again:
            expect([e.id for e in again.rest() if e.message] == [e.id for e in events], "another stream's events")
        expect(standalone.wire.is_idle(), "the answer's events are on the stream of the session")
    with come_back(session, last.id) as stream:
        stream.next()
        change(server, "prompt")
        hears(stream, "prompt")
        change(server, "prompt")
        hears(stream, "prompt")


@check
def a_session_that_is_ended_takes_its_stream_along(server):
    session = Session(server)
    with Stream(session) as stream:
        stream.next()
        expect(call(server.port, b"", session.headers, method="DELETE").status == 204, "DELETE")
        expect(stream.next() is None, "something came after the end")
