# SPDX-License-Identifier: Apache-2.0
"""The manual page and the completions say what `--help` says: every command, every option, every
word that an option takes. manual.py --build DIR [--only WORDS]"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from debian import SKIPPED, run  # noqa: E402

LEVELS = ["DEBUG", "ERROR", "FATAL", "INFO", "TRACE", "WARN"]
# Commands that could not be more: a reader that lost some would notice here.
LEAST_COMMANDS = 15


def squeezed(text):
    return " ".join(text.split())


class Command:
    """One command, read from its own help and by nothing that the manual is made with."""

    def __init__(self, binary, words):
        self.words = words
        help_text = run(binary, *words.split(), "--help")
        self.body, options = help_text.split("\nOptions:\n")
        self.flags, self.takes, self.meanings = [], {}, []
        # An option begins with two spaces and a dash; what is further in belongs to it.
        for block in re.split(r"\n(?=  -)", options.rstrip("\n")):
            head = re.match(r"\s*((?:-\w, )?--[a-z-]+)( [A-Z]+)?", block)
            flags = head[1].split(", ")
            self.flags += flags
            for flag in flags:
                self.takes[flag] = (head[2] or "").strip()
            self.meanings.append(squeezed(block[head.end() :]))


class World:
    def __init__(self, build):
        self.made = Path(build).resolve() / "packaging/made"
        binary = Path(build).resolve() / "toolpost"
        listed = re.search(r"Commands:\n(.*?)\n\n", run(binary, "--help"), re.DOTALL)[1]
        self.commands = [Command(binary, re.split(r"  +", line.strip())[0]) for line in listed.splitlines()]
        page = run("man", "--warnings", "-E", "UTF-8", "-l", self.made / "toolpost.1",
                   env={**os.environ, "MANWIDTH": "2000", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"})
        self.page = page.replace("\u2010", "-").replace("\u2212", "-")

    def section(self, words):
        return re.search(rf"^   toolpost {words}\n(.*?)(?=^   toolpost |^[A-Z])", self.page, re.DOTALL | re.MULTILINE)[1]

    def complete_in_bash(self, *words):
        """What is offered for the last word."""
        script = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _toolpost; printf "%s\\n" "${COMPREPLY[@]}"'
        with tempfile.TemporaryDirectory() as directory:
            (Path(directory) / "a-file").touch()
            (Path(directory) / "a-directory").mkdir()
            told = subprocess.run(["bash", "-u", "-c", script, self.made / "toolpost.bash", "toolpost", *words],
                                  cwd=directory, capture_output=True, text=True, check=True)
        expect(not told.stderr, told.stderr)
        return sorted(filter(None, told.stdout.split("\n")))

    def complete_in_zsh(self, *words):
        """What the completion hands to zsh for the last word: one line each, the list or the arguments."""
        script = (
            '_arguments() { print -rl -- "${words[1]} $CURRENT" "$@" }; _describe() { print -rl -- "${(@P)2}" };'
            "words=(\"$@\"); CURRENT=$#; source \"$0\""
        )
        told = subprocess.run(["zsh", "-f", "-c", script, self.made / "_toolpost", "toolpost", *words],
                              capture_output=True, text=True, check=True)
        expect(not told.stderr, told.stderr)
        return told.stdout.splitlines()


def first_words(world):
    return sorted({command.words.split()[0] for command in world.commands})


def groups(world):
    seconds = {}
    for command in world.commands:
        if " " in command.words:
            seconds.setdefault(command.words.split()[0], []).append(command.words.split()[1])
    return seconds


@check
def the_help_is_understood(world):
    expect(len(world.commands) >= LEAST_COMMANDS, [command.words for command in world.commands])
    for command in world.commands:
        expect(command.flags[-2:] == ["-h", "--help"] and command.meanings[-1] == "print this", command.flags)
        expect(all(command.meanings), command.meanings)


@check
def the_page_is_without_faults_and_found_by_its_name(world):
    told = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", world.made / "toolpost.1"],
                          env={**os.environ, "MANPAGER": "cat"}, capture_output=True, text=True, check=True)
    expect(not told.stderr, told.stderr)
    name = run("lexgrog", world.made / "toolpost.1")
    expect('"toolpost - serve the tools of native plugins to MCP clients"' in name, name)


@check
def the_page_has_every_command_with_its_text_and_its_options(world):
    sections = re.findall(r"^   toolpost (.*)$", world.page, re.MULTILINE)
    expect(sections == [command.words for command in world.commands], sections)
    for command in world.commands:
        section = squeezed(world.section(command.words))
        expect(squeezed(command.body.removeprefix("Usage: ")) in section, f"{command.words}: another text: {section}")
        for flag, meaning in zip([flag for flag in command.flags if flag.startswith("--")], command.meanings):
            value = f" {command.takes[flag]}" if command.takes[flag] else ""
            expect(f"{flag}{value} {meaning}" in section, f"{command.words}: {flag}{value} {meaning}")
        shown = re.findall(r"^       (-.*)$", world.section(command.words), re.MULTILINE)
        expect(len(shown) == len(command.meanings), f"{command.words}: more options than in its help: {shown}")


@check
def bash_offers_every_command_and_no_other(world):
    expect(world.complete_in_bash("") == sorted([*first_words(world), "--help", "--version"]), world.complete_in_bash(""))
    for group, seconds in groups(world).items():
        expect(world.complete_in_bash(group, "") == sorted([*seconds, "--help"]), group)
    expect(world.complete_in_bash("nonsense", "-") == [], "options of an unknown command")


@check
def bash_offers_every_option_of_a_command_and_no_other(world):
    for command in world.commands:
        offered = world.complete_in_bash(*command.words.split(), "-")
        expect(offered == sorted(command.flags), f"{command.words}: {offered}")
        long = world.complete_in_bash(*command.words.split(), "--log-level", "INFO", "--he")
        expect(long == ["--help"], f"{command.words}: {long}")


@check
def bash_offers_what_an_option_takes(world):
    kinds = {"FILE": ["a-directory", "a-file"], "DIR": ["a-directory"], "LEVEL": LEVELS, "FORMAT": ["json", "text"]}
    seen = set()
    for command in world.commands:
        for flag, value in command.takes.items():
            if value:
                offered = world.complete_in_bash(*command.words.split(), flag, "")
                expect(offered == kinds.get(value, []), f"{command.words} {flag}: {offered}")
                seen.add(value)
    expect(seen > set(kinds), seen)
    expect(world.complete_in_bash("plugin", "inspect", "a-f") == ["a-file"], "no files to inspect")
    expect(world.complete_in_bash("audit", "export", "a-") == ["a-directory"], "no ledgers to export")


@check
def zsh_offers_every_command_and_no_other(world):
    offered = sorted(line.split(":")[0] for line in world.complete_in_zsh(""))
    expect(offered == first_words(world), offered)
    for group, seconds in groups(world).items():
        offered = [line.split(":")[0] for line in world.complete_in_zsh(group, "")]
        expect(offered == seconds, offered)


@check
def zsh_offers_every_option_of_a_command_with_what_it_takes(world):
    for command in world.commands:
        state, *specs = world.complete_in_zsh(*command.words.split(), "-")
        expect(state == f"{command.words.split()[-1]} 2", state)
        options = {}
        for spec in specs:
            match = re.match(r"(?:\([^)]*\))?(--?[a-z-]+)\[.*\](?::([A-Z]+):.*)?$", spec)
            if match:
                options[match[1]] = match[2] or ""
            else:
                expect(spec.startswith("*:"), spec)
        expect(options == command.takes, f"{command.words}: {options}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    missing = [tool for tool in ("man", "bash", "zsh") if not shutil.which(tool)]
    if missing:
        print(f"skipped: there is no {' and no '.join(missing)}")
        sys.exit(SKIPPED)
    sys.exit(run_checks(World(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
