# SPDX-License-Identifier: Apache-2.0
"""Many callers at once: each a thread with a connection of its own."""

import json
import threading
import time

from load_place import expect_refused, tool_request

from http_wire import Wire


class Tally:
    """What became of calls: seconds of those that were served, and how many were refused or wrong."""

    def __init__(self):
        self.lock = threading.Lock()
        self.served, self.refused, self.wrong = [], 0, []

    def add(self, seconds, answer, reasons=("overloaded", "busy")):
        with self.lock:
            if answer.status == 200:
                self.served.append(seconds)
                return
            try:
                body = json.loads(answer.body)
                reason = body.get("error", {}).get("data", {}).get("reason")
                expect_refused(answer.status, answer.headers, body, reason if reason in reasons else reasons[0])
                self.refused += 1
            except (AssertionError, ValueError, KeyError) as error:
                self.wrong.append(str(error))


def run_callers(server, count, seconds, user="ann", rate=None, arguments=None, tally=None, pause=0.0):
    """Calls of countdown by `count` threads for so long; with `rate` from a schedule of so many a second
    (open loop), else each as soon as its last has ended, and after `pause` where that was refused."""
    tally = tally or Tally()
    data = tool_request(server, "countdown", arguments or {"from": 1, "interval_ms": 20}, user)
    begun = time.monotonic()
    turn = iter(range(1 << 30))
    lock = threading.Lock()

    def work():
        with Wire(server.port) as wire:
            while (now := time.monotonic()) < begun + seconds:
                if rate:
                    with lock:
                        due = begun + next(turn) / rate
                    if due > begun + seconds:
                        return
                    time.sleep(max(0.0, due - now))
                start = due if rate else now
                answer = wire.send(data).answer()
                tally.add(time.monotonic() - start, answer)
                if answer.status != 200 and pause:
                    time.sleep(pause)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, tally


def join_all(threads, patience=120):
    for thread in threads:
        thread.join(patience)
        if thread.is_alive():
            raise AssertionError("a call has no end")
