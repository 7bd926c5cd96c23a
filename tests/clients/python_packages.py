# SPDX-License-Identifier: Apache-2.0
"""What the Python client does with uv-package; the same as packages.mjs."""

import asyncio
import json
import os
import time
import urllib.request
from pathlib import Path

from python_checks import expect, texts

GONE_WITHIN_S = 2.5
TOOLS = ["add", "init", "install", "lock", "remove", "sync", "uninstall", "upgrade"]


async def becomes(condition, seconds):
    """Other processes tell nobody when they change, so there is nothing to wait on but a look."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return True
        await asyncio.sleep(0.02)
    return False


def descendants(mark):
    """The processes that uv-package started for this run: its private cache is in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int(entry.name) != os.getpid() and mark.encode() in (entry / "environ").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


async def changes(client, tool, arguments):
    result = await client.call_tool(tool, arguments)
    expect(not result.is_error, f"{tool}: {texts(result)}")
    return {row["package"]: row["kind"] for row in result.structured_content["changes"]}


async def check_list(client, options):
    tools = (await client.list_tools()).tools
    expect([tool.name for tool in tools] == TOOLS, f"listed are {[tool.name for tool in tools]}")


async def check_every_tool(client, options):
    await changes(client, "init", {})
    added = await changes(client, "add", {"packages": ["alpha<2"]})
    expect(added.get("alpha") == "added" and added.get("beta") == "added", f"{added}")
    await changes(client, "lock", {})
    for tool, kind in (("install", "added"), ("uninstall", "removed"), ("install", "added")):
        seen = await changes(client, tool, {"packages": ["gamma"]})
        expect(seen.get("gamma") == kind, f"{tool}: {seen}")
    seen = await changes(client, "sync", {})
    expect(seen.get("gamma") == "removed", f"sync: {seen}")
    await changes(client, "upgrade", {})
    seen = await changes(client, "remove", {"packages": ["alpha"]})
    expect(seen.get("alpha") == "removed", f"remove: {seen}")


async def check_refusals(client, options):
    option = await client.call_tool("install", {"packages": ["--index-url=http://packages.example"]})
    expect(option.is_error and "packages[0]" in texts(option), f"{option}")
    unknown = await client.call_tool("add", {"packages": ["no-such-package"]})
    expect(unknown.is_error and "no-such-package" in texts(unknown), f"{unknown}")


async def check_progress(client, options):
    seen = []

    async def on_progress(progress, total, message):
        seen.append(progress)

    await client.call_tool("add", {"packages": ["gamma"]}, progress_callback=on_progress)
    expect(seen, "no progress")


async def check_cancellation(client, options):
    index, mark = options["packages"]["index"], options["packages"]["mark"]

    def downloads():
        with urllib.request.urlopen(index.replace("/simple/", "/access-log")) as answer:
            return sum(line.endswith("slow-1.0-py3-none-any.whl") for line in json.load(answer))

    before = downloads()
    call = asyncio.create_task(client.call_tool("install", {"packages": ["slow"]}))
    expect(await becomes(lambda: downloads() > before, 20), "the download did not begin")
    expect(descendants(mark), "uv should be running")
    call.cancel()
    try:
        await call
    except asyncio.CancelledError:
        pass
    else:
        raise AssertionError("the cancelled call was answered")
    gone = await becomes(lambda: not descendants(mark), GONE_WITHIN_S)
    expect(gone, f"still there after {GONE_WITHIN_S} s: {descendants(mark)}")


CHECKS = {
    "list": check_list,
    "every tool": check_every_tool,
    "refusals": check_refusals,
    "progress": check_progress,
    "cancellation": check_cancellation,
}
