# SPDX-License-Identifier: Apache-2.0
"""Requests that two parsers could read in two ways: each gets one 4xx, and then the connection ends.

A second, valid request follows in the same packet; it must never be answered."""

import json

from checks import check, expect
from http_wire import Wire, call, echo, echo_request, modern_headers, request

BODY = json.dumps(echo()).encode()


def head(*lines, start="POST /mcp HTTP/1.1", host="Host: 127.0.0.1"):
    mirror = [f"{name}: {value}" for name, value in modern_headers(echo()).items()]
    own = [start, *([host] if host else []), "Content-Type: application/json", "Accept: */*", *mirror, *lines]
    return "\r\n".join(own).encode("latin-1") + b"\r\n\r\n"


SIZED = f"Content-Length: {len(BODY)}"
CHUNKED = "Transfer-Encoding: chunked"
ONE_CHUNK = f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\n\r\n"

SHAPES = {
    "content length and chunked": head(SIZED, CHUNKED) + ONE_CHUNK,
    "chunked and content length": head(CHUNKED, SIZED) + ONE_CHUNK,
    "chunked twice": head("Transfer-Encoding: chunked, chunked") + ONE_CHUNK,
    "two transfer encodings": head(CHUNKED, "Transfer-Encoding: identity") + ONE_CHUNK,
    "transfer encoding identity": head("Transfer-Encoding: identity") + BODY,
    "transfer encoding gzip": head("Transfer-Encoding: gzip, chunked") + ONE_CHUNK,
    "transfer encoding xchunked": head("Transfer-Encoding: xchunked") + ONE_CHUNK,
    "chunked not last": head("Transfer-Encoding: chunked, identity") + ONE_CHUNK,
    "chunked after vertical tab": head("Transfer-Encoding: \x0bchunked") + ONE_CHUNK,
    "transfer encoding empty": head("Transfer-Encoding:") + ONE_CHUNK,
    "space before the colon": head("Transfer-Encoding : chunked") + ONE_CHUNK,
    "chunked in HTTP 1.0": head(CHUNKED, start="POST /mcp HTTP/1.0") + ONE_CHUNK,
    "two hosts": head(SIZED, "Host: localhost") + BODY,
    "the same host twice": head(SIZED, "Host: 127.0.0.1") + BODY,
    "no host": head(SIZED, host=None) + BODY,
    "host list": head(SIZED, host="Host: 127.0.0.1, evil.example") + BODY,
    "host with user": head(SIZED, host="Host: 127.0.0.1@evil.example") + BODY,
    "folded header": head("X-Folded: one\r\n two", SIZED) + BODY,
    "folded length": head(f"Content-Length:\r\n {len(BODY)}") + BODY,
    "length list": head(f"Content-Length: {len(BODY)}, {len(BODY)}") + BODY,
    "length list of four": head("Content-Length: 4, 4") + BODY,
    "two lengths": head(SIZED, "Content-Length: 4") + BODY,
    "the same length twice": head(SIZED, SIZED) + BODY,
    "length with sign": head(f"Content-Length: +{len(BODY)}") + BODY,
    "negative length": head("Content-Length: -1") + BODY,
    "hexadecimal length": head(f"Content-Length: 0x{len(BODY):x}") + BODY,
    "length that overflows": head("Content-Length: 18446744073709551620") + BODY,
    "empty length": head("Content-Length:") + BODY,
    "absolute form": head(SIZED, start="POST http://evil.example/mcp HTTP/1.1") + BODY,
    "authority form": head(start="CONNECT evil.example:443 HTTP/1.1"),
    "lower-case method": head(SIZED, start="post /mcp HTTP/1.1") + BODY,
    "unknown version": head(SIZED, start="POST /mcp HTTP/3.7") + BODY,
    "version in lower case": head(SIZED, start="POST /mcp http/1.1") + BODY,
    "two spaces in the first line": head(SIZED, start="POST  /mcp HTTP/1.1") + BODY,
    "control character in the target": head(SIZED, start="POST /mcp\x01 HTTP/1.1") + BODY,
    "bare line feeds": head(SIZED).replace(b"\r\n", b"\n") + BODY,
    "bare carriage return in a value": head("X-Value: one\rTwo: three", SIZED) + BODY,
    "NUL in a value": head("X-Value: one\0two", SIZED) + BODY,
    "space in a name": head("X Value: one", SIZED) + BODY,
    "line without colon": head("X-Value", SIZED) + BODY,
    "empty name": head(": value", SIZED) + BODY,
    "space before the first header": head(SIZED, start="POST /mcp HTTP/1.1\r\n X-Value: one") + BODY,
    "chunk size with junk": head(CHUNKED) + b"5x\r\nhello\r\n0\r\n\r\n",
    "chunk size with sign": head(CHUNKED) + b"+5\r\nhello\r\n0\r\n\r\n",
    "chunk size that overflows": head(CHUNKED) + b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "chunk longer than its size": head(CHUNKED) + b"3\r\nhello\r\n0\r\n\r\n",
}


def refuse(server, data, name, statuses=range(400, 500)):
    with Wire(server.port) as wire:
        try:
            wire.send(data + echo_request(server.port, "smuggled"))
        except (ConnectionResetError, BrokenPipeError):
            pass  # it may stop reading where it has seen enough
        answers = wire.rest()
    expect(answers.startswith(b"HTTP/1.1 "), f"{name}: no answer, but {answers[:200]!r}")
    status = int(answers[9:12])
    expect(status in statuses or status == 501, f"{name}: {status}: {answers[:300]!r}")
    expect(answers.count(b"HTTP/1.1 ") == 1, f"{name}: a second answer: {answers!r}")
    expect(b"smuggled" not in answers, f"{name}: the second request was served: {answers!r}")


@check
def smuggling_shapes_are_refused(server):
    wrong = []
    for name, data in SHAPES.items():
        try:
            refuse(server, data, name)
        except AssertionError as error:
            wrong.append(str(error))
        except OSError as error:
            wrong.append(f"{name}: {error!r}")
    expect(not wrong, f"{len(wrong)} of {len(SHAPES)} shapes:\n        " + "\n        ".join(wrong))


@check
def a_flood_of_headers_is_refused(server):
    many = head(*(f"X-Header-{i}: value" for i in range(5000)), SIZED) + BODY
    refuse(server, many, "5,000 headers", (400, 431))


@check
def a_huge_header_is_refused(server):
    refuse(server, head("X-Long: " + "x" * 1_000_000, SIZED) + BODY, "a header of a megabyte", (400, 431))


@check
def a_huge_target_is_refused(server):
    refuse(server, head(SIZED, start=f"POST /{'x' * 1_000_000} HTTP/1.1") + BODY, "a megabyte of target", (400, 414, 431))


@check
def an_announced_huge_body_is_refused_before_it_is_sent(server):
    with Wire(server.port) as wire:
        answer = wire.send(head("Content-Length: 1000000000000")).answer()
        expect(answer.status == 413, answer)
        expect(wire.rest() == b"", "the connection stayed open")


@check
def a_chunked_body_is_bounded(server):
    """It may read on for a while, so that the answer arrives, but it answers, and it ends."""
    megabyte = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with Wire(server.port) as wire:
        wire.send(head(CHUNKED))
        try:
            for _ in range(64):
                wire.send(megabyte)
        except (ConnectionResetError, BrokenPipeError):
            pass
        answers = wire.rest()
    expect(answers.startswith(b"HTTP/1.1 413 ") and answers.count(b"HTTP/1.1 ") == 1, answers[:300])


@check
def strict_JSON_is_demanded(server):
    texts = {
        "duplicate key": b'{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}',
        "duplicate key deep inside": BODY.replace(b'"text": "hello"', b'"text": "hello", "text": "other"'),
        "escaped duplicate key": b'{"jsonrpc":"2.0","id":1,"method":"tools/list","\\u006dethod":"ping"}',
        "depth": BODY.replace(b'"hello"', b"[" * 5000 + b"]" * 5000),
        "depth of an unknown member": b'{"x":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
        "number that overflows": BODY.replace(b'"hello"', b"1e999"),
        "NUL": BODY.replace(b"hello", b"hel\0lo"),
        "invalid UTF-8": BODY.replace(b"hello", b"\xff\xfe"),
        "overlong UTF-8": BODY.replace(b"hello", b"\xc0\xaf"),
        "lone surrogate": BODY.replace(b"hello", b"\\ud800"),
        "trailing bytes": BODY + b"{}",
        "trailing comma": BODY[:-1] + b",}",
        "comment": b"/* x */" + BODY,
        "byte order mark": b"\xef\xbb\xbf" + BODY,
        "nothing": b"",
        "half": BODY[: len(BODY) // 2],
        "NaN": BODY.replace(b'"hello"', b"NaN"),
        "many keys": b"{" + b",".join(b'"k%d":1' % i for i in range(200_000)) + b"}",
    }
    wrong = []
    for name, text in texts.items():
        answer = call(server.port, text, modern_headers(echo()))
        if answer.status not in (400, 413) or (answer.status == 400 and answer.error_code() not in (-32700, -32600)):
            wrong.append(f"{name}: {answer}")
    expect(not wrong, f"{len(wrong)} of {len(texts)}:\n        " + "\n        ".join(wrong))


@check
def after_all_this_it_still_answers(server):
    answer = call(server.port, echo("still here"), modern_headers(echo()))
    expect(answer.status == 200 and b"still here" in answer.body, answer)


@check
def a_request_byte_by_byte_is_served(server):
    with Wire(server.port) as wire:
        for byte in request(server.port, echo("slowly"), modern_headers(echo())):
            wire.send(bytes([byte]))
        expect(b"slowly" in wire.answer().body, "not answered")
