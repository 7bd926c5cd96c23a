# SPDX-License-Identifier: Apache-2.0
"""A server with a plugin directory of its own, whose configuration and plugins can be changed under it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import expect  # noqa: E402
from http_wire import modern_call  # noqa: E402
from toolpost_process import PATIENCE_S, HttpServer, measurable  # noqa: E402

FIXTURE = "io.toolpost.reload-fixture"
ECHO = "io.toolpost.echo"


def put(source, place):
    """Replaces a file the way plugins are to be replaced: by renaming a new one over it."""
    draft = place.with_name(place.name + ".draft")
    shutil.copy(source, draft)
    os.replace(draft, place)


class Plugins:
    """A directory with the echo plugin and one version of the fixture."""

    def __init__(self, build, version=1):
        self.build = build
        self._directory = tempfile.TemporaryDirectory(prefix="toolpost-reload-")
        self.path = Path(self._directory.name)
        for name in ("echo.so", "echo.plugin.json"):
            shutil.copy(build.directory / "plugins" / name, self.path)
        self.install(version)

    def install(self, version):
        """The library first, as a build does, then its manifest."""
        source = self.build.directory / "tests/reload"
        name = f"reload-fixture-{version}"
        manifest = json.loads((source / f"{name}.plugin.json").read_text())
        manifest["file"] = "fixture.so"
        draft = self.path / "manifest.draft"
        draft.write_text(json.dumps(manifest))
        put(source / f"{name}.so", self.path / "fixture.so")
        os.replace(draft, self.path / "fixture.plugin.json")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._directory.cleanup()


class Server(HttpServer):
    """Serves echo and the fixture, and can be told to reload."""

    def __init__(self, build, directory, environment=None, **more):
        self.binary = build.binary
        # Calls that a test holds up are not ended because the machine is slow.
        settings = {"plugin_directories": [str(directory.path)], "calls": {"drain_ms": 60_000}, **more}
        super().__init__(build, plugins=(ECHO, FIXTURE), trusted=(ECHO, FIXTURE),
                         environment=measurable(environment or os.environ), **settings)

    def config(self):
        return json.loads(self.config_path.read_text())

    def write(self, config):
        self.config_path.write_text(config if isinstance(config, str) else json.dumps(config, indent=2))

    def change(self, **sections):
        """Puts these members in the place of those of the file."""
        self.write({**self.config(), **sections})

    def set_plugin(self, plugin, **settings):
        config = self.config()
        config["plugins"].setdefault(plugin, {}).update(settings)
        self.write(config)

    def command(self, *arguments, timeout=PATIENCE_S):
        return subprocess.run([str(self.binary), *arguments, "--config", str(self.config_path)],
                              capture_output=True, text=True, timeout=timeout, check=False)

    def reload(self):
        """What `toolpost reload` prints; it must succeed."""
        done = self.command("reload")
        expect(done.returncode == 0 and not done.stderr, done)
        return done.stdout

    def refuse(self):
        """Why `toolpost reload` refuses; it must."""
        done = self.command("reload")
        expect(done.returncode == 1 and not done.stdout, done)
        return done.stderr

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    def wait_for_reload(self, times=1):
        """Until so many reloads have ended well since the start."""
        lines = []

        def accepts(line):
            if line.get("message") == "reloaded" and all(line is not one for one in lines):
                lines.append(line)
            return len(lines) >= times and line is lines[times - 1]

        return self.wait_for_log(accepts, f"reload {times}")

    def tools(self, **headers):
        answer = modern_call(self.port, "tools/list", **headers)
        expect(answer.status == 200, answer)
        return {tool["name"] for tool in answer.json()["result"]["tools"]}

    def call(self, tool, arguments=None, **headers):
        params = {"name": tool, "arguments": arguments or {}}
        return modern_call(self.port, "tools/call", params, Mcp_Name=tool, **headers)

    def who(self):
        answer = self.call("who")
        expect(answer.status == 200, answer)
        return answer.json()["result"]["structuredContent"]
