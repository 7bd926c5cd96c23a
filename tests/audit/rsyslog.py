#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What packaging/rsyslog/toolpost-audit.conf promises: Debian's rsyslog hands every record on once, byte
by byte, while the ledger grows, goes on in new segments and gets new chains, and when rsyslog itself is
restarted in between.

The shipped file is used as it is except for its two places. The records come from a server, and to
them are added chains with the longest lines and with text that a log daemon may take for something
else. A control hands on with rsyslog's own limit for a line, and must lose something.

rsyslog.py BUILD"""
import argparse
import collections
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "clients"))

from http_wire import Wire, echo, modern_headers, request  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402

ECHO = "io.toolpost.echo"
CALLS = 40
PATIENCE = 60
SHIPPED = ROOT / "packaging/rsyslog/toolpost-audit.conf"
UNPACKED = ROOT / "build/tools/rsyslog"
NOT_INSTALLED = 77
MAX_LINE = 64 * 1024
ODD = ('<13>Jan  1 00:00:00 host tag: text', "%msg% %HOSTNAME%", "\\u0000 \\n #011", "zwölf ☃ 🎈", " x  ", "@cee: {}")


class Rsyslog:
    """A rsyslogd of its own, which knows nothing but this ledger."""

    def __init__(self, directory, ledger, changed=lambda text: text):
        self.out = directory / "out.jsonl"
        self.directory = directory
        work = directory / "work"
        work.mkdir(parents=True)
        text = SHIPPED.read_text()
        for old, new in (("/var/lib/toolpost/audit/", f"{ledger}/"), ("/var/log/toolpost-audit.jsonl", str(self.out))):
            if text.count(old) != 1:
                raise RuntimeError(f"{SHIPPED}: {old} is not there once")
            text = text.replace(old, new)
        self.config = directory / "rsyslog.conf"
        self.config.write_text(f'global(workDirectory="{work}")\n' + changed(text))
        self.process = None

    def start(self):
        installed = shutil.which("rsyslogd", path="/usr/sbin:/sbin")
        binary = installed or str(UNPACKED / "usr/sbin/rsyslogd")
        if not Path(binary).exists():
            print("rsyslogd is missing; packaging/setup test unpacks it")
            sys.exit(NOT_INSTALLED)
        environment = dict(os.environ)
        command = [binary, "-n", "-f", str(self.config), "-i", str(self.directory / "pid")]
        if not installed:
            libraries = next((UNPACKED / "usr/lib").glob("*/rsyslog"))
            environment["LD_LIBRARY_PATH"] = str(libraries.parent)
            command += ["-M", str(libraries)]
        self.log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE)
        self.log.close()

    def lines(self):
        return self.out.read_bytes().splitlines(keepends=True) if self.out.exists() else []

    def wait_for(self, count):
        deadline = time.monotonic() + PATIENCE
        while len(self.lines()) < count and time.monotonic() < deadline and self.process.poll() is None:
            time.sleep(0.1)


def call(server, count):
    with Wire(server.port) as wire:
        data = request(server.port, echo("x"), modern_headers(echo()))
        for _ in range(count):
            if wire.send(data).answer().status != 200:
                raise RuntimeError("a call was not answered")


def add_chain(ledger, number, lines):
    """A segment as a process makes it: under another name until it is begun."""
    name = f"20200101T00000{number}Z-000000000000000{number}.000001.jsonl"
    draft = ledger / (name + ".new")
    draft.write_bytes(lines[0] + b"\n")
    draft.rename(ledger / name)
    with open(ledger / name, "ab") as file:
        for line in lines[1:]:
            # In two pieces: what is read between them is no record yet.
            file.write(line[: len(line) // 2])
            file.flush()
            file.write(line[len(line) // 2:] + b"\n")
            file.flush()


def written(ledger):
    return [line for path in sorted(ledger.glob("*.jsonl")) for line in path.read_bytes().splitlines(keepends=True)]


def odd_lines():
    yield from (f'{{"v":1,"odd":"{text}"}}'.encode() for text in ODD)
    for size in (8 * 1024 - 1, 8 * 1024 + 1, MAX_LINE):
        yield b'{"long":"' + b"x" * (size - 12) + b'"}'


def missing_and_more(expected, got):
    """By number: a line that came in another form counts in both."""
    wanted, came = collections.Counter(expected), collections.Counter(got)
    return (wanted - came).total(), (came - wanted).total()


def run_all(build, directory):
    ledger = directory / "audit"
    rsyslog = Rsyslog(directory / "rsyslog", ledger)
    settings = {"audit": {"directory": str(ledger), "key_file": str(directory / "audit.key"), "segment_bytes": 65536}}
    place = directory / "config"
    place.mkdir()
    config = build.write_config(place, (ECHO,), trusted=(ECHO,), **settings)
    with HttpServer(build, (ECHO,), trusted=(ECHO,), **settings) as server:
        call(server, CALLS)
        rsyslog.start()  # what is there already counts as well
        call(server, CALLS)
        subprocess.run([str(build.binary), "audit", "rotate", "--config", str(config)], check=True, capture_output=True)
        call(server, CALLS)
        rsyslog.wait_for(3 * CALLS)
        rsyslog.stop()
        call(server, CALLS)  # while nobody looks
        rsyslog.start()
        add_chain(ledger, 1, list(odd_lines()))
    with HttpServer(build, (ECHO,), trusted=(ECHO,), **settings) as server:
        call(server, CALLS)
    expected = written(ledger)
    rsyslog.wait_for(len(expected))
    rsyslog.stop()
    missing, more = missing_and_more(expected, rsyslog.lines())
    segments = len(list(ledger.glob("*.jsonl")))
    print(f"{len(expected)} records in {segments} segments, {missing} missing, {more} that are none or came twice")
    return len(expected) > 5 * CALLS and missing == 0 and more == 0, expected


def control(directory, ledger, expected):
    """Without the limit that the file sets, long records do not arrive whole."""
    rsyslog = Rsyslog(directory / "control", ledger, lambda text: text.replace('global(maxMessageSize="128k")', ""))
    rsyslog.start()
    rsyslog.wait_for(len(expected))
    rsyslog.stop()
    missing, _ = missing_and_more(expected, rsyslog.lines())
    print(f"control with rsyslog's own limit: {missing} missing")
    return missing != 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    options = parser.parse_args()
    build = Build(options.build)
    with tempfile.TemporaryDirectory(prefix="toolpost-rsyslog-") as place:
        directory = Path(place)
        results = []
        good, expected = run_all(build, directory)
        results.append(good)
        results.append(control(directory, directory / "audit", expected))
        if not all(results):
            print((directory / "rsyslog/log").read_text(errors="replace"), file=sys.stderr)
    failed = results.count(False)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
