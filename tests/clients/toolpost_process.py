# SPDX-License-Identifier: Apache-2.0
"""Starts Toolpost for a test on a free port, follows its log, and ends it."""

import functools
import json
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

PATIENCE_S = 30
# The disk of a machine on which other tests write at the same time; who tests what a stalled one does
# says so.
STALL_MS = 20_000
# Beside others, and with a sanitizer.
SLOWNESS = 4
FIXTURE_PLUGINS = ("io.toolpost.echo", "io.toolpost.countdown", "io.toolpost.conformance")


class Failure(Exception):
    """A check that did not hold; its text is the report."""


class Build:
    """Where one build put the binary and the plugins."""

    def __init__(self, directory):
        self.directory = Path(directory).resolve()
        self.binary = self.directory / "toolpost"

    @functools.cached_property
    def is_sanitized(self):
        binary = self.binary.read_bytes()
        return b"__asan_init" in binary or b"__tsan_init" in binary

    def within(self, seconds):
        """What is promised for the program as it is shipped; several times as much with a sanitizer."""
        return seconds * SLOWNESS if self.is_sanitized else seconds

    def write_config(self, directory, plugins=FIXTURE_PLUGINS, packages=None, codebase=None, codebase_grants=None,
                     trusted=(), grants=(), **more):
        """A config that enables `plugins` and nothing else, but uv-package where `packages` are its
        settings and project-index where `codebase` are, with `codebase_grants` in the place of its own;
        each of `plugins` gets the extensions in `grants`. Returns its path."""
        enabled = {
            "io.toolpost.uv-package": {"enabled": packages is not None, "config": packages or {}},
            "io.toolpost.project-index": {"enabled": codebase is not None, "config": codebase or {}},
            "io.toolpost.user-admin": {"enabled": False},
        }
        if codebase_grants is not None:
            enabled["io.toolpost.project-index"]["grants"] = list(codebase_grants)
        given = {"grants": list(grants)} if grants else {}  # else each has its own default
        enabled.update((plugin, {"enabled": True, "trusted": plugin in trusted, **given}) for plugin in plugins)
        config = {
            "plugin_directories": [
                str(path)
                for path in (self.directory / "plugins", self.directory / "tests/plugins")
                if path.is_dir()
            ],
            "plugins": enabled,
            "data_directory": str(Path(directory) / "state"),
            **more,
            "audit": {"stall_ms": STALL_MS, **more.get("audit", {})},
        }
        path = Path(directory) / "toolpost.json"
        path.write_text(json.dumps(config, indent=2))
        return path


def measurable(environment):
    """That environment for a server whose memory is measured: what AddressSanitizer holds back of freed
    memory is no growth of the server's."""
    options = ":".join(filter(None, (environment.get("ASAN_OPTIONS"), "quarantine_size_mb=8")))
    return {**environment, "ASAN_OPTIONS": options}


class HttpServer:
    """`toolpost http`, or another such command, ready when the constructor returns; use it as a
    context manager."""

    def __init__(self, build, plugins=FIXTURE_PLUGINS, prefix=(), environment=None, port=0, command="http",
                 **config):
        self._directory = tempfile.TemporaryDirectory(prefix="toolpost-test-")
        self.config_path = build.write_config(self._directory.name, plugins, **config)
        self.log_path = Path(self._directory.name) / "log"
        self.log_path.touch()
        self._lines = []
        self._changed = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen(
            [*prefix, str(build.binary), command, "--config", str(self.config_path), "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self._follower = threading.Thread(target=self._follow, daemon=True)
        self._follower.start()
        listening = self.wait_for_log(lambda line: line.get("message") == "listening", "the line 'listening'")
        self.url = listening["url"]
        self.port = int(listening["port"])

    def _follow(self):
        with open(self.log_path, "ab", buffering=0) as copy:
            for raw in self.process.stderr:
                copy.write(raw)
                try:
                    line = json.loads(raw)
                except ValueError:
                    line = {"message": raw.decode(errors="replace").rstrip()}
                with self._changed:
                    self._lines.append(line)
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for_log(self, accepts, what):
        """The first log line that `accepts`, also one of the past."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or any(map(accepts, self._lines)), PATIENCE_S)
            for line in self._lines:
                if accepts(line):
                    return line
            tail = "\n".join(json.dumps(line) for line in self._lines[-10:])
        raise Failure(f"{what} did not appear in the log; its end:\n{tail}")

    def log_text(self):
        with self._changed:
            return "\n".join(json.dumps(line) for line in self._lines)

    def stop(self, number=signal.SIGTERM):
        """Ends the server, returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure(f"the server was still running {PATIENCE_S} s after the signal") from None
        self._follower.join(PATIENCE_S)
        return code

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            code = self.stop()
            if kind is None and code != 0:
                raise Failure(f"the server ended with {code}:\n{self.log_path.read_text()[-2000:]}")
        finally:
            self.process.stdout.close()
            self.process.stderr.close()
            self._directory.cleanup()
