# SPDX-License-Identifier: Apache-2.0
"""The tables of config/metrics.md have every metric that a server tells, and no other, each with its
type, its labels and the words of its HELP. reference.py --build DIR [--only WORDS]"""

import argparse
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from full_server import full_server  # noqa: E402
from toolpost_process import Build  # noqa: E402

ROW = re.compile(r"\| `([a-z_]+)` \| (counter|gauge|histogram) \| ([^|]*) \| ([^|]*) \|")


class Reference:
    def __init__(self, build):
        self.rows = {}
        for line in (ROOT / "config/metrics.md").read_text().splitlines():
            if match := ROW.fullmatch(line):
                name, kind, labels, meaning = match.groups()
                expect(name not in self.rows, f"{name} is there twice")
                self.rows[name] = (kind, set(re.findall(r"`([a-z]+)`", labels)), meaning)
        with full_server(build) as server:
            server.traffic()
            self.page = server.metrics.page()


@check
def every_metric_is_listed_and_every_listed_one_is_told(reference):
    expect(len(reference.rows) > 40, f"only {len(reference.rows)} rows: the table was not read")
    told, listed = set(reference.page.types), set(reference.rows)
    expect(told == listed, f"not listed: {sorted(told - listed)}; not told: {sorted(listed - told)}")


@check
def types_labels_and_words_are_those_of_the_table(reference):
    wrong = []
    for name, (kind, labels, meaning) in reference.rows.items():
        told = (reference.page.types[name], reference.page.labels[name], reference.page.helps[name])
        if told != (kind, labels, meaning):
            wrong.append(f"{name}: {told} instead of {(kind, labels, meaning)}")
    expect(not wrong, "\n".join(wrong))


@check
def every_metric_has_a_sample(reference):
    sampled = {re.sub("_(bucket|sum|count)$", "", name) if name not in reference.page.types else name
               for name, _ in reference.page.samples}
    missing = set(reference.page.types) - sampled
    expect(not missing, f"without a sample after the traffic: {sorted(missing)}")


@check
def the_outcomes_are_those_that_the_audit_knows(reference):
    text = (ROOT / "config/metrics.md").read_text()
    line = next(one for one in text.splitlines() if one.startswith("| `outcome` |"))
    listed = set(re.findall(r"`([a-z_]+)`", line)) - {"outcome"}
    known = set(re.findall(r'return "([a-z_]+)"', (ROOT / "host/call/ending.cpp").read_text()))
    expect(listed == known, f"{listed ^ known}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    return run_checks(Reference(arguments.build), only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
