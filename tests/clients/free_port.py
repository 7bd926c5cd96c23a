# SPDX-License-Identifier: Apache-2.0
"""A port for a program that has to be told one."""

import contextlib
import random
import socket
from pathlib import Path

FIRST = 10_000


def free_port():
    """None that the kernel would give to somebody else before the program has it."""
    others = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.SystemRandom().randrange(FIRST, max(others, 2 * FIRST))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
