# SPDX-License-Identifier: Apache-2.0
"""What a durable record costs by itself, and how fast a ledger is proven."""

import ctypes
import os
import statistics
import subprocess
import time
from pathlib import Path

# A call that has effects is on the disk twice: before it begins and before it is answered.
SYNCS_OF_CALL = 2
RESERVED = 64 * 1024 * 1024
FALLOC_FL_KEEP_SIZE = 1


def record_bytes(ledger):
    """Mean length of a record in a ledger."""
    lines = size = 0
    for segment in Path(ledger).glob("*.jsonl"):
        data = segment.read_bytes()
        lines += data.count(b"\n")
        size += len(data)
    return size // lines


class RawDisk:
    """A target of slices.measure: appends records of one size to a file with reserved space, as the
    host's segments are, in groups of as many as there are clients, and calls fdatasync after each
    group. Nothing else is done, so this bounds what any server that waits for the disk can reach."""

    def __init__(self, directory, size):
        self._file = Path(directory) / "raw-records"
        self._record = b"x" * (size - 1) + b"\n"

    def __call__(self, clients, seconds):
        group = self._record * clients
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            ctypes.CDLL(None).fallocate(descriptor, FALLOC_FL_KEEP_SIZE, ctypes.c_long(0), ctypes.c_long(RESERVED))
            times = []
            end = time.perf_counter() + seconds
            while (began := time.perf_counter()) < end or len(times) < 2:
                for _ in range(SYNCS_OF_CALL):
                    os.write(descriptor, group)
                    os.fdatasync(descriptor)
                times.append(time.perf_counter() - began)
        finally:
            os.close(descriptor)
        cut = statistics.quantiles(times, n=100)
        return {"rate": clients / statistics.mean(times), "p50_us": cut[49] * 1e6, "p99_us": cut[98] * 1e6}


def verify_speed(build, config, ledger, environment, times=5):
    """Quartiles of MB/s of `toolpost audit verify`, and how many MB the ledger has."""
    size = sum(segment.stat().st_size for segment in Path(ledger).glob("*.jsonl")) / 1e6
    speeds = []
    for _ in range(times):
        began = time.perf_counter()
        done = subprocess.run([str(build.binary), "audit", "verify", "--config", str(config)], env=environment,
                              capture_output=True, text=True)
        speeds.append(size / (time.perf_counter() - began))
        if done.returncode != 0:
            raise RuntimeError(f"audit verify ended with {done.returncode}: {(done.stdout + done.stderr)[-1000:]}")
    return statistics.quantiles(speeds, n=4), size
