#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tools of user-admin on three replicas that share one user store.
tools.py --build DIR [--only WORDS]"""

import argparse
import datetime
import json
import re
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from http_wire import call, modern, modern_headers  # noqa: E402
from store_place import KEY_PATTERN, Place, environment  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402
from users_json import has_lasting_admin, read_users  # noqa: E402

PLUGIN = "io.toolpost.user-admin"
TOOLS = {"create_user", "list_users", "delete_user", "rotate_key", "disable_user", "set_role"}
REPLICAS = 3
PROMISED_S = 2.0  # until a change has reached every replica
RACES = 12
SETTINGS = {"rate": {"failures_per_minute": 1_000_000, "failure_burst": 1_000_000}, "log": {"level": "TRACE"}}
OWN_KEY = "an-own-key-of-a-user-0123456789-abcdef"


class Cluster:
    """Three servers, their store, and the key of its first admin."""

    def __init__(self, build):
        self.place = Place(build.binary)
        self.promised_s = build.within(PROMISED_S)
        self.root = self.place.create_admin("root")
        self.keys = [self.root]  # all that were ever handed out
        variables = environment(self.place.file, MCP_ENABLE_USER_AUTH="true", HOME=str(self.place.top))
        self.servers = [
            HttpServer(build, (PLUGIN,), environment=variables, trusted=(PLUGIN,), **SETTINGS) for _ in range(REPLICAS)
        ]

    def close(self):
        """Exit codes, logs, and the users as the servers left them."""
        codes = [server.stop() for server in self.servers]
        users = read_users(self.place.file)
        logs = "".join(server.log_path.read_text() for server in self.servers)
        for server in self.servers:
            server.__exit__(ValueError, None, None)  # judged here
        self.place.__exit__()
        return codes, logs, users

    def ask(self, key, method, params=None, replica=0):
        message = modern(method, params)
        headers = {**modern_headers(message), "Authorization": f"Bearer {key}"}
        return call(self.servers[replica].port, message, headers)

    def tool(self, name, arguments=None, key=None, replica=0):
        """The result of a call that was not refused by the host."""
        answer = self.ask(key or self.root, "tools/call", {"name": name, "arguments": arguments or {}}, replica)
        expect("result" in answer.json(), f"{name}: {answer}")
        result = answer.json()["result"]
        issued = result.get("structuredContent", {}).get("api_key")
        if issued:
            self.keys.append(issued)
        return result

    def structured(self, name, arguments=None, **more):
        result = self.tool(name, arguments, **more)
        expect(not result.get("isError"), f"{name}: {result}")
        return result["structuredContent"]

    def refusal(self, name, arguments=None, **more):
        result = self.tool(name, arguments, **more)
        expect(result.get("isError"), f"{name} succeeded: {result}")
        return result["content"][0]["text"]

    def status(self, key, replica):
        return self.ask(key, "tools/list", replica=replica).status

    def expect_everywhere(self, key, status):
        """Within the promised time each replica answers this key so."""
        began = time.monotonic()
        for replica in range(REPLICAS):
            while self.status(key, replica) != status:
                took = time.monotonic() - began
                expect(took < self.promised_s, f"replica {replica} has not learnt it after {took:.1f} s")
                time.sleep(0.02)


@check
def an_admin_sees_the_tools_with_their_annotations(cluster):
    tools = {tool["name"]: tool for tool in cluster.ask(cluster.root, "tools/list").json()["result"]["tools"]}
    expect(set(tools) == TOOLS, set(tools))
    for name, tool in tools.items():
        expect(tool["inputSchema"].get("additionalProperties") is False, f"{name}: takes other arguments")
        for argument, schema in tool["inputSchema"]["properties"].items():
            # The audit shows all but the key.
            shown = schema.get("x-toolpost-log", False)
            expect(shown is (argument != "api_key"), f"{name}: the mark of {argument} is {shown}")
        expect("outputSchema" in tool, f"{name}: no output schema")
        notes = tool["annotations"]
        expect(notes["readOnlyHint"] is (name == "list_users"), f"{name}: {notes}")
        expect(notes["openWorldHint"] is False, f"{name}: {notes}")
        if name != "list_users":
            expect(notes["destructiveHint"] is (name != "create_user"), f"{name}: {notes}")


@check
def a_created_user_gets_a_key_once_that_works_on_every_replica(cluster):
    result = cluster.tool("create_user", {"username": "ann"})
    made = result["structuredContent"]
    expect(re.fullmatch(KEY_PATTERN, made["api_key"]), made)
    expect(made["user"]["username"] == "ann" and made["user"]["role"] == "user", made)
    expect(made["api_key"] in result["content"][0]["text"], result)
    secret = result["_meta"]["io.toolpost/secret"]
    expect(set(secret) == {"/structuredContent/api_key", "/content/0/text"}, secret)
    cluster.expect_everywhere(made["api_key"], 200)
    listed = cluster.structured("list_users", replica=1)
    expect({user["username"] for user in listed["users"]} >= {"root", "ann"}, listed)
    expect(made["api_key"] not in json.dumps(listed) and "sha256" not in json.dumps(listed), listed)
    key = next(user for user in listed["users"] if user["username"] == "ann")["keys"][0]
    expect(key["id"] == made["api_key"].split("_")[1] and 0 <= key["age_s"] < 60 and key["expires_at"] is None, key)


@check
def a_user_may_call_none_of_the_tools(cluster):
    key = cluster.structured("create_user", {"username": "bob"})["api_key"]
    cluster.expect_everywhere(key, 200)
    expect(cluster.ask(key, "tools/list").json()["result"]["tools"] == [], "tools are listed for a user")
    for name in TOOLS:
        arguments = {} if name == "list_users" else {"username": "bob"}
        if name == "set_role":
            arguments["role"] = "admin"
        text = cluster.refusal(name, arguments, key=key)
        expect("roles.user.tools" in text, f"{name}: {text}")
    expect(next(u for u in read_users(cluster.place.file) if u["username"] == "bob")["role"] == "user", "bob is no user")


@check
def a_key_may_be_chosen_and_may_expire(cluster):
    made = cluster.structured("create_user", {"username": "cleo", "api_key": OWN_KEY})
    expect(made["api_key"] == OWN_KEY, made)
    cluster.expect_everywhere(OWN_KEY, 200)
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=8)
    text = soon.strftime("%Y-%m-%dT%H:%M:%SZ")
    key = cluster.structured("create_user", {"username": "dora", "expires_at": text})["api_key"]
    cluster.expect_everywhere(key, 200)
    while datetime.datetime.now(datetime.timezone.utc) < soon:
        time.sleep(0.05)
    cluster.expect_everywhere(key, 401)


@check
def a_rotated_key_works_during_its_grace_period_only(cluster):
    first = cluster.structured("create_user", {"username": "emil"})["api_key"]
    before = int(time.time())  # the grace ends in whole seconds
    second = cluster.structured("rotate_key", {"username": "emil", "grace_s": 6}, replica=1)["api_key"]
    after = time.time()
    cluster.expect_everywhere(second, 200)
    status = cluster.status(first, 2)
    expect(status == 200 or time.time() >= before + 6, "the old key ended at once")
    while time.time() - after < 6:
        time.sleep(0.05)
    cluster.expect_everywhere(first, 401)
    third = cluster.structured("rotate_key", {"username": "emil", "grace_s": 0}, replica=2)["api_key"]
    cluster.expect_everywhere(second, 401)
    cluster.expect_everywhere(third, 200)


def is_refused_as_user(answer):
    """False while the caller is an admin yet. A call that runs while its role is taken away ends with 401."""
    if answer.status == 401:
        return False
    result = answer.json()["result"]
    return bool(result.get("isError")) and "roles.user.tools" in result["content"][0]["text"]


@check
def a_disabled_demoted_or_deleted_user_is_out_everywhere(cluster):
    key = cluster.structured("create_user", {"username": "finn", "role": "admin"})["api_key"]
    cluster.expect_everywhere(key, 200)
    expect(cluster.structured("disable_user", {"username": "finn"}, replica=1)["user"]["disabled"], "not disabled")
    cluster.expect_everywhere(key, 401)
    cluster.structured("disable_user", {"username": "finn", "disabled": False}, replica=2)
    cluster.expect_everywhere(key, 200)
    cluster.structured("set_role", {"username": "finn", "role": "user"})
    began = time.monotonic()
    while not is_refused_as_user(cluster.ask(key, "tools/call", {"name": "list_users", "arguments": {}}, replica=1)):
        expect(time.monotonic() - began < cluster.promised_s, "still an admin on another replica")
        time.sleep(0.02)
    cluster.structured("delete_user", {"username": "finn"}, replica=2)
    cluster.expect_everywhere(key, 401)


@check
def what_breaks_a_rule_is_a_tool_error_that_names_it(cluster):
    cluster.structured("create_user", {"username": "gil"})
    for name, arguments, part in (
        ("create_user", {"username": "gil"}, "already"),
        ("create_user", {"username": "legacy"}, "reserved"),
        ("create_user", {"username": "hugo", "role": "emperor"}, "no role"),
        ("create_user", {"username": "hugo", "api_key": "a" * 40}, "8 different"),
        ("create_user", {"username": "hugo", "api_key": cluster.root}, "in use"),
        ("create_user", {"username": "hugo", "expires_at": "2001-01-01T00:00:00Z"}, "future"),
        ("delete_user", {"username": "nobody"}, "nobody"),
        ("rotate_key", {"username": "nobody"}, "nobody"),
    ):
        text = cluster.refusal(name, arguments)
        expect(part in text, f"{name} {arguments}: {text}")
    for arguments in ({"username": "Hugo"}, {"username": "a\nb"}, {"username": "h", "admin": True},
                      {"username": "hugo", "api_key": "short"}, {}, {"username": "x" * 64}):
        answer = cluster.ask(cluster.root, "tools/call", {"name": "create_user", "arguments": arguments}).json()
        refused = "error" in answer or answer["result"].get("isError")
        expect(refused, f"{arguments}: {answer}")


@check
def the_last_admin_stays_also_when_replicas_race(cluster):
    for name, arguments in (("delete_user", {}), ("disable_user", {}), ("set_role", {"role": "user"})):
        text = cluster.refusal(name, {"username": "root", **arguments})
        expect("no user would be left" in text, text)
    for race in range(RACES):
        key = cluster.structured("create_user", {"username": f"rival-{race}", "role": "admin"})["api_key"]
        cluster.expect_everywhere(key, 200)
        against = {"root": ("set_role", {"username": "root", "role": "user"}),
                   "rival": ("delete_user", {"username": f"rival-{race}"})}
        results = {}

        def attack(victim, replica, attacker):
            name, arguments = against[victim]
            results[victim] = cluster.ask(attacker, "tools/call", {"name": name, "arguments": arguments}, replica).json()

        threads = [threading.Thread(target=attack, args=("root", 1, key)), threading.Thread(target=attack, args=("rival", 2, cluster.root))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        users = read_users(cluster.place.file)
        expect(has_lasting_admin(users), f"race {race}: nobody is left: {results}")
        root = next(user for user in users if user["username"] == "root")
        if root["role"] != "admin":
            cluster.expect_everywhere(key, 200)
            cluster.structured("set_role", {"username": "root", "role": "admin"}, key=key)
        if any(user["username"] == f"rival-{race}" for user in users):
            began = time.monotonic()
            while (result := cluster.tool("delete_user", {"username": f"rival-{race}"})).get("isError"):
                expect(time.monotonic() - began < cluster.promised_s, f"root is no admin again: {result}")
                time.sleep(0.02)


def without_users_there_are_no_tools(build):
    with HttpServer(build, (PLUGIN,), environment=environment("/nowhere/users.json")) as server:
        message = modern("tools/list")
        tools = call(server.port, message, modern_headers(message)).json()["result"]["tools"]
        expect(tools == [], tools)
        expect("keeps no users" in server.log_text(), "the log does not say why")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    options = parser.parse_args()
    build = Build(options.build)
    cluster = Cluster(build)
    failed = run_checks(cluster, only=options.only)
    codes, logs, users = cluster.close()
    problems = []
    if codes != [0] * REPLICAS:
        problems.append(f"the servers ended with {codes}")
    # Written down by the minute, and at the latest when a server ends.
    if not any(user["username"] == "root" and user["keys"][-1].get("last_used_at") for user in users):
        problems.append("nobody wrote down that the first admin's key was used")
    leaked = [key for key in {*cluster.keys, OWN_KEY} if key in logs or key.split("_")[-1] in logs]
    if leaked or len(cluster.keys) < 10:
        problems.append(f"{len(leaked)} of {len(cluster.keys)} keys stand in the logs")
    if not options.only:
        try:
            without_users_there_are_no_tools(build)
        except Exception as problem:
            problems.append(f"without users: {problem}")
    for problem in problems:
        print(f"FAIL  {problem}")
    print(f"after the stop: {len(problems)} problems")
    sys.exit(1 if failed or problems else 0)


if __name__ == "__main__":
    main()
