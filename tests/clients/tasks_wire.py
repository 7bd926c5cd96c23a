# SPDX-License-Identifier: Apache-2.0
"""Tasks over HTTP and stdio: what a client sees of one from its handle to its end, and what kill -9,
a stop, a lost directory and a second process do to it. Each check has servers of its own."""

import contextlib
import shutil
import signal
import tempfile
import time
from pathlib import Path

from checks import check, expect
from http_wire import META, PATIENCE_S, call, modern, modern_headers
from listen_ends import CONFORMANCE, PATIENT
from listen_wire import Listener
from stdio_wire import Stdio
from toolpost_process import HttpServer

TAKES_TASKS = {
    META + "clientCapabilities": {"extensions": {META + "tasks": {}}, "elicitation": {"form": {}}},
}
RESTARTED = "The server was restarted while the task ran"
MEMBERS = {"taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs", "pollIntervalMs"}


class Killed(Exception):
    """Leaves the server's block, which then asks for no clean end."""


class OverHttp:
    """Requests of a client that takes tasks."""

    def __init__(self, server):
        self._port = server.port

    def ask(self, method, params, **header_changes):
        message = modern(method, params, meta=TAKES_TASKS)
        return call(self._port, message, modern_headers(message, **header_changes))

    def tool(self, name, **arguments):
        return self.ask("tools/call", {"name": name, "arguments": arguments}).json()

    def about(self, method, task, **params):
        return self.ask("tasks/" + method, {"taskId": task, **params}, Mcp_Name=task).json()


class OverStdio:
    """The same over the lines of one process."""

    def __init__(self, server):
        self._server = server
        self._last = 0

    def _ask(self, method, params):
        self._last += 1
        return self._server.ask(modern(method, params, self._last, meta=TAKES_TASKS))

    def tool(self, name, **arguments):
        return self._ask("tools/call", {"name": name, "arguments": arguments})

    def about(self, method, task, **params):
        return self._ask("tasks/" + method, {"taskId": task, **params})


@contextlib.contextmanager
def place():
    """The state that one process leaves to the next."""
    with tempfile.TemporaryDirectory(prefix="toolpost-tasks-") as directory:
        yield Path(directory) / "state"


def serve(build, state, **more):
    return HttpServer(build, CONFORMANCE, data_directory=str(state), rate=PATIENT, **more)


@contextlib.contextmanager
def over_http(build, state):
    with serve(build, state) as server:
        yield server, OverHttp(server)


@contextlib.contextmanager
def over_stdio(build, state):
    with Stdio(build, data_directory=str(state)) as server:
        yield server, OverStdio(server)


def begin(client, tool="slow_compute", **arguments):
    """The id of the task that the call has become."""
    answer = client.tool(tool, **arguments)
    result = answer.get("result", {})
    expect(result.get("resultType") == "task" and result["status"] == "working", answer)
    expect(set(result) - {"statusMessage"} == MEMBERS | {"resultType", "_meta"}, f"members of the handle: {result}")
    return result["taskId"]


def state_of(client, task):
    answer = client.about("get", task)
    expect(answer.get("result", {}).get("resultType") == "complete", answer)
    expect(answer["result"]["taskId"] == task, answer)
    return answer["result"]


def until(client, task, status):
    """What is known of the task once it has that status, which it must reach without passing an end."""
    end = time.monotonic() + PATIENCE_S
    while (seen := state_of(client, task))["status"] != status:
        expect(seen["status"] in ("working", "input_required"), f"wanted {status}: {seen}")
        expect(time.monotonic() < end, f"not {status} within {PATIENCE_S} s: {seen}")
    return seen


def is_acknowledged(answer):
    return set(answer.get("result", {})) == {"resultType", "_meta"} and answer["result"]["resultType"] == "complete"


def text_of(seen):
    return seen["result"]["content"][0]["text"]


def a_life(client):
    """From the handle to every kind of end."""
    seen = until(client, begin(client, seconds=0.2, label="it"), "completed")
    expect(text_of(seen) == "Computed it.", seen)
    seen = until(client, begin(client, "failing_job"), "completed")
    expect(seen["result"]["isError"], seen)
    seen = until(client, begin(client, "protocol_error_job"), "failed")
    expect("result" not in seen and seen["error"]["code"] == -32603, seen)

    cancelled = begin(client, seconds=100, label="never")
    expect(is_acknowledged(client.about("cancel", cancelled)), "not acknowledged")
    until(client, cancelled, "cancelled")
    expect(is_acknowledged(client.about("cancel", cancelled)), "a second time")

    asking = begin(client, "multi_input")
    expect(set(until(client, asking, "input_required")["inputRequests"]) == {"first", "second"}, "not both asked")
    name = {"action": "accept", "content": {"name": "n"}}
    expect(is_acknowledged(client.about("update", asking, inputResponses={"second": name, "other": name})), "partial")
    seen = state_of(client, asking)
    expect(seen["status"] == "input_required" and set(seen["inputRequests"]) == {"first"}, seen)
    refused = client.about("update", asking, inputResponses={"first": {"action": "accept", "content": {"name": 1}}})
    expect(refused["error"]["code"] == -32602 and "inputResponses/first" in refused["error"]["message"], refused)
    expect(is_acknowledged(client.about("update", asking, inputResponses={"first": name})), "the rest")
    expect('"second"' in text_of(until(client, asking, "completed")), "the answers did not arrive")
    unknown = client.about("get", cancelled + "x")
    expect(unknown["error"]["code"] == -32602, unknown)


@check
def a_task_lives_and_ends_over_http(build):
    with place() as state, over_http(build, state) as (_, client):
        a_life(client)


@check
def a_task_lives_and_ends_over_stdio(build):
    with place() as state, over_stdio(build, state) as (_, client):
        a_life(client)


def known_after_kill(build, over):
    with place() as state:
        with contextlib.suppress(Killed), over(build, state) as (server, client):
            done = begin(client, seconds=0, label="kept")
            before = until(client, done, "completed")
            # Only what is on the disk counts; the next handle is given after it is.
            running, asking = begin(client, seconds=100), begin(client, "confirm_delete", filename="f")
            until(client, asking, "input_required")
            begin(client, seconds=100)
            server.process.kill()
            server.process.wait(PATIENCE_S)
            raise Killed
        for restart in ("first", "second"):
            with over(build, state) as (_, client):
                expect(state_of(client, done) == before, f"{restart} restart: {state_of(client, done)}, not {before}")
                for task in (running, asking):
                    seen = state_of(client, task)
                    expect(seen["status"] == "failed" and "inputRequests" not in seen, f"{restart} restart: {seen}")
                    expect(seen["statusMessage"] == seen["error"]["message"] == RESTARTED, seen)
                    expect(is_acknowledged(client.about("update", task, inputResponses={})), "update")
                    expect(is_acknowledged(client.about("cancel", task)), "cancel")
                    expect(state_of(client, task) == seen, "an end is final")


@check
def a_task_is_known_after_kill_9_over_http(build):
    known_after_kill(build, over_http)


@check
def a_task_is_known_after_kill_9_over_stdio(build):
    known_after_kill(build, over_stdio)


@check
def a_stop_ends_tasks_and_the_next_server_says_so(build):
    with place() as state:
        with serve(build, state, calls={"drain_ms": 100}) as server:
            client = OverHttp(server)
            done, running = begin(client, seconds=0, label="kept"), begin(client, seconds=100)
            until(client, done, "completed")
            expect(server.stop(signal.SIGTERM) == 0, "the stop was not clean")
        with over_http(build, state) as (_, client):
            expect(text_of(state_of(client, done)) == "Computed kept.", "the result is lost")
            seen = state_of(client, running)
            expect(seen["status"] == "failed" and seen["error"]["message"], seen)


@check
def a_task_that_cannot_be_kept_is_not_begun(build):
    with place() as state, over_http(build, state) as (server, client):
        done = begin(client, seconds=0, label="kept")
        until(client, done, "completed")
        while (state / "tasks").exists():  # its last word may be on its way there
            shutil.rmtree(state / "tasks", ignore_errors=True)
        refused = client.ask("tools/call", {"name": "slow_compute", "arguments": {"seconds": 0}})
        expect(refused.status == 503 and refused.json()["error"]["data"]["reason"] == "tasks", refused)
        expect("not begun" in refused.json()["error"]["message"], refused)
        server.wait_for_log(lambda line: line.get("message") == "a task could not be kept", "why")
        expect(state_of(client, done)["status"] == "completed", "what was kept is still known")


@check
def the_header_must_name_the_task(build):
    with place() as state, over_http(build, state) as (_, client):
        task = begin(client, seconds=0)
        for method in ("get", "update", "cancel"):
            params = {"taskId": task, "inputResponses": {}}
            for name in (None, "", task[:-1], task.upper(), "slow_compute"):
                refused = client.ask("tasks/" + method, params, Mcp_Name=name)
                expect(refused.status == 400 and refused.error_code() == -32020, f"{method} {name}: {refused}")
            expect(client.ask("tasks/" + method, params, Mcp_Name=task).status == 200, "its own name")


@check
def ids_begin_with_the_label_of_the_replica(build):
    with place() as one, place() as other:
        with serve(build, one, replica="blue") as blue, serve(build, other, replica="green-2") as green:
            at_blue, at_green = OverHttp(blue), OverHttp(green)
            tasks = begin(at_blue, seconds=0), begin(at_green, seconds=0)
            expect(tasks[0].startswith("blue.") and tasks[1].startswith("green-2."), tasks)
            for client, own, foreign in ((at_blue, *tasks), (at_green, *reversed(tasks))):
                until(client, own, "completed")
                expect(client.about("get", foreign)["error"]["code"] == -32602, "the other replica's task is known")


@check
def processes_with_one_directory_leave_each_other_alone(build):
    with place() as state, over_stdio(build, state) as (_, first):
        running = begin(first, seconds=100)
        with over_stdio(build, state) as (_, second):
            expect(second.about("get", running)["error"]["code"] == -32602, "taken from a living process")
            own = begin(second, seconds=0)
            until(second, own, "completed")
        expect(state_of(first, running)["status"] == "working", "the other process has ended it")
        first.about("cancel", running)
        until(first, running, "cancelled")


@check
def who_listens_to_a_task_is_told_of_it(build):
    with place() as state, over_http(build, state) as (server, client):
        task = begin(client, "confirm_delete", filename="f")
        until(client, task, "input_required")
        with TaskListener(server, {"taskIds": [task, "none"]}) as listener:
            expect(listener.honoured == {"taskIds": [task]}, listener.honoured)
            client.about("update", task, inputResponses={"confirm": {"action": "decline"}})
            while (told := listener.next())["params"]["status"] != "completed":
                # Changes are gathered for a moment, so the first may be the one before.
                expect(told["params"]["status"] in ("input_required", "working"), told)
            expect(told["method"] == "notifications/tasks" and told["params"]["taskId"] == task, told)
            expect(text_of(told["params"]) == "Kept f.", told)


class TaskListener(Listener):
    """A subscription of a client that takes tasks."""

    meta = TAKES_TASKS
