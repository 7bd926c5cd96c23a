# SPDX-License-Identifier: Apache-2.0
"""/livez, /readyz and /health from outside. health.py --build DIR [--only WORDS]"""

import argparse
import os
import socket
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "identity"))

from checks import check, expect, run_checks  # noqa: E402
from http_wire import Wire, call, echo, modern_headers, request  # noqa: E402
from toolpost_process import PATIENCE_S, Build, HttpServer  # noqa: E402
from world import USERS, environment, users_file  # noqa: E402

PATHS = ("/livez", "/readyz", "/health")
MAX_BYTES = 1024


def ask(port, path, method="GET", **headers):
    """The whole answer; of HEAD without a body."""
    given = {"Content-Type": None, "Accept": None, "Content-Length": None, **headers}
    with Wire(port) as wire:
        wire.send(request(port, b"", {name.replace("_", "-"): value for name, value in given.items()}, method, path))
        if method != "HEAD":
            return wire.answer()
        status, fields = wire.head()
        expect(wire.is_idle(), "HEAD was answered with a body")
        return status, fields


def wait_for(accepts, what):
    deadline = time.monotonic() + PATIENCE_S
    while not accepts():
        expect(time.monotonic() < deadline, what)
        time.sleep(0.02)


@check
def all_three_answer_small_JSON(server):
    for path in PATHS:
        answer = ask(server.port, path)
        expect(answer.status == 200 and answer.headers["content-type"] == "application/json", answer)
        expect(isinstance(answer.json(), dict) and len(answer.body) <= MAX_BYTES, answer)
        expect(answer.headers.get("cache-control") == "no-store", answer)
    health = ask(server.port, "/health").json()
    expect(health["status"] == "healthy" and health["version"], health)
    ready = ask(server.port, "/readyz").json()
    expect(ready["status"] == "ready" and {check["name"] for check in ready["checks"]} >= {"running", "plugins"}, ready)


@check
def HEAD_says_the_same_without_a_body(server):
    for path in PATHS:
        status, headers = ask(server.port, path, "HEAD")
        expect(status == 200 and int(headers["content-length"]) > 0, headers)


@check
def other_methods_are_refused(server):
    for method in ("POST", "DELETE", "PUT", "OPTIONS"):
        answer = ask(server.port, "/health", method, Content_Length="0")
        expect(answer.status == 405 and answer.headers["allow"] == "GET, HEAD", answer)


@check
def nobody_makes_it_keep_a_body(server):
    for headers in ({"Content_Length": "1000000"}, {"Content_Length": None, "Transfer_Encoding": "chunked"}):
        for method in ("GET", "POST"):
            answer = ask(server.port, "/livez", method, **headers)
            expect(answer.status in (405, 413) and answer.headers["connection"] == "close", answer)


@check
def any_Host_is_answered_and_no_foreign_Origin(server):
    for path in PATHS:
        expect(ask(server.port, path, Host="10.1.2.3:80").status == 200, path)
        expect(ask(server.port, path, Origin="http://evil.example").status == 403, path)
    expect(call(server.port, echo(), {**modern_headers(echo()), "Host": "10.1.2.3"}).status == 421, "MCP itself")


@check
def many_probes_use_one_connection(server):
    with Wire(server.port) as wire:
        for _ in range(100):
            wire.send(request(server.port, b"", {"Content-Length": None}, "GET", "/livez"))
            expect(wire.answer().status == 200, "not answered")


@check
def no_credential_is_needed_and_none_is_told(server):
    key = USERS["root"]
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        store = users_file(directory)
        variables = environment({"MCP_ENABLE_USER_AUTH": "true"}, store)
        with HttpServer(server.build, environment=variables) as own:
            expect(call(own.port, echo(), modern_headers(echo())).status == 401, "MCP is open")
            for path in PATHS:
                for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {key}"}):
                    answer = ask(own.port, path, **headers)
                    expect(answer.status == 200, answer)
                    for secret in (key, "root", "ann", str(store)):
                        expect(secret.encode() not in answer.body, f"{path} tells {secret}")


@check
def without_users_it_is_not_ready_and_says_what_to_do(server):
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        variables = environment({"MCP_ENABLE_USER_AUTH": "true"}, Path(directory) / "users/users.json")
        with HttpServer(server.build, environment=variables) as own:
            answer = ask(own.port, "/readyz")
            expect(answer.status == 503 and b"create-admin" in answer.body, answer)
            expect(ask(own.port, "/livez").status == 200, "not alive")
            expect(ask(own.port, "/health").status == 200, "not healthy")
            users_file(directory)
            wait_for(lambda: ask(own.port, "/readyz").status == 200, "the users were not noticed")


@check
def a_plugin_that_has_not_started_is_named_and_the_others_are_served(server):
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        state = {**os.environ, "XDG_STATE_HOME": directory}
        packages = {"uv": f"{directory}/no-uv", "project_root": f"{directory}/nowhere"}
        with HttpServer(server.build, packages=packages, environment=state) as own:
            health = ask(own.port, "/health")
            expect(health.json()["status"] == "degraded", health)
            expect(health.json()["plugins_not_started"] == ["io.toolpost.uv-package"], health)
            expect(directory not in health.body.decode(), health)
            expect(ask(own.port, "/readyz").status == 200, "the other plugins can be called")


@check
def uv_available_comes_from_uv_package(server):
    uv = server.build.directory.parent / "tools/venv/bin/uv"
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        for path, available in ((uv, True), (Path(directory) / "no-uv", False)):
            if available and not uv.exists():
                print("      uv is not installed below build/tools: only its absence is tested")
                continue
            settings = {"uv": str(path), "project_root": directory, "cache_dir": f"{directory}/cache"}
            state = {**os.environ, "XDG_STATE_HOME": directory}
            with HttpServer(server.build, plugins=(), packages=settings, environment=state) as own:
                wait_for(lambda: "uv_available" in ask(own.port, "/health").json(), "uv-package said nothing")
                health = ask(own.port, "/health").json()
                expected = {"status": "healthy" if available else "degraded", "uv_available": available}
                expect({**health, **expected} == health, health)


@check
def forwarded_addresses_are_believed_of_proxies_only(server):
    with HttpServer(server.build, http={"trusted_proxies": ["127.0.0.2"], "shutdown_grace_ms": 0}) as own:
        def status(source, **headers):
            with Wire(own.port) as wire:
                wire.close()
                wire.socket = socket.create_connection(("127.0.0.1", own.port), PATIENCE_S, (source, 0))
                given = {name.replace("_", "-"): value for name, value in headers.items()}
                return wire.send(request(own.port, echo(), {**modern_headers(echo()), **given})).answer().status

        malformed = {"X_Forwarded_For": "not an address"}
        expect(status("127.0.0.1", **malformed) == 200, "a stranger's header was read")
        expect(status("127.0.0.2", **malformed) == 400, "a proxy's malformed header was passed over")
        expect(status("127.0.0.2", X_Forwarded_For="junk, 203.0.113.9") == 200, "the client's own word was read")
        both = {"X_Forwarded_For": "203.0.113.9", "X_Real_IP": "203.0.113.10"}
        expect(status("127.0.0.2", **both) == 400, "two clients at once")
        expect(status("127.0.0.2", Forwarded='for="[2001:db8::1]:99";proto=https') == 200, "RFC 7239")


@check
def penalties_are_for_the_client_behind_the_proxy(server):
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        variables = environment({"MCP_ENABLE_USER_AUTH": "true"}, users_file(directory))
        rate = {"failures_per_minute": 1, "failure_burst": 3}
        http = {"trusted_proxies": ["127.0.0.1"], "shutdown_grace_ms": 0}
        with HttpServer(server.build, environment=variables, rate=rate, http=http) as own:
            def fail_from(client):
                headers = {**modern_headers(echo()), "Authorization": "Bearer wrong", "X-Forwarded-For": client}
                return call(own.port, echo(), headers).status

            seen = [fail_from("203.0.113.1") for _ in range(5)]
            expect(seen == [401, 401, 401, 429, 429], seen)
            expect(fail_from("203.0.113.2") == 401, "another client behind the proxy was punished")
            expect(fail_from("9.9.9.9, 203.0.113.1") == 429, "a made-up hop escapes the penalty")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only", help="run the checks whose name holds this")
    arguments = parser.parse_args()
    with HttpServer(arguments.build) as server:
        server.build = arguments.build
        return run_checks(server, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
