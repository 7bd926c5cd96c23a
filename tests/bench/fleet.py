# SPDX-License-Identifier: Apache-2.0
"""Every server that the table compares, running at once: Toolpost as shipped, Toolpost with one thing
changed, and its peers.

As shipped means: keys of users, roles, rules, schema check and audit as they are by default, the bundled
plugins loaded. Changed are only the rates and the connections of one address, which would otherwise be
what is measured, because all load comes from one caller.
"""

import os
from pathlib import Path

import servers
from durability import RawDisk, record_bytes
from keyed import GENEROUS, KEY, KeyedServer, users_json, users_variables

SHIPPED = "toolpost"
AGAIN = "toolpost again"
OPEN = "no authentication"
UNAUDITED = "no audit"
MUTATING = "mutating"
MUTATING_UNAUDITED = "mutating, no audit"
RMCP = "rmcp"
DISK = "raw fdatasync"

USERS = 10
CONNECTIONS_OF_ADDRESS = 10_000
BUNDLED = "io.toolpost.user-admin"
NO_AUDIT = {"audit": {"enabled": False}}
# Not trusted, echo counts as a tool that has effects, as any plugin does until its operator trusts it.
HAS_EFFECTS = {"trusted": (BUNDLED,)}


class Fleet:
    """Makes servers in a directory of its own each, and ends those that it keeps."""

    def __init__(self, build, directory):
        self._build = build
        self._directory = Path(directory)
        self._made = 0
        self.running = {}
        project = self._directory / "project"
        project.mkdir()
        (project / "pyproject.toml").write_text('[project]\nname = "sample"\nversion = "1.0.0"\n')
        uv = {"PATH": f"{servers.TOOLS}/venv/bin:{os.environ['PATH']}", "MCP_PROJECT_ROOT": str(project)}
        users = users_variables(users_json(self._directory / "users/users.json", USERS))
        self._variables = {"keys": {**uv, **users}, "open": uv}

    def toolpost(self, settings=None, mode="keys"):
        """A new one; as shipped without `settings`."""
        self._made += 1
        plugins = (servers.ECHO, BUNDLED) if mode == "keys" else (servers.ECHO,)
        whole = {
            "plugins": plugins,
            "trusted": (servers.ECHO, BUNDLED),
            "packages": {},
            "http": {"limits": {"max_connections_per_address": CONNECTIONS_OF_ADDRESS}},
            **(settings or {}),
        }
        return KeyedServer(self._build, self._directory, f"toolpost-{self._made}", whole, self._variables[mode])

    def environment(self):
        """What a command of the operator gets."""
        return {**os.environ, **self._variables["keys"]}

    def stdio(self):
        """The command of Toolpost over stdio as shipped, for a caller with a key, and its environment."""
        self._made += 1
        place = self._directory / f"toolpost-{self._made}"
        place.mkdir()
        config = self._build.write_config(place, (servers.ECHO, BUNDLED), trusted=(servers.ECHO, BUNDLED),
                                          packages={}, rate=GENEROUS)
        environment = {**os.environ, **self._variables["keys"], "MCP_API_KEY": KEY}
        return [str(self._build.binary), "stdio", "--config", str(config)], environment

    def start(self):
        self.running[SHIPPED] = self.toolpost()
        body = servers.answer_body(self.running[SHIPPED])
        self.running["nginx"] = servers.nginx(body, str(self._directory))
        self.running["typescript"] = servers.typescript(self._build, self._directory)
        if servers.rmcp_binary():
            self.running[RMCP] = servers.rmcp()
        self.running[OPEN] = self.toolpost(mode="open")
        self.running[UNAUDITED] = self.toolpost(NO_AUDIT)
        self.running[MUTATING] = self.toolpost(HAS_EFFECTS)
        self.running[MUTATING_UNAUDITED] = self.toolpost({**HAS_EFFECTS, **NO_AUDIT})

    def targets(self):
        disk = RawDisk(self._directory, record_bytes(self.running[MUTATING].ledger))
        found = {name: (server, server.request_file(self._directory, name)) for name, server in self.running.items()}
        return {**found, AGAIN: found[SHIPPED], DISK: disk}

    def stop(self):
        for server in self.running.values():
            server.stop()
