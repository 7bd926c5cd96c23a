# SPDX-License-Identifier: Apache-2.0
"""The official Python client with tasks (SEP-2663), doing what tasks.mjs does. The SDK has no types
for them, but what they take: an extension that claims the result type "task", requests that name
the member for Mcp-Name, notifications bound to a method, and filters of subscriptions with keys that
it does not know. Its own listen() takes no task ids, so the request is sent as it stands."""

import asyncio
import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any, Literal

import mcp_types as types
from mcp import MCPError
from mcp.client.extension import ClientExtension, NotificationBinding, ResultClaim, advertise
from mcp.client.session import ClientRequestContext
from pydantic import AwareDatetime, ConfigDict
from pydantic.alias_generators import to_camel

import python_features
from python_checks import expect, texts

PATIENCE_S = 20
EXTENSION = "io.modelcontextprotocol/tasks"
MISSING = -32021
RESTARTED = "The server was restarted while the task ran"
MEMBERS = {"taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs", "pollIntervalMs", "resultType", "_meta"}


class Task(types.Result):
    """What every message about a task says."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow")

    task_id: str
    status: Literal["working", "input_required", "completed", "failed", "cancelled"]
    status_message: str | None = None
    created_at: AwareDatetime
    last_updated_at: AwareDatetime
    ttl_ms: int | None
    poll_interval_ms: int | None = None


class Handle(Task):
    """What a call has become."""

    result_type: Literal["task"]


class News(Task):
    """Also what its end or its questions are."""

    result: types.CallToolResult | None = None
    error: types.ErrorData | None = None
    input_requests: dict[str, types.InputRequest] | None = None


class State(News):
    result_type: Literal["complete"]


class Acknowledged(types.Result):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    result_type: Literal["complete"]


class TaskParams(types.RequestParams):
    task_id: str


class UpdateParams(TaskParams):
    input_responses: dict[str, Any] = {}


class GetTask(types.Request[TaskParams, Literal["tasks/get"]]):
    method: Literal["tasks/get"] = "tasks/get"
    params: TaskParams
    name_param = "taskId"


class UpdateTask(types.Request[UpdateParams, Literal["tasks/update"]]):
    method: Literal["tasks/update"] = "tasks/update"
    params: UpdateParams
    name_param = "taskId"


class CancelTask(types.Request[TaskParams, Literal["tasks/cancel"]]):
    method: Literal["tasks/cancel"] = "tasks/cancel"
    params: TaskParams
    name_param = "taskId"


class TakesTasks(ClientExtension):
    """Finishes a call that became a task, as the SDK wants it from an extension, and hears of tasks."""

    identifier = EXTENSION

    def __init__(self, desk):
        self._desk = desk

    def claims(self):
        return [ResultClaim(result_type="task", model=Handle, resolve=self._finish)]

    def notifications(self):
        return [NotificationBinding(method="notifications/tasks", params_type=News, handler=self._desk.news.put)]

    async def _finish(self, handle, context):
        seen = await until(context.session, handle.task_id, "completed", "failed")
        if seen.error:
            raise MCPError.from_error_data(seen.error)
        return seen.result


class TaskDesk(python_features.Desk):
    """Hears of tasks, and of what a subscription honours."""

    def __init__(self):
        self.news, self.acknowledged = asyncio.Queue(), asyncio.Queue()
        super().__init__()

    async def _message(self, message):
        if isinstance(message, types.SubscriptionsAcknowledgedNotification):
            await self.acknowledged.put(message.params.notifications)
        await super()._message(message)


def extensions_for(options):
    """A legacy client says the name of the extension, and the SDK adds no claim there."""
    return [TakesTasks(options["desk"]) if options["era"] == "modern" else advertise(EXTENSION)]


async def state_of(session, task):
    return await session.send_request(GetTask(params=TaskParams(task_id=task)), State)


async def update(session, task, **answers):
    params = UpdateParams(task_id=task, input_responses=answers)
    return await session.send_request(UpdateTask(params=params), Acknowledged)


async def cancel(session, task):
    return await session.send_request(CancelTask(params=TaskParams(task_id=task)), Acknowledged)


REQUESTS = (state_of, update, cancel)


async def begin(client, name, **arguments):
    """The id of the task that the call has become."""
    handle = await client.session.call_tool(name, arguments, allow_claimed=True)
    expect(isinstance(handle, Handle) and handle.status == "working", f"{name}: {handle}")
    members = set(handle.model_dump(by_alias=True, exclude_unset=True)) - {"statusMessage"}
    expect(members == MEMBERS, f"{name}: members {members}")
    return handle.task_id


async def until(session, task, *statuses):
    """What is known of the task once it has one of these, which it must reach without another end."""
    end = time.monotonic() + PATIENCE_S
    while (seen := await state_of(session, task)).status not in statuses:
        expect(seen.status in ("working", "input_required"), f"wanted {statuses}: {seen}")
        expect(time.monotonic() < end, f"none of {statuses} within {PATIENCE_S} s: {seen}")
    expect(seen.task_id == task, f"asked for {task}: {seen}")
    return seen


async def refusal(awaitable, what):
    try:
        answer = await awaitable
    except MCPError as error:
        return error.error
    raise AssertionError(f"{what} was answered, but should have been refused: {answer}")


def bare(result):
    """What the tool said, without the envelope."""
    return result.model_dump(by_alias=True, exclude={"meta", "result_type"}, exclude_unset=True)


def said(name):
    return {"action": "accept", "content": {"name": name}}


async def check_offer(client, options):
    extensions = client.server_capabilities.extensions
    expect(extensions and extensions.get(EXTENSION) == {}, f"extensions {extensions}")


async def check_result(client, options):
    arguments = {"seconds": 0.2, "label": "grüße"}
    async with options["open"](options["key"], extensions=()) as other:
        plain = await other.call_tool("slow_compute", arguments)
    expect(texts(plain) == "Computed grüße.", plain)
    seen = await until(client.session, await begin(client, "slow_compute", **arguments), "completed")
    expect(bare(seen.result) == bare(plain), f"{seen.result} is not {plain}")
    finished = await client.call_tool("slow_compute", arguments)  # by the extension, as a user has it
    expect(bare(finished) == bare(plain), f"{finished} is not {plain}")


async def check_errors(client, options):
    failed = await until(client.session, await begin(client, "failing_job"), "completed")
    expect(failed.result.is_error and "always does" in texts(failed.result), failed)
    async with options["open"](options["key"], extensions=()) as other:
        plain = await refusal(other.call_tool("protocol_error_job", {}), "protocol_error_job")
    broken = await until(client.session, await begin(client, "protocol_error_job"), "failed")
    expect(broken.result is None and broken.error == plain and plain.code == -32603, f"{broken} is not {plain}")
    finished = await refusal(client.call_tool("protocol_error_job", {}), "protocol_error_job")
    expect(finished == plain, f"{finished} is not {plain}")


async def check_cancel(client, options):
    task = await begin(client, "slow_compute", seconds=100)
    for _ in range(2):
        await cancel(client.session, task)
        seen = await until(client.session, task, "cancelled")
        expect(seen.result is None and seen.error is None, seen)


async def check_input(client, options):
    """The questions of a task are answered by the callbacks that answer any other."""
    desk, session = options["desk"], client.session
    desk.asked.clear()
    desk.answer = lambda params: types.ElicitResult(action="accept", content={"name": params.message})
    task = await begin(client, "multi_input")
    asked = (await until(session, task, "input_required")).input_requests
    expect(set(asked) == {"first", "second"}, asked)
    answers = {}
    for key, request in asked.items():
        context = ClientRequestContext(session=session, request_id=key)
        answer = await session.dispatch_input_request(context, request)
        answers[key] = answer.model_dump(by_alias=True, mode="json", exclude_none=True)
    expect(sorted(one.message for one in desk.asked) == ["The first?", "The second?"], desk.asked)
    await update(session, task, second=answers["second"], other=answers["first"])
    half = await state_of(session, task)
    expect(half.status == "input_required" and set(half.input_requests) == {"first"}, half)
    error = await refusal(update(session, task, first=said(1)), "a number for a name")
    expect(error.code == -32602 and "inputResponses/first" in error.message, error)
    await update(session, task, first=answers["first"])
    seen = await until(session, task, "completed")
    wanted = {key: {"name": f"The {key}?"} for key in ("first", "second")}
    expect(json.loads(texts(seen.result).removeprefix("Answers: ")) == wanted, seen)


async def check_asking_first(client, options):
    """A tool that requires a task asks as any call does, and the client answers by itself."""
    desk = options["desk"]
    desk.asked.clear()
    desk.answer = lambda params: types.ElicitResult(action="accept", content={"name": "Ann"})
    result = await client.call_tool("test_tool_with_task", {})
    expect(len(desk.asked) == 1, f"asked {len(desk.asked)} times")
    expect(texts(result) == "The work for Ann is done.", result)


def is_missing(error, what):
    expect(error.code == MISSING and EXTENSION in error.message, f"{what}: {error}")
    expect(error.data == {"requiredCapabilities": {"extensions": {EXTENSION: {}}}}, f"{what}: {error}")


async def check_required(client, options):
    task = await begin(client, "slow_compute", seconds=0)
    async with options["open"](options["key"], extensions=()) as other:
        for tool in ("failing_job", "test_tool_with_task"):
            is_missing(await refusal(other.call_tool(tool, {}), tool), tool)
        for request in REQUESTS:
            is_missing(await refusal(request(other.session, task), request.__name__), request.__name__)
        is_missing(await refusal(listening(other.session, [task]), "listen"), "listen")


async def listening(session, tasks):
    """Ends with the subscription."""
    wanted = types.SubscriptionFilter.model_validate({"taskIds": tasks})
    params = types.SubscriptionsListenRequestParams(notifications=wanted)
    request = types.SubscriptionsListenRequest(params=params)
    return await session.send_request(request, types.SubscriptionsListenResult)


@contextlib.asynccontextmanager
async def subscribed(session, desk, tasks):
    """The ids that are honoured."""
    running = asyncio.create_task(listening(session, tasks))
    try:
        honoured = await asyncio.wait_for(desk.acknowledged.get(), PATIENCE_S)
        yield honoured.model_dump(by_alias=True, exclude_none=True).get("taskIds", [])
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def check_news(client, options):
    desk, session = options["desk"], client.session
    task = await begin(client, "confirm_delete", filename="f")
    await until(session, task, "input_required")
    async with subscribed(session, desk, [task, "no-such-task"]) as honoured:
        expect(honoured == [task], f"honoured {honoured}")
        await until(session, await begin(client, "slow_compute", seconds=0), "completed")
        await update(session, task, confirm={"action": "accept", "content": {"confirm": True}})
        status = None
        while status != "completed":
            told = await asyncio.wait_for(desk.news.get(), PATIENCE_S)
            status = told.status
            # News are gathered for a moment, so the first may be of what was so when it was asked for.
            expect(told.task_id == task and status in ("input_required", "working", "completed"), told)
    expect(texts(told.result) == "Deleted f.", told)


async def unknown_to(session, task, whose):
    for request in REQUESTS:
        error = await refusal(request(session, task), whose)
        expect(error.code == -32602 and "Unknown task" in error.message, f"{whose}, {request.__name__}: {error}")


async def check_unknown(client, options):
    task = await begin(client, "slow_compute", seconds=0)
    await unknown_to(client.session, task + "x", "a longer id")
    await unknown_to(client.session, "no-such-task", "no id")


async def check_stranger(client, options):
    task = await begin(client, "confirm_delete", filename="f")
    await until(client.session, task, "input_required")
    async with options["open"](options["tasks"]["stranger"]) as stranger:
        await unknown_to(stranger.session, task, "somebody else's")
        async with subscribed(stranger.session, options["desk"], [task]) as honoured:
            expect(not honoured, f"a stranger may listen: {honoured}")
    expect((await state_of(client.session, task)).status == "input_required", "the stranger has touched it")
    await cancel(client.session, task)


async def check_kill(client, options):
    """The last of the first server: by SIGKILL, which only what is on the disk survives."""
    async with options["open"](options["key"]) as mine:
        done = await begin(mine, "slow_compute", seconds=0, label="kept")
        before = await until(mine.session, done, "completed")
        running = await begin(mine, "slow_compute", seconds=100)
        asking = await begin(mine, "confirm_delete", filename="f")
        await until(mine.session, asking, "input_required")
        await begin(mine, "slow_compute", seconds=100)  # its handle comes after the others are on the disk
        left = {"done": done, "before": before.model_dump(by_alias=True, mode="json"), "lost": [running, asking]}
        Path(options["tasks"]["left"]).write_text(json.dumps(left))
        os.kill(int(Path(options["tasks"]["pid"]).read_text()), signal.SIGKILL)


def left_by(options):
    return json.loads(Path(options["tasks"]["left"]).read_text())


async def check_kept(client, options):
    left = left_by(options)
    seen = await state_of(client.session, left["done"])
    expect(seen == State.model_validate(left["before"]), f"{seen}, not {left['before']}")
    expect(texts(seen.result) == "Computed kept.", seen)


async def check_lost(client, options):
    for task in left_by(options)["lost"]:
        seen = await state_of(client.session, task)
        expect(seen.status == "failed" and seen.input_requests is None, seen)
        expect(seen.status_message == seen.error.message == RESTARTED, seen)
        await update(client.session, task)
        await cancel(client.session, task)
        expect(await state_of(client.session, task) == seen, "an end is final")


async def check_stranger_after(client, options):
    left = left_by(options)
    for task in (left["done"], *left["lost"]):
        await unknown_to(client.session, task, "somebody else's")


async def check_plainly(client, options):
    """A legacy client that declares the extension, too: it knows of no task."""
    desk = options["desk"]
    result = await client.call_tool("slow_compute", {"seconds": 0.2, "label": "it"})
    expect(texts(result) == "Computed it.", result)
    error = await refusal(client.call_tool("protocol_error_job", {}), "protocol_error_job")
    expect(error.code == -32603, error)
    desk.asked.clear()
    desk.answer = lambda params: types.ElicitResult(action="accept", content={"confirm": True})
    deleted = await client.call_tool("confirm_delete", {"filename": "f"})
    expect(texts(deleted) == "Deleted f." and len(desk.asked) == 1, f"{deleted} after {desk.asked}")
    desk.answer = lambda params: types.ElicitResult(action="accept", content={"name": "n"})
    answers = texts(await client.call_tool("multi_input", {}))
    expect('"first"' in answers and '"second"' in answers, answers)


async def check_legacy_required(client, options):
    options["desk"].asked.clear()
    for tool in ("failing_job", "test_tool_with_task"):
        is_missing(await refusal(client.call_tool(tool, {}), tool), tool)
    expect(not options["desk"].asked, "asked before it was refused")


async def check_no_requests(client, options):
    for request in REQUESTS:
        error = await refusal(request(client.session, "any"), request.__name__)
        expect(error.code == -32601, f"{request.__name__}: {error}")
    expect(client.server_capabilities.tasks is None, "tasks of 2025-11-25 are offered")


CHECKS = {
    "modern": {
        "offer": check_offer,
        "result": check_result,
        "errors": check_errors,
        "cancel": check_cancel,
        "input": check_input,
        "asking": check_asking_first,
        "required": check_required,
        "news": check_news,
        "unknown": check_unknown,
        "stranger": check_stranger,
        "kill": check_kill,
    },
    "legacy": {"plainly": check_plainly, "required": check_legacy_required, "no requests": check_no_requests},
    "stranger": {"after kill: stranger": check_stranger_after},
    "restarted": {"after kill: kept": check_kept, "after kill: lost": check_lost},
}


def checks_for(options):
    return CHECKS[options["tasks"]["visit"]]
