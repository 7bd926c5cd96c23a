# SPDX-License-Identifier: Apache-2.0
"""The guide's chapter on compliance: what the audit holds, and what it does not."""

import json
import re
import shutil
import stat
import threading
from datetime import datetime, timezone

from machine import USERS_MODE, ask, tool, wait_until  # the paths of the next ones, too
from checks import check, expect
from http_wire import LEGACY, Wire, call, modern, modern_headers, request
from toolpost_process import Failure
from world import SINGLE, USERS, make_key

ROOT, ANN, DEV = USERS["root"], USERS["ann"], USERS["dev"]
ENDED = ("ok", "tool_error", "error", "invalid", "unknown", "denied", "rate_limited", "busy", "cancelled", "timeout",
         "revoked", "stopped", "unavailable")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
DIGEST = re.compile(r"hmac-sha256:[A-Za-z0-9_-]{22}")


def cancel(server, call_id):
    """Begins a call that takes minutes, and closes the connection when it is under way."""
    message = modern("tools/call", {"name": "countdown", "arguments": {"from": 100, "interval_ms": 1000}}, call_id,
                     meta={"progressToken": call_id})
    with Wire(server.port) as wire:
        wire.send(request(server.port, message, {**modern_headers(message), "X-API-Key": ROOT}))
        _, headers = wire.head()
        next(iter(wire.events(headers)))


# Compliance: audit requirements


@check
def all_tool_invocations_logged(guide):
    """Every transport, both eras, every way to end: one outcome each, and one for each intent."""
    machine = guide.machine()
    with machine.serve(USERS_MODE) as server:
        tool(server, ROOT, "echo", {"text": "x"}, "ok")
        tool(server, ROOT, "echo", {"text": 1}, "invalid")
        tool(server, ROOT, "lock", {"project": "nowhere"}, "tool_error")
        tool(server, ROOT, "nothing", {}, "unknown")
        tool(server, ANN, "echo", {"text": "x"}, "denied")
        cancel(server, "cancelled")
        headers = {"Authorization": f"Bearer {ROOT}"}
        hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
        opened = call(server.port, {"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": hello}, headers)
        headers["Mcp-Session-Id"] = opened.headers["mcp-session-id"]
        call(server.port, {"jsonrpc": "2.0", "id": "ok, legacy", "method": "tools/call",
                           "params": {"name": "echo", "arguments": {"text": "x"}}}, headers)
        wait_until(lambda: machine.outcomes_of("cancelled"), "the cancelled call has no outcome")
    answers = machine.stdio([modern("tools/call", {"name": "echo", "arguments": {"text": "x"}}, "ok, stdio")],
                            {**USERS_MODE, "MCP_API_KEY": ROOT})
    expect("result" in answers["ok, stdio"], answers)
    done = machine.run("call", "echo", '{"text":"x"}')
    expect(done.returncode == 0, done)
    ended = {call_id: machine.one_outcome(call_id)["outcome"]
             for call_id in ("ok", "invalid", "tool_error", "unknown", "denied", "cancelled", "ok, legacy", "ok, stdio")}
    expect(all(call_id.split(",")[0] == outcome for call_id, outcome in ended.items()), ended)
    called = [record for record in machine.records("outcome") if record["transport"] == "call"]
    expect([record["outcome"] for record in called] == ["ok"], called)
    outcomes, intents = machine.records("outcome"), machine.records("intent")
    expect(all(record["outcome"] in ENDED and record["duration_us"] >= 0 for record in outcomes), outcomes)
    named = sorted((record["chain"], record["intent"]) for record in outcomes if "intent" in record)
    expect(named == sorted((record["chain"], record["seq"]) for record in intents), (named, intents))
    machine.expect_sound()


@check
def an_invocation_that_a_crash_ended_is_logged(guide):
    """Its intent is there, and the next start says that it has no outcome."""
    machine = guide.machine()
    try:
        with machine.serve(USERS_MODE) as server:
            message = modern("tools/call", {"name": "countdown", "arguments": {"from": 100, "interval_ms": 1000}}, "crash",
                             meta={"progressToken": 1})
            with Wire(server.port) as wire:
                wire.send(request(server.port, message, {**modern_headers(message), "X-API-Key": ROOT}))
                wire.head()
                server.process.kill()
                wire.rest()
    except Failure:
        pass  # that it was killed is what its end says
    with machine.serve(USERS_MODE):
        pass
    [intent] = machine.records("intent")
    [closed] = machine.records("closed")
    expect(closed["of"] == intent["chain"] and not closed["clean"] and closed["unfinished"], closed)
    expect(machine.outcomes_of("crash") == [], "a call that was killed has an outcome")
    machine.expect_sound()


@check
def user_context_captured(guide):
    """Who, with which role and key, from where, with what; also while many call at once."""
    machine = guide.machine()
    callers = {"root": ROOT, "ann": ANN, "dev": DEV}
    with machine.serve(USERS_MODE) as server:

        def call_often(name):
            with Wire(server.port) as wire:
                for number in range(30):
                    tool(server, callers[name], "echo", {"text": "x"}, f"{name}-{number}", wire)

        threads = [threading.Thread(target=call_often, args=(name,)) for name in callers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name in callers:
            tool(server, callers[name], "lock", {"project": "nowhere"}, f"{name}-lock")
    keys = {}
    outcomes = machine.records("outcome")
    expect(len(outcomes) == 93, f"{len(outcomes)} outcomes")
    for record in outcomes:
        name = record["request"].strip('"').split("-")[0]
        expect(record["user"] == name and record["address"] == "127.0.0.1" and record["transport"] == "http", record)
        expect(record["role"] == {"root": "admin", "ann": "user", "dev": "developer"}[name], record)
        keys.setdefault(name, set()).add(record["key_id"])
    expect(all(len(ids) == 1 for ids in keys.values()) and len(set.union(*keys.values())) == 3, keys)


@check
def user_context_captured_of_package_tools_in_every_mode(guide):
    single = {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": SINGLE}
    for variables, key, user in ((USERS_MODE, ROOT, "root"), (single, SINGLE, "legacy"), ({}, None, "local")):
        machine = guide.machine()
        with machine.serve(variables) as server:
            tool(server, key, "install", {"packages": ["./six"]}, "package")
        record = machine.one_outcome("package")
        expect((record["user"], record["role"], record["item"]) == (user, "admin", "install"), record)


@check
def user_context_captured_with_what_the_client_says_of_itself(guide):
    machine = guide.machine()
    hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "editor", "version": "7.1"}}
    lines = [{"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": hello},
             {"jsonrpc": "2.0", "id": "said", "method": "tools/call", "params": {"name": "echo", "arguments": {"text": "x"}}}]
    machine.stdio(lines)
    record = machine.one_outcome("said")
    expect(record["client"] == "editor 7.1" and record["transport"] == "stdio", record)


@check
def timestamps_included(guide):
    """UTC, between what the test's clock says before and after, and a number that has no gap."""
    machine = guide.machine()
    begun = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for _ in range(2):
        with machine.serve() as server:
            for number in range(10):
                tool(server, None, "echo", {"text": "x"}, number)
    ended = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    chains = machine.chains()
    expect(len(chains) == 2, chains.keys())
    for chain in chains.values():
        expect([record["seq"] for record in chain] == list(range(1, len(chain) + 1)), "the numbers have a gap")
        expect(all(TIME.fullmatch(record["time"]) and begun <= record["time"] <= ended for record in chain), (begun, ended, chain))
    times = [record["time"] for record in machine.export()]
    expect(len(times) == len(machine.records()) and times == sorted(times), "the export is not in the order of time")


@check
def immutable_logs(guide):
    """One changed word, one deleted record, a cut end and a lost chain are found and named."""
    machine = guide.machine()
    for _ in range(2):
        with machine.serve() as server:
            for number in range(5):
                tool(server, None, "echo", {"text": "x"}, number)
    machine.expect_sound()
    [first, second] = machine.segments()

    def damaged(name, change):
        copy = machine.directory / name.replace(" ", "-")
        shutil.copytree(machine.ledger, copy)
        change(copy)
        done = machine.verify(copy)
        expect(done.returncode == 3 and done.stdout + done.stderr, f"{name}: {done}")
        return done.stdout + done.stderr

    lines = first.read_bytes().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if b'"outcome":"ok"' in line)
    changed = [*lines[:at], lines[at].replace(b'"outcome":"ok"', b'"outcome":"denied"'), *lines[at + 1:]]
    report = damaged("a changed word", lambda copy: (copy / first.name).write_bytes(b"".join(changed)))
    expect(re.search(rf"\b{json.loads(lines[at])['seq']}\b", report), f"the record is not named: {report}")
    damaged("a deleted record", lambda copy: (copy / first.name).write_bytes(b"".join(lines[:at] + lines[at + 1:])))
    damaged("a cut end", lambda copy: (copy / first.name).write_bytes(b"".join(lines[:at])))
    damaged("the newest chain lost", lambda copy: (copy / second.name).unlink())


@check
def immutable_logs_that_only_grow(guide):
    """What was written before stays byte by byte: under load, over a rotation and over starts."""
    machine = guide.machine()
    before = {}
    for _ in range(3):
        with machine.serve() as server:
            tool(server, None, "echo", {"text": "x"})
            machine.run("audit", "rotate")
            tool(server, None, "echo", {"text": "x"})
            for path, data in before.items():
                expect(path.read_bytes().startswith(data), f"{path.name} was changed")
        before = {path: path.read_bytes() for path in machine.segments()}
    expect(len(before) >= 6, before.keys())


@check
def immutable_logs_apart_from_the_lines_for_operators(guide):
    """The audit is a file of its own: not on standard output, nor among the log's lines."""
    machine = guide.machine()
    log = machine.directory / "log"
    with machine.serve(**{"log": {"level": "DEBUG", "file": str(log)}}) as server:
        tool(server, None, "echo", {"text": "x"})
        hashes = [record["hash"] for record in machine.records()]
    done = machine.run("stdio", text=json.dumps(modern("tools/call", {"name": "echo", "arguments": {"text": "x"}})) + "\n")
    expect(len(done.stdout.splitlines()) == 1, f"more than the answer is on standard output: {done.stdout}")
    said = server.log_text() + log.read_text() + done.stdout + done.stderr
    expect(hashes and not any(one in said for one in hashes), "a record is among the log's lines")


# Compliance: data privacy


@check
def no_sensitive_data_in_logs(guide):
    """Secrets deep in arguments, in results and in what uv says; numbers and lists as well as text."""
    machine = guide.machine()
    secrets = [make_key() for _ in range(4)]
    number = 918273645546372819
    uv = machine.directory / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text('#!/bin/sh\ncase "$1" in --version) echo "uv 0.13.9" ;; help) echo "[default: https://index.example/simple]" ;;\n'
                  f'*) echo "error: https://u:{secrets[2]}@index.example/simple" >&2; exit 2 ;; esac\n')
    uv.chmod(0o755)
    machine.packages["uv"] = str(uv)
    with machine.serve(USERS_MODE) as server:
        said = [tool(server, ROOT, "echo", {"text": secrets[0]}),
                tool(server, ROOT, "echo", {"text": {"deep": [{"password": secrets[1]}, number]}}),
                tool(server, ROOT, "lock", {}),
                tool(server, ROOT, "nothing", {"a": number, "b": [secrets[3]]})]
        made = tool(server, ROOT, "create_user", {"username": "eve"})["result"]["structuredContent"]["api_key"]
        rotated = tool(server, ROOT, "rotate_key", {"username": "eve"})["result"]["structuredContent"]["api_key"]
    expect(secrets[0] in json.dumps(said[0]), "echo does not answer, so nothing was tried")
    places = {"the journal": "".join(path.read_text() for path in machine.segments()), "the log": server.log_text(),
              "the second place": machine.anchor.read_text(), "the export": json.dumps(machine.export())}
    for place, text in places.items():
        expect(text, f"{place} is empty")
        for secret in (*secrets, str(number), made, rotated):
            expect(secret not in text, f"{place} holds {secret}")


@check
def package_names_sanitized(guide):
    """No name, however long or odd, makes a line of its own, ends one, or is longer than a record."""
    machine = guide.machine()
    forged = 'six"}\n{"v":1,"chain":"x","seq":1,"type":"outcome","user":"root"'
    names = [forged, "six\r\n", "\x1b[31msix", "six\u2028", "six\u202e", "s" * 100_000, "ſix", "\ud83d\ude00", "six\\u0000", "=1+1"]
    with machine.serve() as server:
        for number, name in enumerate(names):
            tool(server, None, "install", {"packages": [name]}, f"package-{number}")
            ask(server, None, "tools/call", {"name": "unknown", "arguments": {name[:60]: name}}, f"name-{number}")
    lines = b"".join(path.read_bytes() for path in machine.segments()).split(b"\n")
    expect(lines.pop() == b"" and all(len(line) <= 65536 for line in lines), "a line is too long, or torn")
    for line in lines:
        record = json.loads(line.decode("utf-8"))
        expect(record["v"] == 1 and record["chain"] != "x", record)
        expect(not re.search(rb"[\x00-\x1f\x7f]", line), f"a control character: {line!r}")
    for number in range(len(names)):
        machine.one_outcome(f"package-{number}")
        expect(machine.one_outcome(f"name-{number}")["outcome"] == "unknown", number)
    machine.expect_sound()


@check
def package_names_shown_without_the_credentials_of_their_URLs(guide):
    """An auditor reads which packages were asked for, and nobody reads what a URL lets in with."""
    machine = guide.machine()
    secret = make_key()
    with machine.serve() as server:
        tool(server, None, "install", {"packages": ["six==1.16.0", f"x @ https://user:{secret}@index.example/x.whl"], "editable": True}, "shown")
        tool(server, None, "echo", {"text": "six==1.16.0"}, "hidden")
    [shown] = [record for record in machine.records() if record.get("request") == '"shown"' and "arguments" in record]
    packages = shown["arguments"]["packages"]
    expect("six==1.16.0" in packages and "index.example" in json.dumps(packages) and secret not in json.dumps(shown), shown)
    expect("[redacted]" in json.dumps(packages), f"what was cut out is not marked: {shown}")
    [hidden] = [record for record in machine.records() if record.get("request") == '"hidden"' and "arguments" in record]
    expect(DIGEST.fullmatch(hidden["arguments"]["text"]), hidden)


@check
def file_paths_restricted(guide):
    """A path outside is refused, that is recorded, and the file's content is nowhere."""
    machine = guide.machine()
    secret = make_key()
    outside = machine.directory / "outside"
    outside.mkdir()
    (outside / "pyproject.toml").write_text(f"[project]\nname = '{secret}\n")
    with machine.serve() as server:
        for number, project in enumerate((str(outside), "../outside", "/etc", "/proc/self/environ")):
            answer = tool(server, None, "lock", {"project": project}, f"path-{number}")
            expect(answer["result"].get("isError") and secret not in json.dumps(answer), answer)
    for number in range(4):
        expect(machine.one_outcome(f"path-{number}")["outcome"] == "tool_error", number)
    expect(secret not in json.dumps(machine.records()) + server.log_text(), "the content of a file outside is recorded")


@check
def access_controls_enforced(guide):
    """A denial is recorded with its rule and has no intent; only the owner reads the ledger."""
    machine = guide.machine()
    with machine.serve(USERS_MODE) as server:
        for name, arguments in (("echo", {"text": "x"}), ("lock", {}), ("create_user", {"username": "eve"})):
            answer = tool(server, ANN, name, arguments, f"denied-{name}")
            expect("Denied" in json.dumps(answer), answer)
    for name in ("echo", "lock", "create_user"):
        record = machine.one_outcome(f"denied-{name}")
        expect((record["decision"], record["outcome"], record["user"], record["item"]) == ("deny", "denied", "ann", name), record)
        expect(record["rule"] and "intent" not in record, record)
    expect(machine.records("intent") == [], "what was denied has an intent")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (machine.ledger, *machine.ledger.iterdir(), machine.directory / "audit.key")}
    expect(modes.pop(machine.ledger) == 0o700 and set(modes.values()) == {0o600}, modes)
    machine.ledger.chmod(0o770)
    done = machine.run("http", "--port", "0")
    expect(done.returncode == 1 and str(machine.ledger) in done.stderr, done)


@check
def access_controls_enforced_on_what_is_no_call(guide):
    """A list, a subscription, a level and a task that are refused are records, too, over HTTP and stdio."""
    machine = guide.machine()
    resource = "python:project://info"
    with machine.serve(USERS_MODE, roles={"user": {"tools": ["@read-only"], "resources": []}}) as server:
        for name, method, params in (("cursor", "tools/list", {"cursor": "none"}),
                                     ("filter", "subscriptions/listen", {"notifications": 7}),
                                     ("task", "tasks/get", {"taskId": "none"})):
            message = modern(method, params, name)
            headers = modern_headers(message, Mcp_Name=params.get("taskId"))
            answer = call(server.port, message, {**headers, "X-API-Key": ANN})
            expect("error" in answer.json(), answer)
        message = modern("subscriptions/listen", {"notifications": {"resourceSubscriptions": [resource]}}, "listener")
        with Wire(server.port) as wire:
            wire.send(request(server.port, message, {**modern_headers(message), "X-API-Key": ANN}))
            _, headers = wire.head()
            expect(resource not in str(next(iter(wire.events(headers)))), "it was subscribed to")
            headers = {"Authorization": f"Bearer {ANN}"}
            hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
            opened = call(server.port, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}, headers)
            headers["Mcp-Session-Id"] = opened.headers["mcp-session-id"]
            for name, method, params in (("subscriber", "resources/subscribe", {"uri": resource}),
                                         ("unknown", "resources/subscribe", {"uri": "no://such"}),
                                         ("level", "logging/setLevel", {"level": "loud"})):
                answer = call(server.port, {"jsonrpc": "2.0", "id": name, "method": method, "params": params}, headers)
                expect("error" in answer.json(), answer)
    machine.stdio([modern("prompts/list", {"cursor": 7}, "stdio")], {**USERS_MODE, "MCP_API_KEY": ANN})
    wanted = {"cursor": "invalid", "filter": "invalid", "task": "invalid", "listener": "denied", "subscriber": "denied",
              "unknown": "unknown", "level": "invalid", "stdio": "invalid"}
    records = {name: machine.one_outcome(name) for name in wanted}
    expect({name: record["outcome"] for name, record in records.items()} == wanted, records)
    for name in ("listener", "subscriber"):
        record = records[name]
        expect((record["decision"], record["user"], record["item"]) == ("deny", "ann", resource) and record["rule"], record)
    machine.expect_sound()


@check
def arguments_are_digests_that_can_be_compared_and_not_read(guide):
    """The same value has the same digest, also in another process; with another key it has not."""
    machine, other = guide.machine(), guide.machine()
    for one in (machine, machine, other):
        with one.serve() as server:
            tool(server, None, "echo", {"text": "pineapple"}, "same")
            tool(server, None, "echo", {"text": "pear"}, "different")

    def digests(one, call_id):
        said = json.dumps(call_id)
        found = [DIGEST.findall(json.dumps(record["arguments"])) for record in one.records("intent") if record["request"] == said]
        expect(found and all(len(one) == 1 for one in found), found)
        return {digest for [digest] in found}

    expect(len(digests(machine, "same")) == 1, "the same value has two digests")
    expect(digests(machine, "same") != digests(machine, "different"), "two values have one digest")
    expect(digests(machine, "same") != digests(other, "same"), "digests do not depend on the key")
