# SPDX-License-Identifier: Apache-2.0
"""The official Python client with the key of one user, doing what roles.mjs does."""

from mcp import MCPError
from python_checks import expect, texts

CALLS = {"echo": {"text": "hello"}, "countdown": {"from": 1, "interval_ms": 1}}


async def check_list(client, options):
    names = sorted(tool.name for tool in (await client.list_tools()).tools)
    expect(names == options["roles"]["tools"], f"listed are {names}")


async def check_calls(client, options):
    role = options["roles"]["role"]
    for tool, arguments in CALLS.items():
        result = await client.call_tool(tool, arguments)
        if tool in options["roles"]["tools"]:
            expect(not result.is_error, f"{tool}: {texts(result)}")
        else:
            words = f'Denied: role "{role}" may not use {tool} (rule roles.{role}.tools)'
            expect(result.is_error and texts(result) == words, f"{tool}: {result}")


async def check_unknown_tool(client, options):
    try:
        await client.call_tool("no_such_tool", {})
    except MCPError as error:
        expect(error.error.code == -32602, f"{error.error}")
    else:
        raise AssertionError("the call was answered, but should have been refused")


async def check_wrong_key(client, options):
    try:
        async with options["open"](options["roles"]["wrong_key"]):
            pass
    except BaseException as error:  # noqa: B036  (a group of whatever the client's tasks met)
        if not isinstance(error, Exception):
            raise
        return
    raise AssertionError("a wrong key was let in")


CHECKS = {"list": check_list, "calls": check_calls, "unknown tool": check_unknown_tool, "wrong key": check_wrong_key}
