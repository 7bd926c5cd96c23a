# SPDX-License-Identifier: Apache-2.0
"""What knowing the caller and judging packages costs: the same call of the same tool with and without,
in one run. Ratios are printed, never judged.
identity.py --build DIR [--rounds N] [--slice SECONDS] [--seed N] [--users N]"""

import argparse
import hashlib
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import servers
import slices
from http_wire import Wire, echo, modern_headers, request
from toolpost_process import Build

CONNECTIONS = (1, 16, 64)
KEY = "benchmark-key-0123456789-abcdefghijklmnop"
GENEROUS = {name: 1_000_000_000 for name in ("principal_per_minute", "principal_burst", "address_per_minute",
                                             "address_burst", "tool_per_minute", "tool_burst")} | {"calls_per_principal": 1024}


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


class KeyedServer(servers.Server):
    """A Toolpost that wants KEY, or none."""

    def __init__(self, build, directory, name, settings, variables):
        place = Path(directory) / name
        place.mkdir()
        port = servers.free_port()
        config = build.write_config(place, ("io.toolpost.echo",), rate=GENEROUS, **settings)
        os.environ.update(variables)
        try:
            super().__init__([build.binary, "http", "--config", config, "--port", port], port)
        finally:
            for variable in variables:
                del os.environ[variable]

    def _request(self):
        return request(self.port, echo(servers.TEXT), {**modern_headers(echo()), "Authorization": f"Bearer {KEY}"})

    def _wait_for_first_answer(self, until):
        while time.perf_counter() < until + 60 and self.process.poll() is None:
            try:
                with Wire(self.port) as wire:
                    if servers.TEXT.encode() in wire.send(self._request()).answer().body:
                        return
            except (ConnectionError, EOFError):
                continue
        raise RuntimeError(f"{self.process.args} did not answer")

    def request_file(self, directory, name):
        path = Path(directory) / f"{name}.request"
        path.write_bytes(self._request())
        return path


def start(build, directory, many):
    few_users = users_json(Path(directory) / "few/users.json", 10)
    many_users = users_json(Path(directory) / "many/users.json", many)
    users = {"MCP_ENABLE_USER_AUTH": "true"}
    roles = {f"role{n}": {"tools": [f"tool{n}_*", "plugin:com.example.other"], "projects": ["/srv"]} for n in range(50)}
    packages = {"allowed_packages": [f"name{n}" for n in range(500)], "blocked_packages": [f"bad{n}.*" for n in range(500)]}
    kinds = {
        "open": ({}, {}),
        "single key": ({}, {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": KEY}),
        "10 users": ({}, {**users, "MCP_USERS_FILE": str(few_users)}),
        f"{many:,} users": ({}, {**users, "MCP_USERS_FILE": str(many_users)}),
        "10 users, rules": ({"roles": roles, "policy": packages}, {**users, "MCP_USERS_FILE": str(few_users)}),
    }
    running = {}
    for name, (settings, variables) in kinds.items():
        running[name] = KeyedServer(build, directory, name.replace(" ", "-").replace(",", ""), settings, variables)
        print(f"  {name:20} first answer after {running[name].started_ms:9.1f} ms, {running[name].resident_mib():7.1f} MiB")
    return running


def compare(build, running, arguments, directory):
    targets = {}
    for name, server in running.items():
        targets[name] = (server, server.request_file(directory, name.replace(" ", "-").replace(",", "")))
        slices.load_slice(build, targets[name], 16, 1.0)
    targets["open again"] = targets["open"]
    for connections in CONNECTIONS:
        slices.compare(build, targets, connections, arguments.rounds, arguments.slice)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--slice", type=float, default=0.4)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="toolpost-bench-") as directory:
        running = {}
        try:
            running = start(arguments.build, directory, arguments.users)
            compare(arguments.build, running, arguments, directory)
        finally:
            for server in running.values():
                server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
