# SPDX-License-Identifier: Apache-2.0
"""Secrets planted in every input, header, variable, argument and result, over HTTP, stdio and the
command line; then a search of the journal, what is exported and shown of it, the second place and
the logs at DEBUG. A secret counts as found also by a part of twelve characters, in base64 or in
hexadecimal. Where a value is recorded in clear the secrets have the shapes that the redactor knows;
elsewhere they have none. A word that is no secret goes the same ways, and has to be found.
canaries.py --build DIR"""

import argparse
import base64
import json
import sys
import tempfile
from pathlib import Path

from machine import USERS_MODE, Machine, ask, tool  # the paths of the next ones, too
from http_wire import LEGACY, Wire, call, modern, modern_headers, request
from planted import Canaries, Corpus, fake_uv
from secret_shapes import SHAPES, core
from toolpost_process import Build
from world import PREVIOUS, SINGLE, USERS

PART = 12
ROOT = USERS["root"]
HELLO = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
META = "io.modelcontextprotocol/"


def forms(secret):
    """The secret as it may come out: its parts, and the encodings that hide it."""
    yield from (secret[at:at + PART] for at in range(0, len(secret) - PART + 1, 4))
    data = secret.encode()
    yield data.hex()
    for shift in range(3):  # base64 looks different at each of three alignments
        text = base64.b64encode(b"x" * shift + data).decode()
        yield text[4:4 + 4 * ((len(data) - 3) // 3)]


class AuditCanaries(Canaries):
    """Every secret by where it was planted, and one word that is no secret."""

    def __init__(self):
        super().__init__()
        self.word = "w" + core(15).lower()

    def shaped(self, where):
        """A text for each shape; what must not come out of it is planted."""
        for name, make in SHAPES.items():
            text, self.planted[f"{name} as {where}"] = make()
            yield text

    def found_in(self, text):
        return [where for where, secret in self.planted.items() if any(form in text for form in forms(secret))]


def modern_as(client, method, params, call_id=1, **more):
    """A modern request of a client that says this of itself."""
    return modern(method, params, call_id, meta={META + "clientInfo": client, **more})


def send(server, message, **headers):
    own = {name: value for name, value in modern_headers(message).items() if value is None or value.isascii() and value.isprintable()}
    return call(server.port, message, {**own, "X-API-Key": ROOT, **headers})


def clear_places(canaries):
    """Requests with a secret of each shape where the record shows what the client says."""
    call_echo = {"name": "echo", "arguments": {"text": "x"}}
    client = {"name": "t", "version": "1"}
    yield modern_as({"name": canaries.word, "version": "1"}, "tools/call", call_echo)
    yield modern("tools/call", {"name": canaries.word})
    for text in canaries.shaped("the client's name"):
        yield modern_as({"name": text, "version": "1"}, "tools/call", call_echo)
    for text in canaries.shaped("the client's version"):
        yield modern_as({"name": "t", "version": f"1 ({text})"}, "tools/call", call_echo)
    for text in canaries.shaped("a client's name at the end of what is kept"):
        yield modern_as({"name": "n" * 105 + " " + text, "version": "1"}, "tools/call", call_echo)
    for text in canaries.shaped("the name of an unknown tool"):
        yield modern_as(client, "tools/call", {"name": text, "arguments": {}})
    for text in canaries.shaped("a tool's name at the end of what is kept"):
        yield modern_as(client, "tools/call", {"name": "n" * 235 + " " + text, "arguments": {}})
    for text in canaries.shaped("an unknown method"):
        yield modern_as(client, f"tools/{text}", {})
    for text in canaries.shaped("the id of a request"):
        yield modern_as(client, "tools/call", call_echo, text)
    for text in canaries.shaped("the name of an unknown argument"):
        yield modern_as(client, "tools/call", {"name": "echo", "arguments": {"text": "x", text: 1}})
    for text in canaries.shaped("a trace"):
        yield modern_as(client, "tools/call", call_echo, traceparent=text)
    for text in canaries.shaped("a package"):
        yield modern_as(client, "tools/call", {"name": "install", "arguments": {"packages": ["six", f"six @ {text}"]}})
    for text in canaries.shaped("a project"):
        yield modern_as(client, "tools/call", {"name": "lock", "arguments": {"project": text}})
    for text in canaries.shaped("a user's name"):
        yield modern_as(client, "tools/call", {"name": "create_user", "arguments": {"username": text}})
    for text in canaries.shaped("a key id"):
        yield modern_as(client, "tools/call", {"name": "rotate_key", "arguments": {"username": text, "key_id": text}})


def hidden_places(canaries):
    """Requests with a secret of no shape where nothing is shown in clear."""
    secret = canaries.new
    call_echo = {"name": "echo", "arguments": {"text": "x"}}
    yield modern("tools/call", {"name": "echo", "arguments": {"text": secret("a text")}})
    yield modern("tools/call", {"name": "echo", "arguments": {"text": {"a": [{"password": secret("deep in an argument")}]}}})
    yield modern("tools/call", {"name": "echo", "arguments": {"text": "x", "more": secret("an unknown argument")}})
    yield modern("tools/call", {"name": "echo", "arguments": {"text": [secret("a list"), 1]}})
    yield modern("tools/call", {"name": "nothing", "arguments": {"token": secret("arguments of an unknown tool")}})
    yield modern("tools/call", {"name": "create_user", "arguments": {"username": "x1", "role": "admin", "api_key": secret("a key")}})
    yield modern("tools/call", {"name": "echo", "arguments": secret("arguments that are a text")})
    yield modern("tools/call", call_echo, meta={"progressToken": secret("a progress token")})
    yield modern("tools/call", call_echo, meta={"example.org/auth": secret("a member of _meta")})
    yield modern("tools/call", {**call_echo, "token": secret("an unknown parameter")})
    yield modern("tools/list", {"cursor": secret("a cursor")})
    yield modern("resources/read", {"uri": f"file:///{secret('a resource')}"})
    yield modern("prompts/get", {"name": "p", "arguments": {"key": secret("an argument of a prompt")}})


def attack_headers(server, canaries):
    """Secrets in what stands around a request, and in what is none."""
    secret = canaries.new
    listing = modern("tools/list")
    for headers in (
        {"Authorization": f"Bearer {secret('a wrong bearer token')}", "X-API-Key": None},
        {"Authorization": f"Basic {secret('another scheme')}", "X-API-Key": None},
        {"Authorization": f"Bearer {ROOT}", "X-API-Key": secret("both headers")},
        {"X-API-Key": secret("a wrong X-API-Key")},
        {"X-API-Key": PREVIOUS},
        {"X-API-Key": SINGLE},
        {"Cookie": f"key={secret('a cookie')}"},
        {"User-Agent": f"agent {secret('a user agent')}"},
        {"X-Auth-Token": secret("an unknown header")},
        {"X-Forwarded-For": secret("a forwarded address")},
        {"Forwarded": f"for={secret('a forwarded node')}"},
        {"Traceparent": secret("a trace header")},
        {"Baggage": f"token={secret('baggage')}"},
        {"Mcp-Session-Id": secret("an unknown session id")},
        {"Origin": f"https://u:{secret('an origin')}@evil.example"},
        {"Host": f"{secret('a host')}.example"},
        {"Last-Event-ID": secret("an event's id")},
    ):
        send(server, listing, **headers)
    send(server, modern("tools/call", {"name": "echo", "arguments": {"text": "x"}}), **{"Mcp-Name": secret("a name that differs")})
    call(server.port, listing, {**modern_headers(listing), "X-API-Key": ROOT}, target=f"/mcp?api_key={secret('a query')}")
    call(server.port, listing, {**modern_headers(listing), "X-API-Key": ROOT}, target=f"/{secret('a path')}")
    call(server.port, b'{"jsonrpc":"2.0","id":1,"key":"' + secret("a body that is no JSON").encode(), {"X-API-Key": ROOT})
    with Wire(server.port) as wire:
        wire.send(request(server.port, listing, {"X-API-Key": ROOT}).replace(b"Host:", f"X A: {secret('a malformed head')}\r\nHost:".encode(), 1)).rest()


def legacy_session(server, canaries):
    """The session's id lets its holder in together with the key, so it is a secret, too."""
    headers = {"X-API-Key": ROOT}
    client = {"name": "t", "version": "1", "token": canaries.new("a member of clientInfo")}
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {**HELLO, "clientInfo": client}}
    headers["Mcp-Session-Id"] = canaries.planted["the id of a session"] = call(server.port, hello, headers).headers["mcp-session-id"]
    params = {"name": "echo", "arguments": {"text": canaries.new("a text of a session")}}
    call(server.port, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}, headers)
    params = {"requestId": 1, "reason": canaries.new("the reason of a cancellation")}
    call(server.port, {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}, headers)
    call(server.port, b"", {**headers, "Content-Length": "0"}, method="DELETE")


def made_keys(server, canaries):
    """Results whose secret part is marked: nobody but the client sees it."""
    for name, arguments in (("create_user", {"username": canaries.word}), ("rotate_key", {"username": canaries.word})):
        answer = tool(server, ROOT, name, arguments)
        if "result" not in answer:
            raise RuntimeError(f"{name}: {answer}")
        result = answer["result"]
        canaries.planted[f"the key that {name} made"] = result["structuredContent"]["api_key"].split("_", 2)[2][:43]


def other_ways_in(machine, canaries, corpus):
    """stdio and the commands, with secrets in what they read; standard output is the caller's own."""
    lines = [*hidden_places(canaries)][:8] + [modern_as({"name": text, "version": "1"}, "tools/call", {"name": "echo", "arguments": {"text": "x"}})
                                               for text in canaries.shaped("the client's name on stdio")]
    for number, line in enumerate(lines):
        line["id"] = f"stdio-{number}"
    text = "".join(json.dumps(line) + "\n" for line in lines) + '{"key":"' + canaries.new("a line that is no JSON") + "\n"
    done = machine.run("stdio", "-v", variables={**USERS_MODE, "MCP_API_KEY": ROOT}, text=text)
    corpus.add("the log of stdio", done.stderr)
    done = machine.run("stdio", "-v", variables={**USERS_MODE, "MCP_API_KEY": canaries.new("a wrong key on stdio")})
    corpus.add("the log of stdio", done.stderr)
    done = machine.run("call", "echo", json.dumps({"text": canaries.new("an argument of the command call")}))
    corpus.add("the log of call", done.stderr)
    store = machine.directory / "first" / "users.json"
    store.parent.mkdir(mode=0o700)
    done = machine.run("create-admin", "--username", "first", "--key-out", "-", variables={"MCP_USERS_FILE": str(store)})
    canaries.planted["the key that create-admin made"] = done.stdout.strip().splitlines()[-1].split("_", 2)[2][:43]
    corpus.add("the log of create-admin", done.stderr)
    for words in (["create-admin"], ["users", "recover"]):
        for place in (store, store.with_name("none.json")):
            done = machine.run(*words, "--username", canaries.new(f"a user's name to {' '.join(words)} with {place.name}"), "--key-out", "-",
                               variables={"MCP_USERS_FILE": str(place)})
            corpus.add("the log of a users' command that is refused", done.stdout + done.stderr)


def read_back(machine, corpus, server):
    corpus.add("the log", server.log_text())
    corpus.add_files(machine.ledger)
    corpus.add("the second place", machine.anchor.read_text())
    for words in (["export"], ["export", "--user", "root"], ["export", "--verify"], ["tail", "-n", "100000"], ["verify"], ["verify", "--json"]):
        done = machine.run("audit", *words)
        corpus.add(f"audit {' '.join(words)}", done.stdout + done.stderr)
    for words in (["config", "print", "--origins"], ["doctor"]):
        done = machine.run(*words, variables=variables_of(machine))
        corpus.add(" ".join(words), done.stdout + done.stderr)


def variables_of(machine):
    return {**USERS_MODE, "MCP_SINGLE_API_KEY_MODE": "true", "MCP_API_KEY": SINGLE, "MCP_PREVIOUS_API_KEY": PREVIOUS,
            "AWS_SECRET_ACCESS_KEY": machine.foreign, "MCP_LOG_LEVEL": "DEBUG"}


def run(machine, canaries):
    """All secrets planted; returns what came out and how many requests were answered."""
    corpus = Corpus()
    machine.foreign = canaries.new("a foreign variable")
    record = machine.directory / "uv-was-called"
    machine.packages["uv"] = str(fake_uv(machine.directory, record, canaries.new("an error of uv")))
    # Whoever plants this much asks more often than a usual caller may.
    with machine.serve(variables_of(machine), rate={"principal_per_minute": 0, "address_per_minute": 0, "tool_per_minute": 0}) as server:
        answered = sum(send(server, message).status < 500 for message in (*clear_places(canaries), *hidden_places(canaries)))
        attack_headers(server, canaries)
        legacy_session(server, canaries)
        made_keys(server, canaries)
        ask(server, ROOT, "tools/call", {"name": "lock", "arguments": {}})
    other_ways_in(machine, canaries, corpus)
    read_back(machine, corpus, server)
    called = record.exists() and "lock" in record.read_text()
    return corpus, answered, called


def leaks_of(canaries, corpus):
    """The places in which each secret was found."""
    leaks = {}
    for place, text in corpus.texts.items():
        for secret in canaries.found_in(text):
            leaks.setdefault(secret, []).append(place)
    return leaks


def controls_of(canaries, corpus):
    """A word that is no secret comes out wherever secrets were looked for, in each form of the search."""
    word = AuditCanaries()
    word.planted = {"the word": canaries.word}
    found = [where for where, text in corpus.texts.items() if word.found_in(text)]
    places = ("file", "audit export", "audit export --user root", "audit export --verify", "audit tail", "the log")
    controls = {f"a word that is no secret is found in {place}": any(where.startswith(place) for where in found) for place in places}
    hidden = {"part": canaries.word[:13], "base64": base64.b64encode(b"ab" + canaries.word.encode()).decode(), "hexadecimal": canaries.word.encode().hex()}
    controls.update((f"it is found by its {name}", bool(word.found_in(f"x{text}x"))) for name, text in hidden.items())
    return controls


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    build = parser.parse_args().build
    canaries = AuditCanaries()
    with tempfile.TemporaryDirectory(prefix="toolpost-audit-canaries-") as directory:
        machine = Machine(build, Path(directory))
        corpus, answered, called = run(machine, canaries)
        outcomes = machine.records("outcome")
    leaks = leaks_of(canaries, corpus)
    planted = len(canaries.planted)
    size = sum(map(len, corpus.texts.values()))
    print(f"{planted} secrets planted, {answered} requests answered, {len(outcomes)} outcomes recorded, {len(corpus.texts)} places searched, {size} bytes")
    print("\n".join(f"FAIL  {secret} is in {', '.join(places)}" for secret, places in leaks.items()) or "nothing found")
    controls = controls_of(canaries, corpus)
    controls["the stand-in for uv was called"] = called
    controls["what was sent was answered and recorded"] = min(answered, len(outcomes)) > len(SHAPES) * 10
    for name, holds in controls.items():
        print(f"{'ok   ' if holds else 'FAIL '} {name}")
    failed = len(leaks) + sum(not holds for holds in controls.values())
    print(f"{planted + len(controls) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
