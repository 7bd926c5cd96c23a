# SPDX-License-Identifier: Apache-2.0
"""The rows of the benchmark's table: what was wanted, what was reached, and whether that is enough."""

import dataclasses
from typing import Optional


@dataclasses.dataclass
class Row:
    """`met` is None where nothing was measured; `reached` then says why."""

    number: str
    what: str
    goal: str
    reached: str
    met: Optional[bool]

    def markdown(self):
        met = {True: "yes", False: "no", None: "–"}[self.met]
        return f"| {self.number} | {self.what} | {self.goal} | {self.reached} | {met} |"


def quartiles_text(quartiles, digits=2, unit=""):
    low, middle, high = quartiles
    return f"{middle:.{digits}f}{unit} [{low:.{digits}f} .. {high:.{digits}f}]"


def at_least(number, what, goal, quartiles, digits=2):
    return Row(number, what, f"≥ {goal:g}", quartiles_text(quartiles, digits), quartiles[1] >= goal)


def at_most(number, what, goal, quartiles, digits=2):
    return Row(number, what, f"≤ {goal:g}", quartiles_text(quartiles, digits), quartiles[1] <= goal)


def value_at_most(number, what, goal, value, text=None, unit=""):
    return Row(number, what, f"≤ {goal:g}{unit}", text or f"{value:.1f}{unit}", value <= goal)


def report(number, what, text):
    """A figure that no goal was set for."""
    return Row(number, what, "–", text, None)


def skipped(number, what, goal, why):
    return Row(number, what, goal, f"SKIPPED: {why}", None)


def table(rows):
    head = "| row | what | goal | reached: median [quartiles] | met |\n|---|---|---|---|---|"
    return "\n".join([head, *(row.markdown() for row in rows)])
