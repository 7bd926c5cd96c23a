#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes toolpost.1, toolpost.bash and _toolpost (zsh) from what the program says of itself.

usage: make.py TOOLPOST DIRECTORY
"""

import sys
from pathlib import Path

import completions
from help_text import read_help
from man_page import man_page


def main():
    binary, directory = sys.argv[1], Path(sys.argv[2])
    help_text = read_help(binary)
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("toolpost.1", man_page(help_text)),
        ("toolpost.bash", completions.bash(help_text)),
        ("_toolpost", completions.zsh(help_text)),
    ):
        (directory / name).write_text(text)


if __name__ == "__main__":
    main()
