# SPDX-License-Identifier: Apache-2.0
"""One caller who wants everything, and one who wants little: the second is served nearly as if alone.
fairness.py --build DIR [--seconds N]"""

import argparse
import sys
import tempfile

from callers import join_all, run_callers
from load_place import loaded_server, percentile

from checks import check, expect, run_checks
from toolpost_process import Build

PLACES, GREEDY, MODEST = 4, 40, 2
MIN_RATIO = 0.5


class Place:
    def __init__(self, build, directory, seconds):
        self.build, self.directory, self.seconds = build, directory, seconds


@check
def a_greedy_caller_takes_only_what_the_other_leaves(place):
    config = {"calls": {"max_concurrency_per_plugin": PLACES, "queue_per_plugin": 32}, "load": {"max_calls": 48}}
    with loaded_server(place.build, place.directory, **config) as (server, _):
        threads, alone = run_callers(server, MODEST, place.seconds, "bob")
        join_all(threads)
        greedy, ann = run_callers(server, GREEDY, place.seconds, "ann", pause=0.02)
        threads, beside = run_callers(server, MODEST, place.seconds, "bob")
        join_all(greedy + threads)
        ratio = len(beside.served) / len(alone.served)
        print(f"modest: {len(alone.served)} calls alone, {len(beside.served)} beside the greedy one, ratio {ratio:.2f}, "
              f"p99 {percentile(alone.served, 99) * 1e3:.0f} and {percentile(beside.served, 99) * 1e3:.0f} ms; "
              f"greedy: {len(ann.served)} served, {ann.refused} refused")
        expect(not alone.wrong + beside.wrong + ann.wrong, (alone.wrong + beside.wrong + ann.wrong)[:3])
        expect(ann.refused > 0, "the greedy one was never refused: there was no load")
        expect(beside.refused == 0, f"the modest one was refused {beside.refused} times")
        expect(ratio >= MIN_RATIO, f"the modest one got {ratio:.2f} of what it gets alone")
        expect(len(ann.served) > len(beside.served), "the greedy one did not get what was left")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--seconds", type=int, default=4)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-load-") as directory:
        return run_checks(Place(arguments.build, directory, arguments.seconds))


if __name__ == "__main__":
    sys.exit(main())
