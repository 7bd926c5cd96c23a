# SPDX-License-Identifier: Apache-2.0
"""What the Python client does with project-index; the same as codebase.mjs."""

import json
from urllib.parse import quote

from python_checks import expect, texts

TOOLS = ["analyze_codebase", "discover_projects", "find_references", "find_symbol", "index_project",
         "outline", "read_file", "refresh_index", "search"]


async def tool(client, name, arguments=None):
    result = await client.call_tool(name, arguments or {})
    expect(not result.is_error, f"{name}: {texts(result)}")
    return result


async def read(client, uri):
    contents = (await client.read_resource(uri)).contents
    expect(len(contents) == 1 and str(contents[0].uri) == uri, f"{contents}")
    return contents[0].text


async def check_lists(client, options):
    tools = (await client.list_tools()).tools
    expect(sorted(one.name for one in tools) == TOOLS, f"listed are {[one.name for one in tools]}")
    expect(all(one.annotations.read_only_hint and one.output_schema for one in tools), "they only read, and say what")
    resources = (await client.list_resources()).resources
    expect("project://structure" in [str(one.uri) for one in resources], f"{resources}")
    templates = (await client.list_resource_templates()).resource_templates
    expect(any(one.uri_template.startswith("codebase://file{?path") for one in templates), f"{templates}")


async def check_discover(client, options):
    projects = (await tool(client, "discover_projects")).structured_content["projects"]
    expect({"app", "engine", "web"} <= {one.get("name") for one in projects}, f"{projects}")
    expect(options["codebase"]["engine"] in [one["project"] for one in projects], f"{projects}")


async def check_index(client, options):
    summary = (await tool(client, "index_project", {"path": options["codebase"]["engine"]})).structured_content
    expect(summary["files"] == 2 and summary["languages"][0]["language"] == "Rust", f"{summary}")


async def check_structure(client, options):
    structure = json.loads(await read(client, "project://structure"))
    expect("src/app" in [one["path"] for one in structure["directories"]], f"{structure}")
    needed = json.loads(await read(client, "project://dependencies"))["dependencies"]
    expect("requests" in [one["name"] for one in needed], f"{needed}")


async def check_search(client, options):
    result = await tool(client, "search", {"pattern": r"def\s+gr\w+", "regex": True, "include": ["*.py"]})
    matches = [(one["path"], one["line"]) for one in result.structured_content["matches"]]
    expect(matches == [("src/app/greeting.py", 9)], f"{matches}")
    link = next(block for block in result.content if block.type == "resource_link")
    expect((await read(client, str(link.uri))).startswith("PREFIX = "), "the link does not lead to the file")
    found = json.loads(await read(client, "codebase://search?pattern=gre%2At&extensions=py"))
    expect(len(found["matches"]) >= 5, f"{found}")


async def check_symbol(client, options):
    if not options["codebase"]["has_ctags"]:
        return
    symbols = (await tool(client, "find_symbol", {"name": "greet"})).structured_content["symbols"]
    expect([(one["path"], one["line"]) for one in symbols] == [("src/app/greeting.py", 9)], f"{symbols}")
    outline = json.loads(await read(client, f"codebase://symbols?path={quote(symbols[0]['path'], safe='')}"))
    expect("Greeter" in [one["name"] for one in outline["symbols"]], f"{outline}")


async def check_file(client, options):
    file = await tool(client, "read_file", {"path": "src/app/greeting.py", "start_line": 9, "end_line": 9})
    expect(file.structured_content["text"] == "def greet(name):\n", f"{file}")
    text = await read(client, "codebase://file?path=src%2Fapp%2Fcli.py")
    expect(text.startswith('"""The command."""'), text)


async def check_confinement(client, options):
    for path in ("../../outside/secret.txt", ".env", "linked.txt", "/etc/passwd"):
        result = await client.call_tool("read_file", {"path": path})
        expect(result.is_error and "hunter2" not in texts(result), f"{path}: {texts(result)}")
        try:
            await client.read_resource(f"codebase://file?path={quote(path, safe='')}")
        except Exception:  # whichever error the client has for it
            continue
        raise AssertionError(f"{path} was read")


CHECKS = {
    "lists": check_lists,
    "discover": check_discover,
    "index": check_index,
    "structure": check_structure,
    "search": check_search,
    "symbol": check_symbol,
    "file": check_file,
    "confinement": check_confinement,
}
