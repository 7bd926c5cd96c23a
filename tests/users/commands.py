#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""create-admin, users list, users recover, and what becomes of a start when the file is wrong.
commands.py --binary TOOLPOST [--only WORDS]"""

import argparse
import json
import os
import pty
import re
import stat
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from store_place import KEY_PATTERN, PATIENCE_S, Place, digest, environment, fingerprint  # noqa: E402
from users_json import has_lasting_admin, read_users  # noqa: E402

FIFTY = 50
OWN_KEY = "an-admins-own-key-0123456789-abcdef"
HAS_USERS = 3
OLD_FILE = json.dumps({"users": [{"username": "old", "api_key_hash": digest(OWN_KEY), "role": "admin",
                                  "created_at": "2026-01-01T00:00:00.000000"}]})


@check
def without_a_file_there_are_no_users_and_nothing_is_made(binary):
    with Place(binary) as place:
        done = place.run("users", "list")
        expect(done.returncode == 0 and "create-admin" in done.stderr, done)
        expect(not place.directory.exists(), "a directory was made")


@check
def create_admin_makes_the_first_user_and_nothing_a_second_time(binary):
    with Place(binary) as place:
        key = place.create_admin("ann")
        expect(re.fullmatch(KEY_PATTERN, key), key)
        users = read_users(place.file)
        expect(has_lasting_admin(users) and users[0]["keys"][0]["sha256"] == digest(key), users)
        expect(key not in place.file.read_text(), "the key stands in the file")
        expect(users[0]["keys"][0]["id"] == key.split("_")[1], "the id is not the key's")
        expect(stat.S_IMODE(place.file.stat().st_mode) == 0o600, "mode of the file")
        expect(stat.S_IMODE(place.directory.stat().st_mode) == 0o700, "mode of the directory")
        before = fingerprint(place.file)
        done = place.run("create-admin", "--username", "bob", "--key-out", "-")
        expect(done.returncode == HAS_USERS and done.stdout == "", done)
        expect("users recover" in done.stderr, done.stderr)
        expect(fingerprint(place.file) == before, "the file was changed")


@check
def fifty_at_once_make_one_admin(binary):
    with Place(binary) as place:
        racing = [place.start("create-admin", "--username", f"admin-{number}", "--key-out", "-") for number in range(FIFTY)]
        ended = [(process.communicate(timeout=PATIENCE_S), process.returncode) for process in racing]
        won = [output for (output, _), code in ended if code == 0]
        expect(len(won) == 1, f"{len(won)} succeeded")
        for (output, errors), code in ended:
            expect(code in (0, HAS_USERS), f"exit code {code}: {errors}")
            expect(code == 0 or (output == "" and "has users already" in errors), errors)
        content = json.loads(place.file.read_text())
        expect(content["version"] == 1 and len(content["users"]) == 1, content)
        expect(content["users"][0]["keys"][0]["sha256"] == digest(won[0].strip()), "another key than the winner's")


@check
def a_key_goes_into_a_file_of_its_own_and_only_when_an_admin_was_made(binary):
    with Place(binary) as place:
        out = place.top / "key"
        done = place.run("create-admin", "--username", "ann", "--key-out", out)
        expect(done.returncode == 0 and done.stdout == "", done)
        expect(stat.S_IMODE(out.stat().st_mode) == 0o600, "mode of the key file")
        expect(digest(out.read_text().strip()) == read_users(place.file)[0]["keys"][0]["sha256"], "another key")
        other = place.top / "other"
        done = place.run("create-admin", "--username", "bob", "--key-out", other)
        expect(done.returncode == HAS_USERS and not other.exists(), "a key without an admin")
    with Place(binary) as place:
        out = place.top / "key"
        out.write_text("precious")
        done = place.run("create-admin", "--username", "ann", "--key-out", out)
        expect(done.returncode == 1 and "exists already" in done.stderr, done)
        expect(out.read_text() == "precious" and not place.file.exists(), "something was changed")
        done = place.run("create-admin", "--username", "No Name", "--key-out", place.top / "new")
        expect(done.returncode == 1 and "a username is" in done.stderr, done)
        expect(not (place.top / "new").exists(), "a key without an admin")


@check
def without_a_terminal_the_key_is_printed_only_when_asked_for(binary):
    with Place(binary) as place:
        done = place.run("create-admin", "--username", "ann")
        expect(done.returncode == 1 and "--key-out" in done.stderr and done.stdout == "", done)
        expect(not place.file.exists(), "an admin was made")
        ours, theirs = pty.openpty()
        with os.fdopen(ours, "rb", buffering=0) as screen:
            done = subprocess.run([binary, "create-admin", "--username", "ann"], env=environment(place.file, HOME=str(place.top)),
                                  stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE, timeout=PATIENCE_S)
            os.close(theirs)
            shown = screen.read(4096).decode()
        expect(done.returncode == 0, done)
        expect(digest(re.search(KEY_PATTERN, shown).group()) == read_users(place.file)[0]["keys"][0]["sha256"], shown)


@check
def a_key_can_be_brought_in_a_file_that_nobody_else_can_write(binary):
    with Place(binary) as place:
        own = place.top / "own"
        for text, mode, reason in (
            ("tiny-key", 0o600, "shorter than 32"),
            ("your-secure-api-key-here", 0o600, "placeholder"),
            ("a" * 40, 0o600, "8 different"),
            (OWN_KEY + "\nmore", 0o600, "line break"),
            (OWN_KEY, 0o660, "chmod go-w"),
            (OWN_KEY, 0o606, "chmod go-w"),
        ):
            own.write_text(text)
            own.chmod(mode)
            done = place.run("create-admin", "--username", "ann", "--key-file", own)
            expect(done.returncode == 1 and reason in done.stderr, (text, done))
            expect(text not in done.stderr and not place.file.exists(), (text, done))
        done = place.run("create-admin", "--username", "ann", "--key-file", place.top / "nowhere")
        expect(done.returncode == 1 and "nowhere" in done.stderr, done)
        own.chmod(0o400)
        own.write_text(OWN_KEY + "\n")
        done = place.run("create-admin", "--username", "ann", "--key-file", own)
        expect(done.returncode == 0 and OWN_KEY not in done.stdout + done.stderr, done)
        expect(read_users(place.file)[0]["keys"][0]["sha256"] == digest(OWN_KEY), "another key")


@check
def wrong_command_lines_are_told_apart_from_failures(binary):
    with Place(binary) as place:
        for line in (["create-admin"], ["users", "recover"], ["create-admin", "--username", "a", "--api-key", OWN_KEY],
                     ["create-admin", "--username", "a", "--key-out", "b", "--key-file", "c"], ["users"]):
            done = place.run(*line)
            expect(done.returncode == 2 and done.stderr, (line, done))
        expect(not place.directory.exists(), "something was made")


@check
def the_older_format_is_listed_and_recovered_in_place(binary):
    with Place(binary) as place:
        place.write(OLD_FILE)
        for command in (["users", "list"], ["list-users"]):
            done = place.run(*command)
            expect(done.returncode == 0 and re.search(r"^old +admin +enabled", done.stdout, re.M), done)
            expect(digest(OWN_KEY) not in done.stdout, "the hash is shown")
        expect(place.file.read_text() == OLD_FILE, "reading changed the file")
        done = place.run("users", "recover", "--username", "old", "--key-out", "-")
        expect(done.returncode == 0, done)
        keys = read_users(place.file)[0]["keys"]
        expect([key["sha256"] for key in keys] == [digest(done.stdout.strip())], keys)
        done = place.run("users", "recover", "--username", "nobody", "--key-out", "-")
        expect(done.returncode == 1 and done.stdout == "" and "nobody" in done.stderr, done)


def _mode(mode):
    def spoil(place):
        place.write(OLD_FILE)
        place.file.chmod(mode)

    return spoil


def _directory_mode(place):
    place.write(OLD_FILE)
    place.directory.chmod(0o755)


def _text(text):
    return lambda place: place.write(text)


def _link(place):
    place.write(OLD_FILE)
    place.file.rename(place.directory / "real")
    place.file.symlink_to("real")


def _hard_link(place):
    place.write(OLD_FILE)
    os.link(place.file, place.directory / "second")


def _directory_link(place):
    place.write(OLD_FILE)
    place.directory.rename(place.top / "real")
    place.directory.symlink_to("real")


def _fifo(place):
    place.directory.mkdir(mode=0o700)
    os.mkfifo(place.file, 0o600)


def _directory_in_place(place):
    place.file.mkdir(mode=0o700, parents=True)
    place.directory.chmod(0o700)


def _owner(place):
    place.write(OLD_FILE)
    os.chown(place.file, 54321, -1)


def _twice(place):
    content = json.loads(OLD_FILE)
    content["users"] *= 2
    place.write(json.dumps(content))


def _same_key(place):
    content = json.loads(OLD_FILE)
    content["users"].append({**content["users"][0], "username": "other"})
    place.write(json.dumps(content))


# What is wrong -> a part of the cause, a part of the remedy.
WRONG_FILES = {
    "mode 0644": (_mode(0o644), "mode 0644", "chmod 600"),
    "mode 0660": (_mode(0o660), "mode 0660", "chmod 600"),
    "directory mode 0755": (_directory_mode, "mode 0755", "chmod 700"),
    "symbolic link": (_link, "symbolic link", "name the file"),
    "hard link": (_hard_link, "second name", "remove"),
    "link in place of the directory": (_directory_link, "is a link", "name the directory itself"),
    "pipe": (_fifo, "no regular file", "remove it"),
    "directory": (_directory_in_place, "no regular file", "remove it"),
    "empty file": (_text(""), "is empty", "backup"),
    "truncated": (_text(OLD_FILE[:-20]), "is damaged", "backup"),
    "no JSON": (_text("users"), "is damaged", "backup"),
    "other JSON": (_text("[]"), "is damaged", "backup"),
    "null users": (_text('{"users": null}'), "users is missing", "backup"),
    "unknown member": (_text(OLD_FILE.replace('"role"', '"Role"')), "does not know", "backup"),
    "newer format": (_text('{"format": 3, "version": 1, "users": []}'), "newer version", "backup"),
    "user twice": (_twice, '"old" stands there twice', "remove one"),
    "key twice": (_same_key, "same key", "remove it"),
    "reserved name": (_text(OLD_FILE.replace('"old"', '"legacy"')), "reserved", "choose another"),
    "name with a line break": (_text(OLD_FILE.replace('"old"', '"o\\nd"')), "a username is", "correct"),
}
if os.geteuid() == 0:
    WRONG_FILES["other owner"] = (_owner, "belongs to user 54321", "chown")


@check
def a_file_that_is_wrong_is_named_refused_and_left_alone(binary):
    commands = (["users", "list"], ["doctor"], ["create-admin", "--username", "evil", "--key-out", "-"],
                ["users", "recover", "--username", "old", "--key-out", "-"], ["http", "--port", "0"], ["stdio"])
    for name, (spoil, cause, remedy) in WRONG_FILES.items():
        with Place(binary) as place:
            spoil(place)
            before = fingerprint(place.file)
            for command in commands:
                done = place.run(*command, MCP_ENABLE_USER_AUTH="true")
                expect(done.returncode == 1, f"{name}: {command}: exit code {done.returncode}: {done.stderr}")
                said = (done.stdout + done.stderr if command == ["doctor"] else done.stderr).replace('\\"', '"')
                expect(cause in said and remedy in said, f"{name}: {command}: {done.stderr}")
                expect(str(place.directory) in said, f"{name}: {command}: no path: {done.stderr}")
                expect(done.stdout == "" or command == ["doctor"], f"{name}: {command}: {done.stdout}")
            expect(fingerprint(place.file) == before, f"{name}: the file was changed")


@check
def a_file_without_users_provably_has_none(binary):
    for text in ('{"users": []}', '{"format": 2, "version": 7, "users": []}'):
        with Place(binary) as place:
            place.write(text)
            place.create_admin()
            expect(has_lasting_admin(read_users(place.file)), text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--only")
    options = parser.parse_args()
    sys.exit(run_checks(os.path.abspath(options.binary), only=options.only))
