# SPDX-License-Identifier: Apache-2.0
"""A host whose storage is fault_layer.c, and clients that remember what was acknowledged and when."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "clients"))

from http_wire import Wire, modern, modern_headers, request  # noqa: E402
from storage_trace import Control  # noqa: E402
from toolpost_process import HttpServer  # noqa: E402

READER = "io.toolpost.echo"  # trusted: only reads
MARKER = "audit.marker"


class Ground:
    """A place with a state directory (the ledger and its key), and what lies beside it."""

    def __init__(self, build, directory):
        self.build, self.directory = build, Path(directory)
        self.state = self.directory / "state"
        self.ledger = self.state / "audit"
        self.trace, self.marks = self.directory / "trace", self.directory / "marks"
        self.control = Control(self.directory / "control")
        self.ledger.mkdir(mode=0o700, parents=True)
        self.state.chmod(0o700)
        (self.directory / "cli").mkdir()

    def settings(self, **audit):
        built = self.build.directory
        return {
            "plugin_directories": [str(built / "plugins"), str(built / "tests/audit/marker")],
            "data_directory": str(self.state),
            "audit": {"stall_ms": 1000, **audit},
        }

    def environment(self, layered=True):
        variables = {k: v for k, v in os.environ.items() if not k.startswith("MCP_")}
        variables.update(TOOLPOST_MARKS=str(self.marks), XDG_STATE_HOME=str(self.directory))
        if layered:
            variables.update(
                LD_PRELOAD=str(self.build.directory / "tests/audit/fault_layer.so"),
                TOOLPOST_LAYER_DIRECTORIES=str(self.state), TOOLPOST_LAYER_TRACE=str(self.trace),
                TOOLPOST_LAYER_CONTROL=str(self.control.path))
        return variables

    def serve(self, layered=True, **audit):
        return HttpServer(self.build, (READER, MARKER), trusted=(READER,), environment=self.environment(layered),
                          **self.settings(**audit))

    def run(self, *arguments, state=None):
        """A command of the host's, without the layer."""
        settings = self.settings()
        settings["data_directory"] = str(state or self.state)
        config = self.build.write_config(self.directory / "cli", (READER, MARKER), trusted=(READER,), **settings)
        return subprocess.run([str(self.build.binary), *arguments, "--config", str(config)], capture_output=True,
                              text=True, env=self.environment(False), timeout=60)

    def verify(self, state=None):
        done = self.run("audit", "verify", "--json", state=state)
        if done.returncode not in (0, 3):
            raise RuntimeError(f"verify ended with {done.returncode}: {done.stderr[-500:]}")
        return json.loads(done.stdout)

    def effects(self):
        """(text, time in ns) of what the marker did."""
        if not self.marks.exists():
            return []
        return [(text, int(when)) for text, when in map(str.split, self.marks.read_text().splitlines())]

    def close(self):
        self.control.close()


def end(server, number=signal.SIGTERM):
    """Ends a server whatever it says, and returns its exit code."""
    try:
        return server.stop(number)
    finally:
        server.__exit__(ValueError, None, None)  # judged by the caller


def message(text, reads):
    if reads:
        return modern("tools/call", {"name": "echo", "arguments": {"text": text}}, text)
    return modern("tools/call", {"name": "mark", "arguments": {"text": text}}, text)


def ask(port, text, reads=False, wire=None):
    """One call; its text is its id as well, and stands in its records."""
    own = message(text, reads)
    data = request(port, own, modern_headers(own))
    if wire is not None:
        return wire.send(data).answer()
    with Wire(port) as own_wire:
        return own_wire.send(data).answer()


def was_done(answer):
    return answer.status == 200 and "result" in answer.json() and not answer.json()["result"].get("isError")


class Load:
    """Several clients that call without pause until told to stop; of `marks_every` calls one has an
    effect, and each client sends `at_once` before it reads the answers. `acknowledged`
    has (text, reads, time in ns of the answer)."""

    def __init__(self, port, name, clients, marks_every=2, at_once=1):
        self.acknowledged, self.refused, self.problems, self._broken = [], 0, [], []
        self._stop, self._marks_every, self._at_once = threading.Event(), marks_every, at_once
        self._threads = [threading.Thread(target=self._run, args=(port, f"{name}-{n}")) for n in range(clients)]
        for thread in self._threads:
            thread.start()

    def _run(self, port, name):
        try:
            with Wire(port) as wire:
                number = 0
                while not self._stop.is_set():
                    calls = []
                    for _ in range(self._at_once):
                        number += 1
                        calls.append((f"{name}-{number}", number % self._marks_every != 1))
                    messages = [message(*call) for call in calls]
                    wire.send(b"".join(request(port, own, modern_headers(own)) for own in messages))
                    for text, reads in calls:
                        self._take(text, reads, wire.answer())
        except (EOFError, OSError) as problem:
            if not self._stop.is_set():
                self._broken.append(f"{name}: {problem}")

    def _take(self, text, reads, answer):
        now = time.monotonic_ns()
        if was_done(answer):
            self.acknowledged.append((text, reads, now))
        elif answer.status == 503:
            self.refused += 1
        else:
            self.problems.append(f"{text}: {answer}")

    def stop(self, is_killed=False):
        """Where the server was killed, connections may have ended before this."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if not is_killed:
            self.problems += self._broken
