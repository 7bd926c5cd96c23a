# SPDX-License-Identifier: Apache-2.0
"""Servers under the same load in short slices of random order, so that the machine's moods hit all
alike, and the ratios that come of it."""

import json
import random
import statistics
import subprocess

import servers


def load_slice(build, target, connections, seconds):
    """One slice; `target` is (server, file with the request), or does the work itself: a callable."""
    if callable(target):
        return target(connections, seconds)
    server, file = target
    command = [build.directory / "tests/bench/bench-load", server.port, connections, seconds, file, servers.TEXT]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, preexec_fn=servers.pin_to(1))
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def measure(build, targets, connections, rounds, seconds):
    """What each target, by name, did in each round."""
    results = {name: [] for name in targets}
    for _ in range(rounds):
        for name in random.sample(list(targets), len(targets)):
            results[name].append(load_slice(build, targets[name], connections, seconds))
    return results


def ratios(results, one, other, key="rate"):
    """Quartiles of `key` of one target over that of another, both of the same round; rounds in which
    one of them gave no answer are left out, see silent()."""
    pairs = [(a[key], b[key]) for a, b in zip(results[one], results[other])]
    found = [a / b for a, b in pairs if a and b]
    return statistics.quantiles(found, n=4) if len(found) > 1 else [float("nan")] * 3


def silent(results):
    """How many slices had no answer at all: the machine had no time for them, and the run is void."""
    return sum(slice_["rate"] == 0 for measured in results.values() for slice_ in measured)


def median(results, name, key):
    return statistics.median(slice_[key] for slice_ in results[name])


def print_results(results, connections):
    """Medians, and the ratios of rates to the first target."""
    reference = next(iter(results))
    rounds = len(results[reference])
    print(f"\n{connections} connections, {rounds} rounds: medians; ratio of rates to {reference} [quartiles]")
    for name in results:
        low, middle, high = ratios(results, name, reference)
        rate, p50, p99 = (median(results, name, key) for key in ("rate", "p50_us", "p99_us"))
        print(
            f"  {name:22} {rate:9.0f} calls/s  p50 {p50:8.1f} us  p99 {p99:8.1f} us"
            f"  ratio {middle:.3f} [{low:.3f} .. {high:.3f}]",
            flush=True,
        )


def compare(build, targets, connections, rounds, seconds):
    """Measures all targets and prints what they did."""
    results = measure(build, targets, connections, rounds, seconds)
    print_results(results, connections)
    return results
