# SPDX-License-Identifier: Apache-2.0
"""Recovery from each loss, by the very commands of packaging/README.md, from its section on it: each block
of commands is taken from there and run, with the places of the package moved below a directory of the
test. Then the server starts, its users come in, and the audit is sound. And upgrades: what a newer version
has written is refused and not destroyed. recovery.py --build DIR [--only WORDS]"""

import argparse
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from recipes import README, Recipes, recipes  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from http_wire import call, modern, modern_headers  # noqa: E402
from toolpost_process import Build  # noqa: E402


@check
def the_users_are_lost(build):
    with Recipes(build, "Recovery") as lost:
        lost.place.lose(lost.place.users.parent)
        expect(lost.use() == 401, "somebody comes in without users")
        lost.follow("The users' file is lost")
        lost.expect_all_well()


@check
def the_key_of_the_last_admin_is_lost(build):
    with Recipes(build, "Recovery") as lost:
        old, lost.key = lost.key, lost.follow("An admin's key is lost").strip().splitlines()[-1]
        lost.expect_all_well()
        expect(lost.use(old) == 401, "the old key counts")


@check
def the_audit_is_lost(build):
    with Recipes(build, "Recovery") as lost:
        records = sum(path.read_bytes().count(b"\n") for path in lost.place.ledger.glob("*.jsonl"))
        lost.place.lose(lost.place.ledger)
        lost.follow("The audit directory is lost")
        lost.expect_all_well()
        expect(sum(path.read_bytes().count(b"\n") for path in lost.place.ledger.glob("*.jsonl")) > records, "records are gone")


@check
def the_configuration_is_lost(build):
    with Recipes(build, "Recovery") as lost:
        before = lost.place.config.read_bytes()
        lost.place.lose(lost.place.config)
        lost.follow("The configuration is lost")
        expect(lost.place.config.read_bytes() == before, "another configuration")
        lost.expect_all_well()


@check
def the_keys_are_lost_and_there_is_a_passphrase(build):
    with Recipes(build, "Recovery") as lost:
        keys = [lost.place.state / name for name in ("audit.key", "seal.key")]
        before = [key.read_bytes() for key in keys]
        lost.place.lose(*keys)
        lost.follow("The keys that seal are lost", 0)
        expect([key.read_bytes() for key in keys] == before, "other keys")
        lost.expect_all_well()


@check
def the_keys_are_lost_and_there_is_no_passphrase(build):
    with Recipes(build, "Recovery") as lost:
        lost.place.lose(lost.place.state / "audit.key", lost.place.state / "seal.key")
        said = lost.follow("The keys that seal are lost", 1)
        expect("sound" in said, said)
        lost.expect_all_well()


@check
def somebody_has_a_key_who_should_not(build):
    with Recipes(build, "Recovery") as lost:
        old, place = lost.key, lost.place
        lost.key = lost.follow("Somebody has a key who should not").strip().splitlines()[-1]
        expect(lost.use(old) == 401, "the old key counts")
        evidence = [json.loads(line) for line in (place.top / "evidence.jsonl").read_text().splitlines()]
        expect(any("echo" in json.dumps(record) for record in evidence), "the call is not in the evidence")
        place.good("backup", "verify", place.top / "evidence.tar", "--anchor", place.top / "evidence-anchor.jsonl",
                   config=False)
        lost.expect_all_well()


@check
def the_whole_machine_is_lost(build):
    with Recipes(build, "Recovery") as lost:
        lost.place.lose(lost.place.state, lost.place.config)
        lost.follow("The whole machine is lost")
        expect(lost.told("apt")[0].startswith("install"), "the package is not installed")
        lost.expect_all_well()


@check
def every_loss_of_the_README_is_tried_here(build):
    tried = set(re.findall(r'follow\("([^"]+)"', Path(__file__).read_text()))
    expect(set(recipes("Recovery")) == tried, set(recipes("Recovery")) ^ tried)


@check
def a_newer_version_finds_what_it_cannot_go_on_with_before_it_starts(build):
    """What the package's postinst asks before it restarts the server."""
    with Recipes(build, "Recovery") as lost:
        lost.place.good("config", "check", "--live")
        text = lost.place.users.read_text()
        lost.place.users.write_text(text.replace('"format": 2', '"format": 3').replace('"format":2', '"format":3'))
        expect(lost.place.users.read_text() != text, "the format is written in another way")
        done = lost.place.run("config", "check", "--live")
        expect(done.returncode == 1 and "users.json" in done.stderr, done)
        lost.place.good("config", "check")
        postinst = (README.parent / "debian/postinst").read_text()
        expect("toolpost config check --live --config /etc/toolpost/toolpost.json" in postinst, "postinst does not ask")


@check
def users_of_a_future_format_are_refused_and_not_destroyed(build):
    with Recipes(build, "Recovery") as lost:
        with lost.place.serve() as server:
            users = json.loads(lost.place.users.read_text())
            future = json.dumps({**users, "format": 3, "more": {"of": "the future"}})
            lost.place.users.write_text(future)
            message = modern("tools/list")
            headers = {**modern_headers(message), "Authorization": f"Bearer {lost.key}"}
            server.wait_for_log(lambda line: "users.json" in json.dumps(line), "a word about the users")
            expect(call(server.port, message, headers).status in (401, 503), "somebody comes in by a file that cannot be read")
            for words in (("create-admin", "--username", "eve", "--key-out", "-"), ("users", "list"),
                          ("users", "recover", "--username", "ann", "--key-out", "-"), ("backup", "create")):
                done = lost.place.run(*words)
                expect(done.returncode != 0 and "users.json" in done.stderr, done)
            expect(lost.place.users.read_text() == future, "the file was changed")
        expect(lost.place.users.read_text() == future, "the file was changed at the end")
        code, found = lost.place.doctor("--port", 0)
        expect(code == 1 and found["users.file"][0]["state"] == "FAULT", found)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
