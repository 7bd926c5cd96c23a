# SPDX-License-Identifier: Apache-2.0
"""The modern era on the wire: the ladder of refusals, results, and the event stream of one call."""

import base64
import json

from checks import check, expect
from http_wire import META, MODERN, Wire, call, echo, modern, modern_call, modern_headers, request


def refused(answer, status, code, call_id=1):
    expect(answer.status == status and answer.error_code() == code, f"wanted {status} and {code}: {answer}")
    expect(answer.json().get("id") == call_id, f"the id is not {call_id}: {answer}")


@check
def discover_tells_versions_and_capabilities(server):
    result = modern_call(server.port, "server/discover").json()["result"]
    expect(result["supportedVersions"][:2] == [MODERN, "2025-11-25"], result)
    expect("tools" in result["capabilities"], result)
    expect(isinstance(result["ttlMs"], int) and result["cacheScope"] in ("public", "private"), result)
    expect(result["resultType"] == "complete", result)
    expect(result["_meta"][META + "serverInfo"]["name"] == "toolpost", result)


@check
def a_tool_list_can_be_cached_and_is_stable(server):
    lists = [modern_call(server.port, "tools/list").json()["result"] for _ in range(3)]
    expect(lists[0] == lists[1] == lists[2], "three lists differ")
    expect(lists[0]["ttlMs"] >= 0 and lists[0]["cacheScope"] in ("public", "private"), lists[0])
    refused(modern_call(server.port, "tools/list", {"cursor": "bogus"}), 200, -32602)


@check
def a_call_is_complete_and_echoes_its_id(server):
    for call_id in (1, 0, -7, 9007199254740991, "a string", "", "ü"):
        answer = call(server.port, echo("text", call_id), modern_headers(echo()))
        body = answer.json()
        expect(answer.status == 200 and body["id"] == call_id and type(body["id"]) is type(call_id), answer)
        expect(body["result"]["resultType"] == "complete", answer)


@check
def headers_must_match_the_body(server):
    wrong = {
        "no version": {"MCP_Protocol_Version": None},
        "older version": {"MCP_Protocol_Version": "2025-11-25"},
        "no method": {"Mcp_Method": None},
        "other method": {"Mcp_Method": "tools/list"},
        "method in upper case": {"Mcp_Method": "TOOLS/CALL"},
        "no name": {"Mcp_Name": None},
        "other name": {"Mcp_Name": "countdown"},
        "bad base64": {"Mcp_Name": "=?base64?ZWNobw=?="},
        "base64 of another": {"Mcp_Name": "=?base64?b3RoZXI=?="},
    }
    for name, changes in wrong.items():
        answer = call(server.port, echo(), modern_headers(echo(), **changes))
        expect(answer.status == 400 and answer.error_code() == -32020, f"{name}: {answer}")


@check
def a_header_may_be_encoded_or_padded(server):
    encoded = base64.b64encode(b"echo").decode()
    for value in (f"=?base64?{encoded}?=", "  echo  "):
        answer = call(server.port, echo(), modern_headers(echo(), Mcp_Name=value))
        expect(answer.status == 200, f"{value!r}: {answer}")


@check
def a_routing_header_twice_is_refused(server):
    data = request(server.port, echo(), modern_headers(echo())).replace(b"\r\nMcp-Name", b"\r\nMcp-Name: echo\r\nMcp-Name")
    with Wire(server.port) as wire:
        expect(wire.send(data).answer().status == 400, "accepted")


@check
def a_parameter_header_must_match(server):
    def attempt(region, header):
        message = modern("tools/call", {"name": "test_x_mcp_header", "arguments": {"region": region}})
        return call(server.port, message, {**modern_headers(message), "Mcp-Param-Region": header})

    expect(attempt("us-west1", "us-west1").status == 200, "the right header was refused")
    encoded = base64.b64encode("zürich".encode()).decode()
    expect(attempt("zürich", f"=?base64?{encoded}?=").status == 200, "an encoded header was refused")
    refused(attempt("us-west1", "eu-north1"), 400, -32020)
    refused(attempt("us-west1", None), 400, -32020)
    refused(attempt("us-west1", "=?base64?dXMtd2VzdDE?="), 400, -32020)


@check
def meta_is_required(server):
    for missing in ("protocolVersion", "clientCapabilities"):
        message = echo()
        del message["params"]["_meta"][META + missing]
        refused(call(server.port, message, modern_headers(message)), 400, -32602)
    bare = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    refused(call(server.port, bare, {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/list"}), 400, -32602)


@check
def an_unknown_version_is_answered_with_the_known_ones(server):
    message = modern("tools/list", version="2999-01-01")
    answer = call(server.port, message, modern_headers(message))
    refused(answer, 400, -32022)
    data = answer.json()["error"]["data"]
    expect(data["requested"] == "2999-01-01" and MODERN in data["supported"], data)
    legacy_in_meta = modern("tools/list", version="2025-11-25")
    refused(call(server.port, legacy_in_meta, modern_headers(legacy_in_meta)), 400, -32022)


@check
def no_shared_cache_may_keep_a_list(server):
    """What a list holds depends on who asks, on every page of it."""
    for method in ("tools/list", "resources/list", "resources/templates/list", "prompts/list"):
        result = modern_call(server.port, method).json()["result"]
        expect(result["cacheScope"] == "private", result)
        expect(isinstance(result["ttlMs"], int) and result["ttlMs"] >= 0, result)


@check
def unknown_methods_are_not_found(server):
    for method in ("no/such", "initialize", "ping", "logging/setLevel", "resources/subscribe", "tasks/list", "Tools/list"):
        refused(modern_call(server.port, method), 404, -32601)


@check
def an_unknown_tool_is_a_protocol_error(server):
    refused(modern_call(server.port, "tools/call", {"name": "no_such_tool", "arguments": {}}), 200, -32602)


@check
def malformed_messages_are_refused(server):
    meta = echo()["params"]
    shapes = {
        "batch": [echo()],
        "empty batch": [],
        "a string": "tools/list",
        "no jsonrpc": {"id": 1, "method": "tools/list", "params": meta},
        "jsonrpc 1.0": {"jsonrpc": "1.0", "id": 1, "method": "tools/list", "params": meta},
        "null id": {"jsonrpc": "2.0", "id": None, "method": "tools/list", "params": meta},
        "object id": {"jsonrpc": "2.0", "id": {}, "method": "tools/list", "params": meta},
        "method is a number": {"jsonrpc": "2.0", "id": 1, "method": 5, "params": meta},
        "a response": {"jsonrpc": "2.0", "id": 1, "result": {}},
    }
    for name, shape in shapes.items():
        answer = call(server.port, shape, {"MCP-Protocol-Version": MODERN})
        expect(answer.status == 400 and answer.error_code() == -32600, f"{name}: {answer}")


@check
def bad_params_of_a_call_are_refused(server):
    for params in ({"name": 5}, {}, {"name": "echo", "arguments": []}, {"name": "echo", "arguments": "text"}):
        message = modern("tools/call", params)
        answer = call(server.port, message, modern_headers(message, Mcp_Name=str(params.get("name", "echo"))))
        expect(answer.status in (200, 400) and answer.error_code() in (-32602, -32020), f"{params}: {answer}")


@check
def a_notification_is_accepted_without_a_body(server):
    note = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 99}}
    answer = call(server.port, note, {"MCP-Protocol-Version": MODERN})
    expect(answer.status == 202 and answer.body == b"", answer)


@check
def bad_arguments_are_a_tool_error(server):
    for arguments, words in (({"text": 5}, "/text"), ({}, "text"), ({"text": "x", "more": 1}, "more")):
        result = modern_call(server.port, "tools/call", {"name": "echo", "arguments": arguments}).json()["result"]
        expect(result["isError"] is True and words in json.dumps(result["content"]), f"{arguments}: {result}")


@check
def progress_is_streamed_before_the_result(server):
    params = {"name": "countdown", "arguments": {"from": 4, "interval_ms": 200}}
    message = modern("tools/call", params, "stream", meta={"progressToken": "token"})
    with Wire(server.port) as wire:
        status, headers = wire.send(request(server.port, message, modern_headers(message))).head()
        expect(status == 200 and headers["content-type"].startswith("text/event-stream"), f"{status} {headers}")
        expect(headers.get("x-accel-buffering") == "no" and "no-cache" in headers.get("cache-control", ""), headers)
        events = list(wire.events(headers))
    expect(all(name != "id" for event in events for name, _ in event), f"an event has an id: {events}")
    messages = [json.loads(dict(event)["data"]) for event in events if "data" in dict(event)]
    *progress, last = messages
    expect(last["id"] == "stream" and "result" in last, last)
    expect(len(progress) >= 2, f"{len(progress)} progress notifications")
    expect(all(m["method"] == "notifications/progress" for m in progress), progress)
    expect(all(m["params"]["progressToken"] == "token" for m in progress), progress)
    done = [m["params"]["progress"] for m in progress]
    expect(done == sorted(set(done)), f"progress does not rise: {done}")


@check
def without_a_token_the_answer_is_plain(server):
    answer = modern_call(server.port, "tools/call", {"name": "countdown", "arguments": {"from": 2, "interval_ms": 1}})
    expect(answer.status == 200 and answer.headers["content-type"].startswith("application/json"), answer)
