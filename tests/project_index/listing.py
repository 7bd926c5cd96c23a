#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The files that project-index lists against those of git. Usage:
#   listing.py PROJECT_INDEX_LIST [--trees N] [--seed N] [--tree DIRECTORY]...
"""For each random tree the walk lists exactly the regular files that `git ls-files --cached --others
--exclude-standard` lists, in the order of their bytes, with one thread as with two; list_file()
agrees with the walk about every path; and what is left out is what `git check-ignore` calls
ignored. The same holds for real trees. Skipped without git."""
import argparse
import os
import pathlib
import random
import shutil
import stat
import subprocess
import sys
import tempfile

import random_trees

CI_TREES = 200
MEMORY = "/dev/shm"  # making thousands of trees on a disk takes minutes


class Lister:
    """The driver program, running."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={"GIT_CONFIG_SYSTEM": "/dev/null"})

    def ask(self, *fields):
        self.process.stdin.write("\t".join(fields).encode("utf-8", "surrogateescape") + b"\n")
        self.process.stdin.flush()

    def files(self, home, root, threads):
        self.ask("list", home, root, str(threads))
        answer = bytearray()
        while not (answer == b"\0" or answer.endswith(b"\0\0")):
            piece = self.process.stdout.read1()
            if not piece:
                sys.exit("project_index_list has ended")
            answer += piece
        return bytes(answer).split(b"\0")[:-2]

    def lists(self, home, root, path):
        if "\t" in path or "\n" in path:
            return None
        self.ask("file", home, root, path)
        return self.process.stdout.readline() == b"yes\n"

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def git(home, root, *arguments, given=None):
    environment = {"HOME": home, "PATH": os.environ["PATH"], "GIT_CONFIG_SYSTEM": "/dev/null"}
    if os.path.isdir(home + "/repository"):  # for a tree that is none
        environment |= {"GIT_DIR": home + "/repository/.git", "GIT_WORK_TREE": root}
    # check-ignore ends with 1 when nothing is ignored.
    return subprocess.run(["git", *arguments], cwd=root, input=given, check=False, capture_output=True,
                          env=environment)


def is_regular(root, path):
    try:
        return stat.S_ISREG(os.lstat(os.path.join(os.fsencode(root), path)).st_mode)
    except OSError:
        return False


def listed_by_git(home, root, has_index):
    """The regular files: git also lists symbolic links, repositories inside, and what is in its
    index although it is gone or ignored."""
    answer = git(home, root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if answer.returncode != 0:
        return None, answer.stderr
    forced = set()
    if has_index:
        answer_of_index = git(home, root, "ls-files", "-z", "--cached", "--ignored", "--exclude-standard")
        forced.update(answer_of_index.stdout.split(b"\0"))
    return sorted({path for path in answer.stdout.split(b"\0")
                   if path and path not in forced and is_regular(root, path)}), b""


class Comparison:
    def __init__(self, lister):
        self.lister = lister
        self.failures = []
        self.trees = self.paths = self.ignored = self.below = 0

    def differ(self, name, ours, theirs):
        self.failures.append(name)
        if len(self.failures) > 5:
            return
        print(f"{name}: differs")
        for path in sorted(set(ours) - set(theirs))[:5]:
            print(f"  only we have  {path!r}")
        for path in sorted(set(theirs) - set(ours))[:5]:
            print(f"  only git has  {path!r}")
        if sorted(ours) == sorted(theirs):
            print("  the order is another")

    def compare(self, name, home, root, has_index=True):
        """False when git itself can't list the tree."""
        theirs, complaint = listed_by_git(home, root, has_index)
        if theirs is None:
            print(f"{name}: git can't list it: {complaint.decode(errors='replace').strip()}")
            return False
        ours = self.lister.files(home, root, 2)
        if ours != theirs:
            self.differ(name, ours, theirs)
        elif self.lister.files(home, root, 1) != ours:
            self.differ(name + " with one thread", self.lister.files(home, root, 1), ours)
        self.trees += 1
        self.paths += len(theirs)
        return True

    def compare_paths(self, name, tree):
        """check-ignore and list_file() about each file of a random tree."""
        listed = set(self.lister.files(tree.home, tree.root, 2))
        in_nested = {path for path in tree.files for directory in tree.directories[1:]
                     if path.startswith(directory + "/") and os.path.lexists(tree.path(directory) + "/.git")}
        asked = [path for path in tree.files if path not in in_nested]
        given = b"\0".join(os.fsencode(path) for path in asked)
        answer = git(tree.home, tree.root, "check-ignore", "-z", "--stdin", "--no-index", given=given)
        if answer.returncode > 1:
            self.failures.append(name)
            print(f"{name}: check-ignore: {answer.stderr!r}")
            return
        ignored = set(answer.stdout.split(b"\0"))
        left = {os.fsencode(path) for path in asked} - ignored
        self.ignored += len(asked) - len(left)
        ours = listed & {os.fsencode(path) for path in asked}
        if left != ours:
            self.differ(name + " against check-ignore", ours, left)
        for path in tree.files:
            answer = self.lister.lists(tree.home, tree.root, path)
            if answer is not None and answer != (os.fsencode(path) in listed):
                self.differ(name + " asked about one path", [path], [])


def compare_stars(comparison, top):
    """One rule at a time over one tree: each way to write a few stars, between each of a few
    beginnings and ends. Chance finds some of these corners once in a thousand trees."""
    home, root = top + "/home", top + "/root"
    os.makedirs(home)
    os.makedirs(root)
    random_trees.make_repository(root)
    for directory in ("a", "a/x", "a/x/y", "x/a", "x/y/a/z", "ax", "a/d"):
        os.makedirs(root + "/" + directory, exist_ok=True)
        for name in ("b", "xb", "a"):
            if not os.path.lexists(f"{root}/{directory}/{name}"):
                random_trees.write(f"{root}/{directory}/{name}", b"x")
    for name in ("b", "ab", "axb", "a\\b"):
        random_trees.write(root + "/" + name, b"x")
    stars = ["*", "**", "***", "*/", "**/", "**/*", "*/**", "**\\/", "***\\/", "\\**", "*[!x]", "?*", "**/**/", "[/]"]
    for rule in (first + star + last for first in ("", "/", "a", "a/", "/a/", "x/a") for star in stars
                 for last in ("", "b", "/b", "/", "[b]")):
        random_trees.write(root + "/.gitignore", rule.encode() + b"\n")
        comparison.compare(f"the rule {rule!r}", home, root, has_index=False)


def compare_below(comparison, name, tree):
    """A root that is a directory of the repository. Left out are those that git ignores, where it
    lists nothing and a walk that was asked for does, and those in repositories inside."""
    directory = tree.random.choice(tree.directories)
    parts = directory.split("/")
    ways = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    if not directory or "\t" in directory or any(os.path.lexists(tree.path(way) + "/.git") for way in ways):
        return
    if git(tree.home, tree.root, "check-ignore", "-q", "--no-index", directory).returncode == 1:
        comparison.compare(f"{name} from {directory!r}", tree.home, tree.path(directory), has_index=False)
        comparison.below += 1


def add_real_trees(comparison, top, wanted):
    """This project, and those named. One without a repository is lent one from elsewhere: both sides
    then know nothing but its .gitignore files."""
    project = pathlib.Path(__file__).resolve().parents[2]
    for number, directory in enumerate([project] + [pathlib.Path(name).resolve() for name in wanted]):
        home = f"{top}/home{number}"
        os.makedirs(home)
        if git(home, directory, "rev-parse", "--show-toplevel").returncode != 0:
            random_trees.make_repository(home + "/repository")
        before = comparison.paths
        comparison.compare(str(directory) if number else "this project", home, str(directory))
        print(f"{directory if number else 'this project'}: {comparison.paths - before} files")


def add_cases(comparison, top):
    """What chance does not make: a root that is a directory of a repository, a file that was added
    by force, a submodule, and a worktree of another repository."""
    home = top + "/home"
    os.makedirs(home)
    main = top + "/main"
    os.makedirs(main + "/sub/deep/er")
    subprocess.run(["git", "init", "-q", main], check=True, env={"PATH": os.environ["PATH"], "HOME": home})
    for name in ("a.o", "forced.o", "sub/a.c", "sub/a.o", "sub/deep/x.txt", "sub/deep/er/keep.o", "sub/y"):
        random_trees.write(main + "/" + name, b"x")
    random_trees.write(main + "/.gitignore", b"*.o\n/sub/y\nsub/deep/*.txt\n")
    random_trees.write(main + "/sub/deep/er/.gitignore", b"!keep.o\n")
    random_trees.write(main + "/.git/info/exclude", b"/sub/a.c\n")
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    git(home, main, "add", "-f", "forced.o", ".gitignore")
    git(home, main, *identity, "commit", "-qm", "one")
    comparison.compare("a file added by force", home, main)
    comparison.compare("a root below the repository", home, main + "/sub")
    comparison.compare("a root deep below the repository", home, main + "/sub/deep/er")
    git(home, main, "worktree", "add", "-q", top + "/tree")
    random_trees.write(top + "/tree/b.o", b"x")
    os.mkdir(top + "/tree/sub")
    random_trees.write(top + "/tree/sub/a.c", b"x")
    comparison.compare("a worktree", home, top + "/tree")
    git(home, main, "-c", "protocol.file.allow=always", *identity, "submodule", "-q", "add", main, "module")
    random_trees.write(main + "/module/new", b"x")
    comparison.compare("a submodule", home, main)
    comparison.compare("inside a submodule", home, main + "/module")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--trees", type=int, default=CI_TREES)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--tree", action="append", default=[])
    arguments = parser.parse_args()
    if shutil.which("git") is None:
        print("git is not installed")
        sys.exit(77)
    print(f"seed {arguments.seed}")
    comparison = Comparison(Lister(arguments.program))
    refused = 0
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as top:
        for number in range(arguments.trees):
            # Each tree has a seed of its own, so that one can be made again alone.
            place = f"{top}/{number}"
            tree = random_trees.Tree(random.Random(arguments.seed + number), place)
            name = f"tree {number} (--seed {arguments.seed + number} --trees 1)"
            if comparison.compare(name, tree.home, tree.root, has_index=False):
                comparison.compare_paths(name, tree)
                compare_below(comparison, name, tree)
            else:
                refused += 1
            shutil.rmtree(place)
        add_cases(comparison, top + "/cases")
        compare_stars(comparison, top + "/stars")
        add_real_trees(comparison, top + "/real", arguments.tree)
    if comparison.lister.close() != 0:
        comparison.failures.append("project_index_list failed")
    if refused * 20 > arguments.trees:
        comparison.failures.append(f"git refused {refused} trees: too few were compared")
    if comparison.ignored == 0 or comparison.below == 0:
        comparison.failures.append("nothing was ignored, or looked at from below: the trees prove nothing")
    print(f"{comparison.trees} trees, {comparison.paths} files listed, {comparison.ignored} files of random trees "
          f"ignored, {comparison.below} roots below a repository, {refused} trees that git refused")
    failed = len(comparison.failures)
    print(f"{comparison.trees - min(failed, comparison.trees)} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
