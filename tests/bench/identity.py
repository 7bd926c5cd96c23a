# SPDX-License-Identifier: Apache-2.0
"""What knowing the caller and judging packages costs: the same call of the same tool with and without,
in one run. Ratios are printed, never judged.
identity.py --build DIR [--rounds N] [--slice SECONDS] [--seed N] [--users N]"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

import slices
from keyed import KEY, KeyedServer, users_json, users_variables
from toolpost_process import Build

CONNECTIONS = (1, 16, 64)


def start(build, directory, many):
    few_users = users_json(Path(directory) / "few/users.json", 10)
    many_users = users_json(Path(directory) / "many/users.json", many)
    roles = {f"role{n}": {"tools": [f"tool{n}_*", "plugin:com.example.other"], "projects": ["/srv"]} for n in range(50)}
    packages = {"allowed_packages": [f"name{n}" for n in range(500)], "blocked_packages": [f"bad{n}.*" for n in range(500)]}
    kinds = {
        "open": ({}, {}),
        "single key": ({}, {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": KEY}),
        "10 users": ({}, users_variables(few_users)),
        f"{many:,} users": ({}, users_variables(many_users)),
        "10 users, rules": ({"roles": roles, "policy": packages}, users_variables(few_users)),
    }
    running = {}
    for name, (settings, variables) in kinds.items():
        running[name] = KeyedServer(build, directory, name.replace(" ", "-").replace(",", ""), settings, variables)
        print(f"  {name:20} first answer after {running[name].started_ms:9.1f} ms, {running[name].resident_mib():7.1f} MiB")
    return running


def compare(build, running, arguments, directory):
    targets = {}
    for name, server in running.items():
        targets[name] = (server, server.request_file(directory, name))
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
