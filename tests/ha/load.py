# SPDX-License-Identifier: Apache-2.0
"""Clients of both eras that send a fixed number of requests a second through a proxy, each request once,
and write down what became of it."""

import threading
import time

from three_replicas import KEY, LegacyClient, ProxyWire, process_of, tool_call

from http_wire import modern_headers, request

WORKERS = 48
# Most calls end at once, some last while a replica stops.
LONG_EVERY, LONG_MS = 10, 200
VERY_LONG_EVERY, VERY_LONG_MS = 150, 2500


class Fate:
    """What became of one request."""

    def __init__(self, call_id):
        self.id = call_id
        self.sent = self.ended = 0.0
        self.process = None  # that has answered
        self.error = None    # why there is no answer

    @property
    def is_answered(self):
        return self.error is None


class Load:
    """Runs from start() to finish(), which returns all fates."""

    def __init__(self, proxy, rate):
        self._proxy = proxy
        self._rate = rate
        self._lock = threading.Lock()
        self._next = 0
        self._fates = []
        self._over = threading.Event()
        self._begun = None
        self._go = threading.Event()
        self._workers = [threading.Thread(target=self._work, args=(index,), daemon=True) for index in range(WORKERS)]
        self._ready = threading.Barrier(WORKERS + 1)

    def start(self):
        for worker in self._workers:
            worker.start()
        self._ready.wait(60)
        self._begun = time.monotonic()
        self._go.set()

    def finish(self):
        self._over.set()
        for worker in self._workers:
            worker.join(120)
            if worker.is_alive():
                raise AssertionError("a request has no end")
        return self._fates

    def _take(self):
        with self._lock:
            number, self._next = self._next, self._next + 1
            return number

    def _work(self, index):
        # The session is of a client that stays, whatever happens to the replicas.
        session = LegacyClient(self._proxy) if index % 2 else None
        self._ready.wait(60)
        self._go.wait(60)
        wire = None
        while not self._over.is_set():
            number = self._take()
            due = self._begun + number / self._rate
            if self._over.wait(max(0.0, due - time.monotonic())):
                return
            fate = Fate(f"load-{number}")
            data = self._bytes(session, number, fate.id)
            fate.sent = time.monotonic()
            try:
                wire = wire or ProxyWire(self._proxy)
                answer = wire.send(data).answer()
                fate.process = process_of(answer)
                if wire.has_more():
                    raise AssertionError("more than one answer")
                if answer.headers.get("connection") == "close":
                    wire.close()
                    wire = None
            except Exception as error:  # whatever it is, the request has no answer
                fate.error = f"{type(error).__name__}: {str(error)[:160]}"
                if wire:
                    wire.close()
                wire = None
            fate.ended = time.monotonic()
            with self._lock:
                self._fates.append(fate)

    def _bytes(self, session, number, call_id):
        wait = VERY_LONG_MS if number % VERY_LONG_EVERY == 7 else LONG_MS if number % LONG_EVERY == 3 else 0
        arguments = {"id": call_id, "wait_ms": wait}
        if session is None:
            message = tool_call("execute", arguments, number)
            return request(self._proxy.port, message, {**modern_headers(message), **KEY, "Host": f"localhost:{self._proxy.port}"})
        params = {"name": "execute", "arguments": arguments}
        return session.bytes_of({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
