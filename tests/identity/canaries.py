# SPDX-License-Identifier: Apache-2.0
"""Secrets planted wherever a secret can come in, and a search of everything that comes out: logs at
DEBUG, answers, errors, metrics, argv and environment of the process and of its children, files. Then the
same with one leak put in on purpose, which the search has to find.
canaries.py --build DIR"""

import argparse
import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / name) for name in ("clients", "metrics")]

from http_wire import LEGACY, Wire, call, modern, modern_headers, request  # noqa: E402
from planted import Canaries, Corpus, fake_uv  # noqa: E402
from scrape import SWITCHED_ON, Metrics  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402
from world import MODES, PREVIOUS, SINGLE, USERS, environment, users_file  # noqa: E402

PATIENCE_S = 60

def attack(server, canaries, corpus):
    """Requests that carry a secret each; all answers go into the corpus."""
    listing = modern("tools/list")
    plain = modern_headers(listing)
    shapes = {
        "a wrong bearer token": {"Authorization": f"Bearer {canaries.new('a wrong bearer token')}"},
        "another scheme": {"Authorization": f"Basic {canaries.new('another scheme')}"},
        "a wrong X-API-Key": {"X-API-Key": canaries.new("a wrong X-API-Key")},
        "the old header": {"X-Auth-Token": canaries.new("the old header")},
        "a cookie": {"Cookie": f"key={canaries.new('a cookie')}"},
        "both headers": {"Authorization": f"Bearer {SINGLE}", "X-API-Key": canaries.new("both headers")},
        "a right key": {"X-API-Key": SINGLE},
        "the previous key": {"X-API-Key": PREVIOUS},
        "a user's key": {"Authorization": f"Bearer {USERS['ann']}"},
        "a session id": {"Mcp-Session-Id": canaries.new("a session id"), "X-API-Key": SINGLE},
    }
    for name, headers in shapes.items():
        corpus.add(f"answer to {name}", repr(call(server.port, listing, {**plain, **headers})))
    secret = canaries.new("the query")
    corpus.add("answer to the query", repr(call(server.port, listing, plain, target=f"/mcp?api_key={secret}")))
    secret = canaries.new("a header that is malformed")
    with Wire(server.port) as wire:
        raw = request(server.port, listing, plain).replace(b"Host:", b"X Auth: " + secret.encode() + b"\r\nHost:", 1)
        corpus.add("answer to a malformed head", wire.send(raw).rest())
    bodies = {
        "arguments that do not fit": {"name": "echo", "arguments": {"text": {"password": canaries.new("arguments that do not fit")}}},
        "arguments of an unknown tool": {"name": "nothing", "arguments": {"token": canaries.new("arguments of an unknown tool")}},
        "a requirement with credentials": {"name": "install", "arguments": {"packages": [f"six @ https://u:{canaries.new('a requirement with credentials')}@index.example/six.whl"]}},
        "a requirement that names a variable": {"name": "install", "arguments": {"packages": ["six @ https://index.example/${MCP_API_KEY}"]}},
        "packages": {"name": "install", "arguments": {"packages": ["six"]}},
    }
    for name, params in bodies.items():
        message = modern("tools/call", params)
        corpus.add(f"answer to {name}", repr(call(server.port, message, {**modern_headers(message), "X-API-Key": SINGLE})))
    secret = canaries.new("a body that is no JSON")
    answer = call(server.port, b'{"jsonrpc":"2.0","id":1,"api_key":"' + secret.encode(), {**plain, "X-API-Key": SINGLE})
    corpus.add("answer to a body that is no JSON", repr(answer))
    hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": canaries.new("clientInfo")}}
    opened = call(server.port, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}, {"X-API-Key": SINGLE})
    corpus.add("answer to initialize", repr(opened))


def process_facts(pid):
    return b"".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))


def commands(build, path, variables, corpus):
    """What other commands print with the same secrets around."""
    for words in (["config", "print", "--origins"], ["config", "check"], ["doctor"], ["doctor", "--checklist"], ["plugin", "list"], ["policy", "why", "ann", "echo"]):
        done = subprocess.run([str(build.binary), *words, "--config", str(path)], capture_output=True, timeout=PATIENCE_S, env=variables)
        corpus.add(f"output of {' '.join(words)}", done.stdout + done.stderr)
    archive = Path(path).parent / "backup.tar"
    done = subprocess.run([str(build.binary), "backup", "create", "--config", str(path), "--out", str(archive)],
                          capture_output=True, timeout=PATIENCE_S, env=variables)
    corpus.add("output of backup create", done.stdout + done.stderr)
    corpus.add("the archive of backup create", archive.read_bytes())


def wrong_starts(build, path, store, canaries, corpus):
    """Starts that are refused because of a secret."""
    starts = {
        "a short key": {"MCP_ENABLE_AUTH": "1", "MCP_API_KEY": canaries.new("a short key")[:31]},
        "a key with a space": {"MCP_ENABLE_AUTH": "1", "MCP_API_KEY": canaries.new("a key with a space") + " x"},
        "a key without a mode": {"MCP_API_KEY": canaries.new("a key without a mode")},
        "a wrong key on stdio": {"MCP_ENABLE_USER_AUTH": "1", "MCP_API_KEY": canaries.new("a wrong key on stdio")},
    }
    canaries.planted["a short key"] = canaries.planted["a short key"][:31]
    for name, variables in starts.items():
        done = subprocess.run([str(build.binary), "stdio", "--config", str(path), "-v"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE_S, env=environment(variables, store))
        corpus.add(f"output of a start with {name} ({done.returncode})", done.stdout + done.stderr)


def run(build, leak):
    """One world with all secrets planted; returns the canaries and what came out."""
    canaries, corpus = Canaries(), Corpus()
    with tempfile.TemporaryDirectory(prefix="toolpost-canaries-") as directory:
        store = users_file(directory)
        project, record, state = Path(directory) / "project", Path(directory) / "record", Path(directory) / "state"
        project.mkdir()
        (project / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\n')
        uv = fake_uv(directory, record, canaries.new("an error of uv"))
        previous = Path(directory) / "previous.key"
        previous.write_text(PREVIOUS)
        previous.chmod(0o600)
        metrics_key = Path(directory) / "metrics.key"
        metrics_key.write_text(canaries.new("the key of the metrics"))
        metrics_key.chmod(0o600)
        variables = environment({**MODES["both"], "XDG_STATE_HOME": str(state), "AWS_SECRET_ACCESS_KEY": canaries.new("a foreign variable")}, store)
        del variables["MCP_PREVIOUS_API_KEY"]
        config = {
            "packages": {"uv": str(uv), "project_root": str(project)},
            "auth": {"previous_api_key_file": str(previous)},
            "metrics": {**SWITCHED_ON, "key_file": str(metrics_key)},
            "log": {"level": "DEBUG", "file": str(Path(directory) / "log.json")},
            **({"server": {"instructions": f"call with {SINGLE}"}} if leak else {}),
        }
        with HttpServer(build, ("io.toolpost.echo",), environment=variables, **config) as server:
            attack(server, canaries, corpus)
            corpus.add("the metrics", Metrics(server).page({"Authorization": f"Bearer {metrics_key.read_text()}"}).text)
            # environ holds what the process was started with; the foreign variable is not ours.
            facts = process_facts(server.process.pid)
            corpus.add("the process", facts.replace(canaries.planted["a foreign variable"].encode(), b""))
            config_path = Path(server.process.args[server.process.args.index("--config") + 1])
            commands(build, config_path, variables, corpus)
            wrong_starts(build, config_path, store, canaries, corpus)
            corpus.add("the log", server.log_text())
        corpus.add_files(directory, but=(previous, metrics_key, uv))
        children = record.read_text()
    return canaries, corpus, children


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    build = parser.parse_args().build
    canaries, corpus, children = run(build, leak=False)
    leaks = corpus.leaks(canaries)
    size = sum(map(len, corpus.texts.values()))
    print(f"{len(canaries.planted)} secrets planted, {len(corpus.texts)} places searched, {size} bytes")
    print("\n".join(leaks[:40]) or "nothing found")
    called = children.count("--version") and "lock" in children
    print(f"{'ok   ' if called else 'FAIL '} the stand-in for uv was called, so that a child was looked at")
    canaries, corpus, _ = run(build, leak=True)
    control = [one for one in corpus.leaks(canaries) if "initialize" in one]
    print(f"{'ok   ' if control else 'FAIL '} a leak put in on purpose is found: {control}")
    failed = len(leaks) + (not called) + (not control)
    print(f"{len(canaries.planted) + 2 - min(failed, len(canaries.planted))} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
