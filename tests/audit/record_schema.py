#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""config/audit-record.schema.json describes every record that servers, a crash and a users' command leave behind:
each line is valid against it, and has no member that it does not name. Each type that the schema names
and these do not bring about is told. A record that is changed must not be valid any more.

record_schema.py BUILD"""
import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "clients"))

from http_wire import Wire, echo, modern, modern_headers, request  # noqa: E402
from toolpost_process import Build, Failure, HttpServer  # noqa: E402

PLUGINS = ("io.toolpost.echo", "io.toolpost.user-admin")
SCHEMA = ROOT / "config/audit-record.schema.json"
PINNED = ROOT / "build/tools/python-tests/bin/python"
NOT_INSTALLED = 77
EXPECTED = {
    "start", "stop", "closed", "segment", "checkpoint", "intent", "outcome", "login_failure", "plugin", "config", "users",
}


class World:
    """A ledger with a record of nearly every type."""

    def __init__(self, build, directory):
        self.build = build
        self.ledger = directory / "audit"
        self.settings = {"audit": {"directory": str(self.ledger), "key_file": str(directory / "audit.key")}}
        self.config = build.write_config(directory, PLUGINS, trusted=PLUGINS, **self.settings)
        self.variables = {**os.environ, "MCP_ENABLE_USER_AUTH": "true", "MCP_USERS_FILE": str(directory / "users.json")}

    def run(self, *arguments):
        command = [str(self.build.binary), *arguments, "--config", str(self.config)]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=self.variables).stdout

    def serve(self, key, ends_well):
        create = modern("tools/call", {"name": "create_user", "arguments": {"username": f"ann-{int(ends_well)}", "role": "user"}})
        unknown = modern("tools/call", {"name": "no_such_tool", "arguments": {}})
        try:
            with HttpServer(self.build, PLUGINS, trusted=PLUGINS, environment=self.variables, **self.settings) as server:
                with Wire(server.port) as wire:
                    for body in (echo("x"), unknown, echo(1), create):
                        headers = {**modern_headers(body), "Authorization": f"Bearer {key}"}
                        wire.send(request(server.port, body, headers)).answer()
                    wire.send(request(server.port, echo("x"), modern_headers(echo("x")))).answer()
                self.run("audit", "rotate")
                if not ends_well:
                    server.process.send_signal(signal.SIGKILL)
        except Failure:
            if ends_well:
                raise

    def records(self):
        key = self.run("create-admin", "--username", "admin", "--key-out", "-").split()[-1]
        self.serve(key, ends_well=False)
        newest = max(self.ledger.glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
        chain = newest.name.split(".")[0]
        with max(self.ledger.glob(f"{chain}.*.jsonl")).open("ab") as file:
            file.write(b'{"v":1,"torn')
        self.serve(key, ends_well=True)
        return [json.loads(line) for path in sorted(self.ledger.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def unnamed(record, schema):
    """The members that the schema does not know."""
    known = set(schema["properties"]) | set(schema["$defs"][record["type"]]["properties"])
    return sorted(set(record) - known)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    options = parser.parse_args()
    try:
        import jsonschema
    except ImportError:
        if not PINNED.exists() or sys.prefix == str(PINNED.parents[1]):
            print("the module jsonschema is missing; packaging/setup test installs it")
            return NOT_INSTALLED
        os.execv(PINNED, [str(PINNED), *sys.argv])
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []
    with tempfile.TemporaryDirectory(prefix="toolpost-schema-") as place:
        records = World(Build(options.build), Path(place)).records()
    seen = {record["type"] for record in records}
    for record in records:
        text = json.dumps(record)[:300]
        failures += [f"{error.json_path}: {error.message} in {text}" for error in validator.iter_errors(record)]
        failures += [f"{name} is not in the schema: {text}" for name in unnamed(record, schema)]
        for name in schema["$defs"][record["type"]]["required"]:
            if validator.is_valid({key: value for key, value in record.items() if key != name}):
                failures.append(f"a {record['type']} without {name} is valid as well")
        if validator.is_valid({**record, "hash": "x"}):
            failures.append(f"a {record['type']} with a wrong hash is valid as well")
    missing = sorted(EXPECTED - seen)
    failures += [f"there is no record of type {name}" for name in missing]
    for failure in failures[:20]:
        print("FAILED", failure)
    others = sorted(set(schema["properties"]["type"]["enum"]) - seen)
    print(f"{len(records)} records of {len(seen)} types; not brought about here: {', '.join(others) or 'none'}")
    print(f"{len(records) - min(len(failures), len(records))} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
