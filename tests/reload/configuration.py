#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What of a configuration a server takes while it serves, and what it refuses: log, roles, rates, package
rules; and that the audit knows. configuration.py --build DIR [--only WORDS]"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from place import FIXTURE, Plugins, Server  # noqa: E402

from checks import check, expect, run_checks  # noqa: E402
from toolpost_process import Build  # noqa: E402


def records(server):
    """The ledger of a server, oldest first."""
    lines = []
    for path in sorted((server.config_path.parent / "state/audit").glob("*.jsonl")):
        lines += [json.loads(line) for line in path.read_text().splitlines()]
    return lines


@check
def nothing_changes_where_nothing_has_changed(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        before = server.who()
        text = server.reload()
        expect("nothing has changed" in text and str(server.process.pid) in text, text)
        expect(server.who() == before, "another instance answers")
        expect(not [one for one in records(server) if one["type"] == "config"], "recorded although nothing changed")


@check
def SIGHUP_does_what_the_command_does(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        server.set_plugin(FIXTURE, config={"greeting": "again"})
        server.hang_up()
        line = server.wait_for_reload()
        expect(line["replaced"] == f"{FIXTURE} 1.0.0" and line["kept"] == 1, line)
        expect(server.who()["greeting"] == "again", server.who())


@check
def a_file_with_a_mistake_leaves_everything_as_it_was(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        good = server.config_path.read_text()
        server.write(good.replace('"plugins": {', '"plugins": {\n    "rate": oops,', 1))
        text = server.refuse()
        expect(f"{server.config_path}:" in text and "toolpost: " in text, text)
        server.hang_up()
        line = server.wait_for_log(lambda line: "not reloaded" in line["message"], "the refusal")
        expect(f"{server.config_path}:" in line["reason"] and line["level"] == "ERROR", line)
        expect(server.who()["greeting"] == "hello", server.who())
        server.write(good.replace('"data_directory"', '"log": {"levle": "INFO"},\n  "data_directory"'))
        text = server.refuse()
        expect("unknown key" in text and "levle" in text, text)
        server.write(good)
        server.reload()


@check
def what_needs_a_restart_is_refused_by_name_with_its_place(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        good = server.config()
        server.write({**good, "http": {"path": "/other"}, "audit": {"retain_days": 3}, "log": {"level": "DEBUG"}})
        text = server.refuse()
        for part in ("http.path: the change from \"/mcp\" to \"/other\" needs a restart",
                     "audit.retain_days: the change from 0 to 3 needs a restart", f"{server.config_path}:"):
            expect(part in text, (part, text))
        expect("log.level" not in text, text)
        expect(server.who()["greeting"] == "hello", "it does not serve on")
        expect('"level": "DEBUG"' not in server.log_text(), "half of it was taken")


@check
def the_log_is_opened_anew_and_takes_level_and_format(build):
    with Plugins(build) as plugins:
        log = plugins.path / "server.log"
        with Server(build, plugins, log={"file": str(log)}) as server:
            server.who()  # the file gets each line after stderr, and before the server goes on
            expect("listening" in log.read_text(), "no log")
            os.rename(log, log.with_suffix(".1"))
            server.reload()
            first = log.read_text()
            expect("reloaded" in first and "listening" not in first, first)
            expect("reloaded" not in log.with_suffix(".1").read_text(), "the old file goes on")
            # Also where the configuration is broken meanwhile.
            os.rename(log, log.with_suffix(".2"))
            good = server.config_path.read_text()
            server.write(good + "}")
            server.hang_up()
            server.wait_for_log(lambda line: "not reloaded" in line["message"], "the refusal")
            server.who()
            expect("not reloaded" in log.read_text(), log.read_text())
            server.write(good)
            server.change(log={"file": str(log), "level": "ERROR", "format": "text"})
            server.reload()
            quiet = log.read_text()
            server.reload()
            expect(log.read_text() == quiet, "INFO is still written")
            server.change(log={"file": str(plugins.path / "echo.so" / "log")})
            expect("log.file" in server.refuse(), "a log that cannot be opened was taken")


@check
def the_audit_records_what_has_changed(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        server.change(rate={"tool_per_minute": 1234})
        expect("changed: rate.tool_per_minute" in server.reload(), "not told")
        server.set_plugin(FIXTURE, enabled=False)
        server.reload()
        server.stop()
        changes = [one["changes"] for one in records(server) if one["type"] == "config"]
        expect(changes[0] == [{"key": "rate.tool_per_minute", "from": 600, "to": 1234}], changes)
        expect(changes[1] == [{"key": f"plugins.{FIXTURE}.enabled", "from": True, "to": False}], changes)
        events = [(one["plugin"], one["event"]) for one in records(server) if one["type"] == "plugin"]
        expect(events.count((FIXTURE, "started")) == 1 and events.count((FIXTURE, "stopped")) == 1, events)
        verified = server.command("audit", "verify")
        expect(verified.returncode == 0, verified)


class Users:
    """A server in user mode, with an admin and a user of the role viewer."""

    def __init__(self, build, plugins, **more):
        self.roles = {"viewer": {"tools": ["who"]}}
        environment = {**os.environ, "MCP_ENABLE_USER_AUTH": "true"}
        self.server = Server(build, plugins, environment=environment, roles=self.roles, **more)
        key = self.server.config_path.parent / "key"
        made = subprocess.run(
            [str(build.binary), "create-admin", "--username", "root", "--key-out", str(key), "--config",
             str(self.server.config_path)], env=environment, capture_output=True, text=True, check=False)
        expect(made.returncode == 0, made)
        self.admin = {"Authorization": f"Bearer {key.read_text().strip()}"}


@check
def roles_and_rates_hold_at_once(build):
    with Plugins(build) as plugins:
        users = Users(build, plugins, rate={"tool_per_minute": 60, "tool_burst": 60})
        with users.server as server:
            server.wait_for_log(lambda line: line.get("message") == "users changed", "the admin")
            expect("who" in server.tools(**users.admin), "the admin sees nothing")
            server.change(rate={"tool_per_minute": 1, "tool_burst": 1})
            expect("rate.tool" in server.reload(), "not told")
            answers = [server.call("who", **users.admin).status for _ in range(3)]
            expect(answers == [200, 429, 429], answers)
            server.change(roles={**users.roles, "broken": {"tools": ["plugin:NO PLUGIN"]}})
            expect("roles.broken" in server.refuse(), "a role with a mistake was taken")
            server.change(roles={"auditor": {"tools": ["echo"]}})
            expect("roles.auditor" in server.reload(), "not told")


@check
def package_rules_are_read_again(build):
    with Plugins(build) as plugins:
        rules = plugins.path / "packages.json"
        rules.write_text('{"default": "allow", "rules": []}')
        with Server(build, plugins, policy={"packages_file": str(rules)}) as server:
            rules.write_text('{"default": "deny", "rules": []}')
            expect("policy.packages_file (what is in the file)" in server.reload(), "not told")
            rules.write_text('{"default": ')
            text = server.refuse()
            expect(f"{rules}:" in text, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
