# SPDX-License-Identifier: Apache-2.0
"""Updates, by the very commands of packaging/README.md, as recovery.py does it with losses: each block of the
chapter is run on an installation, which goes on afterwards. updates.py --build DIR [--only WORDS]"""

import argparse
import hashlib
import re
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from installation import UV_LINE  # noqa: E402
from recipes import Recipes, recipes  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from toolpost_process import Build  # noqa: E402

CHAPTER = "Updates and advisories"
FUTURE_UV = UV_LINE.replace("0.12.5", "0.99.0")


def begun(build):
    return Recipes(build, CHAPTER, http={"port": 0})


@check
def what_is_in_it(build):
    with begun(build) as kept:
        lines = kept.follow("What is in it").splitlines()
        expect(any(re.fullmatch(r"dynamic OpenSSL 3\.\d+\.\d+", line) for line in lines), lines)
        expect(any(re.fullmatch(r"static Boost \d+\.\d+\.\d+", line) for line in lines), lines)
        expect(any(re.fullmatch(r"openssl 3\.\S+", line) for line in lines), lines)
        expect(any(re.fullmatch(r"boost\d+\.\d+ \S+", line) for line in lines), lines)


def without_the_sanitizers(said):
    """ThreadSanitizer maps a file of its own that it has removed."""
    return "".join(line for line in said.splitlines(keepends=True) if "/tsan.rodata" not in line)


@check
def what_runs_and_was_replaced_is_named(build):
    with begun(build) as kept, kept.place.serve() as server:
        main = str(server.process.pid)
        named = without_the_sanitizers(kept.follow("Debian has mended a library", MAIN_PID=main))
        expect(named == "", named)
        library = kept.plugins / "echo.so"
        shutil.copy(library, kept.plugins / "echo.so.new")
        (kept.plugins / "echo.so.new").rename(library)
        named = without_the_sanitizers(kept.follow("Debian has mended a library", MAIN_PID=main))
        expect(named == f"{library}\n", named)
        expect(kept.told("apt")[:2] == ["update", "upgrade"], kept.told("apt"))
        expect(kept.told("systemctl")[0] == "restart toolpost", kept.told("systemctl"))


@check
def toolpost_has_a_new_version(build):
    with begun(build) as kept:
        said = kept.follow("Toolpost has a new version")
        expect(kept.told("apt")[0].startswith("install"), kept.told("apt"))
        expect(said.count("sound") >= 2, said)  # the archive, and the audit
        kept.expect_all_well()


@check
def the_new_version_will_not_do(build):
    with begun(build) as kept:
        kept.follow("Toolpost has a new version")
        users = kept.place.users
        before = users.read_text()
        kept.follow("The new version will not do")
        expect(users.read_text() == before, "users were replaced that can be read")
        users.write_text(re.sub(r'"format": ?2', '"format": 3', before))
        expect(users.read_text() != before, "the format is written in another way")
        kept.follow("The new version will not do")
        expect(users.read_text() == before, "the users did not come back")
        kept.expect_all_well()


@check
def a_plugin_has_a_new_version(build):
    with begun(build) as kept, kept.place.serve() as server:
        shutil.copy(kept.plugins / "echo.so", kept.place.top / "plugin.so")
        digest = hashlib.sha256((kept.place.top / "plugin.so").read_bytes()).hexdigest()
        said = kept.follow("A plugin has a new version")
        expect("io.toolpost.echo" in said and digest in said, said)
        expect(kept.told("systemctl") == ["reload toolpost"], kept.told("systemctl"))
        kept.place.good("reload")
        expect(server.process.poll() is None, "the server ended")
        kept.place.good("config", "check")


@check
def uv_has_a_new_version(build):
    with begun(build) as kept:
        old = kept.place.put_uv()
        new = kept.place.top / "uv"
        new.write_text(old.read_text().replace(UV_LINE, FUTURE_UV))
        said = kept.follow("uv has a new version")
        expect(said.startswith(f"{UV_LINE}\n"), said)
        expect(FUTURE_UV in old.read_text() and old.stat().st_mode & 0o777 == 0o755, oct(old.stat().st_mode))


@check
def each_month(build):
    with begun(build) as kept:
        # The checklist may have something to say.
        said = kept.follow("Each month", stops=False)
        expect(re.search(r"^ann\b|\bann\b", said, re.MULTILINE), said)
        expect(len(re.findall(r"^(?:PASS|FAIL|N/A)\b", said, re.MULTILINE)) == 10, said)
        expect("sound" in said and re.search(r"restored [1-9]\d* files", said), said)
        expect(not (kept.place.state / "drill").exists(), "the drill is left behind")


@check
def every_update_of_the_README_is_tried_here(build):
    tried = set(re.findall(r'follow\("([^"]+)"', Path(__file__).read_text()))
    expect(set(recipes(CHAPTER)) == tried, set(recipes(CHAPTER)) ^ tried)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
