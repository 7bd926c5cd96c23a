# SPDX-License-Identifier: Apache-2.0
"""The guide's chapter on backup and recovery, and its security checklist, as far as they are about
the audit."""

import hashlib
import json
import shutil
import subprocess
import threading
from datetime import datetime, timezone

from machine import USERS_MODE, ask, tool, wait_until  # the paths of the next ones, too
from checks import check, expect
from http_wire import Wire
from world import SINGLE, USERS, make_key

ROOT, ANN, DEV = USERS["root"], USERS["ann"], USERS["dev"]


# Backup and recovery


@check
def version_control_for_configuration(guide):
    """All of it is one text without secrets, and every start names its digest."""
    machine = guide.machine()
    single = {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": SINGLE}
    done = machine.run("config", "print", variables=single)
    expect(done.returncode == 0 and json.loads(done.stdout)["audit"]["directory"] == str(machine.ledger), done)
    expect(SINGLE not in done.stdout, "the key is in the configuration")
    for settings in ({}, {}, {"rate": {"failures_per_minute": 5}}):
        with machine.serve(single, **settings):
            pass
    digests = [record["config"] for record in machine.records("start")]
    expect(len(digests) == 3 and digests[0] == digests[1] != digests[2], digests)


@check
def regular_backups_of_environment_variables(guide):
    """What variables say is in what `config print` prints, with their names, so that no copy of the
    environment with its secrets is needed."""
    machine = guide.machine()
    variables = {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": SINGLE, "MCP_BLOCKED_PACKAGES": "evil.*", "MCP_LOG_LEVEL": "DEBUG"}
    done = machine.run("config", "print", "--origins", variables=variables)
    expect("evil.*" in done.stdout and "MCP_BLOCKED_PACKAGES" in done.stdout and "MCP_LOG_LEVEL" in done.stdout, done)
    expect(SINGLE not in done.stdout + done.stderr, "the key is printed")


@check
def centralized_log_aggregation(guide):
    """Two replicas' ledgers become one stream of JSON lines that collectors read."""
    machine, other = guide.machine(), guide.machine()
    with machine.serve(USERS_MODE) as one, other.serve(USERS_MODE) as two:
        for number in range(5):
            tool(one, ROOT, "echo", {"text": "x"}, f"one-{number}")
            tool(two, DEV, "echo", {"text": "x"}, f"two-{number}")
    joined = machine.export(str(machine.ledger), str(other.ledger))
    expect(len(joined) == len(machine.records()) + len(other.records()), f"{len(joined)} records")
    expect([record["time"] for record in joined] == sorted(record["time"] for record in joined), "not in the order of time")
    by_user = machine.export("--user", "root", str(machine.ledger), str(other.ledger))
    expect(len(by_user) >= 5 and all(record["user"] == "root" for record in by_user), by_user)


@check
def long_term_retention_policies(guide):
    """As shipped nothing goes, whatever happens; the oldest record is still proven after ten starts."""
    machine = guide.machine()
    for _ in range(10):
        with machine.serve() as server:
            tool(server, None, "echo", {"text": "x"})
            machine.run("audit", "rotate")
    expect(len(machine.chains()) == 10 and len(machine.segments()) == 20, machine.segments())
    expect(all(chain[0]["type"] == "start" for chain in machine.chains().values()), "a beginning is gone")
    machine.expect_sound()


@check
def regular_log_rotation(guide):
    """Under load: no call fails, none is without its record, and the chain goes over the segments."""
    machine = guide.machine()
    asked, answered = threading.Event(), []
    with machine.serve() as server:

        def load():
            with Wire(server.port) as wire:
                while not asked.is_set():
                    call_id = f"load-{len(answered)}"
                    answered.append((call_id, "result" in tool(server, None, "echo", {"text": "x"}, call_id, wire)))

        thread = threading.Thread(target=load)
        thread.start()
        done = [machine.run("audit", "rotate").returncode for _ in range(3)]
        asked.set()
        thread.join()
    expect(done == [0, 0, 0] and answered and all(well for _, well in answered), (done, len(answered)))
    [chain] = machine.chains().values()
    expect(len(machine.segments()) == 4, machine.segments())
    expect([record["seq"] for record in chain] == list(range(1, len(chain) + 1)), "the numbers have a gap")
    recorded = {record["request"] for record in chain if record["type"] == "outcome"}
    expect({json.dumps(call_id) for call_id, _ in answered} <= recorded, "an answered call has no record")
    reasons = [record["reason"] for record in chain if record["type"] == "segment"]
    expect(reasons == ["request"] * 3, reasons)
    machine.expect_sound()


# Security checklist


@check
def logging_configured(guide):
    """The audit is on where nothing is said about it, and where it is off, nobody overlooks that."""
    machine = guide.machine()
    with machine.serve(audit={"enabled": False}) as server:
        server.wait_for_log(lambda line: line["level"] == "WARN" and "audit" in line["message"], "a warning")
    del machine.settings["audit"]
    machine.write_config()
    done = machine.run("call", "echo", '{"text":"x"}')
    expect(done.returncode == 0, done)
    found = [path for path in (machine.directory / "state").rglob("*.jsonl") if '"outcome":"ok"' in path.read_text()]
    expect(len(found) == 1, found)


@check
def backup_strategy_in_place(guide):
    """A copy of the ledger that is taken while the server records can be verified by itself."""
    machine = guide.machine()
    with machine.serve() as server:
        for number in range(5):
            tool(server, None, "echo", {"text": "x"}, number)
        expect(machine.run("audit", "rotate").returncode == 0, "no rotation")
        copy = machine.directory / "backup"
        shutil.copytree(machine.ledger, copy)
        tool(server, None, "echo", {"text": "x"})
        done = machine.verify(copy, anchored=False)
    expect(done.returncode == 0, done)
    text = "".join(path.read_text() for path in sorted(copy.glob("*.jsonl")))
    expect(text.count('"outcome":"ok"') == 5, "the backup does not hold the calls")


@check
def incident_response_plan(guide):
    """Who did what and when, asked for by user, tool and time."""
    machine = guide.machine()
    with machine.serve(USERS_MODE) as server:
        tool(server, ROOT, "echo", {"text": "before"})
        until = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        wait_until(lambda: datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") > until, "the clock stands")
        begun = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        tool(server, ROOT, "create_user", {"username": "eve"})
        tool(server, ANN, "create_user", {"username": "mallory"})
        tool(server, ANN, "echo", {"text": "x"})
    found = machine.export("--tool", "create_user", "--from", begun, "--type", "outcome")
    expect([(one["user"], one["outcome"]) for one in found] == [("root", "ok"), ("ann", "denied")], found)
    found = machine.export("--user", "ann", "--type", "outcome")
    expect([one["item"] for one in found] == ["create_user", "echo"], found)
    found = machine.export("--user", "root", "--to", begun, "--type", "outcome")
    expect([one["item"] for one in found] == ["echo"], found)
    misspelt = machine.run("audit", "export", "--type", "outcom")
    expect(misspelt.returncode == 2 and not misspelt.stdout and "outcome" in misspelt.stderr, misspelt)
    nobody = machine.run("audit", "export", "--user", "nobody")
    expect(nobody.returncode == 0 and not nobody.stdout and "there is no such record" in nobody.stderr, nobody)


@check
def regular_security_audits(guide):
    """The whole ledger is verified while the server records, by a key that lies elsewhere."""
    machine = guide.machine()
    with machine.serve() as server:
        for number in range(20):
            tool(server, None, "echo", {"text": "x"}, number)
        done = machine.run("audit", "verify", "--json", "--directory", str(machine.ledger), "--anchor", str(machine.anchor))
    expect(done.returncode == 0 and json.loads(done.stdout), done)
    strange = machine.directory / "strange.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(strange)], check=True, capture_output=True)
    strange.chmod(0o600)
    machine.settings["audit"]["key_file"] = str(strange)
    machine.write_config()
    done = machine.verify(anchored=False)
    expect(done.returncode == 3, f"sealed by another key, and believed: {done}")


@check
def document_all_configuration_changes(guide):
    """A start that differs from the one before records what is different, and nothing of a secret."""
    machine = guide.machine()
    single = {"MCP_ENABLE_AUTH": "true", "MCP_API_KEY": SINGLE}
    for variables, settings in (({}, {}), ({}, {}), (single, {"rate": {"failures_per_minute": 5}}), (single, {"rate": {"failures_per_minute": 5}})):
        with machine.serve(variables, **settings):
            pass
    changed = [record for record in machine.records("config") if any(one["key"] == "rate.failures_per_minute" and one.get("to") == 5 for one in record["changes"])]
    expect(len(changed) == 1 and changed[0]["command"] == "http", machine.records("config"))
    chains = sorted(machine.chains().values(), key=lambda chain: chain[0]["time"])
    expect([record["type"] for record in chains[1]].count("config") == 0, "a change where there is none")
    expect(SINGLE not in json.dumps(machine.records()), "the key is recorded")


@check
def document_all_changes_of_plugins(guide):
    """Which code ran is told by its hash, and what was not let in by the reason."""
    machine = guide.machine()
    with machine.serve():
        pass
    events = [(record["plugin"], record["event"]) for record in machine.records("plugin")]
    for plugin in ("io.toolpost.echo", "io.toolpost.countdown", "io.toolpost.user-admin", "io.toolpost.uv-package"):
        expect(events.count((plugin, "started")) == 1 and events.count((plugin, "stopped")) == 1, (plugin, events))
    [started] = [record for record in machine.records("plugin") if record["plugin"] == "io.toolpost.echo" and record["event"] == "started"]
    library = next(path for path in machine.build.directory.rglob("echo.so"))
    expect(started["sha256"] == hashlib.sha256(library.read_bytes()).hexdigest() and started["version"], started)


@check
def authentication_enabled_and_its_failures_recorded(guide):
    """The first of an address by itself, the others counted; with the reason and without the key."""
    machine = guide.machine()
    wrong = make_key()
    with machine.serve(USERS_MODE) as server:
        for _ in range(7):
            expect(ask(server, wrong, "tools/list").status == 401, "a wrong key is taken")
    failures = machine.records("login_failure")
    expect([record["count"] for record in failures] == [1, 6], failures)
    expect(all((record["address"], record["reason"]) == ("127.0.0.1", "wrong") for record in failures), failures)
    done = machine.run("stdio", variables={**USERS_MODE, "MCP_API_KEY": wrong})
    expect(done.returncode != 0 and machine.records("login_failure")[-1]["reason"] == "environment", machine.records("login_failure"))
    expect(wrong not in json.dumps(machine.records()), "the key is recorded")


@check
def strong_keys_are_given_by_commands_that_are_recorded(guide):
    machine = guide.machine()
    place = machine.directory / "first"
    place.mkdir(mode=0o700)
    for words in (("create-admin",), ("users", "recover")):
        machine.run(*words, "--username", "first", "--key-out", "-", variables={"MCP_USERS_FILE": str(place / "users.json")})
    done = [(record["action"], record["of"], record["outcome"], len(record["new_key"])) for record in machine.records("users")]
    expect(done == [("create-admin", "first", "ok", 8), ("recover", "first", "ok", 8)], done)
    # Who comes too late is refused, and that is recorded, too.
    variables = {"MCP_USERS_FILE": str(place / "users.json")}
    refused = machine.run("create-admin", "--username", "second", "--key-out", "-", variables=variables)
    expect(refused.returncode == 3 and refused.stdout == "", refused)
    last = machine.records("users")[-1]
    expect((last["action"], last["of"], last["outcome"]) == ("create-admin", "second", "error"), last)
    expect("has users already" in last["reason"] and "new_key" not in last, last)
    machine.expect_sound()
