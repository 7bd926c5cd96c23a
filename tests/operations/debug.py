# SPDX-License-Identifier: Apache-2.0
"""Debug mode: begun by signal, flag, configuration; ended by its time or a second signal; no secret is in
the log at DEBUG either. And the guide's two queries on our log file. debug.py --build DIR"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from installation import Installation  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from http_wire import Wire, call, modern, modern_headers, request  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402


def message(wanted):
    return lambda line: line.get("message") == wanted


def cancelled_call(server, number):
    """Leaves a call before its answer, which is a line at DEBUG, and says whether it came."""
    body = modern("tools/call", {"name": "countdown", "arguments": {"from": 50, "interval_ms": 200}}, number)
    with Wire(server.port) as wire:
        wire.send(request(server.port, body, modern_headers(body)))
    # What is asked later is logged later, also when that is nothing.
    call(server.port, modern("tools/list"), modern_headers(modern("tools/list")))


def debug_lines(server):
    return [line for line in map(json.loads, server.log_text().splitlines()) if line.get("level") == "DEBUG"]


def countdown(build, **config):
    """A server with a tool that takes its time."""
    return HttpServer(build, plugins=("io.toolpost.countdown",), **config)


@check
def a_signal_begins_it_and_its_time_ends_it(build):
    with countdown(build, log={"debug_s": 1}) as server:
        server.process.send_signal(signal.SIGUSR1)
        begun = server.wait_for_log(message("debug mode begins"), "the beginning")
        expect(begun["reason"] == "SIGUSR1" and begun["seconds"] == 1 and begun["level"] == "WARN", begun)
        ended = server.wait_for_log(message("debug mode ends"), "the end")
        expect(ended["reason"] == "its time is over", ended)


@check
def a_second_signal_ends_it(build):
    with countdown(build) as server:
        server.process.send_signal(signal.SIGUSR1)
        expect(server.wait_for_log(message("debug mode begins"), "the beginning")["seconds"] == 900, "another time")
        cancelled_call(server, 1)
        server.wait_for_log(message("call cancelled"), "a line at DEBUG")
        server.process.send_signal(signal.SIGUSR1)
        expect(server.wait_for_log(message("debug mode ends"), "the end")["reason"] == "SIGUSR1", "another reason")
        cancelled_call(server, 2)
        server.stop()
        expect({line.get("request") for line in debug_lines(server)} == {"1"}, debug_lines(server))


@check
def the_configuration_begins_it_and_the_level_does_not(build):
    with countdown(build, log={"debug": True, "level": "ERROR", "debug_s": 600}) as server:
        cancelled_call(server, 1)
        server.wait_for_log(message("call cancelled"), "a line at DEBUG")
    with countdown(build) as server:
        cancelled_call(server, 1)
        server.stop()
        expect(not debug_lines(server), debug_lines(server))


@check
def a_flag_begins_it(build):
    with Installation(build) as place:
        done = place.run("stdio", "--debug")
        expect(done.returncode == 0 and '"debug mode begins"' in done.stderr and '"log.debug"' in done.stderr, done)
        done = place.run("stdio")
        expect(done.returncode == 0 and "debug mode" not in done.stderr, done)


@check
def a_reload_does_not_end_it(build):
    with countdown(build) as server:
        server.process.send_signal(signal.SIGUSR1)
        server.wait_for_log(message("debug mode begins"), "the beginning")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_log(message("reloaded"), "the reload")
        cancelled_call(server, 1)
        server.wait_for_log(message("call cancelled"), "a line at DEBUG")


@check
def no_secret_is_in_the_log_in_debug_mode(build):
    secrets = [f"canary-{number}-" + "0123456789abcdef" * 3 for number in range(5)]
    with countdown(build) as server:
        server.process.send_signal(signal.SIGUSR1)
        server.wait_for_log(message("debug mode begins"), "the beginning")
        body = modern("tools/call", {"name": "countdown", "arguments": {"from": 50, "interval_ms": 200, "password": secrets[0]}})
        for headers in ({"Authorization": f"Bearer {secrets[1]}"}, {"X-API-Key": secrets[2]}, {"Cookie": f"key={secrets[3]}"}):
            with Wire(server.port) as wire:
                wire.send(request(server.port, body, {**modern_headers(body), **headers}))
        call(server.port, modern("tools/list"), modern_headers(modern("tools/list")), target=f"/mcp?api_key={secrets[4]}")
        cancelled_call(server, 9)
        server.wait_for_log(message("call cancelled"), "a line at DEBUG")
        told = server.log_text()
        expect(not [secret for secret in secrets if secret in told], told)


@check
def the_guides_query_of_JSON_logs_finds_errors(build):
    """jq '.level == "ERROR"' logs/mcp-server.log"""
    expect(shutil.which("jq"), "jq is missing; packaging/setup test installs it")
    with Installation(build) as place:
        log = place.top / "logs/mcp-server.log"
        log.parent.mkdir()
        place.configure(log={"file": str(log)})
        with place.serve() as server:
            place.config.write_text("{")
            server.process.send_signal(signal.SIGHUP)
            server.wait_for_log(lambda line: line.get("level") == "ERROR", "an error")
        told = subprocess.run(["jq", '.level == "ERROR"', log], capture_output=True, text=True, check=True).stdout.split()
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        expect(told == [str(line["level"] == "ERROR").lower() for line in lines] and "true" in told and "false" in told, told)


@check
def the_guides_query_of_text_logs_finds_errors(build):
    """grep ERROR logs/mcp-server.log, with MCP_LOG_FORMAT=text"""
    with Installation(build) as place:
        log = place.top / "logs/mcp-server.log"
        log.parent.mkdir()
        place.configure(log={"file": str(log)})
        # Of a server that writes text nobody here reads the port; one that cannot start says so.
        place.configure(log={"file": str(log)}, plugin_directories=[str(place.top / "bin")])
        done = place.run("http", "--port", "0", MCP_LOG_FORMAT="text", MCP_LOG_LEVEL="DEBUG", MCP_ENABLE_AUTH="true")
        told = subprocess.run(["grep", "ERROR", log], capture_output=True, text=True, check=False).stdout
        expect(done.returncode == 1 and told and all(" ERROR " in line for line in told.splitlines()), f"{done}: {told}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
