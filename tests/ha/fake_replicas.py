# SPDX-License-Identifier: Apache-2.0
"""Replicas that are none: they say that they are ready, take requests, and break the connection instead
of answering. What they have counted is what a real one would have executed."""

import contextlib
import socket
import threading

from http_wire import PATIENCE_S
from proxies import REPLICAS

READY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class FakeReplicas:
    """One listener for each label. Each connection gets `answers` answers; the request after them is
    read as a whole and counted, too, and then the connection is closed."""

    def __init__(self, answers):
        self._answers = answers
        self._lock = threading.Lock()
        self.taken = 0
        self.answered = 0
        self._listeners = {label: socket.create_server(("127.0.0.1", 0)) for label in REPLICAS}
        self.ports = {label: one.getsockname()[1] for label, one in self._listeners.items()}

    def __enter__(self):
        for listener in self._listeners.values():
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return self

    def __exit__(self, *_):
        for listener in self._listeners.values():
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.settimeout(PATIENCE_S)
        left = self._answers
        with contextlib.suppress(OSError, EOFError), connection, connection.makefile("rb") as incoming:
            while True:
                first = incoming.readline()
                if not first:
                    return
                length = 0
                while (line := incoming.readline().strip()):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                incoming.read(length)
                if b"/readyz" in first:
                    connection.sendall(READY)
                    return
                with self._lock:
                    self.taken += 1
                    self.answered += left > 0
                if left == 0:
                    return
                left -= 1
                connection.sendall(ANSWER)
