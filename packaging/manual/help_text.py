# SPDX-License-Identifier: Apache-2.0
"""What `toolpost --help` says, as data: commands, their options and their texts."""

import re
import subprocess
from dataclasses import dataclass, field

COMMAND_LINE = re.compile(r"  (?P<words>[a-z-]+(?: [a-z-]+)?)  +(?P<summary>\S.*)")
OPTION_LINE = re.compile(r"  (?:-(?P<letter>[a-zA-Z]), )?--(?P<name>[a-z-]+)(?: (?P<value>[A-Z]+))?(?:  +(?P<meaning>\S.*))?")


class Unreadable(Exception):
    """A help text that has not the form that all of them have."""


@dataclass
class Option:
    letter: str  # without the dash; empty: none
    name: str  # without the dashes
    value: str  # what it takes, such as FILE; empty: nothing
    meaning: str

    def choices(self):
        """The words it takes, where its meaning lists them."""
        if self.value not in ("LEVEL", "FORMAT"):
            return []
        return re.split(r", | or ", re.sub(r" \(.*\)$", "", self.meaning))


@dataclass
class Command:
    words: str
    summary: str
    operands: str = ""
    text: list = field(default_factory=list)  # lines between usage and options
    options: list = field(default_factory=list)


@dataclass
class Help:
    version: str
    intro: str
    closing: list
    commands: list

    def groups(self):
        """First word -> its commands, of those commands that have two words."""
        groups = {}
        for command in self.commands:
            if " " in command.words:
                groups.setdefault(command.words.split()[0], []).append(command)
        return groups


def _ask(binary, *arguments):
    return subprocess.run([binary, *arguments], check=True, capture_output=True, text=True).stdout


def read_options(lines):
    options = []
    for line in lines:
        match = OPTION_LINE.fullmatch(line)
        if match:
            options.append(Option(*(match[name] or "" for name in ("letter", "name", "value", "meaning"))))
        elif options and line.startswith("     "):
            options[-1].meaning = f"{options[-1].meaning} {line.strip()}".strip()
        else:
            raise Unreadable(f"no option and no more of one: {line!r}")
    return options


def read_command(binary, words, summary):
    lines = _ask(binary, *words.split(), "--help").splitlines()
    usage = f"Usage: toolpost {words} [OPTIONS]"
    if not lines[0].startswith(usage) or lines.count("Options:") != 1:
        raise Unreadable(f"{words}: no usage line or no options")
    at = lines.index("Options:")
    text = "\n".join(lines[1:at]).strip("\n").splitlines()
    return Command(words, summary, lines[0].removeprefix(usage).strip(), text, read_options(lines[at + 1 :]))


def read_help(binary):
    lines = _ask(binary, "--help").splitlines()
    at = lines.index("Commands:")
    end = lines.index("", at)
    commands = []
    for line in lines[at + 1 : end]:
        match = COMMAND_LINE.fullmatch(line)
        if not match:
            raise Unreadable(f"no command: {line!r}")
        commands.append(read_command(binary, match["words"], match["summary"]))
    return Help(
        version=_ask(binary, "--version").split()[1],
        intro=" ".join(line for line in lines[1:at] if line),
        closing=[line for line in lines[end:] if line],
        commands=commands,
    )
