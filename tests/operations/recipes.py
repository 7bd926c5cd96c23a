# SPDX-License-Identifier: Apache-2.0
"""The commands of packaging/README.md, taken from there and run, with the places of the package moved below
a directory of the test."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from installation import PATIENCE_S, Installation  # noqa: E402
from checks import expect  # noqa: E402
from http_wire import call, modern, modern_headers  # noqa: E402

README = Path(__file__).resolve().parents[2] / "packaging/README.md"
# The commands of a machine that a test has not: the account, the service manager.
STAND_INS = """\
set -u
runuser() { shift 3; "$@"; }
systemctl() { if [ "$1" = show ]; then printf '%s\\n' "$MAIN_PID"; else printf '%s\\n' "$*" >>systemctl.log; fi; }
apt() { printf '%s\\n' "$*" >>apt.log; }
"""


def recipes(chapter):
    """The blocks of commands below each heading of a chapter."""
    section = re.search(rf"^## {chapter}\n(.*?)^## ", README.read_text(), re.DOTALL | re.MULTILINE)[1]
    found = {}
    for part in re.split(r"^### ", section, flags=re.MULTILINE)[1:]:
        found[part.splitlines()[0]] = re.findall(r"^```sh\n(.*?)^```", part, re.DOTALL | re.MULTILINE)
    return found


class Recipes:
    """An installation with a user, records, and a backup of both kinds, which a chapter is followed on."""

    def __init__(self, build, chapter, **settings):
        self.chapter = chapter
        self.place = place = Installation(build, auth={"users": True}, **settings)
        # As the package has them: one directory, whose files can be replaced.
        self.plugins = place.top / "plugins"
        self.plugins.mkdir(mode=0o755)
        for name in ("echo.so", "echo.plugin.json"):
            shutil.copy(place.build.directory / "plugins" / name, self.plugins)
        place.configure(**place.settings, plugin_directories=[str(self.plugins)])
        self.key = place.admin()
        self.use()
        passphrase = place.top / "passphrase"
        passphrase.write_text("a passphrase for the tests\n")
        passphrase.chmod(0o600)
        place.good("audit", "anchor", "--out", place.top / "anchor.jsonl")
        place.good("backup", "create", "--out", place.top / "toolpost.tar", "--passphrase-file", passphrase)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.place.__exit__()

    def use(self, key=None):
        """The server starts, and lets the key in."""
        with self.place.serve() as server:
            message = modern("tools/call", {"name": "echo", "arguments": {"text": "x"}})
            headers = {**modern_headers(message), "Authorization": f"Bearer {key or self.key}"}
            return call(server.port, message, headers).status

    def follow(self, heading, number=0, stops=True, **variables):
        """Runs a block of the README; what it says. `stops`: none of its commands may fail."""
        block = recipes(self.chapter)[heading][number]
        place = self.place
        for there, here in (("/etc/toolpost/toolpost.json", place.config), ("/var/lib/toolpost", place.state),
                            ("/usr/lib/toolpost/plugins", self.plugins), ("/usr/local/bin", place.top / "bin"),
                            ("/usr/share/doc/toolpost", place.build.directory), ("/mnt/elsewhere", place.top),
                            ("/root", place.top), ("./toolpost_*.deb", "toolpost.deb")):
            block = block.replace(there, str(here))
        program = f"toolpost() {{ '{place.build.binary}' \"$@\"; }}\n{'set -e' if stops else ''}\n"
        done = subprocess.run(["bash", "-c", STAND_INS + program + block], env=place.environment(**variables),
                              capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=place.top)
        expect(done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}")
        return done.stdout

    def told(self, program):
        """What a stand-in was asked to do."""
        return (self.place.top / f"{program}.log").read_text().splitlines()

    def expect_all_well(self, key=None):
        expect(self.use(key) == 200, "the key does not count")
        self.place.good("audit", "verify")
        code, found = self.place.doctor("--port", 0)
        expect(code == 0, found)
