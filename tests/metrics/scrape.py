# SPDX-License-Identifier: Apache-2.0
"""Fetches /metrics of a server under test and reads the text format of Prometheus strictly: what is
twice, out of order or without a type is an error."""

import http.client
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import expect  # noqa: E402

PATIENCE_S = 20
TEXT = "text/plain; version=0.0.4; charset=utf-8"
SWITCHED_ON = {"enabled": True, "port": 0}

_SAMPLE = re.compile(r'([a-z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)')
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\.)*)"(,|$)')
_SUFFIX = re.compile(r"_(bucket|sum|count)$")


class Page:
    """One scrape: `samples` by name and labels, `types` and `helps` by metric."""

    def __init__(self, text):
        self.text = text
        self.samples, self.types, self.helps, self.labels = {}, {}, {}, {}
        current = None
        for line in text.splitlines():
            if line.startswith("# HELP "):
                current, self.helps[current] = line[7:].split(" ", 1)
            elif line.startswith("# TYPE "):
                name, kind = line[7:].split(" ")
                expect(name == current and name not in self.types, f"TYPE out of order: {line}")
                self.types[name] = kind
                self.labels[name] = set()
            else:
                self._sample(line, current)

    def _sample(self, line, current):
        match = _SAMPLE.fullmatch(line)
        expect(match, f"not a sample: {line!r}")
        name, inside, value = match.groups()
        labels, place = {}, 0
        while inside and place < len(inside):
            found = _LABEL.match(inside, place)
            expect(found, f"labels: {line!r}")
            labels[found[1]] = found[2]
            place = found.end()
        metric = _SUFFIX.sub("", name) if self.types.get(current) == "histogram" else name
        expect(metric == current, f"a sample of {metric} below {current}")
        key = (name, tuple(sorted(labels.items())))
        expect(key not in self.samples, f"twice: {line!r}")
        self.samples[key] = float(value)
        self.labels[metric] |= set(labels) - {"le"}

    def value(self, name, **labels):
        """The one sample with exactly these labels; 0 where there is none, as for a rate."""
        return self.samples.get((name, tuple(sorted(labels.items()))), 0.0)

    def total(self, name, **labels):
        """The sum of all samples that have these labels among theirs."""
        wanted = set(labels.items())
        return sum(value for (one, has), value in self.samples.items() if one == name and wanted <= set(has))

    def changed(self, before, name):
        """By labels, what samples of `name` are more than before; without those that are the same."""
        both = {key for page in (self, before) for key in page.samples if key[0] == name}
        differences = {key[1]: self.samples.get(key, 0) - before.samples.get(key, 0) for key in both}
        return {labels: value for labels, value in differences.items() if value}


class Metrics:
    """The listener for metrics of an HttpServer that was started with metrics=SWITCHED_ON."""

    def __init__(self, server):
        line = server.wait_for_log(lambda one: one.get("message") == "metrics", "the line 'metrics'")
        self.port = int(line["port"])

    def ask(self, method="GET", target="/metrics", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, target, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def page(self, headers=None):
        status, got, text = self.ask(headers=headers)
        expect(status == 200 and got["Content-Type"] == TEXT, f"{status} {got} {text[:200]}")
        return Page(text)

    def wait(self, accepts, what):
        """The first page that `accepts`: some things are counted when the server hears of them."""
        end = time.monotonic() + PATIENCE_S
        while True:
            page = self.page()
            if accepts(page):
                return page
            expect(time.monotonic() < end, f"{what} did not come")
