# SPDX-License-Identifier: Apache-2.0
"""How the tests of the image talk to what runs in it."""

import ctypes
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import expect  # noqa: E402
from http_wire import Wire, modern, modern_headers, request  # noqa: E402

# The account of the image.
UID = 65532
CLONE_NEWNET = 0x40000000
PATIENCE_S = 60


def own_network():
    """A network of this process and its children, with loopback alone: every port in it is free."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


@contextmanager
def inside(container):
    """In the network of a container that has its own: what this thread connects to is there."""
    libc = ctypes.CDLL(None, use_errno=True)
    here, there = (os.open(f"/proc/{pid}/ns/net", os.O_RDONLY) for pid in ("self", container.pid()))
    try:
        expect(libc.setns(there, CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno()))
        yield container
    finally:
        expect(libc.setns(here, CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno()))
        os.close(here)
        os.close(there)


def tool(container, key, name, /, **arguments):
    """The structured result of a call that goes well, over whatever framing it comes."""
    message = modern("tools/call", {"name": name, "arguments": arguments})
    with Wire(container.port) as wire:
        wire.socket.settimeout(PATIENCE_S)
        headers = modern_headers(message, Authorization=f"Bearer {key}")
        answer = wire.send(request(container.port, message, headers)).answer()
    text = answer.body.decode()
    if answer.headers.get("content-type") == "text/event-stream":
        text = [line.removeprefix("data:") for line in text.splitlines() if line.startswith("data:")][-1]
    result = json.loads(text).get("result", {})
    expect(answer.status == 200 and result and not result.get("isError"), f"{name}: {text[:2000]}")
    return result["structuredContent"]
