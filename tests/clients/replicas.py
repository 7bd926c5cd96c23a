# SPDX-License-Identifier: Apache-2.0
"""What replicas share through the seal key and session_directory: a session that one has begun goes
on at another, ends on both, outlives a restart; and a question that one has asked may be answered
at another, by the same user, for the same request, unaltered."""

import base64
import contextlib
import tempfile
import time
from pathlib import Path

from checks import check, expect
from http_wire import META, PATIENCE_S, call, modern, modern_headers
from legacy_wire import Session, Stream, message
from listen_ends import CONFORMANCE, PATIENT, ROLES, key_of
from toolpost_process import HttpServer

import world

ENDED_WITHIN_S = 2.0
ASKS = "test_input_required_result_request_state"
ELICITS = {META + "clientCapabilities": {"elicitation": {"form": {}}}}
ANSWER = {"confirm": {"action": "accept", "content": {"ok": True}}}


class Place:
    """What two replicas share."""

    def __init__(self, build, directory):
        self._build = build
        self._directory = Path(directory)
        self._users = world.users_file(directory)

    def start(self, seal="shared", **more):
        settings = {
            "seal_key_file": str(self._directory / f"{seal}.key"),
            "session_directory": str(self._directory / "ended"),
            "roles": ROLES,
            "rate": PATIENT,
            **more,
        }
        variables = world.environment(world.MODES["users"], self._users)
        return HttpServer(self._build, CONFORMANCE, environment=variables, **settings)


@contextlib.contextmanager
def place(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-replicas-") as directory:
        yield Place(build, directory)


@contextlib.contextmanager
def two(build):
    with place(build) as shared, shared.start() as one, shared.start() as other:
        yield one, other


def root_session(server, **more):
    return Session(server, headers=key_of("root"), **more)


def ask(server, user="root", tool=ASKS, arguments=None, **params):
    body = modern("tools/call", {"name": tool, "arguments": arguments or {}, **params}, meta=ELICITS)
    return call(server.port, body, {**modern_headers(body), **key_of(user)})


def question(server, user="root"):
    """The state that goes with a first question."""
    result = ask(server, user).json()["result"]
    expect(result["resultType"] == "input_required" and "confirm" in result["inputRequests"], result)
    return result["requestState"]


def is_confirmed(answer):
    return answer.status == 200 and "state-ok" in str(answer.json().get("result"))


def expect_refused(answer, what):
    expect(answer.error_code() == -32602 and "requestState" in answer.json()["error"]["message"], f"{what}: {answer}")


@check
def a_session_goes_on_at_another_replica(build):
    with two(build) as (one, other):
        for version in ("2025-11-25", "2025-06-18", "2025-03-26"):
            session = root_session(one, version=version)
            for at in (other, one, other):
                expect("simple text" in str(session.use("test_simple_text", at=at)), "not called")
        # What the client has said of itself comes along: it can be asked at the replica it never met.
        session = root_session(one, capabilities={"elicitation": {}})
        session.server = other
        call_it = message("tools/call", {"name": "test_elicitation", "arguments": {"message": "?"}}, "asks")
        with Stream(session, call_it) as stream:
            asked = [event for event in (stream.next(), stream.next()) if event.message][0].message
            expect(asked["method"] == "elicitation/create", asked)
            reply = {"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "decline"}}
            expect(session.ask(reply).status == 202, "the answer was not taken")
            expect("action=decline" in str(stream.next().message), "not answered")
        session = root_session(one)
        refused = session.ask(message("tools/call", {"name": "test_elicitation", "arguments": {"message": "?"}}), at=other)
        expect(refused.error_code() == -32021, f"asked a client that cannot answer: {refused}")


@check
def an_end_that_cannot_be_written_down_is_refused_without_a_path(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-replicas-") as directory:
        with Place(build, directory).start() as server:
            session = root_session(server)
            Path(directory, "ended").rmdir()
            answer = call(server.port, b"", {**session.headers, **key_of("root")}, method="DELETE")
            expect(answer.status == 503 and directory not in answer.body.decode(), answer)
            line = server.wait_for_log(lambda one: one.get("message") == "a session could not be ended", "why")
            expect(directory in line["reason"], line)
            expect(session.ask(message("ping")).status == 200, "it has ended all the same")


@check
def a_stream_can_be_opened_at_another_replica(build):
    with two(build) as (one, other):
        session = root_session(one)
        expect(session.ask(message("resources/subscribe", {"uri": "test://watched-resource"}), at=other).status == 200, "no")
        session.server = other
        with Stream(session) as stream:
            stream.next()
            session.use("test_trigger_resource_update")
            expect(stream.next().method == "notifications/resources/updated", "not told")


@check
def a_session_that_is_ended_is_ended_everywhere(build):
    with two(build) as (one, other):
        session, witness = root_session(one), root_session(one)
        session.use("test_simple_text", at=other)
        expect(session.end().status == 204, "DELETE")
        begun = time.monotonic()
        expect(session.ask(message("ping")).status == 404, "lives on where it was ended")
        while session.ask(message("ping"), at=other).status != 404:
            expect(time.monotonic() - begun < PATIENCE_S, "lives on at the other replica")
        took = time.monotonic() - begun
        expect(took < build.within(ENDED_WITHIN_S), f"took {took:.2f} s")
        expect(session.end(at=other).status == 404, "ended twice")
        witness.use("test_simple_text", at=other)


@check
def a_session_belongs_to_its_user(build):
    with two(build) as (one, other):
        session = root_session(one)
        for at in (one, other):
            stolen = {**session.headers, **key_of("dev")}
            expect(call(at.port, message("ping"), stolen).status == 404, "somebody else's session is served")
            expect(call(at.port, b"", stolen, method="DELETE").status == 404, "somebody else's session is ended")
        for altered in (session.headers["Mcp-Session-Id"][:-1], session.headers["Mcp-Session-Id"] + "A"):
            headers = {**session.headers, "Mcp-Session-Id": altered}
            expect(call(one.port, message("ping"), headers).status == 404, "an altered id is served")
        session.use("test_simple_text")


@check
def a_session_outlives_a_restart_and_its_end_does_too(build):
    with place(build) as shared:
        with shared.start() as server:
            lives, ended = root_session(server), root_session(server)
            expect(ended.end().status == 204, "DELETE")
        with shared.start() as server:
            lives.use("test_simple_text", at=server)
            expect(ended.ask(message("ping"), at=server).status == 404, "an ended session came back")


@check
def a_replica_with_another_key_knows_nothing(build):
    with place(build) as shared, shared.start() as one, shared.start(seal="other") as stranger:
        session = root_session(one)
        expect(session.ask(message("ping"), at=stranger).status == 404, "a session of another key is served")
        expect_refused(ask(stranger, requestState=question(one), inputResponses=ANSWER), "a state of another key")


@check
def a_new_key_in_front_keeps_what_the_old_one_sealed(build):
    with place(build) as shared:
        with shared.start() as server:
            session, state = root_session(server), question(server)
        file = Path(shared._directory) / "shared.key"
        file.write_text("5a" * 32 + "\n" + file.read_text())
        with shared.start() as server:
            session.use("test_simple_text", at=server)
            expect(is_confirmed(ask(server, requestState=state, inputResponses=ANSWER)), "the state is not known")


@check
def a_question_is_answered_at_another_replica(build):
    with two(build) as (one, other):
        state = question(one)
        answer = ask(other, requestState=state, inputResponses=ANSWER)
        expect(is_confirmed(answer), answer)
        again = ask(one, requestState=state, inputResponses={})
        expect(again.json()["result"]["resultType"] == "input_required", f"a missing answer is asked for again: {again}")
        unasked = ask(other, requestState=state, inputResponses={**ANSWER, "other": {"action": "accept"}})
        expect(is_confirmed(unasked), f"an answer that nobody asked for is left out: {unasked}")


@check
def a_state_serves_its_user_and_its_request_only(build):
    with two(build) as (one, other):
        state = question(one)
        for at in (one, other):
            expect_refused(ask(at, "dev", requestState=state, inputResponses=ANSWER), "another user")
            elsewhere = ask(at, tool="test_input_required_result_tampered_state", requestState=state, inputResponses=ANSWER)
            expect_refused(elsewhere, "another tool")
            of_one = ask(at, tool="test_elicitation", arguments={"message": "one"}).json()["result"]["requestState"]
            of_other = ask(at, tool="test_elicitation", arguments={"message": "other"}, requestState=of_one)
            expect_refused(of_other, "other arguments")
        expect(is_confirmed(ask(one, requestState=state, inputResponses=ANSWER)), "its own was refused")


@check
def a_state_that_was_altered_is_refused(build):
    with two(build) as (one, _):
        state = question(one)
        altered = {"empty": "", "text": "state", "longer": state + "A", "shorter": state[:-1], "twice": state + state}
        for place_of in (0, len(state) // 2, len(state) - 2):
            other = "A" if state[place_of] != "A" else "B"
            altered[f"character {place_of}"] = state[:place_of] + other + state[place_of + 1 :]
        altered["made up"] = base64.b64encode(b'{"round":0}' * 10).decode()
        for name, text in altered.items():
            expect_refused(ask(one, requestState=text, inputResponses=ANSWER), name)
        for name, wrong in {"a number": 5, "an object": {}, "null": None}.items():
            expect_refused(ask(one, requestState=wrong, inputResponses=ANSWER), name)
        expect(is_confirmed(ask(one, requestState=state, inputResponses=ANSWER)), "the unaltered one was refused")
