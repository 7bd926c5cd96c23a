#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds tests/conformance/requirements.md against the tests that it names: each row says what is
demanded, how strongly, of which revisions and where, and its last column names tests that are there,
or a reason, or says `no test yet`. What a test proves is not read here, only that it exists.
requirements.py ROOT [FILE]"""
import pathlib
import re
import sys

COLUMNS = 5
STRENGTHS = {"MUST", "SHOULD", "MUST, SHOULD"}
REVISIONS = {"all", "modern", "legacy", "2025-03-26", "2025-11-25", "from 2025-06-18", "from 2025-06-18, legacy",
             "from 2025-11-25"}
REASONS = ("left out: ", "otherwise: ", "not done: ")
UNTESTED = "`no test yet`"
SUITE = "tests/node_modules/@modelcontextprotocol/conformance/dist/index.js"
# `clients/http_modern.py: meta is required` or `conformance 2026-07-28: scenario[: check]`.
REFERENCE = re.compile(r"`([\w./-]+\.(?:cpp|py|mjs)|conformance \d{4}-\d\d-\d\d): ([^`]+)`")


def rows(text):
    """The cells of each row of a table below a heading, with the number of its line."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("| ") or line.startswith("| requirement |"):
            continue
        yield number, [cell.strip() for cell in line.strip().strip("|").split("|")]


def joined_literals(text):
    """A C++ string that is broken over lines, as one."""
    return re.sub(r'"\s*\n\s*"', "", text)


def missing_in_file(root, name, words):
    """Why there is no such test in that file; None when there is one."""
    path = root / "tests" / name
    if not path.is_file():
        return f"tests/{name} does not exist"
    text = path.read_text()
    if path.suffix == ".cpp":
        found = re.search(r'TEST_CASE\(\s*"' + re.escape(words) + '"', joined_literals(text))
    elif path.suffix == ".py":
        function = re.sub(r"[^\w]+", "_", words)
        found = re.search(rf"^(?:async )?def {re.escape(function)}\(", text, re.M) or words in text
    else:
        found = words in text
    return None if found else f'tests/{name} has nothing like "{words}"'


def missing_in_suite(root, revision, words):
    """The scenario must be none that may fail, and be in the suite where that is installed."""
    scenario, _, check = words.partition(": ")
    baseline = root / f"tests/conformance/baseline-{revision}.yml"
    if not baseline.is_file():
        return f"there is no run of the suite for {revision}"
    listed = re.findall(r"^\s+- ([\w:.-]+)", baseline.read_text(), re.M)
    if any(entry.split(":")[0] == scenario and entry in (scenario, f"{scenario}:{check}") for entry in listed):
        return f"{words} is allowed to fail by {baseline.name}"
    suite = root / SUITE
    if suite.is_file():
        text = suite.read_text()
        for name in filter(None, (scenario, check)):
            if f"`{name}`" not in text:
                return f'the conformance suite has no "{name}"'
    return None


def check_row(root, cells):
    """Yields a sentence for each thing that is wrong with a row."""
    if len(cells) != COLUMNS or not all(cells):
        yield f"has {len(cells)} columns, or an empty one, instead of {COLUMNS}"
        return
    _, strength, revisions, _, tests = cells
    if strength not in STRENGTHS:
        yield f'"{strength}" is no strength'
    if revisions not in REVISIONS:
        yield f'"{revisions}" are no revisions'
    references = REFERENCE.findall(tests)
    if len(references) != tests.replace(UNTESTED, "").count("`") / 2:
        yield "names a test in a form that is not checked"
    if not references and UNTESTED not in tests and not tests.startswith(REASONS):
        yield "names no test and gives no reason"
    for place, words in references:
        if place.startswith("conformance "):
            missing = missing_in_suite(root, place.split()[1], words)
        else:
            missing = missing_in_file(root, place, words)
        if missing:
            yield missing


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    file = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else root / "tests/conformance/requirements.md"
    text = file.read_text()
    passed, failed, untested, undone = 0, 0, 0, 0
    for number, cells in rows(text):
        wrong = list(check_row(root, cells))
        for sentence in wrong:
            print(f"{file.name}:{number}: {sentence}")
        passed, failed = passed + (not wrong), failed + bool(wrong)
        untested += UNTESTED in cells[-1]
        undone += cells[-1].startswith("not done: ")
    if not (root / SUITE).is_file():
        print("the conformance suite is not installed: its scenarios were not looked up")
    print(f"{untested} requirements have no test yet, {undone} are not done")
    if passed + failed == 0:
        sys.exit("no requirement found: nothing was checked")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
