# SPDX-License-Identifier: Apache-2.0
"""Toolpost with callers who have keys: a store of users, rates that are not what limits, and a server that
asks for the key of one of them."""

import hashlib
import os
import time
from pathlib import Path

import servers
from http_wire import Wire, echo, modern_headers, request

KEY = "benchmark-key-0123456789-abcdefghijklmnop"
GENEROUS = {name: 1_000_000_000 for name in ("principal_per_minute", "principal_burst", "address_per_minute",
                                             "address_burst", "tool_per_minute", "tool_burst")} | {"calls_per_principal": 1024}
# A store of a million users is read before the first answer.
READING_S = 60


def users_json(path, count):
    """A store of so many users; the last one's key is KEY."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write('{"users":[')
        for number in range(count):
            key = KEY if number == count - 1 else f"key of user {number}"
            role = "admin" if number == count - 1 else "user"
            digest = hashlib.sha256(key.encode()).hexdigest()
            file.write(("," if number else "") + f'{{"username":"user{number}","api_key_hash":"{digest}","role":"{role}",'
                       '"created_at":"2026-01-01T00:00:00"}')
        file.write("]}")
    path.chmod(0o600)
    return path


def users_variables(store):
    return {"MCP_ENABLE_USER_AUTH": "true", "MCP_USERS_FILE": str(store)}


class KeyedServer(servers.Server):
    """A Toolpost that wants KEY, or none, with `variables` in its environment and `settings` as
    Build.write_config takes them."""

    def __init__(self, build, directory, name, settings, variables):
        place = Path(directory) / name
        place.mkdir()
        port = servers.free_port()
        settings = {"plugins": (servers.ECHO,), "trusted": (servers.ECHO,), "rate": GENEROUS, **settings}
        self.ledger = place / "state/audit"
        self.config = config = build.write_config(place, **settings)
        os.environ.update(variables)
        try:
            super().__init__([build.binary, "http", "--config", config, "--port", port], port)
        finally:
            for variable in variables:
                del os.environ[variable]

    def request_bytes(self):
        return request(self.port, echo(servers.TEXT), {**modern_headers(echo()), "Authorization": f"Bearer {KEY}"})

    def _wait_for_first_answer(self, until):
        while time.perf_counter() < until + READING_S and self.process.poll() is None:
            try:
                with Wire(self.port) as wire:
                    if servers.TEXT.encode() in wire.send(self.request_bytes()).answer().body:
                        return
            except (ConnectionError, EOFError):
                continue
        self.fail_to_start()
