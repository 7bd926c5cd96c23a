# SPDX-License-Identifier: Apache-2.0
"""Revocation reaches every replica and every open call within two seconds, whatever way the right
was lost; and a store that cannot be trusted lets nobody in until it can.
revocation.py --build DIR"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from http_wire import LEGACY, Wire, call, modern, modern_headers, request  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402
from world import MODES, USERS, environment, make_key, users_file  # noqa: E402

LIMIT_S = 2.0
PATIENCE_S = 20
REPLICAS = 3
KEY = USERS["root"]
ENDLESS = {"name": "countdown", "arguments": {"from": 100, "interval_ms": 1000}}

# Nobody is told to wait here; that has a test of its own.
PATIENT = {"rate": {"failures_per_minute": 1_000_000, "failure_burst": 1_000_000, "principal_per_minute": 0, "address_per_minute": 0}}

_passed, _failed = 0, 0


def expect(name, holds, detail=""):
    global _passed, _failed
    _passed, _failed = _passed + bool(holds), _failed + (not holds)
    print(f"{'ok   ' if holds else 'FAIL '} {name} {detail}", flush=True)


def replace(file, text, mode=0o600):
    """The way the store itself writes: a new file in the old one's place."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(mode)
    os.rename(fresh, file)


class OpenCall:
    """A call that would go on for minutes; a thread notes when and how it ended."""

    def __init__(self, server, era, streaming):
        self._wire = Wire(server.port)
        self._wire.socket.settimeout(PATIENCE_S)
        key = {"Authorization": f"Bearer {KEY}"}
        params = dict(ENDLESS)
        if streaming:
            params["_meta"] = {"progressToken": "p"}
        if era == "modern":
            message = modern("tools/call", params, meta=params.pop("_meta", {}))
            headers = {**modern_headers(message), **key}
        else:
            hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
            opened = call(server.port, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}, key)
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            headers = {**key, "Mcp-Session-Id": opened.headers["mcp-session-id"]}
        self._wire.send(request(server.port, message, headers))
        self._first = self._wire.exactly(1) if streaming else b""  # the stream is open
        self.ended_at, self.text = None, b""
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def _wait(self):
        while b"40100" not in self.text:
            try:
                self.text += self._wire.socket.recv(65536) or b"(closed) 40100"
            except OSError as error:
                self.text += repr(error).encode()
                return
        self.ended_at = time.monotonic()

    def join(self):
        self._thread.join(PATIENCE_S)
        self._wire.close()


def status_of(server, key=KEY):
    message = modern("tools/list")
    return call(server.port, message, {**modern_headers(message), "X-API-Key": key}).status


def wait_for_status(servers, status, key=KEY):
    """Seconds until every replica answers with it."""
    begun = time.monotonic()
    waiting = list(servers)
    while waiting and time.monotonic() - begun < PATIENCE_S:
        waiting = [server for server in waiting if status_of(server, key) != status]
    return time.monotonic() - begun


def without(users):
    return [user for user in users if user["username"] != "root"]


def changed(users, **members):
    return [{**user, **(members if user["username"] == "root" else {})} for user in users]


LOSSES = {
    "deleted": without,
    "given another key": lambda users: changed(users, api_key_hash="0" * 64),
    "demoted": lambda users: changed(users, role="user"),
}


def revoke_everywhere(servers, file, name, loss, limit_s):
    before = file.read_text()
    calls = [OpenCall(server, era, streaming)
             for server in servers for era in ("modern", "legacy") for streaming in (False, True)]
    users = json.loads(before)["users"]
    second_admin = {**users[0], "username": "keeper", "role": "admin", "api_key_hash": "1" * 64}
    began = time.monotonic()
    replace(file, json.dumps({"users": loss(users) + [second_admin]}))
    for one in calls:
        one.join()
    times = [one.ended_at - began for one in calls if one.ended_at]
    slowest = max(times, default=PATIENCE_S)
    expect(f"{name}: {len(calls)} open calls on {len(servers)} replicas ended",
           len(times) == len(calls) and slowest <= limit_s, f"(slowest after {slowest:.2f} s)")
    if name != "demoted":
        expect(f"{name}: the key is refused by every replica", all(status_of(server) == 401 for server in servers))
    replace(file, before)
    expect(f"{name}: and taken again once it counts", wait_for_status(servers, 200) <= limit_s)


SPOILED = {
    "damaged": ("{", 0o600),
    "readable by others": (None, 0o644),
    "empty": ("", 0o600),
}


def spoil(servers, file, limit_s):
    before = file.read_text()
    for name, (text, mode) in SPOILED.items():
        replace(file, before if text is None else text, mode)
        refused = wait_for_status(servers, 401)
        expect(f"a store that is {name} lets nobody in", refused <= limit_s + 0.5, f"(after {refused:.2f} s)")
        expect(f"a store that is {name} ends no process", all(server.process.poll() is None for server in servers))
        replace(file, before)
        back = wait_for_status(servers, 200)
        expect(f"and everybody again once it is well ({name})", back <= limit_s, f"(after {back:.2f} s)")


def nobody_yet(build, directory):
    """Without a store the server starts and lets nobody in, and a first admin is let in at once."""
    limit_s = build.within(LIMIT_S)
    place = Path(directory) / "none"
    place.mkdir(mode=0o700)
    file = place / "users.json"
    variables = environment(MODES["users"], file)
    with HttpServer(build, ("io.toolpost.countdown",), environment=variables, **PATIENT) as server:
        expect("no store yet: 401", status_of(server) == 401)
        key = make_key()
        digest = hashlib.sha256(key.encode()).hexdigest()
        user = {"username": "first", "role": "admin", "api_key_hash": digest, "created_at": "2026-01-01T00:00:00"}
        replace(file, json.dumps({"users": [user]}))
        expect("a first admin is let in", wait_for_status([server], 200, key) <= limit_s)


def namesake(build, directory):
    """Who is given the name of a former user has a session of his own."""
    place = Path(directory) / "namesake"
    place.mkdir(mode=0o700)
    file = place / "users.json"

    def account(key, created_at):
        return {"username": "ann", "role": "admin", "api_key_hash": hashlib.sha256(key.encode()).hexdigest(), "created_at": created_at}

    def ping(server, key, session):
        message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        return call(server.port, message, {"Authorization": f"Bearer {key}", "Mcp-Session-Id": session}).status

    former, later = make_key(), make_key()
    replace(file, json.dumps({"users": [account(former, "2026-01-01T00:00:00")]}))
    with HttpServer(build, ("io.toolpost.countdown",), environment=environment(MODES["users"], file), **PATIENT) as server:
        hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
        opened = call(server.port, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}, {"Authorization": f"Bearer {former}"})
        session = opened.headers["mcp-session-id"]
        expect("a user goes on with a session", ping(server, former, session) == 200)
        replace(file, json.dumps({"users": [account(later, "2026-01-01T00:00:00")]}))
        wait_for_status([server], 200, later)
        expect("also with another key", ping(server, later, session) == 200)
        replace(file, json.dumps({"users": [account(later, "2026-02-01T00:00:00")]}))
        began = time.monotonic()
        while ping(server, later, session) != 404 and time.monotonic() - began < PATIENCE_S:
            pass
        expect("who has the name after that user does not", ping(server, later, session) == 404)
        status = status_of(server, later)
        expect("and is let in", status == 200, f"({status})")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    build = parser.parse_args().build
    with tempfile.TemporaryDirectory(prefix="toolpost-identity-") as directory:
        file = users_file(directory)
        variables = environment(MODES["users"], file)
        servers = [HttpServer(build, ("io.toolpost.countdown",), environment=variables, **PATIENT) for _ in range(REPLICAS)]
        try:
            for name, loss in LOSSES.items():
                revoke_everywhere(servers, file, name, loss, build.within(LIMIT_S))
            spoil(servers, file, build.within(LIMIT_S))
        finally:
            codes = [server.stop() for server in servers]
        expect("every replica ended well", codes == [0] * REPLICAS, str(codes))
        nobody_yet(build, directory)
        namesake(build, directory)
    print(f"{_passed} passed, {_failed} failed")
    return 1 if _failed or not _passed else 0


if __name__ == "__main__":
    sys.exit(main())
