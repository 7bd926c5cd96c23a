# SPDX-License-Identifier: Apache-2.0
"""One installation for a test: a directory with a configuration and all that a server keeps, and the
program run on it."""

import contextlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import expect  # noqa: E402
from toolpost_process import HttpServer  # noqa: E402

PATIENCE_S = 60
SINGLE = "a-single-key-for-operations-0123456789abcdef"
UV_LINE = "uv 0.12.5 (0123456789 2026-01-01)"


class Installation:
    """Use it as a context manager. `settings` go into its configuration."""

    def __init__(self, build, **settings):
        self.build = build
        self._directory = tempfile.TemporaryDirectory(prefix="toolpost-operations-")
        self.top = Path(self._directory.name)
        self.state = self.top / "state"
        self.users = self.state / "users/users.json"
        self.ledger = self.state / "audit"
        self.shelf = self.state / "backups"
        (self.top / "project").mkdir()
        (self.top / "bin").mkdir()
        self.config = self.configure(**settings)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._directory.cleanup()

    def configure(self, **settings):
        self.settings = settings
        return self.build.write_config(self.top, plugins=("io.toolpost.echo",), **{
            "project_root": str(self.top / "project"), **settings})

    def put_uv(self):
        """A program that calls itself uv, which is all that doctor asks of it."""
        uv = self.top / "bin/uv"
        uv.write_text(f"#!/bin/sh\necho '{UV_LINE}'\n")
        uv.chmod(0o755)
        return uv

    def environment(self, **variables):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MCP_", "TOOLPOST_", "XDG_"))}
        return {**kept, "PATH": f"{self.top / 'bin'}:/usr/bin:/bin", "HOME": str(self.top), **variables}

    def run(self, *words, user=None, config=True, **variables):
        command = [str(self.build.binary), *map(str, words), *(["--config", str(self.config)] if config else [])]
        who = {"user": user, "group": user, "extra_groups": []} if user is not None else {}
        return subprocess.run(command, env=self.environment(**variables), capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False, cwd=self.top, **who)

    def good(self, *words, **more):
        done = self.run(*words, **more)
        expect(done.returncode == 0, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def doctor(self, *words, **more):
        """Its exit code, and what it found by id; an id may be there several times."""
        done = self.run("doctor", "--json", *words, **more)
        expect(done.stderr == "", done)
        found = {}
        for finding in json.loads(done.stdout):
            found.setdefault(finding["id"], []).append(finding)
        return done.returncode, found

    def admin(self, name="ann"):
        return self.good("create-admin", "--username", name, "--key-out", "-").strip().splitlines()[-1]

    def serve(self, **variables):
        return Served(self, variables)

    def backups(self):
        return sorted(self.shelf.glob("toolpost-*.tar"))

    def tree(self):
        """Every file below the state and the configuration, with its mode and bytes."""
        files = {}
        for path in [self.config, *sorted(self.state.rglob("*"))]:
            status = path.lstat()
            if stat.S_ISREG(status.st_mode):
                files[str(path)] = (stat.S_IMODE(status.st_mode), path.read_bytes())
        return files

    def lose(self, *paths):
        for path in paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


class Served(HttpServer):
    """A server on the installation's own configuration."""

    def __init__(self, place, variables):
        class Fixed:
            binary = place.build.binary

            @staticmethod
            def write_config(_directory, _plugins, **_):
                return place.config

        super().__init__(Fixed, environment=place.environment(**variables))


def fault(place, wanted, *words, **more):
    """The one fault that doctor finds, which is `wanted` and has a remedy."""
    code, found = place.doctor(*words, **more)
    faults = [one for ones in found.values() for one in ones if one["state"] == "FAULT"]
    expect(code == 1 and [one["id"] for one in faults] == [wanted], faults or found)
    expect(faults[0].get("remedy"), faults)
    return faults[0]


def no_fault(place, *words, **more):
    code, found = place.doctor(*words, **more)
    faults = [one for ones in found.values() for one in ones if one["state"] == "FAULT"]
    expect(code == 0 and not faults, faults)
    return found


@contextlib.contextmanager
def taken_port():
    """A port that another program listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]
