# SPDX-License-Identifier: Apache-2.0
"""The legacy era on the wire: initialize, the session it opens, and its end."""

import json

from checks import check, expect
from http_wire import LEGACY, Wire, call, request
from legacy_wire import Session, initialize, message


@check
def initialize_opens_a_session(server):
    answer = initialize(server)
    expect(answer.status == 200, answer)
    session = answer.headers.get("mcp-session-id", "")
    expect(len(session) >= 22 and all(0x21 <= ord(c) <= 0x7E for c in session), f"session id {session!r}")
    result = answer.json()["result"]
    expect(result["protocolVersion"] == LEGACY and result["serverInfo"]["name"] == "toolpost", result)
    expect("tools" in result["capabilities"] and "resultType" not in result, result)
    expect(initialize(server).headers["mcp-session-id"] != session, "the same session id again")


@check
def initialize_agrees_on_a_version(server):
    for asked, agreed in (("2025-11-25",) * 2, ("2025-06-18",) * 2, ("2025-03-26",) * 2, ("1999-01-01", LEGACY), ("2026-07-28", LEGACY)):
        result = initialize(server, asked).json()["result"]
        expect(result["protocolVersion"] == agreed, f"{asked}: {result['protocolVersion']}")


@check
def a_session_lists_calls_and_pings(server):
    session = Session(server)
    expect(session.ask(message("ping")).json()["result"] == {}, "ping")
    listed = session.ask(message("tools/list")).json()["result"]
    expect("ttlMs" not in listed and "resultType" not in listed and listed["tools"], listed)
    answer = session.ask(message("tools/call", {"name": "echo", "arguments": {"text": "legacy"}}, "x"))
    expect(answer.json()["id"] == "x" and "legacy" in json.dumps(answer.json()["result"]), answer)


@check
def without_a_session_nothing_is_served(server):
    for method in ("tools/list", "ping", "tools/call"):
        answer = call(server.port, message(method), {"MCP-Protocol-Version": LEGACY})
        expect(answer.status == 400, f"{method}: {answer}")
    unknown = {"Mcp-Session-Id": "no-such-session", "MCP-Protocol-Version": LEGACY}
    expect(call(server.port, message("tools/list"), unknown).status == 404, "an unknown session")


@check
def an_unsupported_version_header_is_refused(server):
    session = Session(server)
    session.headers["MCP-Protocol-Version"] = "1999-01-01"
    expect(session.ask(message("ping")).status == 400, "accepted")
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    for version in ("1999-01-01", "banana"):
        session.headers["MCP-Protocol-Version"] = version
        expect(session.ask(note).status == 400, f"a notification of {version} was accepted")
        streams = {**session.headers, "Accept": "text/event-stream"}
        expect(call(server.port, b"", streams, method="GET").status == 400, f"a GET of {version} was accepted")
        expect(call(server.port, b"", session.headers, method="DELETE").status == 400, f"a DELETE of {version}")
    session.headers["MCP-Protocol-Version"] = None
    expect(session.ask(message("ping")).status == 200, "refused without the header")


@check
def errors_travel_with_status_200(server):
    session = Session(server)
    answer = session.ask(message("no/such", call_id="e"))
    expect(answer.status == 200 and answer.error_code() == -32601 and answer.json()["id"] == "e", answer)
    answer = session.ask(message("tools/call", {"name": "no_such_tool", "arguments": {}}))
    expect(answer.status == 200 and answer.error_code() == -32602, answer)


@check
def a_deleted_session_is_gone(server):
    session = Session(server)
    expect(call(server.port, b"", session.headers, method="DELETE").status in (200, 202, 204), "DELETE")
    expect(session.ask(message("ping")).status == 404, "the session lives on")
    expect(Session(server).ask(message("ping")).status == 200, "another session died with it")


@check
def batches_belong_to_the_oldest_version_only(server):
    batch = [message("ping", call_id=1), {"jsonrpc": "2.0", "method": "notifications/x"}, message("ping", call_id=2)]
    answer = Session(server, "2025-03-26").ask(batch)
    expect(answer.status == 200 and sorted(part["id"] for part in answer.json()) == [1, 2], answer)
    answer = Session(server).ask(batch)
    expect(answer.status == 400 and answer.error_code() == -32600, answer)


@check
def no_batch_initializes(server):
    first = message("initialize", {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {}}, 1)
    answer = Session(server, "2025-03-26").ask([first, message("ping", call_id=2)])
    parts = {part["id"]: part for part in answer.json()}
    expect("error" in parts[1] and "result" in parts[2], parts)


@check
def a_cancelled_call_is_not_answered(server):
    session = Session(server)
    params = {"name": "test_until_cancelled", "arguments": {}, "_meta": {"progressToken": 7}}
    with Wire(server.port) as wire:
        body = message("tools/call", params, "doomed")
        status, headers = wire.send(request(server.port, body, session.headers)).head()
        expect(status == 200 and headers["content-type"].startswith("text/event-stream"), f"{status} {headers}")
        answers = []
        for event in wire.events(headers):
            data = dict(event).get("data")
            if not data:
                continue
            answers.append(json.loads(data))
            if len(answers) == 2:
                note = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "doomed"}}
                expect(session.ask(note).status == 202, "the cancellation was not accepted")
    expect(all("id" not in answer for answer in answers), f"an answer after the cancellation: {answers[-1]}")


@check
def a_stream_can_be_opened_once(server):
    session = Session(server)
    accept = {**session.headers, "Accept": "text/event-stream", "Content-Length": None, "Content-Type": None}
    with Wire(server.port) as wire:
        status, headers = wire.send(request(server.port, b"", accept, method="GET")).head()
        if status == 405:
            return  # the specification allows not to offer it
        expect(status == 200 and headers["content-type"].startswith("text/event-stream"), f"{status} {headers}")
        second = call(server.port, b"", accept, method="GET")
        expect(second.status == 409, second)
