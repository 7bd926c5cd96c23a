#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trees that many people have written: Django, the npm packages of the tests, Rust crates with what they
depend on, this project. Through the server: the files are those of `git ls-files`, the lines found those
of ripgrep, the symbols those of ctags. Where the programs mean different things the difference is
predicted here, rule by rule, and nothing else may differ. Trees that packaging/setup could not get are
left out, and said.
real_trees.py --build DIR [--only WORDS] [--seed N] [--searches N] [--outlines N]"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

from codebase import OverStdio, environment

from checks import check, expect, run_checks  # noqa: E402
from stdio_wire import Stdio  # noqa: E402
from toolpost_process import Build  # noqa: E402

SKIPPED = 77
ROOT = pathlib.Path(__file__).resolve().parents[2]
HUGE = 2 << 20
MOST_LINES = 4000  # a pattern that more lines match says no more, and takes pages
NOT_OF_THE_PROJECT = ("build", ".git", "node_modules")

# Names that say that a file holds secrets, of those that stand in these trees.
SECRET_NAMES = re.compile(r"(^|/)(\.env(\.[^/]*)?|\.npmrc|[^/]*\.(pem|key|p12|pfx|jks)|\.git/.*)$")

# Names that ctags makes up for what has none.
MADE_UP = re.compile(r"__anon[0-9a-f]+|[Aa]nonymous[A-Za-z]*[0-9a-f]{12}")
LONGEST_NAME = 512

EXPRESSIONS = (
    r"\bclass\s+\w+\(", r"^import\s+\w+$", r"TODO|FIXME|XXX", r"[A-Z]{14,}", r"0x[0-9a-fA-F]{8}\b",
    r"https?://[a-z]+\.org/", r"return\s+\w+\.\w+\(\w+,", r"^\s*#\s*include", r"(unsafe|async)\s+fn\b",
    r"\.prototype\.\w+\s*=\s*function", r"[0-9]+\.[0-9]+\.[0-9]+-(alpha|beta|rc)", r"^}\)\(", r"""["']version["']:\s*["']0\.""",
    r"(\w)(\w)\s*=\s*(lambda|function)", r"\t \t", r"[^\x00-\x7f]", r"ab{2,3}c*d?e", r"\\u[0-9a-f]{4}", r"://\w+:\w+@", r"PRIVATE KEY", r"secret removed",
)


class Tree:
    """A directory, and a git repository elsewhere that lists it as `git` would after `git init`."""

    def __init__(self, name, path, home, build):
        self.name, self.path, self.home, self.build = name, pathlib.Path(path), pathlib.Path(home), build
        self.files = self.listed_by_git()

    def run(self, command, given=None, good=(0,)):
        done = subprocess.run(command, cwd=self.path, input=given, capture_output=True, check=False, env={
            "HOME": str(self.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_DIR": str(self.home / "repository"), "GIT_WORK_TREE": str(self.path)})
        expect(done.returncode in good, f"{command[:6]}: {done.returncode}: {done.stderr.decode(errors='replace')[:300]}")
        return done.stdout

    def listed_by_git(self):
        self.run(["git", "init", "-q"])
        return {os.fsdecode(path) for path in self.run(["git", "ls-files", "-z", "--others", "--exclude-standard"]).split(b"\0") if path}

    def is_link(self, path):
        return (self.path / path).is_symlink()

    def bytes_of(self, path):
        return (self.path / path).read_bytes()

    def is_text(self, path):
        """What is searched and shown: no NUL in it, and not huge."""
        return (self.path / path).stat().st_size <= HUGE and b"\0" not in self.bytes_of(path)

    @property
    def shown(self):
        """Of what git lists: no links, and no secrets by name."""
        return {path for path in self.files if not self.is_link(path) and not SECRET_NAMES.search(path)}

    def agent(self):
        settings = {"project_root": str(self.path), "max_result_bytes": 1 << 20, "watch": False}
        return Stdio(self.build, environment=environment(self.home), plugins=(), codebase=settings)


def paged(ask, key):
    """All elements of a list that comes in pages."""
    elements, skip = [], 0
    while True:
        page = ask(skip)
        elements += page[key]
        if not page.get("is_cut"):
            return elements
        expect(page["next_skip"] > skip, page)
        skip = page["next_skip"]


# What packaging/setup puts there; copied, because the repository around it has rules of its own.
SOURCES = {
    "Django": ROOT / "build/tools/django",
    "npm packages": ROOT / "tests/node_modules",
    "Rust crates": ROOT / "build/tools/rust-crates/usr/share/cargo/registry",
    "this project": ROOT,
}
LEAST_FILES = {"Django": 6000, "npm packages": 2000, "Rust crates": 150, "this project": 700}


class Trees:
    def __init__(self, top, build, options):
        self.options, self.all = options, []
        for name, source in SOURCES.items():
            if not source.is_dir():
                print(f"skipped: {name}: packaging/setup test has not got it")
                continue
            home = pathlib.Path(top) / name.replace(" ", "-")
            ignore = shutil.ignore_patterns(*NOT_OF_THE_PROJECT) if source == ROOT else None
            shutil.copytree(source, home / "tree", symlinks=True, ignore=ignore)
            self.all.append(Tree(name, home / "tree", home, build))

    def random(self):
        return random.Random(self.options.seed)


@check
def the_files_are_those_of_git_without_links_and_secrets(trees):
    for tree in trees.all:
        with tree.agent() as process:
            agent = OverStdio(process)
            ours = {one["path"] for one in paged(
                lambda skip: agent.document(f"project://index?skip={skip}"), "file_list")}
        links = sum(map(tree.is_link, tree.files))
        secrets = sorted(path for path in tree.files if SECRET_NAMES.search(path) and not tree.is_link(path))
        print(f"      {tree.name}: {len(tree.files)} files of git, {len(ours)} of ours; {links} links, {len(secrets)} secrets by name")
        expect(len(ours) >= LEAST_FILES[tree.name], f"{tree.name}: only {len(ours)} files: not the tree that is meant")
        expect(ours == tree.shown, f"{tree.name}: only we list {sorted(ours - tree.shown)[:5]}, only git {sorted(tree.shown - ours)[:5]}")


def found_by_ripgrep(tree, texts, flags, pattern):
    """(path, line) of the files in `texts`: rg is told to read all there is, because what is listed is
    compared with git, and as bytes, because what RE2 calls a word is ASCII."""
    lines = tree.run(["rg", "--no-config", "-uuu", "--text", "--no-unicode", "--line-number", "--no-heading", "--null",
                      "--max-columns", "1", *flags, "-e", pattern, "."], good=(0, 1))
    found = set()
    for line in lines.split(b"\n"):
        if not line:
            continue
        path, rest = line.split(b"\0", 1)
        path = os.fsdecode(path).removeprefix("./")
        if path in texts:
            found.add((path, int(rest.split(b":", 1)[0])))
    return found


def words_of(tree, texts, rng, count):
    """Words that stand in the tree, some of them everywhere and some once."""
    words = []
    choice = sorted(texts)
    while len(words) < count:
        content = tree.bytes_of(rng.choice(choice)).decode("ascii", "ignore")
        here = re.findall(r"[A-Za-z_][A-Za-z_0-9]{3,30}", content)
        if here:
            words.append(rng.choice(here))
    return words


def queries_of(tree, texts, rng, count):
    """(how it is asked of us, how of rg, pattern)"""
    for word in words_of(tree, texts, rng, count):
        kind = rng.randrange(5)
        if kind == 0:
            yield {}, ("-F",), word
        elif kind == 1:
            yield {"ignore_case": True}, ("-F", "-i"), word.swapcase()
        elif kind == 2:
            yield {"whole_word": True}, ("-F", "-w"), word
        elif kind == 3:
            yield {"regex": True}, (), rf"\b{word}\w*\s*[=(]"
        else:
            yield {"regex": True}, (), word[:2] + r"\w+" + word[-2:] + r"\b"
    for expression in EXPRESSIONS:
        yield {"regex": True}, (), expression


class Shown:
    """The lines of a tree as read_file shows them: what is hidden there is not found either."""

    def __init__(self, tree, agent):
        self.tree, self.agent, self.known = tree, agent, {}

    def lines(self, path):
        if path not in self.known:
            text, line = "", 1
            while True:
                page = self.agent.tool("read_file", path=path, start_line=line)
                text += page["text"]
                if not page.get("is_cut"):
                    break
                line = page["next_line"]
            self.known[path] = text.split("\n")
        return self.known[path]

    def hides(self, path, line):
        raw = self.tree.bytes_of(path).decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
        shown = self.lines(path)
        return line > len(shown) or shown[line - 1].rstrip("\r") != raw[line - 1].rstrip("\r")


@check
def the_lines_found_are_those_of_ripgrep(trees):
    for tree in trees.all:
        texts = {path for path in tree.shown if tree.is_text(path)}
        asked = lines = left_out = hidden = 0
        with tree.agent() as process:
            agent = OverStdio(process)
            shown = Shown(tree, agent)
            for ours, theirs, pattern in queries_of(tree, texts, trees.random(), trees.options.searches):
                wanted = found_by_ripgrep(tree, texts, theirs, pattern)
                if len(wanted) > MOST_LINES:
                    left_out += 1
                    continue
                found = {(one["path"], one["line"]) for one in paged(
                    lambda skip: agent.tool("search", pattern=pattern, skip=skip, limit=2000, **ours), "matches")}
                other = {(path, line) for path, line in found ^ wanted if shown.hides(path, line)}
                hidden += len(other)
                wanted, found = wanted - other, found - other
                expect(found == wanted, f"{tree.name}: {ours} {pattern!r}: only we {sorted(found - wanted)[:3]}, only rg {sorted(wanted - found)[:3]}")
                asked, lines = asked + 1, lines + len(found)
        print(f"      {tree.name}: {asked} searches of {len(texts)} texts found {lines} lines; {hidden} lines are hidden, {left_out} patterns match too many")
        expect(asked > len(EXPRESSIONS) / 2 and lines > asked, f"{tree.name}: {asked} searches, {lines} lines")


def tags_of(tree, paths):
    """What ctags says of files that it opens itself, by path."""
    left_out = "DBusIntrospect,Diff,JSON,Passwd,PlistXML,SVG"
    answer = tree.run(["ctags", "--options=NONE", "--sort=no", f"--languages=-{left_out}", "--extras=-{anonymous}", "--fields=NFneKSs",
                       "--output-format=json", "-f", "-", "-L", "-"], given=os.fsencode("\n".join(paths)))
    tags = collections.defaultdict(collections.Counter)
    for line in answer.splitlines():
        tag = json.loads(line)
        if tag["_type"] == "tag" and tag["name"] and len(tag["name"].encode()) <= LONGEST_NAME and not MADE_UP.fullmatch(tag["name"]):
            tags[tag["path"]][tag["name"], tag["kind"], tag["line"]] += 1
    return tags


def is_by_rule(tree, path, ours, theirs):
    """The language by the first line: ctags takes it of files that may be executed, we of those whose
    name has no ending."""
    name = path.rpartition("/")[2]
    if not tree.bytes_of(path).startswith(b"#!"):
        return False
    may_be_executed = os.access(tree.path / path, os.X_OK)
    return (may_be_executed and "." in name and not ours) or (not may_be_executed and "." not in name and not theirs)


@check
def the_symbols_are_those_of_ctags(trees):
    for tree in trees.all:
        texts = sorted(path for path in tree.shown if tree.is_text(path))
        tags = tags_of(tree, texts)
        total = sum(sum(of_file.values()) for of_file in tags.values())
        scripts = {path for path in texts if tree.bytes_of(path).startswith(b"#!")}
        chosen = sorted(scripts | set(trees.random().sample(texts, min(len(texts), trees.options.outlines))))
        symbols, by_rule = 0, []
        with tree.agent() as process:
            agent = OverStdio(process)
            # What is hidden defines nothing; ctags sees it.
            hidden = {one["path"] for one in paged(
                lambda skip: agent.tool("search", pattern="[secret removed]", skip=skip, limit=2000), "matches")}
            for path in sorted(hidden | set(chosen)):
                outline = paged(lambda skip: agent.tool("outline", path=path, skip=skip, limit=5000), "symbols")
                ours = collections.Counter((one["name"], one["kind"], one["line"]) for one in outline)
                symbols += len(outline)
                if ours != tags[path] and (path in hidden or is_by_rule(tree, path, ours, tags[path])):
                    by_rule.append(path)
                    total += len(outline) - sum(tags[path].values())
                    continue
                expect(ours == tags[path], f"{tree.name}: {path}: only we {list(ours - tags[path])[:3]}, only ctags {list(tags[path] - ours)[:3]}")
            summary = agent.tool("index_project")
        print(f"      {tree.name}: {symbols} symbols in {len(hidden | set(chosen))} outlines, {summary['symbols']} in all; other by rule: {by_rule}")
        expect(symbols > 0 and summary["symbols"] == total, f"{tree.name}: {summary['symbols']} symbols, ctags has {total}")


# What ripgrep finds by itself, and we do not, or the other way round: (file, bytes, pattern, lines of
# ours, lines of rg, why).
DIFFERENCES = (
    ("late.bin", b"needle\nmore\n\0needle\n", "needle", [], [], "rg stops at a NUL and calls it a match without a line; to us the file is binary as a whole"),
    ("utf16.txt", "needle\nmore\n".encode("utf-16"), "needle", [], [1], "rg decodes UTF-16 by its byte order mark; to us it is binary, because of its NULs"),
    ("utf8-mark.txt", b"\xef\xbb\xbfneedle\n", "^needle", [1], [1], "both leave the byte order mark of UTF-8 out"),
    ("word.txt", "stra\u00dfe\nstrasse\n".encode(), r"^\w+$", [2], [1, 2], "a word is ASCII in RE2, and all letters in rg"),
    ("edge.txt", "\u00e9needle\nneedle\n".encode(), r"\bneedle\b", [1, 2], [2], "so is what it ends at"),
    ("digits.txt", "\u0664\u0662\n42\n".encode(), r"^\d+$", [2], [1, 2], "and a digit"),
    ("blank.txt", "a\u00a0b\na b\n".encode(), r"a\sb", [2], [1, 2], "and a blank"),
    ("latin1.txt", b"caf\xe9 needle\n", "caf. needle", [], [], "no character is a byte that is no UTF-8, to either"),
    ("latin1-literal.txt", b"caf\xe9 needle\n", "needle", [1], [1], "what stands beside such a byte is found by both"),
    ("kelvin.txt", "\u212a\nk\n".encode(), "(?i)k", [1, 2], [1, 2], "both fold letters as Unicode does"),
    ("sharp.txt", "STRASSE\n\u1e9e\n".encode(), "(?i)\u00df", [2], [2], "and neither makes two letters of one"),
    ("crlf.txt", b"needle\r\nneedle\n", "needle$", [2], [2], "a line ends before its line feed, not before CR"),
    ("cr.txt", b"one\rneedle\n", "^needle", [], [], "CR alone ends no line"),
    ("no-end.txt", b"one\nneedle", "needle$", [2], [2], "the last line needs no end"),
    ("lines.txt", b"one\ntwo\n", r"one\s+two", [], [], "a match is of one line"),
    ("empty.txt", b"one\n\ntwo\n", "^$", [2], [2], "what follows the last line end is no line"),
)


@check
def what_ripgrep_means_otherwise_is_known(trees):
    with tempfile.TemporaryDirectory(prefix="toolpost-differences-") as directory:
        home = pathlib.Path(directory)
        (home / "tree").mkdir()
        for name, content, *_ in DIFFERENCES:
            (home / "tree" / name).write_bytes(content)
        tree = Tree("differences", home / "tree", home, trees.options.build)
        with tree.agent() as process:
            agent = OverStdio(process)
            for name, _, pattern, ours, theirs, why in DIFFERENCES:
                found = agent.tool("search", pattern=pattern, regex=True, include=[name])["matches"]
                expect([one["line"] for one in found] == ours, f"{name} {pattern!r}: we find {found}, not {ours}: {why}")
                lines = tree.run(["rg", "--no-config", "--line-number", "-e", pattern, name], good=(0, 1)).splitlines()
                numbers = [int(line.split(b":")[0]) for line in lines if line.split(b":")[0].isdigit()]
                expect(numbers == theirs, f"{name} {pattern!r}: rg finds {lines}, not {theirs}: {why}")
        print(f"      {len(DIFFERENCES)} cases, {sum(case[3] != case[4] for case in DIFFERENCES)} of them differ, all as said")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--searches", type=int, default=40, help="with words of the tree, beside those that are always made")
    parser.add_argument("--outlines", type=int, default=150)
    options = parser.parse_args()
    missing = [program for program in ("git", "rg", "ctags") if shutil.which(program) is None]
    if missing:
        print(f"skipped: needs {', '.join(missing)}; packaging/setup test installs them")
        return SKIPPED
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="toolpost-trees-") as top:
        trees = Trees(top, options.build, options)
        if not trees.all:
            print("skipped: there is no tree")
            return SKIPPED
        return run_checks(trees, only=options.only)


if __name__ == "__main__":
    sys.exit(main())
