# SPDX-License-Identifier: Apache-2.0
"""One `toolpost stdio` and its lines: what raw_stdio.py speaks through."""

import json
import queue
import subprocess
import tempfile
import threading
from pathlib import Path

from checks import expect
from toolpost_process import PATIENCE_S


class Stdio:
    """One `toolpost stdio`. Every line of its stdout must be a JSON-RPC message."""

    def __init__(self, build, environment=None, **config):
        self._directory = tempfile.TemporaryDirectory(prefix="toolpost-test-")
        self.log_path = Path(self._directory.name) / "log"
        self.config_path = build.write_config(self._directory.name, **config)
        with open(self.log_path, "wb") as log:
            command = [str(build.binary), "stdio", "--config", str(self.config_path)]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                            env=environment)
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except BrokenPipeError:
                pass
        self._directory.cleanup()

    def send(self, *messages):
        for message in messages:
            line = message if isinstance(message, bytes) else json.dumps(message).encode()
            self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()
        return self

    def next(self):
        """The next message, or None at the end of stdout."""
        line = self._lines.get(timeout=PATIENCE_S)
        if line is None:
            return None
        message = json.loads(line)
        parts = message if isinstance(message, list) else [message]
        pure = parts and all(part.get("jsonrpc") == "2.0" for part in parts)
        expect(line.endswith(b"\n") and pure, f"not a message on stdout: {line!r}")
        return message

    def answer(self, call_id):
        """The answer to `call_id`; notifications before it are dropped, another answer is a failure."""
        while (message := self.next()) is not None:
            if "id" in message:
                expect(message["id"] == call_id, f"an answer to {message['id']}, not {call_id}: {message}")
                return message
        raise EOFError(f"stdout ended before the answer to {call_id}: {self.log_path.read_text()[-800:]}")

    def ask(self, message):
        return self.send(message).answer(message["id"])

    def ask_garbage(self, line):
        """The error to a line that has no id to answer to."""
        error = self.send(line).next()
        expect(error is not None and "error" in error, f"{line[:40]!r} was answered with {error}")
        return error

    def until_running(self, call_id):
        while self.next().get("params", {}).get("progressToken") != call_id:
            pass

    def rest(self):
        messages = []
        while (message := self.next()) is not None:
            messages.append(message)
        return messages

    def close_stdin(self):
        self.process.stdin.close()
        return self

    def exit_code(self):
        return self.process.wait(PATIENCE_S)
