# SPDX-License-Identifier: Apache-2.0
"""Round trips over stdio, one call after the other."""

import os
import statistics
import subprocess
import time

import servers


def round_trips(command, calls, line, environment=None):
    """Times of so many calls, in microseconds; `command` answers each line with one that holds the text.
    It has a processor of its own, as over HTTP."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          bufsize=0, env=environment, preexec_fn=servers.pin_to(0)) as process:
        times = []
        everywhere = os.sched_getaffinity(0)
        servers.pin_to(1)()
        try:
            reader = open(process.stdout.fileno(), "rb", closefd=False)
            for _ in range(calls):
                began = time.perf_counter()
                process.stdin.write(line)
                answer = reader.readline()
                times.append((time.perf_counter() - began) * 1e6)
                if servers.TEXT.encode() not in answer:
                    process.kill()
                    raise RuntimeError(f"{command[0]} answered {answer[:300]!r}")
        finally:
            os.sched_setaffinity(0, everywhere)
        process.stdin.close()
    return times


def print_times(name, times):
    cut = statistics.quantiles(times, n=100)
    print(f"  {name:15} p50 {cut[49]:8.1f} us  p99 {cut[98]:8.1f} us", flush=True)
