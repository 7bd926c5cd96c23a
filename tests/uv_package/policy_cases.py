# SPDX-License-Identifier: Apache-2.0
# The rows of policy_table.py: what somebody asks for, in fifteen classes, and what plain uv makes of
# one of each class. "evil" is what must never get in.
"""A row is (tool, packages or None, set-up, words of the refusal). The set-up gets a Bench and gives
the name of the project below its root; None is a bare directory."""

import json
import re

BLOCKED = {"host_environment": {"MCP_BLOCKED_PACKAGES": "evil,evil-one"}}
ALLOWED = {"host_environment": {
    "MCP_ALLOWED_PACKAGES": "alpha,beta,gamma,tinybuild,carrier,optional"}}
RULES = {"rules": {"default": "allow", "rules": [
    {"names": ["versioned"], "versions": "<2", "effect": "deny", "reason": "too old"}]}}
NAMED = "blocked_packages["


def deps(*dependencies, **more):
    """A project with these dependencies."""
    return lambda bench: bench.project(dependencies, **more)


def build(requires, backend="tinybuild", dependencies=()):
    table = (f'\n[build-system]\nrequires = {json.dumps(requires)}\n'
             f'build-backend = "{backend}"\n')
    return lambda bench: bench.project(dependencies, more=table)


def with_member(bench):
    name = bench.project(["member"], more='\n[tool.uv.workspace]\nmembers = ["packages/*"]\n'
                         '[tool.uv.sources]\nmember = { workspace = true }\n')
    bench.write(f"{name}/packages/member/pyproject.toml", bench.pyproject("member", ["carrier"]))
    return name


def with_path_source(more):
    def make(bench):
        lib = bench.project([], more=more)
        return bench.project([lib], more=f'\n[tool.uv.sources]\n{lib} = {{ path = "../{lib}" }}\n')
    return make


def locked(edit, *dependencies):
    """A project that plain uv has locked; `edit` is what somebody makes of the text."""
    def make(bench):
        name = bench.project(dependencies or ["alpha"])
        bench.plain(name, "lock")
        path = bench.root / name / "uv.lock"
        before = path.read_text()
        after = edit(before, bench)
        assert after != before
        path.write_text(after)
        return name
    return make


def wheel_entry(bench, name, file_name, base=None):
    digest = bench.digest(file_name)
    return (f'\n[[package]]\nname = "{name}"\nversion = "1.0"\n'
            f'source = {{ registry = "{bench.index.url}" }}\n'
            f'wheels = [{{ url = "{base or bench.files}/{file_name}", hash = "sha256:{digest}" }}]\n')


EVIL_FILE = "evil-1.0-py3-none-any.whl"


def add_evil(text, bench):
    edge = text.replace('{ name = "beta" },', '{ name = "beta" },\n    { name = "evil" },', 1)
    return edge + wheel_entry(bench, "evil", EVIL_FILE)


def add_evil_from(source):
    def edit(text, bench):
        at = source.format(files=bench.files, other=bench.other.url)
        return re.sub(r"source = \{ registry = [^}]*\}(?=\nwheels = \[\{[^\n]*evil)",
                      f"source = {{ {at} }}", add_evil(text, bench))
    return edit


def rename_evil(text, bench):
    return re.sub(r'url = "[^"]*/beta-[^"]*", hash = "[^"]*"',
                  f'url = "{bench.files}/{EVIL_FILE}", hash = "sha256:{bench.digest(EVIL_FILE)}"',
                  text, count=1)


def other_host(text, bench):
    return text.replace(f"{bench.files}/alpha", f"{bench.other_files}/alpha")


def other_index(text):
    return lambda bench: bench.project(["alpha"], more=text.format(other=bench.other.url))


def uv_toml(text):
    def make(bench):
        name = bench.project(["alpha"])
        bench.write(f"{name}/uv.toml", text.format(other=bench.other.url))
        return name
    return make


def uv_toml_above(bench):
    name = bench.project(["alpha"], below="outer")
    bench.write("outer/uv.toml", f'index-url = "{bench.other.url}"\n')
    return name


def evil_installed(bench):
    """An environment to upgrade: an old carrier is in it, and plain uv put evil there, too."""
    name = bench.bare()
    bench.plain(name, "venv")
    bench.plain(name, "pip", "install", "--no-deps", "carrier")
    return name


def locked_and_installed(bench):
    """Something to upgrade in uv.lock, which is harmless, and something that is only installed."""
    name = bench.project(["alpha<2"])
    bench.plain(name, "sync")
    bench.plain(name, "pip", "install", "--no-deps", "carrier")
    path = bench.root / name / "pyproject.toml"
    path.write_text(path.read_text().replace("alpha<2", "alpha"))
    return name


def wheel_in_project(bench):
    name = bench.bare()
    bench.download(EVIL_FILE, f"{name}/{EVIL_FILE}")
    return name


def install(*texts, says=(NAMED,), setup=None):
    return [("install", [text], setup, says) for text in texts]


def add(*texts, says=(NAMED,), setup=deps()):
    return [("add", [text], setup, says) for text in texts]


def sync(*setups, says, tool="sync"):
    return [(tool, None, setup, says) for setup in setups]


def refused_item(*texts):
    return [row for text in texts for row in install(text, says=("packages[0]",))
            ] + add(texts[0], says=("packages[0]",))


def url_rows(bench):
    return refused_item(f"evil @ {bench.files}/{EVIL_FILE}", f"{bench.files}/{EVIL_FILE}",
                        f"alpha @ {bench.files}/{EVIL_FILE}", f"evil[x]@{bench.files}/{EVIL_FILE}",
                        f"evil@{bench.files}/{EVIL_FILE}#sha256={bench.digest(EVIL_FILE)}",
                        "git+https://evil.example/x", "evil @ git+https://evil.example/x@main",
                        "hg+http://evil.example/x", "evil @ file:///tmp/evil.whl",
                        "https://user:secret@evil.example/evil.whl")


def option_rows(bench):
    return refused_item(f"--index-url={bench.other.url}", f"--extra-index-url={bench.other.url}",
                        f"-i{bench.other.url}", f"--find-links={bench.files}", "-rrequirements.txt",
                        "--requirement=requirements.txt", "-cconstraints.txt", "-e .", "--no-index",
                        "--no-deps", "--python=/bin/sh", "--config-settings=x=y",
                        "--trusted-host=evil.example", "@requirements.txt")


# Class -> (policy, rows, the same thing with plain uv: it must get evil in).
def classes(bench):
    return {
        "case": (BLOCKED, install("EVIL", "Evil", "eViL", "evIL==1.0", "EVIL>=0", "Evil ~= 1.0")
                 + add("EVIL", "eViL<2"),
                 lambda b: b.gets_evil("EVIL")),
        "separators": (BLOCKED, install("evil-one", "evil_one", "evil.one", "Evil--One",
                                        "evil-_.one", "EVIL__ONE==1.0") + add("evil_one", "evil.one"),
                       lambda b: b.gets_evil("Evil-_.One", "evil_one")),
        "extras": (BLOCKED, install("evil[fast]", "evil[a,b]", "evil [ x ]")
                   + install("optional[bad]", "optional[good,bad]", "Optional[BAD]",
                             says=("optional -> evil 1.0: ", NAMED))
                   + add("optional[bad]", says=("app-", " -> optional -> evil 1.0: ", NAMED)),
                   lambda b: b.gets_evil("optional[bad]")),
        "markers": (BLOCKED, install("evil ; python_version > '3'", "evil;os_name=='posix'",
                                     "evil ; sys_platform == 'linux' or os_name == 'nt'",
                                     "evil ; sys_platform == 'win32'")
                    + install("always", says=("always -> evil 1.0: ", NAMED))
                    + add("evil ; sys_platform == 'win32'")
                    + add("always", "windows", says=(" -> evil 1.0: ", NAMED)),
                    lambda b: b.gets_evil("always")),
        "look-alikes": (ALLOWED, install("ev1l", "evil", "evil-one", "alpha2", "alpha-", "al-pha",
                                         says=("packages[0]",))
                        + install("\u0435vil", "\uff41lpha", "alpha\u200b", "alph\u0430",
                                  "alpha\u00a0", says=("packages[0]",))
                        + add("ev1l", says=("allowed_packages",)),
                        lambda b: b.gets_evil("ev1l", "ev1l")),
        "options": (BLOCKED, option_rows(bench),
                    lambda b: b.gets_evil("-rrequirements.txt", files={"requirements.txt": "evil"})),
        "URLs": (BLOCKED, url_rows(bench), lambda b: b.gets_evil(f"evil @ {b.files}/{EVIL_FILE}")),
        "paths": (BLOCKED, [row for text in
                            [f"./{EVIL_FILE}", EVIL_FILE, f"evil @ ./{EVIL_FILE}",
                             f"evil @ {EVIL_FILE}", f"file:{EVIL_FILE}", f"../{EVIL_FILE}",
                             "/tmp/evil.whl", "~/evil.whl", ".", "packages/", "evil.tar.gz"]
                            for row in install(text, says=("packages[0]",), setup=wheel_in_project)],
                  lambda b: b.gets_evil(f"./{EVIL_FILE}", setup=wheel_in_project)),
        "variables": (BLOCKED, refused_item("evil @ ${FILES}/" + EVIL_FILE, "${EVIL}", "$EVIL",
                                            "%EVIL%", "evil==${VERSION}", "$(evil)", "`evil`",
                                            "alpha ; os_name == '${X}'; evil"),
                      lambda b: b.gets_evil("evil @ ${FILES}/" + EVIL_FILE)),
        "transitive": (BLOCKED, install("carrier", "deep", says=("carrier -> evil 1.0: ", NAMED))
                       + add("carrier", "deep", says=(" -> evil 1.0: ", NAMED))
                       + [("add", ["carrier"], deps("alpha"), (" -> carrier -> evil 1.0: ",))]
                       + sync(deps("deep"), deps("alpha", "carrier"), with_member,
                              deps(more='\n[dependency-groups]\ndev = ["carrier"]\n'),
                              deps(more='\n[project.optional-dependencies]\nx = ["deep"]\n'),
                              says=(" -> carrier -> evil 1.0: ", NAMED))
                       + sync(deps("deep"), tool="lock", says=("app-", "deep -> carrier -> evil"))
                       + sync(deps("carrier"), tool="upgrade", says=("carrier -> evil", NAMED))
                       + [("upgrade", ["carrier"], evil_installed, ("carrier -> evil", NAMED)),
                          ("upgrade", None, evil_installed, ("carrier -> evil", NAMED)),
                          ("upgrade", ["alpha", "carrier"], locked_and_installed,
                           ("carrier -> evil", NAMED)),
                          ("remove", ["alpha"], deps("alpha", "carrier"), ("carrier -> evil",))],
                       lambda b: b.gets_evil("deep")),
        "lock edits": (BLOCKED, sync(locked(add_evil), says=("alpha -> evil 1.0: ", NAMED))
                       + sync(locked(rename_evil), says=("'beta'", "named after something else"))
                       + sync(locked(other_host), says=("'alpha'", "file_hosts"))
                       + sync(locked(add_evil_from('url = "{files}/' + EVIL_FILE + '"')),
                              locked(add_evil_from('path = "../evil.whl"')),
                              locked(add_evil_from('git = "https://evil.example/x?rev=1#2"')),
                              says=("'evil'", "does not come from an index"))
                       + sync(locked(add_evil_from('directory = "/etc"')), says=("outside the",))
                       + sync(locked(lambda t, b: re.sub(r', hash = "[^"]*"', "", t)),
                              locked(lambda t, b: t.replace('hash = "sha256:', 'hash = "md5:')),
                              says=("without a SHA-256",))
                       + sync(locked(lambda t, b: t + "\n[[package"),
                              locked(lambda t, b: "package = 1\n"), says=("uv.lock",))
                       + sync(locked(add_evil), tool="lock", says=("evil 1.0: ",)),
                       lambda b: b.sync_gets_evil(locked(add_evil))),
        "index tricks": (BLOCKED, sync(
            other_index('\n[[tool.uv.index]]\nurl = "{other}"\n'),
            other_index('\n[[tool.uv.index]]\nname = "x"\nurl = "{other}"\ndefault = true\n'),
            other_index('\n[[tool.uv.index]]\nname = "x"\nurl = "{other}"\nexplicit = true\n'
                        '[tool.uv.sources]\nalpha = {{ index = "x" }}\n'),
            other_index('\n[tool.uv]\nindex-url = "{other}"\n'),
            other_index('\n[tool.uv]\nextra-index-url = ["{other}"]\n'),
            uv_toml('index-url = "{other}"\n'), uv_toml('[[index]]\nurl = "{other}"\n'),
            uv_toml_above, says=("which is not among the configured ones",))
            + sync(other_index('\n[tool.uv]\nfind-links = ["{other}"]\n'),
                   other_index('\n[tool.uv.pip]\nindex-url = "{other}"\n'),
                   uv_toml('index-strategy = "unsafe-best-match"\n'), says=("is refused",))
            + sync(other_index('\n[[tool.uv.index]]\nurl = "{other}"\nformat = "flat"\n'),
                   says=("index",)),
            lambda b: b.asks_other_index(other_index('\n[[tool.uv.index]]\nurl = "{other}"\n'))),
        "build requirements": ({"host_environment": {"MCP_BLOCKED_PACKAGES": "evil,evilbuild"}},
                               sync(build(["evilbuild"], "evilbuild"),
                                    build(["beta", "EvilBuild>=1"], "evilbuild"),
                                    with_path_source('\n[build-system]\nrequires = ["evilbuild"]\n'
                                                     'build-backend = "evilbuild"\n'),
                                    says=("building ", "evilbuild"))
                               + sync(build(["tinybuild", "carrier"]),
                                      says=("building ", "carrier -> evil 1.0: ", NAMED))
                               + sync(build(["tinybuild", "optional[bad]"]),
                                      says=("optional -> evil 1.0: ", NAMED))
                               + sync(build(["hostile"], "hostile"), says=("exited with code",))
                               + sync(build(["evilbuild @ http://127.0.0.1/x.whl"]),
                                      build(["./evilbuild.whl"]), says=("build-system.requires[0]",))
                               + add("beta", setup=build(["evilbuild"], "evilbuild"),
                                     says=("building ", "evilbuild"))
                               + [("editable", None, build(["evilbuild"], "evilbuild"),
                                   ("building ", "evilbuild"))],
                               lambda b: b.sync_runs_evil(build(["evilbuild"], "evilbuild"))),
        "versions": (RULES, install("versioned<2", "versioned==1.0", "versioned~=1.0",
                                    "versioned!=2.0", "versioned==1.*",
                                    says=("versioned 1.0: ", "rules[0]", "too old"))
                     + install("oldpin", says=("oldpin -> versioned 1.0: ", "rules[0]"))
                     + add("versioned<2", "oldpin", says=("versioned 1.0: ", "rules[0]"))
                     + sync(deps("versioned", more='\n[tool.uv]\nresolution = "lowest"\n'),
                            deps("versioned", more='\n[tool.uv]\nconstraint-dependencies = '
                                 '["versioned<2"]\n'), says=("versioned 1.0: ", "rules[0]")),
                     lambda b: b.gets_evil("versioned<2", "versioned")),
        "sources": ({"rules": {"default": "allow", "rules": [
            {"names": ["alpha"], "sources": [bench.index.url], "effect": "allow"}]},
            "extra_index_urls": [bench.other.url]},
            install("alpha", "Alpha[fast]", "alpha<2", says=("alpha ", "rules[0]"))
            + add("alpha", says=("alpha ", "rules[0]"))
            + sync(deps("alpha"), says=("alpha ", "rules[0]"))
            + sync(deps("alpha"), tool="lock", says=("alpha ", "rules[0]")),
            lambda b: b.asks_other_index(deps("alpha"), f"--index={b.other.url}")),
    }


# What the same policies let through, so that a gate that always says no fails here.
def allowed(bench):
    rules = {"rules": {"default": "allow", "rules": [
        {"names": ["alpha"], "sources": [bench.index.url], "effect": "allow"}]}}
    return [(BLOCKED, *row) for row in
            install("ev1l", "evilbuild", "optional[good]", "alpha[fast]", "carrier2 ; os_name == 'x'",
                    "windows", says=())
            + add("ev1l", "optional[good]", says=()) + sync(deps("alpha"), says=())
            + sync(build(["tinybuild"], dependencies=["beta"]), says=())
            + sync(locked(lambda t, b: t + "\n"), says=())
            # uv resolves anew here, and what somebody wrote into the lock file is gone.
            + [("add", ["gamma"], locked(add_evil), ())]
            + sync(with_path_source('\n[build-system]\nrequires = ["tinybuild"]\n'
                                    'build-backend = "tinybuild"\n'), says=())
            ] + [(ALLOWED, *row) for row in install("alpha", "Alpha[FAST]>1", says=())
                 ] + [(RULES, *row) for row in install("versioned", "versioned>=1", says=())
                      ] + [(rules, *row) for row in install("alpha", says=())]
