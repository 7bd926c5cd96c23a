# SPDX-License-Identifier: Apache-2.0
"""A directory for one user store, and the program run on it."""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

PATIENCE_S = 60
KEY_PATTERN = r"mcp_[a-z2-9]{8}_[A-Za-z0-9_-]{43}_[0-9a-f]{8}"


def environment(file, **more):
    """Nothing of this process's settings, and the store."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MCP_", "TOOLPOST_", "XDG_"))}
    return {**kept, "MCP_USERS_FILE": str(file), **more}


class Place:
    """Use it as a context manager."""

    def __init__(self, binary):
        self.binary = binary
        self._directory = tempfile.TemporaryDirectory(prefix="toolpost-users-")
        self.top = Path(self._directory.name)
        self.directory = self.top / "users"
        self.file = self.directory / "users.json"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._directory.cleanup()

    def run(self, *arguments, **more):
        return subprocess.run([self.binary, *map(str, arguments)], env=environment(self.file, HOME=str(self.top), **more),
                              capture_output=True, text=True, timeout=PATIENCE_S, cwd=self.top)

    def start(self, *arguments, **more):
        return subprocess.Popen([self.binary, *map(str, arguments)], env=environment(self.file, HOME=str(self.top), **more),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.top)

    def create_admin(self, username="root"):
        """Makes the first admin and returns its key."""
        done = self.run("create-admin", "--username", username, "--key-out", "-")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, text):
        self.directory.mkdir(mode=0o700, exist_ok=True)
        self.file.write_text(text)
        self.file.chmod(0o600)


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


def fingerprint(file):
    """What must not change: bytes, mode, owner, inode."""
    status = os.lstat(file)
    content = None if not os.path.isfile(file) else Path(file).read_bytes()
    return content, status.st_mode, status.st_uid, status.st_ino
