# SPDX-License-Identifier: Apache-2.0
"""Speaks JSON-RPC to `toolpost stdio` line by line, without a client library.
raw_stdio.py --build DIR [--only WORDS]"""

import argparse
import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import time

import stdio_features  # noqa: F401  (importing registers its checks)
from checks import check, expect, run_checks
from http_wire import LEGACY, echo, modern
from stdio_wire import Stdio
from toolpost_process import PATIENCE_S, Build

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": "init",
    "method": "initialize",
    "params": {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}},
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}


def legacy(method, params=None, call_id=1):
    return {"jsonrpc": "2.0", "id": call_id, "method": method, "params": params or {}}


def long_call(call_id):
    params = {"name": "test_until_cancelled", "arguments": {}}
    return modern("tools/call", params, call_id, meta={"progressToken": call_id})


def text_of(answer):
    return "".join(block.get("text", "") for block in answer["result"]["content"])


@check
def the_modern_era_is_served(build):
    with Stdio(build) as server:
        expect("2026-07-28" in server.ask(modern("server/discover"))["result"]["supportedVersions"], "discover")
        expect(server.ask(modern("tools/list", call_id="l"))["result"]["resultType"] == "complete", "list")
        expect("hello" in text_of(server.ask(echo())), "call")


@check
def the_legacy_era_is_served(build):
    with Stdio(build) as server:
        expect(server.ask(INITIALIZE)["result"]["protocolVersion"] == LEGACY, "initialize")
        server.send(INITIALIZED)
        expect(server.ask(legacy("ping"))["result"] == {}, "ping")
        expect("resultType" not in server.ask(legacy("tools/list"))["result"], "list")
        expect("hi" in text_of(server.ask(legacy("tools/call", {"name": "echo", "arguments": {"text": "hi"}}))), "call")


@check
def both_eras_interleave_in_one_process(build):
    with Stdio(build) as server:
        server.ask(modern("server/discover"))
        server.ask(INITIALIZE)
        server.send(INITIALIZED)
        for number in range(20):
            expect("resultType" in server.ask(echo("m", number))["result"], "modern after legacy")
            expect("resultType" not in server.ask(legacy("tools/list", call_id=number))["result"], "legacy after modern")


@check
def a_message_is_one_line(build):
    with Stdio(build) as server:
        text = "one\ntwo\r\nthree\u2028four"
        expect(text in text_of(server.ask(echo(text))), "the text changed")


@check
def a_line_may_end_in_carriage_return(build):
    with Stdio(build) as server:
        server.send(json.dumps(echo()).encode() + b"\r")
        expect("hello" in text_of(server.answer(1)), "not answered")


@check
def requests_run_concurrently(build):
    with Stdio(build) as server:
        server.send(long_call("slow")).until_running("slow")
        for number in range(10):
            expect("hello" in text_of(server.ask(echo(call_id=number))), "not answered beside a running call")


@check
def a_flood_of_requests_is_answered_one_by_one(build):
    with Stdio(build) as server:
        server.send(*(echo(f"text {n}", n) for n in range(500)))
        answers = [server.next() for _ in range(500)]
        expect(sorted(a["id"] for a in answers) == list(range(500)), "answers are missing or doubled")
        wrong = [a for a in answers if "result" in a and f"text {a['id']}" not in text_of(a)]
        expect(not wrong, f"answers were mixed up: {wrong[:2]}")
        busy = [a for a in answers if "error" in a and a["error"]["code"] != 50300]
        expect(not busy, f"errors other than busy: {busy[:2]}")


@check
def a_cancelled_call_is_not_answered(build):
    with Stdio(build) as server:
        server.send(long_call("doomed")).until_running("doomed")
        server.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "doomed"}})
        server.ask(echo(call_id="after"))
        end = time.monotonic() + PATIENCE_S
        while "on_cancel has run" not in (log := server.log_path.read_text()):
            expect(time.monotonic() < end, f"on_cancel is not logged: {log[-800:]}")
            time.sleep(0.01)
        expect(all("id" not in message for message in server.close_stdin().rest()), "it was answered")


@check
def a_cancellation_of_nothing_is_ignored(build):
    with Stdio(build) as server:
        server.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "none"}})
        server.send({"jsonrpc": "2.0", "method": "notifications/unknown"})
        server.ask(echo())


@check
def garbage_is_answered_and_survived(build):
    with Stdio(build) as server:
        for line in (b"garbage", b"{", b"\xff\xfe", b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', b"[" * 100_000):
            error = server.ask_garbage(line)
            expect(error["error"]["code"] == -32700 and error.get("id") is None, f"{line[:40]!r}: {error}")
        for line in (b"5", b'"text"', b'{"jsonrpc":"2.0"}', b"[]"):
            error = server.ask_garbage(line)
            expect(error["error"]["code"] == -32600, f"{line!r}: {error}")
        expect("hello" in text_of(server.ask(echo())), "not answered afterwards")


@check
def batches_belong_to_the_oldest_version_only(build):
    batch = [legacy("ping", call_id=1), INITIALIZED, legacy("no/such", call_id=2)]
    with Stdio(build) as server:
        oldest = {**INITIALIZE, "params": {**INITIALIZE["params"], "protocolVersion": "2025-03-26"}}
        server.ask(oldest)
        server.send(batch)
        answers = server.close_stdin().rest()
        expect(len(answers) == 1 and sorted(part["id"] for part in answers[0]) == [1, 2], answers)
    with Stdio(build) as server:
        server.ask(INITIALIZE)
        expect(server.ask_garbage(json.dumps(batch).encode())["error"]["code"] == -32600, "a batch was served")


@check
def an_overlong_line_is_refused_and_survived(build):
    with Stdio(build) as server:
        error = server.ask_garbage(b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * 80_000_000 + b'"}')
        expect(error["error"]["code"] in (-32700, -32600), error)
        expect("hello" in text_of(server.ask(echo())), "not answered afterwards")


@check
def too_early_and_unknown_requests_are_errors(build):
    with Stdio(build) as server:
        expect("error" in server.ask(legacy("tools/list")), "a legacy list before initialize was served")
        expect(server.ask(modern("no/such"))["error"]["code"] == -32601, "an unknown method")
        expect(server.ask(modern("tools/list", version="2999-01-01"))["error"]["code"] == -32022, "an unknown version")
        lacking = modern("tools/list")
        del lacking["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"]
        expect(server.ask(lacking)["error"]["code"] == -32602, "no capabilities")
        expect("hello" in text_of(server.ask(echo())), "not answered afterwards")


@check
def stdout_stays_pure_when_a_plugin_writes_to_it(build):
    with Stdio(build) as server:
        answer = server.ask(modern("tools/call", {"name": "test_stdout_noise", "arguments": {}}, "noise"))
        expect("result" in answer, answer)
        server.ask(echo())
        expect(server.close_stdin().rest() == [], "something more came out")


@check
def closed_standard_streams_are_no_trap(build):
    for closed in ("<&-", "2>&-", "<&- >&- 2>&-"):
        with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
            config = build.write_config(directory)
            command = ["sh", "-c", f'exec "$0" stdio --config "$1" {closed}', str(build.binary), str(config)]
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S)
            expect(ended.returncode == 0, f"{closed}: exit code {ended.returncode}, {ended.stderr[-400:]}")


@check
def the_end_of_stdin_ends_it(build):
    with Stdio(build) as server:
        expect(server.close_stdin().exit_code() == 0, "exit code")
    with Stdio(build) as server:
        server.ask(echo())
        expect(server.close_stdin().exit_code() == 0, "exit code after a call")


@check
def what_was_asked_before_the_end_is_answered(build):
    with Stdio(build) as server:
        server.send(echo("last words")).close_stdin()
        expect("last words" in text_of(server.answer(1)), "not answered")
        expect(server.exit_code() == 0, "exit code")


@check
def the_end_of_stdin_ends_a_running_call(build):
    with Stdio(build) as server:
        server.send(long_call("slow")).until_running("slow")
        expect(server.close_stdin().exit_code() == 0, "exit code")


@check
def signals_end_it(build):
    for number in (signal.SIGTERM, signal.SIGINT):
        with Stdio(build) as server:
            server.send(long_call("slow")).until_running("slow")
            server.process.send_signal(number)
            expect(server.exit_code() == 0, f"exit code after {number.name}")


@check
def a_client_that_stops_reading_is_no_crash(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        command = [str(build.binary), "stdio", "--config", str(build.write_config(directory))]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
            process.stdin.write(json.dumps(echo()).encode() + b"\n")
            process.stdin.flush()
            expect(b"hello" in process.stdout.readline(), "not answered")
            process.stdout.close()
            try:
                for _ in range(100):
                    process.stdin.write(json.dumps(echo()).encode() + b"\n")
                    process.stdin.flush()
                process.stdin.close()
            except BrokenPipeError:  # it may end as soon as nobody listens
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
            code = process.wait(PATIENCE_S)
    expect(code >= 0, f"ended by signal {-code}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only", help="run the checks whose name holds this")
    arguments = parser.parse_args()
    return run_checks(arguments.build, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
