# SPDX-License-Identifier: Apache-2.0
"""Servers under the same load in short slices of random order, so that the machine's moods hit all
alike, and the table that comes of it."""

import json
import random
import statistics
import subprocess

import servers


def load_slice(build, target, connections, seconds):
    """One slice; `target` is (server, file with the request)."""
    server, file = target
    command = [build.directory / "tests/bench/bench-load", server.port, connections, seconds, file, servers.TEXT]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, preexec_fn=servers.pin_to(1))
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def compare(build, targets, connections, rounds, seconds):
    """Measures all targets, by name, and prints medians and ratios of rates to the first of them."""
    results = {name: [] for name in targets}
    for _ in range(rounds):
        for name in random.sample(list(targets), len(targets)):
            results[name].append(load_slice(build, targets[name], connections, seconds))
    reference = next(iter(targets))
    print(f"\n{connections} connections, {rounds} rounds: medians; ratio of rates to {reference} [quartiles]")
    for name, measured in results.items():
        ratios = [one["rate"] / other["rate"] for one, other in zip(measured, results[reference])]
        low, middle, high = statistics.quantiles(ratios, n=4)
        rate, p50, p99 = (statistics.median(one[key] for one in measured) for key in ("rate", "p50_us", "p99_us"))
        print(
            f"  {name:18} {rate:9.0f} calls/s  p50 {p50:8.1f} us  p99 {p99:8.1f} us"
            f"  ratio {middle:.3f} [{low:.3f} .. {high:.3f}]"
        )
