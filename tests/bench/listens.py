# SPDX-License-Identifier: Apache-2.0
"""What open subscriptions cost: resident memory for each of 1, 1,000 and 10,000 listen streams, and how
many calls active clients make beside them, as a ratio to the rate beside one stream in the same rounds.
listens.py --build DIR [--rounds N] [--slice SECONDS]"""

import argparse
import random
import socket
import statistics
import sys
import tempfile

import at_rest
import servers
import slices
from http_wire import modern_headers, request
from toolpost_process import Build

STREAMS = (1, 1_000, 10_000)
CLIENTS = 16
# Loopback has enough ports for so many connections from each address.
ADDRESSES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
ROOM = {"http": {"limits": {"max_connections": 20_000, "max_connections_per_address": 20_000}}}


def listen_message(number):
    return {
        "jsonrpc": "2.0",
        "id": number,
        "method": "subscriptions/listen",
        "params": {
            "notifications": {"toolsListChanged": True},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    }


def listen(port, number):
    """A connection on which the acknowledgement has arrived."""
    message = listen_message(number)
    connection = socket.create_connection(
        ("127.0.0.1", port), timeout=30, source_address=(ADDRESSES[number % len(ADDRESSES)], 0))
    connection.sendall(request(port, message, modern_headers(message)))
    received = b""
    while b"notifications/subscriptions/acknowledged" not in received:
        piece = connection.recv(65536)
        if not piece:
            raise RuntimeError(f"listen stream {number} was refused: {received[:400]!r}")
        received += piece
    return connection


def start(build, directory):
    port = servers.free_port()
    config = build.write_config(directory, (servers.ECHO,), trusted=(servers.ECHO,), **ROOM)
    return servers.Server([build.binary, "http", "--config", config, "--port", port], port)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--slice", type=float, default=0.5)
    arguments = parser.parse_args()
    at_rest.raise_descriptor_limit()
    running, streams = {}, []
    with tempfile.TemporaryDirectory(prefix="toolpost-bench-") as directory:
        try:
            targets = {}
            for count in STREAMS:
                place = tempfile.mkdtemp(dir=directory)
                server = running[count] = start(arguments.build, place)
                streams += [listen(server.port, number) for number in range(100)]  # what comes once, has come
                before = server.resident_mib()
                streams += [listen(server.port, number) for number in range(100, 100 + count)]
                each = (server.resident_mib() - before) * 1024 / count
                print(f"{count:6} listen streams: {server.resident_mib():.1f} MiB, {each:.1f} KiB each")
                targets[count] = (server, server.request_file(directory, f"call-{count}"))
            rates = {count: [] for count in STREAMS}
            for _ in range(arguments.rounds):
                for count in random.sample(STREAMS, len(STREAMS)):
                    measured = slices.load_slice(arguments.build, targets[count], CLIENTS, arguments.slice)
                    rates[count].append(measured["rate"])
            for count in STREAMS:
                ratios = [rate / one for rate, one in zip(rates[count], rates[STREAMS[0]])]
                low, middle, high = statistics.quantiles(ratios, n=4)
                print(f"{count:6} listen streams: {statistics.median(rates[count]):.0f} calls/s of {CLIENTS} clients, "
                      f"ratio {middle:.3f} [{low:.3f} .. {high:.3f}]")
        finally:
            for stream in streams:
                stream.close()
            for server in running.values():
                server.stop()
    print(f"{len(STREAMS)} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
