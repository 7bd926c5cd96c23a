# SPDX-License-Identifier: Apache-2.0
"""One operator's machine with an audit: the binary, a project, a ledger and what reads it."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / name) for name in ("identity", "clients")]

from checks import expect  # noqa: E402
from http_wire import call, modern, modern_headers  # noqa: E402
from toolpost_process import HttpServer  # noqa: E402
from world import environment, users_file  # noqa: E402

PATIENCE_S = 60
PLUGINS = ("io.toolpost.echo", "io.toolpost.countdown", "io.toolpost.user-admin")
USERS_MODE = {"MCP_ENABLE_USER_AUTH": "true"}


class Machine:
    """A directory of its own below `parent`; every process that it starts writes into one ledger."""

    def __init__(self, build, parent):
        self.build = build
        self.directory = Path(tempfile.mkdtemp(dir=parent))
        self.ledger = self.directory / "audit"
        self.anchor = self.directory / "elsewhere.jsonl"
        self.project = self.directory / "project"
        self.project.mkdir()
        (self.project / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\n')
        self.users = users_file(self.directory)
        self.packages = {"project_root": str(self.project)}
        self.settings = {
            "audit": {"directory": str(self.ledger), "key_file": str(self.directory / "audit.key"), "anchor_file": str(self.anchor)},
            "rate": {"failures_per_minute": 1_000_000, "failure_burst": 1_000_000},
            "log": {"level": "DEBUG"},
        }
        self.write_config()

    def write_config(self, **more):
        settings = {**self.settings, **more}
        return self.build.write_config(self.directory, PLUGINS, packages=self.packages, **settings)

    def serve(self, variables=None, **more):
        """`toolpost http`, ready; `variables` are its environment's and choose its mode."""
        machine = self

        class Fixed:
            binary = machine.build.binary

            @staticmethod
            def write_config(*_, **__):
                return machine.write_config(**more)

        return HttpServer(Fixed, environment=environment(variables or {}, self.users))

    def run(self, *words, variables=None, text=None):
        command = [str(self.build.binary), *words, "--config", str(self.directory / "toolpost.json")]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=PATIENCE_S,
                              env=environment(variables or {}, self.users))

    def stdio(self, lines, variables=None):
        """The answers of a stdio process to these messages, by their id."""
        done = self.run("stdio", variables=variables, text="".join(json.dumps(line) + "\n" for line in lines))
        return {message["id"]: message for message in map(json.loads, done.stdout.splitlines()) if "id" in message}

    def segments(self):
        return sorted(self.ledger.glob("*.jsonl"))

    def chains(self):
        """The records of every chain in the order of their lines, by the chain's name."""
        chains = {}
        for segment in self.segments():
            chains.setdefault(segment.name.split(".")[0], []).extend(map(json.loads, segment.read_text().splitlines()))
        return chains

    def records(self, *types):
        """In the order of their chains' starts; names of the same second sort at random."""
        chains = sorted(self.chains().values(), key=lambda chain: chain[0]["time"] if chain else "")
        return [record for chain in chains for record in chain if not types or record["type"] in types]

    def outcomes_of(self, call_id):
        return [record for record in self.records("outcome") if record["request"] == json.dumps(call_id)]

    def one_outcome(self, call_id):
        outcomes = self.outcomes_of(call_id)
        expect(len(outcomes) == 1, f"{call_id} has {len(outcomes)} outcomes: {outcomes}")
        return outcomes[0]

    def expect_sound(self):
        done = self.verify()
        expect(done.returncode == 0, f"verify: {done}")

    def verify(self, ledger=None, anchored=True):
        words = ["--anchor", str(self.anchor)] if anchored else []
        return self.run("audit", "verify", "--directory", str(ledger or self.ledger), *words)

    def export(self, *words):
        done = self.run("audit", "export", *words)
        return [json.loads(line) for line in done.stdout.splitlines()]


def wait_until(holds, what):
    """Other processes change what is waited for, so there is nothing to wait on but a look."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        expect(time.monotonic() < until, what)
        time.sleep(0.02)


def ask(server, key, method, params=None, call_id=1, wire=None):
    message = modern(method, params, call_id)
    return call(server.port, message, {**modern_headers(message), **({"X-API-Key": key} if key else {})}, wire)


def tool(server, key, name, arguments=None, call_id=1, wire=None):
    return ask(server, key, "tools/call", {"name": name, "arguments": arguments or {}}, call_id, wire).json()
