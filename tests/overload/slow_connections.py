# SPDX-License-Identifier: Apache-2.0
"""Clients that open connections and send next to nothing: what each costs in memory, what a healthy
client notices, and that the server ends them. slow_connections.py --build DIR [--count N]"""

import argparse
import resource
import socket
import sys
import tempfile
import time

from load_place import loaded_server, percentile, resident_bytes, tool_request

from checks import check, expect, run_checks
from http_wire import Wire
from toolpost_process import Build

CALLS = 400
PATIENCE_S = 60
HEADER_TIMEOUT_MS = 20_000
MAX_BYTES_EACH = 16 * 1024
MAX_P99_RATIO = 5
PER_ADDRESS = 1000


class Place:
    def __init__(self, build, directory, count):
        self.build, self.directory, self.count = build, directory, count


def healthy_p99(server):
    data = tool_request(server, "echo", {"text": "x"}, "bob")
    seconds = []
    with Wire(server.port) as wire:
        for _ in range(CALLS):
            begun = time.monotonic()
            answer = wire.send(data).answer()
            expect(answer.status == 200, answer)
            seconds.append(time.monotonic() - begun)
    return percentile(seconds, 99)


def open_slow(port, index):
    """A request that never gets further than into its headers, from an address of this machine."""
    source = f"127.0.{1 + index // PER_ADDRESS}.1"
    one = socket.create_connection(("127.0.0.1", port), PATIENCE_S, (source, 0))
    one.sendall(b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    return one


def taken(metrics, count):
    """How many connections the server has, as soon as it has so many; the kernel takes them before it."""
    end = time.monotonic() + HEADER_TIMEOUT_MS / 2000
    while (held := metrics.page().value("toolpost_http_connections")) < count and time.monotonic() < end:
        time.sleep(0.02)
    return held


def is_over(one):
    one.settimeout(PATIENCE_S)
    try:
        while one.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


@check
def slow_connections_cost_little_and_end(place):
    limits = {"max_connections": place.count + 100, "max_connections_per_address": PER_ADDRESS,
              "header_timeout_ms": HEADER_TIMEOUT_MS}
    slow = []
    with loaded_server(place.build, place.directory, http={"limits": limits}) as (server, metrics):
        healthy_p99(server)  # whatever is made once
        alone = healthy_p99(server)
        before = resident_bytes(server.process.pid)
        try:
            begun = time.monotonic()
            slow.extend(open_slow(server.port, index) for index in range(place.count))
            opened = time.monotonic() - begun
            for index in range(0, place.count, max(1, place.count // 100)):
                slow[index].sendall(b"x")  # a little goes on coming
            held = taken(metrics, place.count)
            beside = healthy_p99(server)
            each = (resident_bytes(server.process.pid) - before) / place.count
            print(f"{place.count} slow connections, opened in {opened:.1f} s: {each:.0f} bytes of memory each; "
                  f"p99 of a healthy client {alone * 1e3:.2f} ms alone, {beside * 1e3:.2f} ms beside them, "
                  f"ratio {beside / alone:.2f}")
            expect(held >= place.count, f"only {held:.0f} were open at once")
            expect(each <= MAX_BYTES_EACH, f"{each:.0f} bytes each")
            expect(beside <= max(MAX_P99_RATIO * alone, 0.05), f"p99 {beside:.4f} s instead of {alone:.4f} s")
            expect(all(map(is_over, slow)), "a slow connection goes on")
        finally:
            for one in slow:
                one.close()


@check
def one_address_cannot_have_all_connections(place):
    with loaded_server(place.build, place.directory,
                       http={"limits": {"max_connections_per_address": 5}}) as (server, _):
        held = [open_slow(server.port, 0) for _ in range(5)]
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S, ("127.0.1.1", 0)) as one:
            expect(one.recv(4096).startswith(b"HTTP/1.1 503"), "a sixth connection of the address was taken")
        expect(healthy_p99(server) < PATIENCE_S, "another address is not served")
        for one in held:
            one.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--count", type=int, default=1000)
    arguments = parser.parse_args()
    wanted = arguments.count + 500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        sys.exit(f"so many descriptors may not be open: {hard} instead of {wanted}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    with tempfile.TemporaryDirectory(prefix="toolpost-load-") as directory:
        return run_checks(Place(arguments.build, directory, arguments.count))


if __name__ == "__main__":
    sys.exit(main())
