# SPDX-License-Identifier: Apache-2.0
"""A Redis of the test's own, on a free port and without a service; and a server that is none."""

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from free_port import free_port

# Debian's redis-tools has the program of the server; which of the two it is, its name decides.
PROGRAM = Path("/usr/bin/redis-check-rdb")
PATIENCE_S = 20


class RedisError(Exception):
    """An error reply."""


class RealRedis:
    """Use it as a context manager. It is asked with ask() as an attacker would: without the host."""

    def __init__(self, password=None, lines=()):
        self._directory = tempfile.TemporaryDirectory(prefix="toolpost-redis-")
        self.port = free_port()
        self.password = password
        self._config = Path(self._directory.name) / "redis.conf"
        self._config.write_text("\n".join([
            "bind 127.0.0.1", f"port {self.port}", 'save ""', "appendonly no", "daemonize no",
            f"dir {self._directory.name}", "loglevel warning",
            *([f"requirepass {password}"] if password else []), *lines, ""]))
        self._process = None
        self.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        self._process = subprocess.Popen(
            ["redis-server", str(self._config)], executable=PROGRAM, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.ask("PING")
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()

    def freeze(self):
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self._process.send_signal(signal.SIGCONT)

    def ask(self, *words):
        """One command on a connection of its own; bytes, an int, a list or None."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as connection:
            reader = connection.makefile("rb")
            if self.password:
                _send(connection, ("AUTH", self.password))
                _read(reader)
            _send(connection, words)
            return _read(reader)

    def keys(self, pattern="*"):
        return sorted(self.ask("KEYS", pattern))

    def bucket(self, pattern="*:rate:principal:*"):
        """Tokens left in the one bucket that fits; None where there is none, or it holds no number."""
        keys = self.keys(pattern)
        assert len(keys) <= 1, keys
        value = self.ask("GET", keys[0]) if keys else None
        try:
            return float(value.split()[0]) if value else None
        except ValueError:
            return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self._directory.cleanup()


def _send(connection, words):
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    text = b"*%d\r\n" % len(parts)
    connection.sendall(text + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))


def _read(reader):
    line = reader.readline()
    if not line:
        raise ConnectionError("the server closed the connection")
    mark, rest = line[:1], line[1:-2]
    if mark == b"+":
        return rest
    if mark == b"-":
        raise RedisError(rest.decode())
    if mark == b":":
        return int(rest)
    size = int(rest)
    if size < 0:
        return None
    if mark == b"*":
        return [_read(reader) for _ in range(size)]
    return reader.read(size + 2)[:-2]


class FalseRedis:
    """Takes connections and answers everything with the same bytes, again and again if `endless`."""

    def __init__(self, answer, endless=False):
        self._answer, self._endless = answer, endless
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                while connection.recv(65536):
                    connection.sendall(self._answer)
                    while self._endless:
                        connection.sendall(self._answer)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._listener.detach())
