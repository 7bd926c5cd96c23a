# SPDX-License-Identifier: Apache-2.0
"""What HTTP itself promises: connections, framing, methods, types, and who may talk to a local server."""

import json

from checks import check, expect
from http_wire import Wire, call, echo, echo_request, modern_headers, request


def echo_call(server, headers=None, **more):
    return call(server.port, echo(), {**modern_headers(echo()), **(headers or {})}, **more)


@check
def keep_alive_serves_many_requests(server):
    with Wire(server.port) as wire:
        for number in range(200):
            answer = wire.send(echo_request(server.port, f"text {number}", number)).answer()
            expect(answer.status == 200 and answer.json()["id"] == number, answer)
        expect(wire.is_idle(), "the connection did not stay open")


@check
def connection_close_is_obeyed(server):
    with Wire(server.port) as wire:
        headers = {**modern_headers(echo()), "Connection": "close"}
        answer = wire.send(request(server.port, echo(), headers)).answer()
        expect(answer.status == 200 and wire.rest() == b"", answer)


@check
def pipelined_requests_are_answered_in_order(server):
    with Wire(server.port) as wire:
        wire.send(b"".join(echo_request(server.port, f"text {n}", n) for n in range(20)))
        for number in range(20):
            answer = wire.answer()
            expect(answer.json()["id"] == number and f"text {number}".encode() in answer.body, answer)


@check
def a_chunked_request_is_served(server):
    body = json.dumps(echo("in pieces")).encode()
    headers = {**modern_headers(echo()), "Content-Length": None, "Transfer-Encoding": "chunked"}
    start = request(server.port, b"", headers)
    pieces = [body[i : i + 7] for i in range(0, len(body), 7)]
    with Wire(server.port) as wire:
        wire.send(start)
        for piece in pieces:
            wire.send(f"{len(piece):X}\r\n".encode() + piece + b"\r\n")
        wire.send(b"0\r\n\r\n")
        expect(b"in pieces" in wire.answer().body, "not served")
        expect(wire.send(echo_request(server.port)).answer().status == 200, "the next request was lost")


@check
def expect_100_continue_is_served(server):
    body = json.dumps(echo()).encode()
    headers = {**modern_headers(echo()), "Content-Length": str(len(body)), "Expect": "100-continue"}
    with Wire(server.port) as wire:
        status, _ = wire.send(request(server.port, b"", headers)).head()
        expect(status == 100, f"status {status} instead of 100")
        expect(wire.send(body).answer().status == 200, "not served")


@check
def local_hosts_are_accepted(server):
    for host in (f"127.0.0.1:{server.port}", f"localhost:{server.port}", f"[::1]:{server.port}", "localhost", "LOCALHOST"):
        answer = echo_call(server, {"Host": host})
        expect(answer.status == 200, f"Host {host}: {answer}")


@check
def foreign_hosts_are_refused(server):
    for host in ("evil.example.com", f"evil.example.com:{server.port}", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1"):
        answer = echo_call(server, {"Host": host})
        expect(answer.status in (403, 421), f"Host {host}: {answer}")


@check
def local_origins_are_accepted(server):
    for origin in ("http://localhost:3000", "http://127.0.0.1", "http://[::1]:9", "https://localhost"):
        answer = echo_call(server, {"Origin": origin})
        expect(answer.status == 200, f"Origin {origin}: {answer}")


@check
def foreign_origins_are_refused(server):
    for origin in ("http://evil.example.com", "null", "http://localhost.evil.example", "file://", "http://localhost@evil.example", ""):
        answer = echo_call(server, {"Origin": origin})
        expect(answer.status == 403, f"Origin {origin!r}: {answer}")


@check
def other_content_types_are_refused(server):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/json", None, ""):
        answer = echo_call(server, {"Content-Type": kind})
        expect(answer.status == 415, f"Content-Type {kind!r}: {answer}")
    for kind in ("application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8", "application/json; charset=utf8",
                 'application/json; x="a;charset=latin1"; charset="Utf-8"'):
        answer = echo_call(server, {"Content-Type": kind})
        expect(answer.status == 200, f"Content-Type {kind!r}: {answer}")


@check
def other_charsets_are_refused(server):
    for charset in ("utf-16", '"iso-8859-1"', "", "utf-8; charset=utf-16"):
        answer = echo_call(server, {"Content-Type": f"application/json; Charset={charset}"})
        expect(answer.status == 415 and b"charset" in answer.body, f"charset {charset!r}: {answer}")


@check
def encoded_bodies_are_refused(server):
    for coding in ("gzip", "br", "identity, gzip", "GZIP"):
        answer = echo_call(server, {"Content-Encoding": coding})
        expect(answer.status == 415 and b"Content-Encoding" in answer.body, f"{coding}: {answer}")
        expect(answer.headers.get("accept-encoding") == "identity", f"{coding}: {answer.headers}")
    answer = echo_call(server, {"Content-Encoding": "Identity"})
    expect(answer.status == 200, f"identity: {answer}")


@check
def an_unacceptable_Accept_is_refused(server):
    for accept in ("text/html", "image/png, text/html;q=0.5"):
        answer = echo_call(server, {"Accept": accept})
        expect(answer.status == 406, f"Accept {accept}: {answer}")
    for accept in ("*/*", "application/json, text/event-stream", "text/event-stream;q=0.5, application/*", "application/json"):
        answer = echo_call(server, {"Accept": accept})
        expect(answer.status == 200, f"Accept {accept}: {answer}")


@check
def other_methods_are_refused(server):
    # The legacy era has both, but only in a session.
    for method in ("GET", "DELETE"):
        answer = call(server.port, b"", {"MCP-Protocol-Version": "2026-07-28"}, method=method)
        expect(answer.status in (400, 405), f"{method}: {answer}")
    for method in ("PUT", "PATCH", "OPTIONS"):
        answer = call(server.port, b"", method=method)
        expect(answer.status == 405 and "POST" in answer.headers.get("allow", ""), f"{method}: {answer}")


@check
def other_paths_are_not_found(server):
    for target in ("/", "/mcp/", "/mcpx", "/other", "/%6dcp", "/../mcp"):
        answer = call(server.port, echo(), modern_headers(echo()), target=target)
        expect(answer.status == 404, f"{target}: {answer}")


@check
def answers_name_their_type_and_nothing_of_the_host(server):
    answer = echo_call(server)
    expect(answer.headers.get("content-type", "").startswith("application/json"), answer)
    expect("boost" not in answer.headers.get("server", "").lower(), answer.headers)
