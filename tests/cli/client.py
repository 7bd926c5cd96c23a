#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""client print, install and remove on the files of the four clients: what they write, and that nothing
else is harmed. client.py --binary TOOLPOST [--only WORDS]"""

import argparse
import json
import os
import random
import resource
import stat
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from client_place import CONTAINERS, FILES, Home, without_comments  # noqa: E402
from random_text import RandomText  # noqa: E402

URL = "https://tools.example.com/mcp"
KEY = "mcp_abcdefgh_0123456789012345678901234567890123456789012_deadbeef"
BACKUP = ".toolpost-backup"
RANDOM_TEXTS = 60
AT_ONCE = 12
# What may stand in a client's file, as people and programs write it.
STRICT = [
    "{}", "{}\n", "", "\n", '{"mcpServers":{}}', '{"mcpServers": {"a": {"command": "a"}}, "z": [1, 2]}',
    '{\n  "mcpServers": {\n    "a": {\n      "command": "a",\n      "args": []\n    }\n  },\n  "b": "\\u00e9{//,}"\n}\n',
    '{\r\n\t"b": 1,\r\n\t"mcpServers": {\r\n\t}\r\n}\r\n', '{\n    "z": 1,\n    "a": {"servers": {}}\n}',
]
LENIENT = [
    '// mine\n{\n  "servers": {\n    "a": {"command": "a"}, // the first\n    // "b": {}\n  },\n  /* none */\n}\n',
    '{\n\t// nothing yet\n}\n', '{ "inputs": [ ], }', '{\n\t"servers": {},\n\t"inputs": [\n\t\t{"id": "x", "type": "promptString"}, // x\n\t],\n}\n',
]


def texts_for(client):
    return STRICT if client.startswith("claude") else STRICT + LENIENT


@check
def print_writes_the_entry_and_no_file(binary):
    with Home(binary) as home:
        for client, container in CONTAINERS.items():
            done = home.run("print", client, "--project-root", "work", "--config", "toolpost.json")
            expect(done.returncode == 0, done)
            entry = json.loads(done.stdout)[container]["toolpost"]
            expect(entry["command"] == binary, entry)
            expect(entry["args"] == ["stdio", "--config", f"{home.top}/toolpost.json", "--project-root", f"{home.top}/work"], entry)
            expect(str(home.file(client)) in done.stderr, done.stderr)
        expect(home.names() == [], home.names())


@check
def the_command_of_an_entry_serves_mcp(binary):
    with Home(binary) as home:
        home.good("install", "cursor")
        entry = json.loads(home.file("cursor").read_text())["mcpServers"]["toolpost"]
        hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}
        done = subprocess.run([entry["command"], *entry["args"]], input=json.dumps(hello) + "\n", capture_output=True, text=True,
                              timeout=60, cwd=home.top, env={"HOME": str(home.top), "PATH": "/usr/bin:/bin"})
        answer = json.loads(done.stdout.splitlines()[0])
        expect(answer["result"]["serverInfo"]["name"] == "toolpost", answer)


@check
def a_file_that_is_not_there_is_made_closed_to_others_and_goes_again(binary):
    for client in FILES:
        with Home(binary) as home:
            home.good("install", client)
            expect(stat.S_IMODE(home.file(client).stat().st_mode) == 0o600, client)
            expect(home.names() == [FILES[client]], home.names())
            home.good("remove", client)
            expect(home.names() == [], home.names())


@check
def install_and_remove_give_back_every_byte(binary):
    count = 0
    for client in FILES:
        for text in texts_for(client):
            for more in ([], ["--url", URL]):
                if client == "claude-desktop" and more:
                    continue
                with Home(binary) as home:
                    path = home.write(client, text)
                    home.good("install", client, *more)
                    after = json.loads(without_comments(path.read_text()))
                    expect("toolpost" in after[CONTAINERS[client]], after)
                    expect(Path(f"{path}{BACKUP}").read_bytes() == text.encode(), "the backup differs")
                    home.good("remove", client)
                    expect(path.read_bytes() == text.encode(), (client, more, text, path.read_text()))
                    expect(home.names() == [FILES[client]], home.names())
                    count += 1
    print(f"      {count} texts and clients")


@check
def the_rest_of_a_file_stays_byte_by_byte(binary):
    for client in FILES:
        for text in texts_for(client):
            with Home(binary) as home:
                path = home.write(client, text)
                home.good("install", client)
                kept = iter(path.read_text())
                lost = [c for c in text if not c.isspace() and c not in kept]
                expect(not lost, (client, text, path.read_text()))


@check
def random_texts_are_added_to_and_given_back(binary):
    seed = int(os.environ.get("TOOLPOST_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"      seed {seed}, {RANDOM_TEXTS} texts for each client")
    numbers = random.Random(seed)
    with Home(binary) as home:
        for client, container in (("cursor", "mcpServers"), ("claude-code", "mcpServers"), ("vscode", "servers")):
            texts = RandomText(numbers, container, comments=not client.startswith("claude"))
            for _ in range(RANDOM_TEXTS):
                text = texts.document()
                before = json.loads(without_comments(text))
                path = home.write(client, text)
                home.good("install", client, "--url", URL)
                after = json.loads(without_comments(path.read_bytes().decode()))
                expect("toolpost" in after[container], text)
                if numbers.random() < 0.5:  # without the backup only what was made anew may be left, empty
                    Path(f"{path}{BACKUP}").unlink()
                    home.good("remove", client)
                    if not path.exists():  # it read as one that was made for the entry alone
                        expect(not any(before.values()), text)
                        continue
                    left = json.loads(without_comments(path.read_bytes().decode()))
                    empty = {container: {}, "inputs": []}
                    for name in set(left) - set(before):
                        expect(left.pop(name) == empty[name], text)
                    expect(left == before, (text, left))
                else:
                    home.good("remove", client)
                    expect(path.read_bytes() == text.encode(), text)
                path.unlink()
                Path(f"{path}{BACKUP}").unlink(missing_ok=True)


@check
def a_second_install_changes_nothing(binary):
    for client in FILES:
        with Home(binary) as home:
            path = home.write(client, '{"a": 1}')
            home.good("install", client)
            before = (path.stat().st_ino, path.stat().st_mtime_ns, home.names(), Path(f"{path}{BACKUP}").read_text())
            expect("already" in home.good("install", client), "nothing said")
            expect((path.stat().st_ino, path.stat().st_mtime_ns, home.names(), Path(f"{path}{BACKUP}").read_text()) == before, client)


@check
def an_earlier_entry_is_brought_up_to_date(binary):
    with Home(binary) as home:
        before = '{\n\t"servers": {\n\t\t"a": {} // a\n\t}\n}\n'
        path = home.write("vscode", before)
        for more in (["--project-root", "/p"], ["--url", URL], ["--url", "http://127.0.0.1:8000/mcp", "--open"], []):
            home.good("install", "vscode", *more)
        text = path.read_text()
        expect(text.count("toolpost\"") == 2 and "// a" in text and '"/p"' not in text, text)
        expect(Path(f"{path}{BACKUP}").read_text() == before, "the backup is of an earlier install")
        home.good("remove", "vscode")
        expect(path.read_text() == before, path.read_text())
    for client in ("cursor", "claude-code"):
        with Home(binary) as home:
            home.good("install", client)
            home.good("install", client, "--url", URL)
            home.good("remove", client)
            expect(home.names() == [], home.names())


@check
def remove_takes_out_only_its_own_when_others_came_since(binary):
    for client, container in CONTAINERS.items():
        with Home(binary) as home:
            path = home.write(client, "{}")
            home.good("install", client)
            document = json.loads(path.read_text())
            document[container]["later"] = {"command": "later"}
            path.write_text(json.dumps(document, indent=2))
            home.good("install", client, "--name", "second")
            home.good("remove", client)
            left = json.loads(path.read_text())[container]
            expect(set(left) == {"later", "second"}, left)
            expect("no server toolpost" in home.good("remove", client), "a second remove")


@check
def keys_are_named_and_never_written(binary):
    ways = {"claude-code": "${MCP_API_KEY}", "cursor": "${env:MCP_API_KEY}", "vscode": "${input:toolpost-api-key}"}
    for client, way in ways.items():
        with Home(binary) as home:
            said = home.good("install", client, "--url", URL, MCP_API_KEY=KEY)
            text = home.file(client).read_text()
            document = json.loads(text)
            entry = document[CONTAINERS[client]]["toolpost"]
            expect(entry["url"] == URL and entry["headers"] == {"Authorization": f"Bearer {way}"}, entry)
            expect(entry.get("type") == (None if client == "cursor" else "http"), entry)
            expect(KEY not in text and KEY not in said, "the key came out")
            if client == "vscode":
                expect(document["inputs"][0]["password"] is True and document["inputs"][0]["id"] == "toolpost-api-key", document)
            home.good("install", client, "--url", URL, "--open")
            expect("headers" not in json.loads(home.file(client).read_text())[CONTAINERS[client]]["toolpost"], client)


@check
def claude_desktop_takes_no_url(binary):
    with Home(binary) as home:
        done = home.run("install", "claude-desktop", "--url", URL)
        expect(done.returncode == 2 and "Connectors" in done.stderr and home.names() == [], done)


@check
def mode_and_links_stay(binary):
    with Home(binary) as home:
        real = home.top / "dotfiles" / "mcp.json"
        real.parent.mkdir()
        real.write_text('{"a": 1}')
        real.chmod(0o640)
        home.file("cursor").parent.mkdir()
        home.file("cursor").symlink_to("../dotfiles/mcp.json")
        home.good("install", "cursor")
        expect(home.file("cursor").is_symlink() and os.readlink(home.file("cursor")) == "../dotfiles/mcp.json", "the link")
        expect("toolpost" in real.read_text() and stat.S_IMODE(real.stat().st_mode) == 0o640, "the file")
        expect(stat.S_IMODE(Path(f"{real}{BACKUP}").stat().st_mode) == 0o640, "the backup")
        home.good("remove", "cursor")
        expect(real.read_text() == '{"a": 1}' and home.file("cursor").is_symlink(), "after remove")


@check
def owner_stays_when_root_installs(binary):
    if os.geteuid() != 0:
        print("      not root: not tried")
        return
    with Home(binary) as home:
        path = home.write("cursor", "{}")
        os.chown(path, 12345, 23456)
        home.good("install", "cursor")
        expect((path.stat().st_uid, path.stat().st_gid) == (12345, 23456), path.stat())


@check
def what_cannot_be_edited_safely_is_refused_and_left(binary):
    cases = [
        ("{\n  \"a\": 1,\n  oops\n}", ":3:3: not valid JSON"), ('{"a": 1, "a": 2}', ':1:10: the key "a" stands here twice'),
        ("[]", ":1:1: expected an object"), ('{"mcpServers": 7}', ":1:16: mcpServers: expected an object"),
        ('{"mcpServers": {"toolpost": {"command": "mine"}}}', ":1:29: mcpServers.toolpost is not as"), ("{} {}", ":1:4: not valid JSON"),
        ('{"mcpServers": {"toolpost": {"command": "/x/toolpost", "args": ["stdio"], "env": {}}}}', ":1:29: "),
    ]
    for text, words in cases:
        with Home(binary) as home:
            path = home.write("cursor", text)
            for command in ("install", "remove"):
                done = home.run(command, "cursor")
                expect(done.returncode == 1 and f"{path}{words}" in done.stderr and done.stdout == "", (command, done))
            expect(path.read_text() == text and home.names() == [FILES["cursor"]], home.names())
    for client in ("claude-desktop", "claude-code"):
        with Home(binary) as home:
            home.write(client, "{ // a comment\n}")
            done = home.run("install", client)
            expect(done.returncode == 1 and ":1:3: not valid JSON" in done.stderr, done)


@check
def files_that_are_none_are_refused(binary):
    with Home(binary) as home:
        path = home.file("cursor")
        path.parent.mkdir()
        for make, words in ((lambda: os.mkfifo(path), "no regular file"), (path.mkdir, "no regular file"),
                            (lambda: path.symlink_to("nowhere"), "leads nowhere")):
            make()
            done = home.run("install", "cursor")
            expect(done.returncode == 1 and words in done.stderr, done)
            path.rmdir() if path.is_dir() else path.unlink()
        path.write_text("{}")
        os.link(path, home.top / "second")
        done = home.run("install", "cursor")
        expect(done.returncode == 1 and "second name" in done.stderr and path.read_text() == "{}", done)


@check
def another_file_and_another_name(binary):
    with Home(binary) as home:
        home.good("install", "claude-code", "--file", ".mcp.json", "--name", "tools", "--url", URL)
        entry = json.loads((home.top / ".mcp.json").read_text())["mcpServers"]
        expect(list(entry) == ["tools"] and home.names() == [".mcp.json"], entry)
        home.good("remove", "claude-code", "--file", ".mcp.json", "--name", "tools")
        expect(home.names() == [], home.names())
        home.good("install", "claude-code", CLAUDE_CONFIG_DIR=str(home.top / "c"))
        home.good("install", "vscode", XDG_CONFIG_HOME=str(home.top / "x"))
        expect(home.names() == ["c/.claude.json", "x/Code/User/mcp.json"], home.names())


@check
def a_wrong_command_line_says_what_is_wrong(binary):
    cases = [(["install"], "CLIENT"), (["install", "emacs"], "claude-desktop, claude-code, cursor or vscode"),
             (["print", "vscod"], 'did you mean "vscode"?'), (["install", "cursor", "--name", "a/b"], "--name"),
             (["print", "cursor", "--url", "https://u:geheim@x.example"], "user name or password"),
             (["print", "cursor", "--url", "tools.example"], "--url"), (["print", "cursor", "--config", "${X}"], "${X}")]
    with Home(binary) as home:
        for arguments, words in cases:
            done = home.run(*arguments)
            expect(done.returncode == 2 and words in done.stderr and "geheim" not in done.stderr and not done.stdout, done)
        expect(home.names() == [], home.names())


@check
def installs_at_once_lose_nothing(binary):
    with Home(binary) as home:
        home.write("cursor", '{"mine": 1}')
        racing = [home.start("install", "cursor", "--name", f"s{number}") for number in range(AT_ONCE)]
        ended = [(process.communicate(timeout=60), process.returncode) for process in racing]
        expect(all(code == 0 for _, code in ended), ended)
        document = json.loads(home.file("cursor").read_text())
        expect(set(document["mcpServers"]) == {f"s{number}" for number in range(AT_ONCE)} and document["mine"] == 1, document)
        removing = [home.start("remove", "cursor", "--name", f"s{number}") for number in range(AT_ONCE)]
        expect(all(process.wait(timeout=60) == 0 for process in removing), "a remove failed")
        expect(json.loads(home.file("cursor").read_text()) == {"mine": 1, "mcpServers": {}}, home.file("cursor").read_text())


@check
def a_write_that_fails_leaves_the_file_as_it_was(binary):
    with Home(binary) as home:
        text = json.dumps({"mine": "x" * 5000})
        path = home.write("cursor", text)
        # The process is killed in the middle of its first write, of the draft of the backup or, where
        # the text is small enough for that, of the file.
        for limit in (1000, len(text), len(text) + 10):
            done = home.run("install", "cursor", preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            expect(done.returncode != 0 and path.read_text() == text, done)
        home.good("install", "cursor")
        expect("toolpost" in path.read_text(), "not mended by the next one")


@check
def a_directory_that_cannot_be_written_leaves_everything(binary):
    with Home(binary) as home:
        done = home.run("install", "cursor", "--file", "/proc/self/x.json")
        expect(done.returncode == 1 and done.stdout == "", done)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--only")
    options = parser.parse_args()
    sys.exit(run_checks(os.path.realpath(options.binary), only=options.only))
