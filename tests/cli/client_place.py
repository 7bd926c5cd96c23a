# SPDX-License-Identifier: Apache-2.0
"""A home directory for one check, and the program run in it."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

PATIENCE_S = 60
FILES = {
    "claude-desktop": ".config/Claude/claude_desktop_config.json",
    "claude-code": ".claude.json",
    "cursor": ".cursor/mcp.json",
    "vscode": ".config/Code/User/mcp.json",
}
CONTAINERS = {"claude-desktop": "mcpServers", "claude-code": "mcpServers", "cursor": "mcpServers", "vscode": "servers"}


class Home:
    """Use it as a context manager."""

    def __init__(self, binary):
        self.binary = binary
        self._directory = tempfile.TemporaryDirectory(prefix="toolpost-client-")
        self.top = Path(self._directory.name).resolve()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._directory.cleanup()

    def _environment(self, more):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("MCP_", "TOOLPOST_", "XDG_", "CLAUDE_"))}
        return {**kept, "HOME": str(self.top), **more}

    def run(self, *arguments, preexec_fn=None, **more):
        return subprocess.run([self.binary, "client", *map(str, arguments)], capture_output=True, text=True,
                              env=self._environment(more), timeout=PATIENCE_S, cwd=self.top, preexec_fn=preexec_fn)

    def start(self, *arguments):
        return subprocess.Popen([self.binary, "client", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env=self._environment({}), cwd=self.top)

    def good(self, *arguments, **more):
        """Runs it, expects success, and returns what it said."""
        done = self.run(*arguments, **more)
        assert done.returncode == 0, done
        return done.stdout

    def file(self, client):
        return self.top / FILES[client]

    def write(self, client, text, mode=0o600):
        path = self.file(client)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        path.chmod(mode)
        return path

    def names(self):
        """Every file below the home directory."""
        return sorted(str(path.relative_to(self.top)) for path in self.top.rglob("*") if not path.is_dir())


def without_comments(text):
    """JSON as VS Code takes it, as JSON: without comments and trailing commas."""
    string = r'"(?:\\.|[^"\\])*"'
    for what in (r"/\*.*?\*/|//[^\n]*", r",(?=\s*[}\]])"):
        text = re.sub(f"({string})|{what}", lambda found: found.group(1) or "", text, flags=re.DOTALL)
    return text
