# SPDX-License-Identifier: Apache-2.0
"""A server with two admins and no rates, so that only its load is bounded; and calls that take a known
time."""

import hashlib
import json
import secrets
import sys
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / name) for name in ("clients", "identity", "metrics")]

from checks import expect  # noqa: E402
from http_wire import Wire, modern, modern_headers, request  # noqa: E402
from scrape import SWITCHED_ON, Metrics  # noqa: E402
from toolpost_process import HttpServer  # noqa: E402
from world import environment  # noqa: E402

PLUGINS = ("io.toolpost.echo", "io.toolpost.countdown")
NO_RATES = {"principal_per_minute": 0, "address_per_minute": 0, "tool_per_minute": 0, "calls_per_principal": 0}
KEYS = {name: secrets.token_urlsafe(32) for name in ("ann", "bob")}
NEVER_ENDS = {"from": 100, "interval_ms": 1000}


def users_file(directory):
    place = Path(directory) / "users"
    place.mkdir(mode=0o700)
    file = place / "users.json"
    users = [{"username": name, "api_key_hash": hashlib.sha256(key.encode()).hexdigest(), "role": "admin",
              "created_at": "2026-01-01T00:00:00.000000"} for name, key in KEYS.items()]
    file.write_text(json.dumps({"users": users}))
    file.chmod(0o600)
    return file


@contextmanager
def loaded_server(build, directory, prefix=(), **config):
    """A server and its metrics; the callers are ann and bob."""
    store = Path(directory) / "users/users.json"
    if not store.exists():
        users_file(directory)
    config = {"rate": NO_RATES, "metrics": SWITCHED_ON, **config}
    variables = {"MCP_ENABLE_USER_AUTH": "true"}
    with HttpServer(build, PLUGINS, prefix, environment(variables, store), **config) as server:
        yield server, Metrics(server)


def tool_request(server, name, arguments, user="ann", meta=None):
    message = modern("tools/call", {"name": name, "arguments": arguments}, meta=meta)
    return request(server.port, message, {**modern_headers(message), "X-API-Key": KEYS[user]})


def tool(server, name, arguments, user="ann"):
    with Wire(server.port) as wire:
        return wire.send(tool_request(server, name, arguments, user)).answer()


def begin(server, user="ann"):
    """A call that runs and does not end, or its refusal: its connection and the answer or None."""
    wire = Wire(server.port)
    wire.send(tool_request(server, "countdown", NEVER_ENDS, user, meta={"progressToken": 1}))
    status, headers = wire.head()
    if headers.get("transfer-encoding") == "chunked":
        return wire, None
    body = json.loads(wire.exactly(int(headers["content-length"])))
    wire.close()
    return None, (status, headers, body)


def expect_refused(status, headers, body, reason):
    """What a client gets past capacity: enough to know that nothing was done, and when to come back."""
    expect(status == 503, f"status {status}: {body}")
    expect(1 <= int(headers.get("retry-after", 0)) <= 60, f"Retry-After: {headers}")
    expect(body["error"]["code"] == 50300, body)
    expect(body["error"]["data"]["reason"] == reason, body)
    expect(body["jsonrpc"] == "2.0" and body["id"] == 1, body)


def percentile(values, hundredths):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * hundredths // 100)]


def resident_bytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has no memory")


def descriptors(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
