# SPDX-License-Identifier: Apache-2.0
"""The enterprise deployment guide's promises on authentication, policy, network and validation, each
as a check that bears its words, over HTTP and stdio and in both eras where that makes a difference.
guide.py --build DIR"""

import argparse
import hashlib
import json
import os
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from http_wire import LEGACY, Wire, call, modern, modern_headers, request  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402
from world import SINGLE, environment, make_key  # noqa: E402

PATIENCE_S = 60
USER_TOOLS = {"create_user", "list_users", "delete_user", "rotate_key", "disable_user", "set_role"}
PACKAGE_TOOLS = {"install", "uninstall", "add", "remove", "sync", "lock", "init", "upgrade"}
INDEX_TOOLS = {"index_project", "refresh_index", "discover_projects", "analyze_codebase", "search", "read_file",
               "find_symbol", "find_references", "outline"}
HELLO = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}


class Guide:
    """One operator's machine: a directory, the binary, and what the guide tells to set."""

    def __init__(self, build, directory):
        self.build, self.directory = build, Path(directory)
        self.project = self.directory / "project"
        self.project.mkdir()
        (self.project / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\nrequires-python = ">=3.8"\n')

    def users(self):
        """A new, empty place for a user store."""
        place = Path(tempfile.mkdtemp(dir=self.directory))
        place.chmod(0o700)
        return place / "users.json"

    def config(self, **more):
        settings = {"plugins": {"io.toolpost.uv-package": {"config": {"project_root": str(self.project)}}}, "data_directory": str(self.directory / "state"), **more}
        settings["plugin_directories"] = [str(self.build.directory / "plugins")]
        path = self.directory / "toolpost.json"
        path.write_text(json.dumps(settings))
        return path

    def run(self, *words, variables=None, text=None):
        command = [str(self.build.binary), *words, "--config", str(self.config())]
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=PATIENCE_S,
                              env=environment(variables or {}))

    def serve(self, variables, **more):
        return Served(self, variables, more)

    def first_admin(self, store):
        done = self.run("create-admin", "--username", "admin", "--key-out", "-", variables={"MCP_USERS_FILE": str(store)})
        expect(done.returncode == 0, done.stderr)
        return done.stdout.strip().splitlines()[-1]


class Served(HttpServer):
    def __init__(self, guide, variables, more):
        class Fixed:
            binary = guide.build.binary

            @staticmethod
            def write_config(directory, plugins, **_):
                return guide.config(rate={"failures_per_minute": 1_000_000, "failure_burst": 1_000_000}, **more)

        super().__init__(Fixed, environment=environment(variables))


def ask(server, key, method, params=None):
    message = modern(method, params)
    return call(server.port, message, {**modern_headers(message), **({"X-API-Key": key} if key else {})})


def tool(server, key, name, arguments=None):
    return ask(server, key, "tools/call", {"name": name, "arguments": arguments or {}}).json()["result"]


def wait_until(holds, what):
    """Other processes change what is waited for, so there is nothing to wait on but a look."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        expect(time.monotonic() < until, what)
        time.sleep(0.02)


def text_of(result):
    return " ".join(part.get("text", "") for part in result["content"])


def every_way(guide, server, store, key, messages):
    """The results of the same requests in both eras over HTTP and stdio, by the way they went."""
    ways = {"HTTP, modern": [ask(server, key, *message).json() for message in messages]}
    headers = {"Authorization": f"Bearer {key}"}
    opened = call(server.port, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO}, headers)
    headers["Mcp-Session-Id"] = opened.headers["mcp-session-id"]
    ways["HTTP, legacy"] = [
        call(server.port, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, headers).json()
        for method, params in messages
    ]
    variables = {"MCP_ENABLE_USER_AUTH": "true", "MCP_USERS_FILE": str(store), "MCP_API_KEY": key}
    lines = [modern(method, params, number) for number, (method, params) in enumerate(messages)]
    ways["stdio, modern"] = stdio(guide, variables, lines)
    lines = [{"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": HELLO}]
    lines += [{"jsonrpc": "2.0", "id": n, "method": m, "params": p} for n, (m, p) in enumerate(messages)]
    ways["stdio, legacy"] = stdio(guide, variables, lines)
    return ways


def stdio(guide, variables, lines):
    done = guide.run("stdio", variables=variables, text="".join(json.dumps(line) + "\n" for line in lines))
    answers = {message["id"]: message for message in map(json.loads, done.stdout.splitlines()) if "id" in message}
    return [answers[number] for number in sorted(number for number in answers if isinstance(number, int))]


def users_mode(store):
    return {"MCP_ENABLE_USER_AUTH": "true", "MCP_USERS_FILE": str(store)}


@check
def user_based_authentication_is_enabled_by_its_switch_alone(guide):
    with guide.serve(users_mode(guide.users())) as server:
        expect(ask(server, None, "tools/list").status == 401, "open without a key")


@check
def create_the_first_admin_account_then_further_accounts_by_the_create_user_tool(guide):
    store = guide.users()
    key = guide.first_admin(store)
    with guide.serve(users_mode(store)) as server:
        made = tool(server, key, "create_user", {"username": "ann"})
        expect(not made.get("isError"), made)
        users = tool(server, key, "list_users")["structuredContent"]["users"]
        expect({(user["username"], user["role"]) for user in users} == {("admin", "admin"), ("ann", "user")}, users)


@check
def only_the_first_account_can_be_created_via_the_CLI(guide):
    store = guide.users()
    guide.first_admin(store)
    before = store.read_bytes()
    again = guide.run("create-admin", "--username", "second", "--key-out", "-", variables={"MCP_USERS_FILE": str(store)})
    expect(again.returncode != 0 and store.read_bytes() == before, again)


@check
def the_last_admin_user_cannot_be_deleted(guide):
    store = guide.users()
    key = guide.first_admin(store)
    with guide.serve(users_mode(store)) as server:
        for name, arguments in (("delete_user", {}), ("set_role", {"role": "user"}), ("disable_user", {})):
            refused = tool(server, key, name, {"username": "admin", **arguments})
            expect(refused.get("isError"), f"{name}: {refused}")
        expect(ask(server, key, "tools/list").status == 200, "the admin is gone")


@check
def API_keys_are_stored_as_SHA_256_hashes(guide):
    store = guide.users()
    key = guide.first_admin(store)
    text = store.read_text()
    expect(key not in text and hashlib.sha256(key.encode()).hexdigest() in text, text)


@check
def the_users_file_has_restrictive_permissions(guide):
    store = guide.users()
    guide.first_admin(store)
    expect(stat.S_IMODE(store.stat().st_mode) == 0o600, oct(store.stat().st_mode))
    store.chmod(0o644)
    refused = guide.run("http", "--port", "0", variables=users_mode(store))
    expect(refused.returncode == 1 and str(store) in refused.stderr, refused)


@check
def admins_have_full_access_and_regular_users_are_read_only(guide):
    store = guide.users()
    admin = guide.first_admin(store)
    with guide.serve(users_mode(store)) as server:
        made = tool(server, admin, "create_user", {"username": "ann"})
        regular = made["structuredContent"]["api_key"]
        messages = [("tools/list", {}), ("tools/call", {"name": "lock", "arguments": {"project": "nowhere"}}),
                    ("tools/call", {"name": "create_user", "arguments": {"username": "eve", "role": "admin"}})]
        wait_until(lambda: ask(server, regular, "tools/list").status == 200, "the new user is not let in")
        for way, (listed, locked, created) in every_way(guide, server, store, regular, messages).items():
            expect(listed["result"]["tools"] == [], f"{way}: {listed}")
            for denied in (locked, created):
                expect(text_of(denied["result"]).startswith('Denied: role "user" may not use '), f"{way}: {denied}")
        for way, (listed, locked) in every_way(guide, server, store, admin, messages[:2]).items():
            names = {one["name"] for one in listed["result"]["tools"]}
            expect(names == PACKAGE_TOOLS | INDEX_TOOLS | USER_TOOLS, f"{way}: {names}")
            expect("Denied" not in text_of(locked["result"]), f"{way}: {locked}")


@check
def legacy_single_API_key_mode(guide):
    variables = {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": SINGLE, "MCP_SINGLE_API_KEY_MODE": "true"}
    with guide.serve(variables) as server:
        expect(ask(server, SINGLE, "tools/list").status == 200, "the key is refused")
        expect(ask(server, make_key(), "tools/list").status == 401, "another key is taken")
        expect(ask(server, None, "tools/list").status == 401, "no key is taken")


@check
def strong_API_keys_of_at_least_32_characters(guide):
    for weak in ("a" * 31, "your-secure-api-key-here", "your-key", "<admin-api-key>"):
        done = guide.run("http", "--port", "0", variables={"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": weak})
        expect(done.returncode == 1 and "MCP_API_KEY" in done.stderr and weak not in done.stderr, done)


@check
def API_keys_are_stored_securely_in_files_that_only_their_owner_writes(guide):
    file = guide.directory / "key"
    file.write_text(SINGLE)
    file.chmod(0o600)
    variables = {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY_FILE": str(file)}
    with guide.serve(variables) as server:
        expect(ask(server, SINGLE, "tools/list").status == 200, "the key of the file is refused")
    file.chmod(0o666)
    done = guide.run("http", "--port", "0", variables=variables)
    expect(done.returncode == 1 and "chmod go-w" in done.stderr, done)


@check
def API_keys_are_rotated_without_a_gap(guide):
    old, new = make_key(), make_key()
    variables = {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": new, "MCP_PREVIOUS_API_KEY": old}
    with guide.serve(variables) as server:
        expect([ask(server, key, "tools/list").status for key in (old, new)] == [200, 200], "not both keys count")
    store = guide.users()
    first = guide.first_admin(store)
    with guide.serve(users_mode(store)) as server:
        second = tool(server, first, "rotate_key", {"username": "admin", "grace_s": 3600})["structuredContent"]["api_key"]
        expect(tool(server, first, "list_users")["structuredContent"]["users"], "the old key ended at once")
        wait_until(lambda: ask(server, second, "tools/list").status == 200, "the new key is not taken")


def install(guide, way, key, package):
    """What `install` says of one package, over HTTP or stdio."""
    arguments = {"name": "install", "arguments": {"packages": [package]}}
    if way != "stdio":
        return ask(way, key, "tools/call", arguments).json()["result"]
    [answer] = stdio(guide, guide.variables, [modern("tools/call", arguments, 0)])
    return answer["result"]


def judge_packages(guide, variables, denied):
    guide.variables = {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": SINGLE, **variables}
    with guide.serve(guide.variables) as server:
        for package, rule in denied.items():
            for way in (server, "stdio"):
                result = install(guide, way, SINGLE, package)
                expect(result.get("isError") and rule in text_of(result), f"{package}: {result}")
    expect(not (guide.project / ".venv").exists(), "something was installed")


@check
def allow_only_specific_packages(guide):
    denied = {name: "allowed_packages" for name in ("flask", "evil-requests", "requests-evil", "Requestz")}
    judge_packages(guide, {"MCP_ALLOWED_PACKAGES": "requests,pytest,fastapi"}, denied)


@check
def block_malicious_packages(guide):
    denied = {"malicious": "blocked_packages[0]", "Malicious_Thing": "blocked_packages[0]", "malicious.x": "blocked_packages[0]",
              "x-evil": "blocked_packages[1]", "X_Evil": "blocked_packages[1]", "x.evil>=1": "blocked_packages[1]"}
    judge_packages(guide, {"MCP_BLOCKED_PACKAGES": "malicious.*,.*-evil"}, denied)


@check
def restrict_network_access(guide):
    with guide.serve({}) as server:
        expect(server.url.startswith("http://127.0.0.1:"), server.url)
    done = guide.run("http", "--host", "0.0.0.0", "--port", "0")
    expect(done.returncode == 1 and "authentication" in done.stderr, done)


@check
def use_HTTPS_in_production(guide):
    """Keys in clear are warned of; TLS itself is the matter of clients.http_tls."""
    variables = {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": SINGLE, "MCP_HOST": "0.0.0.0"}
    with guide.serve(variables) as server:
        server.wait_for_log(lambda line: line.get("level") == "WARN" and "unencrypted" in line["message"], "a warning")


@check
def package_names_are_never_options_or_commands(guide):
    marker = guide.directory / "injected"
    with guide.serve({}) as server:
        for package in ("--index-url=https://evil.example/simple", "-r/etc/passwd", "-e .", f"six; touch {marker}",
                        f"$(touch {marker})", f"`touch {marker}`", "six\n--pre", "./six", "/tmp/six", "six @ file:///tmp/six",
                        "git+https://evil.example/six", "ſix", "six\0"):
            answer = ask(server, None, "tools/call", {"name": "install", "arguments": {"packages": [package]}}).json()
            expect("error" in answer or answer["result"].get("isError"), f"{package!r}: {answer}")
    expect(not marker.exists(), "a command was run")


@check
def file_paths_are_restricted_to_the_project_root(guide):
    outside = guide.directory / "outside"
    outside.mkdir()
    (outside / "pyproject.toml").write_text('[project]\nname = "o"\nversion = "1"\n')
    os.symlink(outside, guide.project / "link")
    with guide.serve({}) as server:
        for project in (str(outside), "..", "../outside", "link", "/", "/etc", "a/../../outside", "."  + "/.." * 9):
            result = tool(server, None, "lock", {"project": project})
            expect(result.get("isError"), f"{project}: {result}")
    expect(not (outside / "uv.lock").exists(), "a project outside was locked")


@check
def all_inputs_are_validated(guide):
    with guide.serve({}) as server:
        for arguments in ({"packages": "six"}, {"packages": [1]}, {}, {"packages": ["six"], "more": 1}, {"packages": None}):
            result = tool(server, None, "install", arguments)
            expect(result.get("isError") and "Invalid arguments" in text_of(result), f"{arguments}: {result}")


@check
def the_health_check_endpoint(guide):
    """Status, version and uv_available, for everybody; without uv the server serves, degraded."""
    with guide.serve({"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": SINGLE}) as server, Wire(server.port) as wire:

        def health():
            answer = wire.send(request(server.port, b"", {"Content-Length": None}, method="GET", target="/health")).answer()
            expect(answer.status == 200, answer)
            return answer.json()

        wait_until(lambda: "uv_available" in health(), "uv-package does not say whether there is uv")
        said = health()
        expect(said["status"] == ("healthy" if said["uv_available"] else "degraded") and said["version"], said)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-guide-") as directory:
        return run_checks(Guide(arguments.build, directory), only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
