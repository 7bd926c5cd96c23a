# SPDX-License-Identifier: Apache-2.0
"""A tree of source text that nobody wrote: the same for the same seed. Words come as often as they do in
code: few of them everywhere, most of them rarely."""

import itertools
import random
from pathlib import Path

SYLLABLES = ("al", "be", "con", "de", "er", "fil", "get", "hash", "in", "join", "key", "list", "map", "node", "on",
             "path", "queue", "read", "set", "to", "un", "val", "write", "ex", "yield", "zip")
FILES_PER_DIRECTORY = 40
PLANTED = "planted_needle"


def vocabulary(rng, size):
    words = {}
    while len(words) < size:
        parts = [rng.choice(SYLLABLES) for _ in range(rng.randint(1, 5))]
        words[rng.choice(("_", "")).join(parts)] = True
    return list(words)


class Writer:
    """Writes one C or Python file after another."""

    def __init__(self, seed, words=20_000):
        self.rng = random.Random(seed)
        self.words = vocabulary(self.rng, words)
        self.weights = list(itertools.accumulate(1 / (rank + 4) for rank in range(words)))

    def some(self, count):
        return self.rng.choices(self.words, cum_weights=self.weights, k=count)

    def c_function(self):
        name, one, two, three, four, five = self.some(6)
        number = self.rng.randint(0, 99999)
        return (f"/* {' '.join(self.some(9))} */\nstatic int {name}_{number}(struct {one} *{two}, int {three})\n{{\n"
                f"\tif ({two}->{four} == {number})\n\t\treturn {five}({two}, {three} + {number % 97});\n"
                f"\t{two}->{five} = {four}({three});\n\treturn 0;\n}}\n\n")

    def python_function(self):
        name, one, two, three, four = self.some(5)
        number = self.rng.randint(0, 99999)
        return (f"def {name}_{number}({one}, {two}=None):\n    \"\"\"{' '.join(self.some(11))}.\"\"\"\n"
                f"    if {two} is None:\n        return {one}.{three}({number})\n"
                f"    for {four} in {two}:\n        {one}[{four}] = {three}({four})\n    return {one}\n\n\n")

    def text(self, size, write):
        parts, length = [], 0
        while length < size:
            parts.append(write())
            length += len(parts[-1])
        return "".join(parts)


def generate(root, files, mean_bytes, seed=1):
    """Returns how many bytes were written. One file in 500 holds PLANTED once."""
    writer = Writer(seed)
    total = 0
    for number in range(files):
        directory = Path(root, f"part{number // FILES_PER_DIRECTORY // 30}", f"dir{number // FILES_PER_DIRECTORY}")
        if number % FILES_PER_DIRECTORY == 0:
            directory.mkdir(parents=True)
        is_c = writer.rng.random() < 0.6
        size = int(writer.rng.expovariate(1 / mean_bytes)) + 200
        text = writer.text(size, writer.c_function if is_c else writer.python_function)
        if number % 500 == 250:
            text += f"# {PLANTED} {number}\n"
        Path(directory, f"{writer.some(1)[0]}_{number}.{'c' if is_c else 'py'}").write_text(text)
        total += len(text)
    return total
