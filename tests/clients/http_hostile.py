# SPDX-License-Identifier: Apache-2.0
"""Clients that mean harm: what one connection does must cost that connection and nothing else."""

import os
import socket
import struct
import time
from pathlib import Path

from checks import check, expect
from http_wire import Wire, echo, echo_request, modern, modern_headers, request
from toolpost_process import HttpServer

MIB = 1 << 20


def memory_of(server):
    """Resident memory of the server in bytes."""
    with open(f"/proc/{server.process.pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def stays_small(server, before, limit):
    """A sanitizer keeps freed memory, so that nothing can be said of its size there."""
    with open(f"/proc/{server.process.pid}/maps") as maps:
        if any("libasan" in line or "libtsan" in line for line in maps):
            return
    grown = memory_of(server) - before
    expect(grown < limit, f"the server grew by {grown / MIB:.0f} MiB")


def sockets_of(server):
    count = 0
    for descriptor in Path(f"/proc/{server.process.pid}/fd").iterdir():
        try:
            count += os.readlink(descriptor).startswith("socket:")
        except FileNotFoundError:  # closed meanwhile
            pass
    return count


def still_serves(server):
    with Wire(server.port) as wire:
        expect(wire.send(echo_request(server.port)).answer().status == 200, "the server is gone")


def chunked_start(server):
    headers = {**modern_headers(echo()), "Content-Length": None, "Transfer-Encoding": "chunked"}
    return request(server.port, b"", headers)


def until_refused(wire, pieces):
    """Sends until the server has had enough; returns what it said."""
    try:
        for piece in pieces:
            wire.send(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass
    return wire.rest()


@check
def a_huge_trailer_is_refused(server):
    with Wire(server.port) as wire:
        said = until_refused(wire, [chunked_start(server), b"2\r\n{}\r\n0\r\nX: " + b"a" * 70_000 + b"\r\n\r\n"])
    expect(said[:12] in (b"", b"HTTP/1.1 431"), said[:200])
    still_serves(server)


@check
def a_huge_field_is_refused_whatever_the_limit(server):
    with HttpServer(server.build, http={"limits": {"max_header_bytes": 65536}}) as own:
        with Wire(own.port) as wire:
            said = until_refused(wire, [request(own.port, echo(), {"X": "a" * 70_000})])
        expect(said[:12] in (b"", b"HTTP/1.1 431"), said[:200])
        still_serves(own)


@check
def an_endless_chunk_extension_is_refused(server):
    before = memory_of(server)
    with Wire(server.port) as wire:
        pieces = [chunked_start(server), b"2;x="] + [b"a" * 65536] * 800
        said = until_refused(wire, pieces)
    expect(said[:12] in (b"", b"HTTP/1.1 431"), said[:200])
    stays_small(server, before, 16 * MIB)


@check
def a_client_that_asks_without_reading_is_cut_off(server):
    ask = modern("tools/list")
    with HttpServer(server.build, http={"limits": {"write_timeout_ms": 500}}) as own:
        one = request(own.port, ask, modern_headers(ask))
        before = memory_of(own)
        with Wire(own.port) as wire:
            wire.socket.settimeout(10)
            began = time.monotonic()
            try:
                while time.monotonic() - began < 10:
                    wire.socket.sendall(one * 50)
                cut_off = False
            except (BrokenPipeError, ConnectionResetError):
                cut_off = True
        expect(cut_off, "it was served without reading for 10 s")
        stays_small(own, before, 32 * MIB)
        still_serves(own)


@check
def a_client_that_reads_a_little_at_a_time_is_cut_off(server):
    ask = echo("x" * (8 * MIB))
    limits = {"write_timeout_ms": 500, "max_body_bytes": 16 * MIB}
    with HttpServer(server.build, http={"limits": limits}, calls={"max_result_bytes": 32 * MIB}) as own:
        before = sockets_of(own)
        with Wire(own.port) as wire:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            wire.send(request(own.port, ask, modern_headers(ask)))
            expect(wire.exactly(12) == b"HTTP/1.1 200", "it was not served")
            expect(sockets_of(own) > before, "the connection is not seen")
            began = time.monotonic()
            # What the kernel has taken from the server can be read on; the server holds nothing of it.
            while sockets_of(own) > before:
                expect(time.monotonic() - began < 10, "64 bytes now and then kept it for 10 s")
                expect(wire.socket.recv(64), "it has read all of it")
                time.sleep(0.02)
        still_serves(own)


@check
def a_reset_during_progress_costs_the_connection_only(server):
    params = {"name": "countdown", "arguments": {"from": 100, "interval_ms": 1}}
    message = modern("tools/call", params, meta={"progressToken": "p"})
    for _ in range(10):
        wire = Wire(server.port)
        # What is pipelined behind keeps the server from reading, so that it meets the reset writing.
        wire.send(request(server.port, message, modern_headers(message)))
        wire.socket.setblocking(False)
        try:
            wire.socket.send(b"x" * 140_000)
        except BlockingIOError:
            pass
        wire.socket.settimeout(10)
        wire.socket.recv(200)
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.close()
    still_serves(server)


@check
def a_head_request_gets_no_body(server):
    with Wire(server.port) as wire:
        status, headers = wire.send(request(server.port, b"", method="HEAD")).head()
        expect(status == 405 and int(headers["content-length"]) > 0, f"{status} {headers}")
        expect(wire.send(echo_request(server.port)).answer().status == 200, "the next answer was out of step")


@check
def a_refusal_keeps_its_status_for_clients_of_streams(server):
    message = modern("tools/call", {"name": "test_missing_capability", "arguments": {}})
    headers = {**modern_headers(message), "Accept": "text/event-stream"}
    with Wire(server.port) as wire:
        answer = wire.send(request(server.port, message, headers)).answer()
    expect(answer.status == 400 and answer.error_code() == -32021, answer)
