# SPDX-License-Identifier: Apache-2.0
"""Each fault of the enterprise deployment guide's list is provoked with the real program, and found by
doctor with its remedy; the remedy mends it. faults.py --build DIR [--only WORDS]"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from installation import SINGLE, Installation, fault, no_fault, taken_port  # noqa: E402
from certificates import Authority  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from free_port import free_port  # noqa: E402
from http_wire import call, modern, modern_headers  # noqa: E402
from toolpost_process import Build  # noqa: E402

NOBODY = 65534
USERS = {"auth": {"users": True}}


def ask(server, key):
    message = modern("tools/list")
    return call(server.port, message, {**modern_headers(message), "Authorization": f"Bearer {key}"}).status


@check
def nothing_is_found_where_nothing_is_wrong(build):
    with Installation(build, **USERS) as place:
        place.admin()
        found = no_fault(place, "--port", free_port())
        for known in ("config.file", "project.root", "plugin.directory", "plugin.trust", "policy.packages", "auth.mode",
                      "users.file", "http.port", "data.directory", "data.room", "seal.keys", "backup.age", "audit.directory",
                      "audit.room", "audit.key", "audit.records"):
            expect(known in found, f"{known} is not looked at: {list(found)}")


@check
def uv_not_found(build):
    with Installation(build, packages={"uv": "/nonexistent/uv"}) as place:
        expect("name uv itself" in fault(place, "uv.found", "--port", 0)["remedy"], "another remedy")
        place.configure(packages={"uv": str(place.put_uv())})
        expect("0.12.5" in no_fault(place, "--port", 0)["uv.version"][0]["text"], "not found")
    with Installation(build, packages={}) as place:
        if not any(Path(where, "uv").exists() for where in ("/usr/local/bin", "/usr/bin", "/opt/uv/bin")):
            found = fault(place, "uv.found", "--port", 0)
            expect("not in PATH" in found["text"] and "install uv" in found["remedy"], found)
        place.put_uv()
        no_fault(place, "--port", 0)


@check
def permission_errors(build):
    with Installation(build, **USERS) as place:
        place.admin()
        for path, mode, wanted in ((place.users, 0o644, "users.file"), (place.users.parent, 0o755, "users.file"),
                                   (place.ledger, 0o755, "audit.directory"), (place.state / "audit.key", 0o644, "audit.key")):
            before = path.stat().st_mode & 0o7777
            path.chmod(mode)
            found = fault(place, wanted, "--port", 0)
            expect(str(path) in found["text"] and "chmod" in found["text"] + found["remedy"], found)
            path.chmod(before)
            no_fault(place, "--port", 0)


@check
def a_project_that_this_user_cannot_write(build):
    if os.geteuid() != 0:
        return
    with Installation(build) as place:
        place.top.chmod(0o755)
        place.state.mkdir(mode=0o700, exist_ok=True)
        os.chown(place.state, NOBODY, NOBODY)
        found = fault(place, "project.root", "--port", 0, user=NOBODY)
        expect("cannot be written by this user" in found["text"] and f"chown {NOBODY}" in found["remedy"], found)
        os.chown(place.top / "project", NOBODY, NOBODY)
        no_fault(place, "--port", 0, user=NOBODY)


@check
def port_conflicts(build):
    with Installation(build) as place, taken_port() as port:
        found = fault(place, "http.port", "--port", port)
        expect("taken by another program" in found["text"] and f":{port}" in found["remedy"], found)
        refused = place.run("http", "--port", port)
        expect(refused.returncode == 1 and str(port) in refused.stderr, refused)
    with Installation(build) as place, place.serve() as server:
        found = no_fault(place, "--port", server.port)
        expect("our server serves there" in found["http.port"][0]["text"], found["http.port"])


@check
def a_conflict_about_the_port_of_metrics(build):
    with Installation(build) as place, taken_port() as port:
        place.configure(metrics={"enabled": True, "port": port})
        expect(str(port) in fault(place, "metrics.port", "--port", 0)["text"], "another port")
        place.configure(metrics={"enabled": True, "port": free_port()})
        no_fault(place, "--port", 0)


@check
def a_program_that_only_looks_like_a_server_is_not_taken_for_ours(build):
    def answer(listener):
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    with Installation(build) as place, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        other = threading.Thread(target=answer, args=(listener,), daemon=True)
        other.start()
        fault(place, "http.port", "--port", listener.getsockname()[1])
        other.join(10)


@check
def authentication_failures(build):
    with Installation(build, **USERS) as place:
        key = place.admin()
        with place.serve() as server:
            expect(ask(server, key) == 200 and ask(server, key[:-1] + "x") == 401, "the wrong answers")
        expect("that of ann" in no_fault(place, "--port", 0, MCP_API_KEY=key)["auth.key"][0]["text"], "not known")
        for wrong, why in ((key.replace("mcp_", "mcq_", 1), "not a whole key"), (key[:-1] + ("0" if key[-1] != "0" else "1"), "nobody's")):
            found = fault(place, "auth.key", "--port", 0, MCP_API_KEY=wrong)
            expect(why in found["text"] and "users recover" in found["remedy"] and wrong not in json.dumps(found), found)
        place.good("users", "recover", "--username", "ann", "--key-out", "-")
        expect("ended" in fault(place, "auth.key", "--port", 0, MCP_API_KEY=key)["text"], "an old key counts")
    with Installation(build, auth={"enabled": True}) as place:
        expect("there is no key" in fault(place, "auth.mode", "--port", 0)["text"], "another reason")
        fault(place, "auth.mode", "--port", 0, MCP_API_KEY="short-0123456789")
        no_fault(place, "--port", 0, MCP_API_KEY=SINGLE)
    with Installation(build) as place:
        expect("not switched on" in fault(place, "auth.mode", "--port", 0, MCP_API_KEY=SINGLE)["text"], "another reason")


@check
def a_configuration_that_cannot_be_read(build):
    with Installation(build) as place:
        place.config.write_text('{\n  "http": {"prot": 1}\n}\n')
        found = fault(place, "config.read")
        expect(f"{place.config}:2:" in found["text"], found)
        place.config.unlink()
        expect(str(place.config) in fault(place, "config.read")["text"], "not named")


@check
def certificates(build):
    with Installation(build) as place:
        authority = Authority(place.top)
        good, over = authority.sign("good", "DNS:localhost"), authority.sign("over", "DNS:localhost", days=-1)

        def use(pair):
            place.configure(http={"tls": {"certificate_file": str(pair.certificate), "key_file": str(pair.key)}})

        use(good)
        no_fault(place, "--port", 0)
        use(over)
        found = fault(place, "tls.expiry", "--port", 0)
        expect("renew" in found["remedy"], found)
        use(good)
        good.key.unlink()
        expect(str(good.key) in fault(place, "tls.files", "--port", 0)["text"], "not named")


@check
def a_damaged_audit(build):
    with Installation(build, **USERS) as place:
        place.admin()
        segment = next(place.ledger.glob("*.jsonl"))
        text = segment.read_bytes()
        segment.write_bytes(text.replace(b'"ann"', b'"eve"', 1))
        expect("audit verify" in fault(place, "audit.records", "--port", 0)["remedy"], "another remedy")
        segment.write_bytes(text)
        no_fault(place, "--port", 0)


@check
def an_audit_that_is_gone_and_one_without_its_key(build):
    with Installation(build) as place:
        key, aside = place.state / "audit.key", place.top / "aside"
        with place.serve():
            pass
        place.ledger.rename(aside)
        found = no_fault(place, "--port", 0)
        expect(any(one["state"] == "warning" for one in found["audit.directory"]), found["audit.directory"])
        with place.serve() as server:
            server.wait_for_log(lambda line: "begins anew" in line.get("message", ""), "that there are no records")
        key.rename(place.top / "key")
        found = fault(place, "audit.key", "--port", 0)
        expect("is gone, and" in found["text"] and "restore it" in found["remedy"], found)
        done = place.run("http", "--port", "0")
        expect(done.returncode == 1 and "is gone, and" in done.stderr and not key.exists(), done)
        expect(place.run("config", "check", "--live").returncode == 1, "config check --live calls that well")
        place.lose(place.ledger)
        with place.serve():
            expect(key.exists(), "there is no key after a start without records")


@check
def an_answer_that_cannot_be_written_is_no_success(build):
    with Installation(build) as place:
        for words in (("plugin", "list"), ("config", "check"), ("doctor",), ("call", "echo", '{"text":"x"}')):
            with open("/dev/full", "w") as full:
                done = subprocess.run([str(build.binary), *words, "--config", str(place.config)], stdout=full, text=True,
                                      stderr=subprocess.PIPE, env=place.environment(), cwd=place.top, check=False)
            expect(done.returncode == 1 and "write to standard output" in done.stderr, f"{words}: {done}")
        for words in (("config", "print"), ("config", "schema"), ("plugin", "list"), ("call", "echo", '{"text":"x"}'),
                      ("create-admin", "--username", "ann", "--key-out", "-")):
            config = [] if words == ("config", "schema") else ["--config", str(place.config)]
            done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", str(build.binary), *words, *config], text=True, check=False,
                                  stderr=subprocess.PIPE, env=place.environment(), cwd=place.top)
            expect(done.returncode == 1 and ("standard output" in done.stderr or "is lost" in done.stderr), f"{words}: {done}")


@check
def users_that_do_not_count_are_told(build):
    with Installation(build) as place:
        done = place.run("create-admin", "--username", "ann", "--key-out", "-")
        expect(done.returncode == 0 and "users do not count yet" in done.stderr, done)
        with place.serve() as server:
            server.wait_for_log(lambda line: line["level"] == "WARN" and "they do not count" in line["message"], "that they do not")


@check
def plugins_and_rules(build):
    with Installation(build) as place:
        config = json.loads(place.config.read_text())
        config["plugins"]["com.example.lost"] = {"enabled": True}
        place.config.write_text(json.dumps(config))
        expect("com.example.lost" in fault(place, "plugin.found", "--port", 0)["text"], "not named")
        config["plugins"].pop("com.example.lost")
        config["plugins"]["io.toolpost.echo"]["sha256"] = "0" * 64
        place.config.write_text(json.dumps(config))
        expect("plugin pin" in fault(place, "plugin.trust", "--port", 0)["remedy"], "another remedy")
        del config["plugins"]["io.toolpost.echo"]["sha256"]
        place.config.write_text(json.dumps({**config, "policy": {"blocked_packages": ["a{1,2"]}}))
        fault(place, "policy.packages", "--port", 0)


@check
def seal_keys_that_others_may_read(build):
    with Installation(build) as place:
        with place.serve():
            pass
        key = place.state / "seal.key"
        key.chmod(0o644)
        expect("chmod 600" in fault(place, "seal.keys", "--port", 0)["text"], "another reason")


@check
def a_listener_that_is_open_to_everybody(build):
    with Installation(build, http={"host": "0.0.0.0"}) as place:
        expect("auth.users" in fault(place, "http.exposure", "--port", 0)["remedy"], "another remedy")
        done = place.run("config", "check")
        expect(done.returncode == 1 and "0.0.0.0" in done.stderr, done)


@check
def a_log_file_that_cannot_be_written(build):
    with Installation(build) as place:
        (place.top / "nowhere").write_text("")
        place.configure(log={"file": str(place.top / "nowhere/server.log")})
        fault(place, "log.file", "--port", 0)
        (place.top / "nowhere").unlink()
        no_fault(place, "--port", 0)


@check
def places_that_no_start_can_make(build):
    for wanted, settings in (("tasks.directory", {"task_directory": "FILE/tasks"}),
                             ("sessions.directory", {"session_directory": "FILE"}),
                             ("backup.directory", {"backup": {"directory": "FILE"}}),
                             ("log.file", {"log": {"file": "FILE/log"}}), ("log.file", {"log": {"file": "DIRECTORY"}}),
                             ("audit.anchor", {"audit": {"anchor_file": "NOWHERE/anchor"}})):
        with Installation(build) as place:
            (place.top / "file").write_text("")
            text = json.dumps(settings).replace("FILE", str(place.top / "file")).replace("DIRECTORY", str(place.top / "project"))
            place.config = place.configure(**json.loads(text.replace("NOWHERE", str(place.top / "nowhere"))))
            fault(place, wanted, "--port", 0)
            expect(place.run("config", "check", "--live").returncode == 1, f"config check --live calls {settings} well")
    with Installation(build, log={"file": "made/by/the/start/log"}) as place:
        no_fault(place, "--port", 0)
        with place.serve():
            expect((place.top / "made/by/the/start/log").exists(), "it is not made")


@check
def config_check_finds_what_the_start_would_refuse(build):
    def refused(place, words, **more):
        place.configure(**more)
        for command in (["config", "check"], ["config", "check", "--live"], ["http"]):
            done = place.run(*command, MCP_ENABLE_AUTH="true", MCP_API_KEY=SINGLE)
            expect(done.returncode == 1 and words in done.stderr, f"{command} of {more}: {done}")

    with Installation(build) as place:
        pipe = place.top / "pipe"
        os.mkfifo(pipe)
        place.good("config", "check")
        for key in ("http", "metrics"):
            refused(place, f'{key}.host: "server.example" is not an IP address', **{key: {"host": "server.example"}})
        for host, other in (("127.0.0.1", "localhost"), ("127.0.0.1", "0.0.0.0"), ("::1", "::")):
            refused(place, "metrics.port", http={"port": 8123, "host": host}, metrics={"enabled": True, "host": other, "port": 8123})
        for path in (place.top / "nowhere.pem", place.config, pipe):
            refused(place, str(path), http={"port": 0, "tls": {"certificate_file": str(path), "key_file": str(path)}})
        pair = Authority(place.top).sign("over", "DNS:localhost", days=-1)
        place.configure(http={"port": 0, "tls": {"certificate_file": str(pair.certificate), "key_file": str(pair.key)}})
        place.good("config", "check", "--live")  # a start takes a certificate that has ended
        pair.key.chmod(0o604)
        place.good("config", "check")
        done = place.run("config", "check", "--live")
        expect(done.returncode == 1 and str(pair.key) in done.stderr, done)
        place.configure(http={"port": 0, "host": "127.0.0.1"}, metrics={"enabled": True, "port": 0})
        place.good("config", "check")


@check
def config_check_finds_libraries_that_would_not_be_loaded(build):
    with Installation(build) as place:
        own = place.top / "plugins"
        own.mkdir()
        for name in ("echo.plugin.json", "echo.so"):
            shutil.copy(build.directory / "plugins" / name, own)
        config = json.loads(place.config.read_text())
        config["plugin_directories"] = [str(own)]
        place.config.write_text(json.dumps(config))
        place.good("config", "check")
        library = own / "echo.so"

        def refused(words):
            done = place.run("config", "check")
            expect(done.returncode == 1 and words in done.stderr, done)

        library.chmod(0o777)
        refused("chmod")
        library.chmod(0o755)
        config["plugins"]["io.toolpost.echo"]["sha256"] = "0" * 64
        place.config.write_text(json.dumps(config))
        refused("not the pinned one")
        library.unlink()
        refused(str(library))


@check
def each_fault_is_one_line_and_its_remedy_another(build):
    with Installation(build, packages={"uv": "/nonexistent/uv"}) as place, taken_port() as port:
        lines = place.run("doctor", "--port", port).stdout.splitlines()
        faults = [number for number, line in enumerate(lines) if line.startswith("FAULT")]
        expect(len(faults) == 2 and all(lines[number + 1].startswith("         remedy:") for number in faults), lines)
        expect(all(line.split()[0] in ("ok", "warning", "FAULT", "remedy:") for line in lines), lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
