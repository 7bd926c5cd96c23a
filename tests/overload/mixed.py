# SPDX-License-Identifier: Apache-2.0
"""Calls that end well, that are refused, cancelled and malformed, all at once for a while: memory and
descriptors do not grow. mixed.py --build DIR [--seconds N]"""

import argparse
import random
import sys
import tempfile
import threading
import time

from load_place import KEYS, NEVER_ENDS, descriptors, loaded_server, percentile, resident_bytes, tool_request

from checks import check, expect, run_checks
from http_wire import Wire, modern, modern_headers, request
from toolpost_process import Build

WORKERS = 12
SETTLED = 1 / 3  # of the time, until what is made once has been made
MAX_GROWTH_BYTES, MAX_GROWTH = 4 << 20, 0.10
MAX_DESCRIPTORS = 4


class Place:
    def __init__(self, build, directory, seconds):
        self.build, self.directory, self.seconds = build, directory, seconds


class Mix:
    """Workers that each send what chance says, the same in every run with as much time."""

    def __init__(self, server, end):
        self.server, self.end = server, end
        self.counts, self.seconds, self.wrong = {}, [], []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._work, args=(random.Random(seed),), daemon=True)
                        for seed in range(WORKERS)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join(max(0.0, self.end - time.monotonic()) + 120)
            expect(not thread.is_alive(), "a request has no end")

    def _work(self, chance):
        steps = [self._echo, self._list, self._large, self._wait, self._cancel, self._malformed, self._wrong_key]
        weights = [40, 15, 5, 20, 10, 5, 5]
        while time.monotonic() < self.end:
            step = chance.choices(steps, weights)[0]
            begun = time.monotonic()
            try:
                expected = step(chance.choice(sorted(KEYS)))
                expect(expected, f"{step.__name__}: another answer")
            except Exception as error:  # each is reported, and the mix goes on
                with self.lock:
                    self.wrong.append(f"{step.__name__}: {error}")
            with self.lock:
                self.counts[step.__name__[1:]] = self.counts.get(step.__name__[1:], 0) + 1
                if step == self._echo:
                    self.seconds.append(time.monotonic() - begun)

    def _answer(self, data):
        with Wire(self.server.port) as wire:
            return wire.send(data).answer()

    def _echo(self, user):
        return self._answer(tool_request(self.server, "echo", {"text": "x"}, user)).status in (200, 503)

    def _list(self, user):
        message = modern("tools/list")
        headers = {**modern_headers(message), "X-API-Key": KEYS[user]}
        return self._answer(request(self.server.port, message, headers)).status == 200

    def _large(self, user):
        return self._answer(tool_request(self.server, "echo", {"text": "x" * 200_000}, user)).status in (200, 503)

    def _wait(self, user):
        data = tool_request(self.server, "countdown", {"from": 2, "interval_ms": 20}, user)
        return self._answer(data).status in (200, 503)

    def _cancel(self, user):
        with Wire(self.server.port) as wire:
            wire.send(tool_request(self.server, "countdown", NEVER_ENDS, user, meta={"progressToken": 1}))
            return wire.head()[0] in (200, 503)

    def _malformed(self, user):
        return self._answer(request(self.server.port, b"{", {"X-API-Key": KEYS[user]})).status == 400

    def _wrong_key(self, _):
        message = modern("tools/list")
        answer = self._answer(request(self.server.port, message, {**modern_headers(message), "X-API-Key": "w" * 43}))
        return answer.status in (401, 429)


@check
def memory_and_descriptors_do_not_drift(place):
    config = {"calls": {"max_concurrency_per_plugin": 4, "queue_per_plugin": 4}, "load": {"max_calls": 16}}
    with loaded_server(place.build, place.directory, **config) as (server, metrics):
        pid = server.process.pid
        idle = descriptors(pid)
        begun = time.monotonic()
        mix = Mix(server, begun + place.seconds)
        mix.start()
        time.sleep(max(0.0, begun + place.seconds * SETTLED - time.monotonic()))
        settled = resident_bytes(pid)
        mix.join()
        grown = resident_bytes(pid) - settled
        end = time.monotonic() + 20
        while (left := descriptors(pid)) > idle + MAX_DESCRIPTORS and time.monotonic() < end:
            time.sleep(0.05)
        total = sum(mix.counts.values())
        print(f"{total} requests in {place.seconds} s ({', '.join(f'{n} {c}' for n, c in sorted(mix.counts.items()))}), "
              f"p99 of echo {percentile(mix.seconds, 99) * 1e3:.1f} ms; memory {settled >> 10} KiB after a third, "
              f"{grown / 1024:+.0f} KiB since; descriptors {idle} idle, {left} after")
        expect(not mix.wrong, f"{len(mix.wrong)} wrong: {mix.wrong[:3]}")
        expect(len(mix.counts) == 7, f"not everything was sent: {mix.counts}")
        expect(grown <= max(MAX_GROWTH_BYTES, MAX_GROWTH * settled), f"memory grew by {grown} bytes")
        expect(left <= idle + MAX_DESCRIPTORS, f"{left} descriptors instead of {idle}")
        expect(metrics.page().value("toolpost_load_calls") == 0, "a place stays taken")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--seconds", type=int, default=9)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-load-") as directory:
        return run_checks(Place(arguments.build, directory, arguments.seconds))


if __name__ == "__main__":
    sys.exit(main())
