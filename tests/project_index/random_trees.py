# SPDX-License-Identifier: Apache-2.0
"""Random trees with random ignore files, made to hit what git's rules have in corners.

Names and patterns are drawn from few letters, so that they meet; some patterns are made from paths
that exist, others are put together from pieces. A repository is made by hand: git asks for no more
than a HEAD and two directories, and thousands of `git init` would take minutes.
"""
import os

NAMES = ["a", "b", "ab", "A", "a.b", "a.c", ".a", "a b", "a ", "b.tar.gz", "foo", "foobar", "bar",
         "#x", "!x", "x~", "[a]", "a[b", "*", "a*", "?", "\\a", "a\\", "-", "]", "^", "ä", "\tb",
         "build", "BUILD", "Foo", "a-B", "A.c", "a-b", "Z", "0", "9z"]
PIECES = ["*", "**", "?", "a", "b", "ab", "/", "/", "/", "**/", "/**", ".", "[ab]", "[!a]", "[^a]",
          "[a-c]", "[]a]", "[]-a]", "[!]]", "[[:alpha:]]", "[[:digit:][:space:]]", "[[:nope:]]",
          "[a", "[[:", "[\\]]", "[a-\\c]", "[--0]", "[a-]", "\\", "\\*", "\\a", "\\!", "\\#", " ",
          "\\ ", "foo", "bar", "~", "x", "-", "]", "!", "#", "ä", "\t", "***", "[/]", "[.-0]",
          "[[:punct:]]", "[!-~]", "A", "B", "[A]", "[A-C]", "[!A-C]", "[Z-b]", "\\A", "[\\A]", "FOO",
          "[[:upper:]]", "[[:lower:]]", "[![:upper:]]", "*.C"]
# What may stand in the place of a slash, or must not be able to.
SLASHES = ["[/]", "[!x]", "[.-0]", "?", "*", "\\/", "**", "**/", "/**/", "**\\/", "/**\\/", "***/", "*/", "/*/", "//",
           "/./"]


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def make_repository(path, is_whole=True):
    """A .git that git takes for a repository, or one that it does not."""
    os.makedirs(path + "/.git/refs")
    os.makedirs(path + "/.git/info")
    if is_whole:
        os.mkdir(path + "/.git/objects")
    write(path + "/.git/HEAD", b"ref: refs/heads/main\n")


def pattern_from(random, path):
    """A rule made from a path that exists: cut, anchored, with a part replaced."""
    parts = path.split("/")
    begin = random.randrange(len(parts))
    end = random.randrange(begin, len(parts)) + 1
    parts = parts[begin:end]
    for number in range(len(parts)):
        roll = random.random()
        if roll < 0.1:
            parts[number] = random.choice(["*", "**", "?", "*" + parts[number][-1:], "**" + parts[number]])
        elif roll < 0.2 and parts[number]:
            at = random.randrange(len(parts[number]))
            insert = random.choice(["*", "?", "[" + parts[number][at] + "]", "\\" + parts[number][at]])
            parts[number] = parts[number][:at] + insert + parts[number][at + random.randrange(2):]
        elif roll < 0.25:
            parts.insert(number, "**")
    if len(parts) > 2 and random.random() < 0.3:
        parts[1:-1] = [random.choice(["**", "**\\", "*", "***", "**/**", "a**", "*\\"])]
    text = "/".join(parts)
    if random.random() < 0.4:
        at = random.choice([number for number, c in enumerate(text) if c == "/"] or [len(text)])
        text = text[:at] + random.choice(SLASHES) + text[at + 1:]
    return random.choice(["", "", "/", "**/"]) + text + random.choice(["", "", "/", "/**", "/*"])


def rule(random, paths):
    roll = random.random()
    if roll < 0.04:
        return random.choice(["", "#", "# a", "!", "/", "//", " ", "!/", "\t", "!!a", "/*", "*", "**",
                              "*/", "**/", "/**", "!*/", "a/", "!a"])
    if roll < 0.55 and paths:
        text = pattern_from(random, random.choice(paths))
    else:
        text = "".join(random.choice(PIECES) for _ in range(random.randint(1, 6)))
    return random.choice(["", "", "", "!"]) + text + random.choice(["", "", "", "", " ", "\\ ", "  ", "\r"])


def ignore_file(random, paths):
    """The bytes of an ignore file for a directory whose paths below it are these."""
    lines = [rule(random, paths) for _ in range(random.choice([1, 2, 3, 5, 8, 40]))]
    text = "\n".join(lines) + random.choice(["\n", "\n", ""])
    content = text.encode("utf-8", "surrogateescape")
    if random.random() < 0.1:
        content = b"\xef\xbb\xbf" + content
    if random.random() < 0.1:
        at = random.randrange(len(content) + 1)
        content = content[:at] + b"\0" + content[at:]
    return content


class Tree:
    """A tree below `top`, with its repository, the paths in it, and a home directory beside it."""

    def __init__(self, random, top):
        self.random = random
        self.root = top + "/root"
        self.home = top + "/home"
        self.directories = [""]
        self.files = []
        os.makedirs(self.root)
        os.makedirs(self.home)
        make_repository(self.root)
        self.grow()
        self.add_rules()
        self.add_nested()

    def path(self, relative):
        return self.root + "/" + relative if relative else self.root

    def grow(self):
        for _ in range(self.random.randint(5, 50)):
            parent = self.random.choice(self.directories[-8:])
            name = self.random.choice(NAMES)
            relative = parent + "/" + name if parent else name
            if os.path.lexists(self.path(relative)):
                continue
            roll = self.random.random()
            if roll < 0.45:
                os.mkdir(self.path(relative))
                self.directories.append(relative)
            elif roll < 0.95:
                write(self.path(relative), b"x")
                self.files.append(relative)
            elif roll < 0.98:
                os.symlink(self.random.choice(["a", "..", "/etc/passwd", self.root]), self.path(relative))
            else:
                os.mkfifo(self.path(relative))

    def below(self, directory):
        prefix = directory + "/" if directory else ""
        return [path[len(prefix):] for path in self.files + self.directories
                if path and path.startswith(prefix) and path != directory]

    def add_rules(self):
        for directory in self.directories:
            if self.random.random() > (0.9 if not directory else 0.25):
                continue
            place = self.path(directory) + "/.gitignore"
            if self.random.random() < 0.05:
                target = self.home + "/linked"
                write(target, b"*\n")
                os.symlink(target, place)
                continue
            write(place, ignore_file(self.random, self.below(directory)))
            self.files.append(directory + "/.gitignore" if directory else ".gitignore")
        if self.random.random() < 0.3:
            write(self.root + "/.git/info/exclude", ignore_file(self.random, self.below("")))
        if self.random.random() < 0.4:
            self.add_excludes_file()
        if self.random.random() < 0.25:
            self.ignore_case()

    def add_excludes_file(self):
        content = ignore_file(self.random, self.below(""))
        kind = self.random.randrange(6)
        configuration = None
        if kind == 0:
            name = ".config/git/ignore"
        else:
            name = self.random.choice(["excludes", "my excludes", "x;y"])
            quoted = self.random.choice(['"~/%s"', '  "' + self.home + '/%s"  # c', '"~"/"%s"']) % name
            configuration = self.random.choice([
                "[core]\n\texcludesFile = %s\n", "[CORE]excludesfile=%s",
                "[user]\nname = x\n[core] ; c\nbare = false\n excludesfile = \\\n %s",
                "[core \"x\"]\nexcludesfile = no\n[core]\nflag\nexcludesFile=%s\n"]) % quoted
        os.makedirs(os.path.dirname(self.home + "/" + name), exist_ok=True)
        write(self.home + "/" + name, content)
        if configuration is None:
            return
        encoded = configuration.encode()
        if kind == 1:
            os.makedirs(self.home + "/.config/git", exist_ok=True)
            write(self.home + "/.config/git/config", encoded)
        elif kind == 2:
            write(self.home + "/.gitconfig", encoded)
        elif kind == 3:
            write(self.home + "/more", encoded)
            write(self.home + "/.gitconfig", b"[include]\n\tpath = more\n")
        elif kind == 4:
            condition = self.random.choice([self.root + "/", "root/", "~/x/", "**/root/.git", "gone/"])
            write(self.home + "/more", encoded)
            write(self.home + "/.gitconfig", f'[includeIf "gitdir:{condition}"]\n\tpath = ~/more\n'.encode())
        else:
            write(self.root + "/.git/config", b"[core]\n\trepositoryformatversion = 0\n" + encoded)

    def ignore_case(self):
        with open(self.root + "/.git/config", "ab") as file:
            file.write(self.random.choice([b"\n[core]\n\tignoreCase = true\n", b"\n[Core]\nignorecase\n",
                                           b"\n[core]ignorecase=false\nignorecase=1 # x\n"]))

    def add_nested(self):
        for directory in self.directories[1:]:
            if self.random.random() > 0.05 or os.path.lexists(self.path(directory) + "/.git"):
                continue
            kind = self.random.randrange(5)
            place = self.path(directory)
            if kind < 2:
                make_repository(place, is_whole=kind == 0)
            elif kind == 2:
                write(place + "/.git", b"gitdir: " + os.path.relpath(self.root + "/.git", place).encode() + b"\n")
            elif kind == 3:
                write(place + "/.git", self.random.choice([b"", b"gitdir: nowhere\n", b"gitdir:x", b"no"]))
            else:
                os.mkdir(place + "/.git")
