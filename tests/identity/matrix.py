# SPDX-License-Identifier: Apache-2.0
"""Transport x mode x credential x role: each cell has one expected answer.
matrix.py --build DIR"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from http_wire import LEGACY, Wire, call, modern, modern_headers, request  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402
from world import CONFIG_ROLES, CREDENTIALS, MODES, RIGHTS, TRUSTED, environment, role_over_http, users_file  # noqa: E402

PLUGINS = ("io.toolpost.echo", "io.toolpost.countdown")
CALLS = {"echo": {"text": "hello"}, "countdown": {"from": 1, "interval_ms": 1}}
UNAUTHORIZED = {"jsonrpc": "2.0", "error": {"code": 40100, "message": "Unauthorized: a valid API key is required"}}
PATIENCE_S = 30

_passed, _failed = 0, []


def cell(name, got, expected):
    global _passed
    if got == expected:
        _passed += 1
    else:
        _failed.append(name)
        print(f"FAIL  {name}\n      expected {expected}\n      got      {got}", flush=True)


def header(style, key):
    if key is None:
        return {}
    return {"Authorization": f"Bearer {key}"} if style == "bearer" else {"X-API-Key": key}


def outcome(result, tool):
    """What came of a call: served, or denied by which rule."""
    if "error" in result:
        return f"error {result['error']['code']}"
    text = " ".join(part.get("text", "") for part in result["result"]["content"])
    if not result["result"].get("isError"):
        return "served"
    return text if text.startswith("Denied: ") and f"may not use {tool} " in text else f"failed: {text}"


def names_in(answer):
    """The tools of a list, or None where there is no list."""
    tools = answer.get("result", {}).get("tools")
    return None if tools is None else {tool["name"] for tool in tools}


def expected_outcome(role, tool):
    if tool in RIGHTS[role]:
        return "served"
    who = f'role "{role}"' if role else "a caller without a key"
    return f"Denied: {who} may not use {tool} (rule {f'roles.{role}.tools' if role else 'anonymous'})"


class Modern:
    """One client of the modern era; every request stands for itself."""

    def __init__(self, server, headers):
        self._port, self._headers = server.port, headers

    def ask(self, method, params=None):
        message = modern(method, params)
        return call(self._port, message, {**modern_headers(message), **self._headers})


class Legacy:
    """One client of the legacy era, with a session."""

    def __init__(self, server, headers):
        self._port, self._headers = server.port, dict(headers)
        hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        self.opened = self.ask("initialize", hello)
        if "mcp-session-id" in self.opened.headers:
            self._headers["Mcp-Session-Id"] = self.opened.headers["mcp-session-id"]

    def ask(self, method, params=None):
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
        return call(self._port, message, self._headers)


def http_cells(server, mode):
    for credential, key in CREDENTIALS.items():
        role = role_over_http(mode, credential)
        for style in ("bearer", "x-api-key") if key else ("bearer",):
            for client in (Modern, Legacy):
                name = f"http {client.__name__.lower()}, {mode}, {credential} by {style}"
                one = client(server, header(style, key))
                listed = one.ask("tools/list")
                if role is None:
                    cell(f"{name}: list", (listed.status, listed.json()), (401, UNAUTHORIZED))
                    refused = one.ask("tools/call", {"name": "echo", "arguments": CALLS["echo"]})
                    cell(f"{name}: call", (refused.status, refused.json()), (401, UNAUTHORIZED))
                    continue
                cell(f"{name}: list", (listed.status, names_in(listed.json())), (200, RIGHTS[role]))
                for tool, arguments in CALLS.items():
                    answer = one.ask("tools/call", {"name": tool, "arguments": arguments})
                    cell(f"{name}: call {tool}", outcome(answer.json(), tool), expected_outcome(role, tool))


def session_cells(server, mode):
    """A session belongs to whom it was opened by, and is no credential."""
    if mode != "both":
        return
    hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    opened = call(server.port, message, header("bearer", CREDENTIALS["root"]))
    session = {"Mcp-Session-Id": opened.headers["mcp-session-id"]}
    ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
    for credential, status in (("root", 200), ("ann", 404), ("single", 404), ("none", 401), ("wrong", 401)):
        answer = call(server.port, ping, {**session, **header("bearer", CREDENTIALS[credential])})
        cell(f"session of root used by {credential}", answer.status, status)
    with Wire(server.port) as wire:
        headers = {**session, **header("bearer", CREDENTIALS["ann"])}
        deleted = wire.send(request(server.port, b"", headers, method="DELETE")).answer()
    cell("session of root deleted by ann", deleted.status, 404)
    answer = call(server.port, ping, {**session, **header("bearer", CREDENTIALS["root"])})
    cell("session of root is still there", answer.status, 200)


def shape_cells(server, mode):
    """Ways to present a key that are not one of the two."""
    if mode != "single":
        return
    key = CREDENTIALS["single"]
    shapes = {
        "both headers": ({"Authorization": f"Bearer {key}", "X-API-Key": key}, 400),
        "the key without a scheme": ({"Authorization": key}, 401),
        "another scheme": ({"Authorization": f"Basic {key}"}, 401),
        "the old header": ({"X-Auth-Token": key}, 401),
        "a longer key": ({"X-API-Key": key + "x"}, 401),
        "a shorter key": ({"X-API-Key": key[:-1]}, 401),
        "other case": ({"X-API-Key": key.swapcase()}, 401),
        "lower-case scheme": ({"authorization": f"bearer {key}"}, 200),
    }
    message = modern("tools/list")
    for name, (headers, status) in shapes.items():
        cell(f"shape: {name}", call(server.port, message, {**modern_headers(message), **headers}).status, status)
    with Wire(server.port) as wire:
        raw = request(server.port, message, {**modern_headers(message), "X-API-Key": key})
        twice = raw.replace(b"X-API-Key", b"X-API-Key: x\r\nX-API-Key", 1)
        cell("shape: the header twice", wire.send(twice).answer().status, 400)
    answer = call(server.port, message, modern_headers(message), target=f"/mcp?api_key={key}")
    cell("shape: in the query", answer.status, 401)


# Nobody is told to wait here; that has a test of its own.
SETTINGS = {"roles": CONFIG_ROLES, "rate": {"failures_per_minute": 1_000_000, "failure_burst": 1_000_000}}


def config_of(build, directory, **more):
    return build.write_config(directory, PLUGINS, trusted=(TRUSTED,), **SETTINGS, **more)


def run_stdio(build, directory, variables, messages, **more):
    """Exit code, answers by id, and stderr of one `toolpost stdio` that gets `messages`."""
    path = config_of(build, directory, **more)
    text = "".join(json.dumps(message) + "\n" for message in messages)
    done = subprocess.run([str(build.binary), "stdio", "--config", str(path)], input=text, capture_output=True,
                          text=True, timeout=PATIENCE_S, env=variables)
    answers = {}
    for line in done.stdout.splitlines():
        message = json.loads(line)
        answers[message.get("id")] = message
    return done.returncode, answers, done.stderr


def stdio_messages(era):
    asks = [("tools/list", {})] + [("tools/call", {"name": tool, "arguments": CALLS[tool]}) for tool in CALLS]
    if era == "modern":
        return [modern(method, params, number) for number, (method, params) in enumerate(asks)]
    hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    first = {"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": hello}
    return [first] + [{"jsonrpc": "2.0", "id": number, "method": method, "params": params}
                      for number, (method, params) in enumerate(asks)]


def judge_stdio(name, run, role):
    code, answers, _ = run
    cell(f"{name}: exit", code, 0)
    cell(f"{name}: list", names_in(answers.get(0, {})), RIGHTS[role])
    for number, tool in enumerate(CALLS, 1):
        got = outcome(answers[number], tool) if number in answers else "no answer"
        cell(f"{name}: call {tool}", got, expected_outcome(role, tool))


def stdio_cells(build, directory, store):
    """The identity is that of the key in MCP_API_KEY; the mode decides what it means."""
    key_file = Path(directory) / "single.key"
    key_file.write_text(CREDENTIALS["single"] + "\n")
    key_file.chmod(0o600)
    single = {"auth": {"enabled": True, "api_key_file": str(key_file)}}
    for era in ("modern", "legacy"):
        messages = stdio_messages(era)
        for credential, key in CREDENTIALS.items():
            given = {"MCP_API_KEY": key} if key else {}
            name = f"stdio {era}, users, {credential}"
            run = run_stdio(build, directory, environment({"MCP_ENABLE_USER_AUTH": "true", **given}, store), messages)
            role = None if credential == "none" else role_over_http("users", credential)
            if credential == "none" or role:
                judge_stdio(name, run, role)
            else:
                cell(f"{name}: exits", (run[0], run[1]), (1, {}))
            name = f"stdio {era}, single, {credential}"
            run = run_stdio(build, directory, environment(given), messages, **single)
            if credential in ("none", "single"):  # without a variable it speaks for the file
                judge_stdio(name, run, "admin")
            else:
                cell(f"{name}: exits", (run[0], run[1]), (1, {}))
        judge_stdio(f"stdio {era}, open", run_stdio(build, directory, environment({}), messages), "admin")


def call_cells(build, directory, store):
    """`toolpost call` has the identity of stdio."""
    path = config_of(build, directory)
    for credential, expected in (("root", 0), ("dev", 3), ("none", 3), ("wrong", 1)):
        key = CREDENTIALS[credential]
        variables = environment({"MCP_ENABLE_USER_AUTH": "true", **({"MCP_API_KEY": key} if key else {})}, store)
        command = [str(build.binary), "call", "echo", '{"text":"x"}', "--config", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, env=variables)
        cell(f"call, users, {credential}: exit", done.returncode, expected)


REFUSED = {
    "a key without a mode": ({"MCP_API_KEY": CREDENTIALS["single"]}, "authentication is not switched on"),
    "auth without a key": ({"MCP_ENABLE_AUTH": "true"}, "there is no key"),
    "single key mode without a key": ({"MCP_SINGLE_API_KEY_MODE": "true"}, "there is no key"),
    "both modes without a key": ({"MCP_ENABLE_USER_AUTH": "true", "MCP_SINGLE_API_KEY_MODE": "true"}, "there is no key"),
    "an empty switch": ({"MCP_ENABLE_AUTH": ""}, "MCP_ENABLE_AUTH: is empty"),
    "an empty key": ({"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": ""}, "MCP_API_KEY: is empty"),
    "a switch that is neither": ({"MCP_ENABLE_AUTH": "maybe"}, "MCP_ENABLE_AUTH: expected true or false"),
    "a short key": ({"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": "a1b2c3" * 5}, "32"),
    "the placeholder of a guide": ({"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": "your-secure-api-key-here"}, "MCP_API_KEY: "),
    "a key file that is missing": ({"MCP_ENABLE_AUTH": "true", "MCP_API_KEY_FILE": "/nonexistent"}, "/nonexistent"),
}


def refused_cells(build, directory, store):
    path = config_of(build, directory)
    for transport in ("http", "stdio"):
        for name, (variables, words) in REFUSED.items():
            command = [str(build.binary), transport, "--config", str(path)]
            command += ["--port", "0"] if transport == "http" else []
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=PATIENCE_S, env=environment(variables, store))
            cell(f"{transport} with {name}: exit", done.returncode, 1)
            cell(f"{transport} with {name}: reason", words if words in done.stderr else done.stderr[-300:], words)
    command = [str(build.binary), "http", "--config", str(path), "--host", "0.0.0.0", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, env=environment({}, store))
    cell("http beyond loopback without authentication: exit", done.returncode, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    build = parser.parse_args().build
    with tempfile.TemporaryDirectory(prefix="toolpost-identity-") as directory:
        store = users_file(directory)
        for mode, variables in MODES.items():
            settings = {"trusted": (TRUSTED,), "environment": environment(variables, store), **SETTINGS}
            with HttpServer(build, PLUGINS, **settings) as server:
                http_cells(server, mode)
                session_cells(server, mode)
                shape_cells(server, mode)
        stdio_cells(build, directory, store)
        call_cells(build, directory, store)
        refused_cells(build, directory, store)
    print(f"{_passed} passed, {len(_failed)} failed")
    return 1 if _failed or not _passed else 0


if __name__ == "__main__":
    sys.exit(main())
