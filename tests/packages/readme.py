# SPDX-License-Identifier: Apache-2.0
"""What packaging/README.md leads to is there: files, sections, commands and their options.
readme.py --build DIR --source DIR [--only WORDS]"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402

GUIDE = "## What the deployment guide shows, and where it is here"


class World:
    def __init__(self, build, source):
        self.binary, self.source = Path(build).resolve() / "toolpost", source
        self.text = (source / "packaging/README.md").read_text()
        code = re.findall(r"^```sh\n(.*?)^```$", self.text, re.MULTILINE | re.DOTALL)
        prose = re.sub(r"^```sh\n.*?^```$", "", self.text, flags=re.MULTILINE | re.DOTALL)
        self.spans = [*re.findall(r"`([^`]+)`", prose), *"\n".join(code).replace("\\\n", " ").splitlines()]

    def headings(self, file):
        return set(re.findall(r"^#+ (.+)$", (self.source / file).read_text(), re.MULTILINE))

    def help(self, words):
        """The help of the command that these words begin with, and the rest of them."""
        for count in (2, 1):
            command = words[:count]
            done = subprocess.run([self.binary, *command, "--help"], capture_output=True, text=True, check=False)
            if done.returncode == 0 and len(command) == count and "\nOptions:\n" in done.stdout:
                return done.stdout, words[count:]
        return "", words

    def guide_rows(self):
        part = self.text.split(GUIDE + "\n")[1].split("\n## ")[0]
        return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in part.splitlines() if line.startswith("|")][2:]


def commands(spans):
    """The words after `toolpost` of each span that calls it."""
    for span in spans:
        # There it is the name of a namespace.
        if span.startswith("kubectl"):
            continue
        for found in re.finditer(r"(?<![\w/.@-])toolpost (?!toolpost )((?:[a-z][a-z-]+ ?)+(?:--[^\n]*)?)", span):
            yield found[1].split()


@check
def every_chapter_of_the_guide_has_its_row_and_each_row_leads_somewhere(world):
    rows = world.guide_rows()
    expect(len(rows) >= 15 and all(len(row) == 2 and all(row) for row in rows), rows)
    for _, here in rows:
        places = re.findall(r"`((?:config|packaging)/[\w./-]+\.md)`((?:, [A-Z][A-Za-z ,]*)?)|\"([^\"]+)\"|`toolpost ([a-z -]+)`", here)
        expect(places, f"{here!r} leads nowhere")
        for file, sections, own, _ in places:
            if own:
                expect(own in world.headings("packaging/README.md"), f"there is no section {own!r}")
            for section in filter(None, sections.split(", ")):
                expect(section in world.headings(file), f"{file} has no section {section!r}")


@check
def every_file_of_the_checkout_that_it_names_is_there(world):
    named = {word for span in world.spans for word in re.findall(r"(?:^|[\s=\"'])((?:packaging|config|tests)/[\w./-]+)", span)}
    missing = [name for name in named if not (world.source / name.rstrip("/.")).exists()]
    expect(len(named) >= 15 and not missing, missing)


@check
def every_command_and_option_that_it_shows_exists(world):
    seen = 0
    for words in commands(world.spans):
        text, rest = world.help(words)
        expect(text, f"toolpost {' '.join(words)}: no such command")
        for option in re.findall(r"(?:^| )(--[a-z-]+)", " ".join(rest)):
            expect(f"  {option}" in text or f", {option}" in text, f"toolpost {' '.join(words)}: no option {option}")
        seen += 1
    expect(seen > 10, f"{seen} commands were found")


@check
def what_does_not_exist_would_be_found(world):
    expect([*commands(["toolpost create-user --name x"])] == [["create-user", "--name", "x"]], "not seen as a command")
    expect(world.help(["create-user"])[0] == "" and world.help(["audit", "verify"])[1] == [], "any command passes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(World(arguments.build, Path(arguments.source).resolve()), only=arguments.only))


if __name__ == "__main__":
    main()
