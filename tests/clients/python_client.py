# SPDX-License-Identifier: Apache-2.0
"""The official Python client, in its automatic (modern) or legacy mode, doing what scenario.mjs does."""

import asyncio
import json
import re
import sys
from pathlib import Path

from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

import python_features
import python_codebase
import python_packages
import python_roles
import python_tasks
from python_checks import expect, texts

PATIENCE_S = 20
ODD_TEXT = 'grüße 🌍 "quoted" \\ back\nnew line\ttab </script> \u2028'
CALLS = json.loads((Path(__file__).parent / "tools.json").read_text())


async def log_line(path, text):
    """Another process writes the file, so there is nothing to wait on but the file."""
    async with asyncio.timeout(PATIENCE_S):
        while not text in Path(path).read_text():
            await asyncio.sleep(0.01)


async def check_connect(client, options):
    expect(client.server_info and client.server_info.name == "toolpost", f"server is {client.server_info}")
    expect(client.protocol_version == options["version"], f"negotiated {client.protocol_version}")
    expect(client.server_capabilities.tools is not None, "no tools capability")


async def check_list(client, options):
    first = [tool.name for tool in (await client.list_tools()).tools]
    for wanted in CALLS:
        expect(wanted in first, f"{wanted} is not listed")
    tools = (await client.list_tools(cache_mode="refresh")).tools
    expect(first == [tool.name for tool in tools], "two lists differ in order")
    for tool in tools:
        expect(tool.input_schema.get("type") == "object", f"{tool.name}: no object schema")


async def check_every_tool(client, options):
    for tool in (await client.list_tools()).tools:
        plan = CALLS.get(tool.name)
        expect(plan, f"tests/clients/tools.json says nothing of {tool.name}")
        try:
            result = await client.call_tool(tool.name, plan["arguments"])
        except MCPError as error:
            expect(error.error.code == plan.get("error_code"), f"{tool.name}: {error.error}")
            continue
        expect("error_code" not in plan, f"{tool.name}: answered, but should have been refused")
        expect(bool(result.is_error) == plan.get("is_error", False), f"{tool.name}: {result}")
        expect(plan.get("text", "") in texts(result), f"{tool.name}: text {texts(result)!r}")
        kinds = [block.type for block in result.content]
        expect(kinds == plan.get("content_types", kinds), f"{tool.name}: content {kinds}")


async def check_text(client, options):
    result = await client.call_tool("echo", {"text": ODD_TEXT})
    expect(ODD_TEXT in texts(result), f"came back as {texts(result)!r}")


async def check_structured(client, options):
    result = await client.call_tool("test_structured_content", {"left": 2, "right": 40})
    expect(result.structured_content == {"sum": 42}, f"{result}")
    expect(json.loads(texts(result)) == {"sum": 42}, "the text block does not repeat it")


async def check_unknown_tool(client, options):
    try:
        await client.call_tool("no_such_tool", {})
    except MCPError as error:
        expect(error.error.code == -32602, f"{error.error}")
    else:
        raise AssertionError("the call was answered, but should have been refused")


async def check_invalid_arguments(client, options):
    wrong = await client.call_tool("echo", {"text": 5})
    expect(wrong.is_error, f"not a tool error: {wrong}")
    expect("/text" in texts(wrong), f"the path /text is not named: {texts(wrong)}")
    expect(re.search("type|string", texts(wrong)), f"the rule is not named: {texts(wrong)}")


async def check_progress(client, options):
    seen = []

    async def on_progress(progress, total, message):
        seen.append(progress)

    result = await client.call_tool("countdown", {"from": 5, "interval_ms": 200}, progress_callback=on_progress)
    at_result = len(seen)
    expect(not result.is_error, f"{result}")
    expect(at_result >= 2, f"{at_result} progress notifications before the result")
    expect(seen == sorted(set(seen)), f"progress out of order: {seen}")
    await client.call_tool("echo", {"text": "a round trip later"})
    expect(len(seen) == at_result, "progress after the result")


async def check_cancellation(client, options):
    ticking = asyncio.Event()
    ticks = []

    async def on_progress(progress, total, message):
        ticks.append(progress)
        if len(ticks) == 2:
            ticking.set()

    call = asyncio.create_task(
        client.call_tool("test_until_cancelled", {}, progress_callback=on_progress)
    )
    async with asyncio.timeout(PATIENCE_S):
        await ticking.wait()
    call.cancel()
    try:
        await call
    except asyncio.CancelledError:
        pass
    else:
        raise AssertionError("the cancelled call was answered")
    await log_line(options["log"], "on_cancel has run")
    at_cancel = len(ticks)
    result = await client.call_tool("echo", {"text": "after the cancellation"})
    expect("after the cancellation" in texts(result), f"{result}")
    expect(len(ticks) == at_cancel, "progress after the cancellation")


async def check_concurrency(client, options):
    finished = []
    ticking = asyncio.Event()

    async def on_progress(progress, total, message):
        ticking.set()

    async def call(name, arguments, **extra):
        result = await client.call_tool(name, arguments, **extra)
        finished.append(arguments.get("text", name))
        return result

    slow = asyncio.create_task(call("countdown", {"from": 10, "interval_ms": 300}, progress_callback=on_progress))
    await ticking.wait()
    one, two, _ = await asyncio.gather(call("echo", {"text": "one"}), call("echo", {"text": "two"}), slow)
    expect(finished[-1] == "countdown", f"finished in the order {finished}")
    expect("one" in texts(one) and "two" in texts(two), "answers were mixed up")


CHECKS = {
    "connect": check_connect,
    "list": check_list,
    "every tool": check_every_tool,
    "text": check_text,
    "structured": check_structured,
    "unknown tool": check_unknown_tool,
    "bad arguments": check_invalid_arguments,
    "progress": check_progress,
    "cancellation": check_cancellation,
    "concurrency": check_concurrency,
}


def report(check, problem):
    print(json.dumps({"check": check, "problem": problem}), flush=True)


def checks_of(options):
    if "features" in options:
        return python_features.checks_for(options)
    if "tasks" in options:
        return python_tasks.checks_for(options)
    if "codebase" in options:
        return python_codebase.CHECKS
    return python_packages.CHECKS if "packages" in options else python_roles.CHECKS if "roles" in options else CHECKS


def server_of(options, key, log):
    """What the client connects to, with the key in a header over HTTP and in the environment on stdio."""
    if "url" in options:
        if key is None and "desk" not in options:
            return options["url"]
        http_client = create_mcp_http_client(headers={"Authorization": f"Bearer {key}"} if key else None)
        if "desk" in options:
            http_client.event_hooks["request"].append(options["desk"].note_request)
        return streamable_http_client(options["url"], http_client=http_client)
    environment = options.get("environment")
    if environment and key:
        environment = {**environment, "MCP_API_KEY": key}
    command = StdioServerParameters(command=options["command"][0], args=options["command"][1:], env=environment)
    return stdio_client(command, errlog=log)


async def main():
    options = json.loads(sys.argv[1])
    with open(options["log"], "a", encoding="utf-8") as log:

        if "features" in options:
            options["desk"] = python_features.Desk()
        elif "tasks" in options:
            options["desk"] = python_tasks.TaskDesk()
        more = options["desk"].arguments if "desk" in options else {}
        if "tasks" in options:
            more["extensions"] = python_tasks.extensions_for(options)

        def open_client(key, **others):
            mode = "auto" if options["era"] == "modern" else "legacy"
            return Client(server_of(options, key, log), mode=mode, **{**more, **others})

        options["open"] = open_client
        async with open_client(options.get("key")) as client:
            for name, check in checks_of(options).items():
                try:
                    async with asyncio.timeout(2 * PATIENCE_S):
                        await check(client, options)
                    report(name, None)
                except Exception as error:  # each check is judged by itself
                    while isinstance(error, ExceptionGroup):  # a client of the check's own was open
                        [error, *_] = error.exceptions
                    report(name, f"{type(error).__name__}: {error}")
    report("close", None)


asyncio.run(main())
