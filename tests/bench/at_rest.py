# SPDX-License-Identifier: Apache-2.0
"""What a server takes while nobody asks it anything, and until it can be asked: memory and start."""

import random
import resource
import statistics

from servers import Wire

IDLE_CONNECTIONS = 1000
SETTLING_CONNECTIONS = 100


def raise_descriptor_limit():
    """So that two thousand connections fit; servers inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _open(server, count):
    wires = []
    for _ in range(count):
        wire = Wire(server.port)
        wires.append(wire)
        if wire.send(server.request_bytes()).answer().status != 200:
            raise RuntimeError("a connection that was to idle got no answer")
    return wires


def connection_kib(server):
    """Resident memory for each of many connections that have sent one call and stay open."""
    wires = _open(server, SETTLING_CONNECTIONS)
    try:
        before = server.resident_mib()
        wires += _open(server, IDLE_CONNECTIONS)
        return (server.resident_mib() - before) * 1024 / IDLE_CONNECTIONS
    finally:
        for wire in wires:
            wire.close()


def starts_ms(starters, rounds):
    """Times from exec to the first correct answer, each server once a round."""
    times = {name: [] for name in starters}
    for _ in range(rounds):
        for name in random.sample(list(starters), len(starters)):
            server = starters[name]()
            times[name].append(server.started_ms)
            server.stop()
    return times


def idle_mib(start, times=3):
    """Resident memory of a fresh server after its first answer."""
    found = []
    for _ in range(times):
        server = start()
        found.append(server.resident_mib())
        server.stop()
    return statistics.median(found)
