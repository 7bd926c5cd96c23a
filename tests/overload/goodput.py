# SPDX-License-Identifier: Apache-2.0
"""Twice as many calls as the server can do: it goes on at its best rate, and the others are told when to
come back. goodput.py --build DIR [--seconds N]"""

import argparse
import sys
import tempfile

from callers import join_all, run_callers
from load_place import loaded_server, percentile

from checks import check, expect, run_checks
from toolpost_process import Build

PLACES = 4
CALLERS = 64
MIN_RATIO = 0.8


class Place:
    def __init__(self, build, directory, seconds):
        self.build, self.directory, self.seconds = build, directory, seconds


@check
def at_twice_the_capacity_the_goodput_stays(place):
    plugins = {"calls": {"max_concurrency_per_plugin": PLACES, "queue_per_plugin": 32}, "load": {"max_calls": 48}}
    with loaded_server(place.build, place.directory, **plugins) as (server, _):
        threads, alone = run_callers(server, 2 * PLACES, place.seconds)
        join_all(threads)
        capacity = len(alone.served) / place.seconds
        threads, over = run_callers(server, CALLERS, place.seconds, rate=2 * capacity)
        join_all(threads)
        goodput = len(over.served) / place.seconds
        offered = (len(over.served) + over.refused) / place.seconds
        print(f"capacity {capacity:.0f}/s, offered {offered:.0f}/s, goodput {goodput:.0f}/s, "
              f"ratio {goodput / capacity:.2f}; p99 {percentile(alone.served, 99) * 1e3:.0f} ms alone, "
              f"{percentile(over.served, 99) * 1e3:.0f} ms of those served; {over.refused} refused")
        expect(not alone.wrong and not over.wrong, (alone.wrong + over.wrong)[:3])
        expect(alone.refused == 0, f"{alone.refused} refused below the capacity")
        expect(offered > 1.5 * capacity, "the load was not offered: the machine is too slow for it")
        expect(over.refused > 0, "nothing was refused")
        expect(goodput >= MIN_RATIO * capacity, f"goodput {goodput:.0f} of {capacity:.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--seconds", type=int, default=4)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-load-") as directory:
        return run_checks(Place(arguments.build, directory, arguments.seconds))


if __name__ == "__main__":
    sys.exit(main())
