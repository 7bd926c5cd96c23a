# SPDX-License-Identifier: Apache-2.0
"""project-index from outside: an agent's path through an unknown repository over stdio and HTTP as a
user that may only read, attacks on its confinement, changes on disk, kills and cancellations.
e2e.py --build DIR [--only WORDS]"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote

from codebase import READ_ONLY, SECRET, OverStdio, Place, asking, environment, large_tree

from checks import check, expect, run_checks  # noqa: E402
from http_wire import Wire, modern, request  # noqa: E402
from listen_wire import Listener  # noqa: E402
from stdio_wire import Stdio  # noqa: E402
from toolpost_process import Build  # noqa: E402

TOOLS = {"index_project", "refresh_index", "discover_projects", "analyze_codebase", "search", "read_file",
         "find_symbol", "find_references", "outline"}
RESOURCES = {f"project://{name}" for name in ("index", "structure", "config", "dependencies", "readme",
                                              "entrypoints", "tests")}
TEMPLATES = {"codebase://search", "codebase://file", "codebase://symbols"} | RESOURCES
BOTH = ("stdio", "http")
APP_FILES = ["README.md", "data/picture.bin", "pyproject.toml", "src/app/__init__.py", "src/app/cli.py",
             "src/app/greeting.py", "tests/test_greeting.py", "web/index.js", "web/package.json"]
LISTED = [".gitignore", *APP_FILES]
HAS_CTAGS = shutil.which("ctags") is not None
NOTICED_S = 1.0
CATCHES_UP_S = 1.0
STOPPED_S = 0.05


def paths(document, key):
    return [element["path"] for element in document[key]]


@check
def what_is_offered_has_the_names_it_always_had_and_only_reads(build):
    for over in BOTH:
        with asking(build, over) as (_, agent):
            tools = {tool["name"]: tool for tool in agent.result("tools/list")["tools"]}
            expect(set(tools) == TOOLS, sorted(tools))
            for name, tool in tools.items():
                hints = tool["annotations"]
                expect(hints["readOnlyHint"] and hints["idempotentHint"] and not hints["openWorldHint"], (name, hints))
                expect(tool["outputSchema"]["type"] == "object", name)
            resources = {one["uri"] for one in agent.result("resources/list")["resources"]}
            expect(resources == RESOURCES, resources)
            templates = [one["uriTemplate"] for one in agent.result("resources/templates/list")["resourceTemplates"]]
            expect({one.split("{")[0] for one in templates} == TEMPLATES, templates)


def walk_like_an_agent(place, agent):
    """Discover, index, structure, search, symbol, file: each step asks for what the one before said."""
    found = agent.tool("discover_projects")
    names = {one["name"]: one for one in found["projects"]}
    expect({"app", "web", "engine"} <= set(names), found)
    expect(names["engine"]["ecosystems"] == ["rust"] and names["app"]["version"] == "1.2.0", names)
    engine = names["engine"]["project"]
    expect(engine == str(place.engine), engine)

    summary = agent.tool("index_project", path=engine)
    expect(summary["files"] == 2 and summary["languages"][0]["language"] == "Rust", summary)
    expect(agent.tool("index_project")["files"] == len(LISTED), agent.tool("index_project"))

    analysis = agent.tool("analyze_codebase")
    expect(analysis["readme"] == "README.md" and analysis["test_files"] == 1, analysis)

    structure = agent.document("project://structure")
    expect("src/app" in paths(structure, "directories"), structure)

    matches = agent.tool("search", pattern=r"def\s+gr\w+", regex=True, include=["*.py"])["matches"]
    expect([(one["path"], one["line"]) for one in matches] == [("src/app/greeting.py", 9)], matches)

    if HAS_CTAGS:
        symbols = agent.tool("find_symbol", name="greet")["symbols"]
        expect([(one["path"], one["line"]) for one in symbols] == [("src/app/greeting.py", 9)], symbols)
        outline = agent.tool("outline", path=symbols[0]["path"])["symbols"]
        expect([one["name"] for one in outline] == ["PREFIX", "Greeter", "__init__", "greet"], outline)
        uses = agent.tool("find_references", name="greet")["references"]
        expect([(one["path"], one["line"], one["is_definition"]) for one in uses] == [
            ("src/app/cli.py", 3, False), ("src/app/cli.py", 7, False), ("src/app/greeting.py", 9, True),
            ("tests/test_greeting.py", 1, False), ("tests/test_greeting.py", 5, False)], uses)
        expect(uses[1]["inside"] == "main", uses[1])

    lines = agent.tool("read_file", path="src/app/greeting.py", start_line=9, end_line=10)
    expect(lines["text"] == 'def greet(name):\n    """Says hello."""\n' and lines["line_count"] == 11, lines)
    other = agent.tool("read_file", path="src/main.rs", project=engine)
    expect(other["text"].startswith("fn main()"), other)


@check
def an_agent_that_may_only_read_finds_its_way_through_an_unknown_repository(build):
    for over in BOTH:
        with asking(build, over, user="ann", roles=READ_ONLY) as (place, agent):
            walk_like_an_agent(place, agent)


@check
def results_come_as_text_and_with_links_that_can_be_read(build):
    for over in BOTH:
        with asking(build, over) as (_, agent):
            content = agent.result("tools/call", {"name": "search", "arguments": {"pattern": "def greet"}})["content"]
            expect(content[0]["text"].startswith("src/app/greeting.py:9: def greet(name):\n"), content)
            expect(content[0]["text"].endswith("[1 matching line]"), content)
            links = [block["uri"] for block in content if block["type"] == "resource_link"]
            expect(len(links) == 1 and agent.read(links[0]).startswith('PREFIX = "hello"'), content)


@check
def a_name_that_breaks_the_line_breaks_no_line_of_an_answer(build):
    with asking(build, "stdio") as (place, agent):
        place.write("app/\u202efine\n\x9bsrc/app/cli.py:1: evil.py", "def greeting_zyx():\n    pass\n")
        agent.tool("index_project")
        for name, arguments in (("search", {"pattern": "greeting_zyx"}), ("find_symbol", {"name": "greeting_zyx"})):
            if name == "find_symbol" and not HAS_CTAGS:
                continue
            answer = agent.result("tools/call", {"name": name, "arguments": arguments})
            lines = answer["content"][0]["text"].split("\n")
            expect(len(lines) == 2 and lines[0].startswith("\\u202efine\\u000a\\u009bsrc/app/cli.py:1: evil.py:1:"), lines)
            found = answer["structuredContent"]["matches" if name == "search" else "symbols"][0]["path"]
            expect(found == "\u202efine\n\x9bsrc/app/cli.py:1: evil.py", found)


@check
def resources_say_what_the_manifests_say(build):
    for over in BOTH:
        with asking(build, over) as (place, agent):
            expect(paths(agent.document("project://index"), "file_list") == LISTED, agent.document("project://index"))
            needed = {one["name"]: one for one in agent.document("project://dependencies")["dependencies"]}
            expect(needed["requests"]["declared"] == ">=2" and needed["left-pad"]["declared"] == "^1.3.0", needed)
            expect(agent.read("project://readme").startswith("# App"), agent.read("project://readme"))
            entries = agent.document("project://entrypoints")["entry_points"]
            expect(any(one["name"] == "serve" and one["target"] == "app.cli:main" for one in entries), entries)
            expect(paths(agent.document("project://tests"), "tests") == ["tests/test_greeting.py"], "tests")
            config = agent.document("project://config")
            expect({"pyproject.toml", "web/package.json"} <= set(paths(config, "manifests")), config)
            engine = quote(str(place.engine), safe="")
            expect(paths(agent.document(f"project://index?project={engine}"), "file_list") == [
                "Cargo.toml", "src/main.rs"], "the index of another project")
            expect(agent.read(f"codebase://file?path=src%2Fmain.rs&project={engine}").startswith("fn main"), "a file")


@check
def templates_of_the_origin_can_be_read(build):
    for over in BOTH:
        with asking(build, over) as (_, agent):
            found = agent.document("codebase://search?pattern=gre%2At&extensions=py")
            expect({one["path"] for one in found["matches"]} == {
                "src/app/cli.py", "src/app/greeting.py", "tests/test_greeting.py"}, found)
            for comma in ("%2C", ","):
                expect(agent.document(f"codebase://search?pattern=greetIn&extensions=ts{comma}js")["matches"], comma)
            expect(agent.read("codebase://file?path=src%2Fapp%2Fcli.py").startswith('"""The command."""'), "file")
            if HAS_CTAGS:
                symbols = agent.document("codebase://symbols?path=src%2Fapp%2Fcli.py")["symbols"]
                expect("main" in [one["name"] for one in symbols], symbols)


@check
def what_is_left_out_is_counted_and_can_not_be_read(build):
    hidden = (".env", "deploy/id_rsa", "build/out.py", "run.log", "web/node_modules/left-pad/index.js", "link/secret.txt",
              "linked.txt", "fifo", ".git/config", "missing.py")
    for over in BOTH:
        with asking(build, over) as (place, agent):
            place.write("app/.git/config", "[core]\n")
            summary = agent.tool("index_project")
            expect(summary["left_out"]["secret"] >= 2 and summary["left_out"]["ignored"] >= 3, summary)
            expect(summary["left_out"]["special"] == 3 and summary["not_searched"] == {"binary": 1}, summary)
            texts = {agent.refused("read_file", path=path).replace(path, "PATH") for path in hidden}
            expect(len(texts) == 1, texts)  # none tells whether there is something
            expect(not agent.tool("search", pattern=SECRET)["matches"], "a secret is found")
            expect(not agent.tool("search", pattern="greet was called")["matches"], "an ignored file is found")
            expect("binary" in agent.refused("read_file", path="data/picture.bin"), "a binary file is read")


@check
def secrets_in_the_text_of_other_files_are_not_shown(build):
    key = "-----BEGIN PRIVATE KEY-----\n" + ("A" * 64 + "\n") * 3 + "-----END PRIVATE KEY-----\n"
    for over in BOTH:
        with asking(build, over) as (place, agent):
            place.write("app/notes.txt", f"first\n{key}last https://ann:{SECRET}@host.example/\n")
            shown = json.dumps([agent.tool("read_file", path="notes.txt"), agent.tool("search", pattern="AAAA"),
                                agent.tool("search", pattern="last", context_lines=5),
                                agent.read("codebase://file?path=notes.txt")])
            expect("A" * 20 not in shown and SECRET not in shown, shown)
            expect(agent.tool("read_file", path="notes.txt", start_line=7)["text"].startswith("last"), "lines moved")


# Whoever could find a piece of what is hidden could find the next one, too, and so all of it.
TOKEN = "ghp" + "_" + "abcdefghijklmnopqrstuvwxyz0123456789"
URL_PASSWORD = "open-sesame-to-the-cave"
KEY_LINE = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
HIDDEN = {
    "hidden/notes.md": f"# Notes\n\ntoken={TOKEN};\nurl=postgres://ann:{URL_PASSWORD}@db.example/app\n\n"
                       f"-----BEGIN PRIVATE KEY-----\n{KEY_LINE}\nc2hvcnQ=\n-----END PRIVATE KEY-----\n\nplain after\n",
    "hidden/code.py": f"def {TOKEN}():\n    return 1\n\n\ndef plain():\n    return 2\n",
}


def expect_hidden(agent, where):
    """No question about what is hidden has another answer than it would have if something else stood there."""
    in_words = ({"pattern": TOKEN}, {"pattern": TOKEN[:8]}, {"pattern": TOKEN[5:9].upper(), "ignore_case": True},
                {"pattern": URL_PASSWORD}, {"pattern": "sesame"}, {"pattern": KEY_LINE[:30]}, {"pattern": "c2hvcnQ="},
                {"pattern": TOKEN, "whole_word": True})
    in_expressions = ("token=.{40};", "token=ghp_a", "sesame|cave", "ann:o", "^MII", "^c2h", f"{TOKEN[:6]}[a-z]", ":.{23}@db")
    files = ["hidden/*"]
    for arguments in (*in_words, *({"pattern": pattern, "regex": True} for pattern in in_expressions)):
        found = agent.tool("search", include=files, **arguments)
        expect(found["matches"] == [], f"{where}: {arguments} finds {found['matches']}")
        # Without an index everything is looked at, and what was refreshed until the index is made anew.
        expect(found["files_considered"] == 0 or "regex" in arguments or where != "indexed", f"the index knows of {arguments}")
    # What always fits the notice, and fits the text only if the guess is right.
    for guess in ("ghp_a", "ghp_b"):
        found = agent.tool("search", pattern=f"token=({guess}|\\[secret)", regex=True, include=files)["matches"]
        expect([one["line"] for one in found] == [3], f"{where}: the guess {guess} shows: {found}")
    expect(agent.tool("find_references", name=TOKEN)["references"] == [], f"{where}: a reference")
    answer = agent.document(f"codebase://search?pattern={TOKEN[:9]}&extensions=md")
    expect(answer["matches"] == [], f"{where}: {answer}")
    if HAS_CTAGS:
        for match in ("exact", "prefix", "substring"):
            for name in (TOKEN, TOKEN[:12], "abcdef"):
                found = agent.tool("find_symbol", name=name, match=match)["symbols"]
                expect(not found, f"{where}: {match} {name}: {found}")
        expect([one["name"] for one in agent.tool("outline", path="hidden/code.py")["symbols"]][-1] == "plain", "outline")
    shown = json.dumps([agent.tool("search", pattern="plain", context_lines=8, include=files), agent.tool("outline", path="hidden/code.py"),
                        agent.tool("read_file", path="hidden/notes.md"), agent.tool("find_references", name="plain", context_lines=8)])
    for secret in (TOKEN, TOKEN[:12], URL_PASSWORD, KEY_LINE[:20], "c2hvcnQ="):
        expect(secret not in shown, f"{where}: {secret} is shown: {shown}")
    expect([one["line"] for one in agent.tool("search", pattern="plain after")["matches"]] == [11], f"{where}: lines moved")


@check
def what_is_hidden_in_a_text_is_not_found_either(build):
    for over in BOTH:
        with asking(build, over, settings={"watch": False}) as (place, agent):
            for path, text in HIDDEN.items():
                place.write(f"app/{path}", text)
            expect_hidden(agent, "not indexed")
            agent.tool("index_project")
            expect_hidden(agent, "indexed")
            # Known by the index as harmless, and not looked at again since.
            for path in HIDDEN:
                place.write(f"app/{path}", "plain=postgres token= url= ann: db.example abcdef\n")
            agent.tool("refresh_index")
            for path, text in HIDDEN.items():
                place.write(f"app/{path}", text)
            for pattern in ("token=.{40};", "ann:.*sesame"):
                found = agent.tool("search", pattern=pattern, regex=True)["matches"]
                expect(found == [], f"changed since: {pattern} finds {found}")
            agent.tool("refresh_index")
            expect_hidden(agent, "refreshed")


@check
def nothing_leads_out_of_the_project(build):
    for over in BOTH:
        with asking(build, over) as (place, agent):
            outside = str(place.outside)
            files = ("../../outside/secret.txt", "/etc/passwd", outside + "/secret.txt", "src/../../../outside/secret.txt",
                     "link/secret.txt", "linked.txt", "..\\outside", "%2e%2e/%2e%2e/outside/secret.txt", "/proc/self/environ",
                     "a\0b", "", ".", "src", "./README.md", "src//app/cli.py", "fifo")
            for path in files:
                # The host takes no NUL in JSON; in a URI it is an escape.
                tools = () if "\0" in path else ("read_file", "outline")
                for text in [agent.refused(tool, path=path) for tool in tools]:
                    expect(SECRET not in text and "root:" not in text, text)
                if path:
                    answer = agent.ask("resources/read", {"uri": f"codebase://file?path={quote(path, safe='')}"})
                    expect("error" in answer, f"{path}: {answer}")
            for project in ("..", "../../outside", outside, "/", "/etc", "link", "src/../..", "fifo", "README.md"):
                for name, more in (("index_project", {"path": project}), ("analyze_codebase", {"path": project}),
                                   ("search", {"pattern": "x", "project": project}),
                                   ("discover_projects", {"workspace_path": project})):
                    expect("below" in (text := agent.refused(name, **more)) or "out" in text or project in text, text)
                uri = f"project://index?project={quote(project, safe='')}"
                expect("error" in agent.ask("resources/read", {"uri": uri}), uri)


@check
def a_role_bounds_the_projects(build):
    for over in BOTH:
        with tempfile.TemporaryDirectory(prefix="toolpost-codebase-") as directory:
            place = Place(directory)
            roles = {"user": {**READ_ONLY["user"], "projects": [str(place.app)]}}
            with asking(build, over, user="ann", roles=roles, place=place, settings={"project_root": str(place.app)}) as (_, agent):
                expect(agent.tool("index_project")["files"] == len(LISTED), "its own project")
                for name, arguments in (("index_project", {"path": str(place.engine)}), ("search", {"pattern": "fn", "project": str(place.engine)}),
                                        ("read_file", {"path": "src/main.rs", "project": str(place.engine)}), ("discover_projects", {})):
                    expect("projects" in agent.refused(name, **arguments), f"{name} {arguments}")
                uri = f"codebase://file?path=src%2Fmain.rs&project={quote(str(place.engine), safe='')}"
                expect("error" in agent.ask("resources/read", {"uri": uri}), uri)


@check
def pages_follow_each_other_without_a_gap(build):
    for over in BOTH:
        with asking(build, over) as (place, agent):
            for number in range(7):
                place.write(f"app/many/f{number}.txt", "needle\n" * 3)
            agent.tool("refresh_index")
            everything = [(one["path"], one["line"]) for one in agent.tool("search", pattern="needle")["matches"]]
            expect(len(everything) == 21 and everything == sorted(everything), everything)
            paged, skip = [], 0
            while skip is not None:
                page = agent.tool("search", pattern="needle", skip=skip, limit=4)
                expect(len(page["matches"]) <= 4, page)
                paged += [(one["path"], one["line"]) for one in page["matches"]]
                skip = page.get("next_skip")
                expect((skip is None) == (not page["is_cut"]), page)
            expect(paged == everything, paged)


@check
def bad_patterns_are_named_and_slow_ones_do_not_exist(build):
    for over in BOTH:
        with asking(build, over) as (place, agent):
            expect("missing" in (text := agent.refused("search", pattern="gr(eet", regex=True)), text)
            place.write("app/long.txt", "a" * 100_000 + "\n")
            agent.tool("refresh_index")
            began = time.monotonic()
            agent.tool("search", pattern="(a+)+b", regex=True)
            expect(time.monotonic() - began < 5, "a pattern took long")


@check
def who_writes_and_then_asks_finds_what_was_written(build):
    for over in BOTH:
        with asking(build, over) as (place, agent):
            agent.tool("index_project")
            for step in range(25):
                place.write("app/src/app/written.py", f"def written_{step:02}():\n    pass\n")
                expect_at_once(agent, "search", "matches", 1, pattern=f"written_{step:02}")
                if HAS_CTAGS:
                    expect_at_once(agent, "find_symbol", "symbols", 1, name=f"written_{step:02}")
                place.write(f"app/new/{step}/a.py", f"appeared_{step:02}\n")
                expect_at_once(agent, "search", "matches", 1, pattern=f"appeared_{step:02}")
            (place.app / "src/app/written.py").unlink()
            expect_at_once(agent, "search", "matches", 0, pattern="written_")


@check
def without_a_watch_the_index_is_as_new_as_one_asks_for(build):
    with asking(build, "stdio", settings={"watch": False}) as (place, agent):
        before = agent.tool("index_project")["files"]
        for step, tool in enumerate(("index_project", "refresh_index"), 1):
            place.write(f"app/new_{step}.py", f"arrived_{step}\n")
            expect(not agent.tool("search", pattern=f"arrived_{step}")["matches"], "it is watched")
            answer = agent.tool(tool)
            expect(answer["files"] == before + step, (tool, before, answer))
            expect(answer.get("looked_at_every_file", True), answer)
            expect(len(agent.tool("search", pattern=f"arrived_{step}")["matches"]) == 1, tool)


@check
def a_refresh_looks_at_every_file_where_it_has_to(build):
    for over in BOTH:
        with asking(build, over) as (place, agent):
            place.write("outside/other_name.txt", "before\n")
            os.link(place.outside / "other_name.txt", place.app / "linked_here.txt")
            agent.tool("index_project")
            refresh_as_told(place, agent)
            expect(len(agent.tool("search", pattern="told of")["matches"]) == 1, "what the watch told is missing")
            # Written to its other name, of which no watch of the project hears.
            with open(place.outside / "other_name.txt", "a", encoding="ascii") as file:
                file.write("written elsewhere\n")
            answer = agent.tool("refresh_index", every_file=True)
            expect(answer["looked_at_every_file"], answer)
            expect(answer["changes"]["changed"]["paths"] == ["linked_here.txt"], answer["changes"])
            text = agent.result("tools/call", {"name": "refresh_index", "arguments": {"every_file": True}})["content"][0]["text"]
            expect("\nevery file was looked at\nadded: 0" in text, text)


@check
def a_repository_inside_that_comes_or_goes_is_told(build):
    with asking(build, "stdio") as (place, agent):
        subprocess.run(["git", "init", "-q", str(place.app)], check=True)
        place.write("app/inner/code.py", "def inner_zyx():\n    pass\n")
        agent.tool("index_project")
        found = lambda: len(agent.tool("search", pattern="inner_zyx")["matches"])
        expect(found() == 1, "the file is not found")
        subprocess.run(["git", "init", "-q", str(place.app / "inner")], check=True)
        answer = agent.tool("refresh_index")
        expect(answer["left_out"].get("repositories") == 1 and found() == 0, answer)
        shutil.rmtree(place.app / "inner/.git")
        agent.tool("refresh_index")
        expect(found() == 1, "the file is not found again")


def refresh_as_told(place, agent):
    """What the watch tells is waited for no longer than a second, which a busy machine may need."""
    for count in range(1, 11):
        place.write("app/told.txt", f"told of {'again ' * count}\n")
        answer = agent.tool("refresh_index")
        if not answer["looked_at_every_file"]:
            return
    raise AssertionError(f"every file is looked at: {answer}")


def expect_at_once(agent, tool, key, count, **arguments):
    """The first answer has it; one that took a second was given without waiting any longer."""
    for _ in range(10):
        began = time.monotonic()
        found = agent.tool(tool, **arguments)[key]
        if len(found) == count or time.monotonic() - began < CATCHES_UP_S:
            break
    expect(len(found) == count, f"{tool} {arguments}: {found}")


@check
def a_subscriber_hears_of_what_it_reads_and_of_nothing_else(build):
    with asking(build, "http") as (place, agent):
        file, index = "codebase://file?path=src%2Fapp%2Fcli.py", "project://index"
        with Listener(agent.server, {"resourceSubscriptions": [file]}, "file") as of_file, \
                Listener(agent.server, {"resourceSubscriptions": [index]}, "index") as of_index:
            before = agent.read(file)
            agent.read(index)
            place.write("app/other.py", "x = 1\n")
            began = time.monotonic()
            message = of_index.next()
            expect(message["params"]["uri"] == index and time.monotonic() - began < build.within(NOTICED_S), (message, time.monotonic() - began))
            expect(of_file.wire.is_idle(), "told of another file")
            place.write("app/src/app/cli.py", "changed\n")
            began = time.monotonic()
            message = of_file.next()
            expect(message["params"]["uri"] == file and time.monotonic() - began < build.within(NOTICED_S), (message, time.monotonic() - began))
            expect(agent.read(file) == "changed\n" != before, agent.read(file))


@check
def a_subscriber_hears_of_a_directory_that_takes_the_project_s_place(build):
    with asking(build, "http") as (place, agent):
        file = "codebase://file?path=src%2Fapp%2Fcli.py"
        with Listener(agent.server, {"resourceSubscriptions": [file]}, "file") as of_file:
            before = agent.read(file)
            for text in ("deployed\n", "deployed again\n"):
                place.write("next/src/app/cli.py", text)
                place.app.rename(place.app.with_name(f"gone {len(text)}"))
                place.app.with_name("next").rename(place.app)
                message = of_file.next()
                expect(message["params"]["uri"] == file, message)
                expect(agent.read(file) == text != before, agent.read(file))
            place.write("app/src/app/cli.py", "changed in it\n")
            expect(of_file.next()["params"]["uri"] == file, "the new directory is not watched")


def index_files(directory):
    return {str(path): path.stat().st_mtime_ns for path in directory.rglob("*") if path.is_file() and "index" in str(path)}


@check
def a_kill_leaves_an_index_that_the_next_start_uses(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-codebase-") as directory:
        place = Place(directory)
        state = place.base / "state"
        config = {"plugins": (), "codebase": place.settings, "data_directory": str(state)}
        with Stdio(build, environment=environment(directory), **config) as process:  # leaving it kills it
            first = OverStdio(process).tool("index_project")
        kept = index_files(state / "plugins") or index_files(state)
        expect(kept, f"no index on disk: {list(state.rglob('*'))}")
        place.write("app/after.py", "added_while_nobody_ran = 1\n")
        with Stdio(build, environment=environment(directory), **config) as process:
            agent = OverStdio(process)
            again = agent.tool("index_project")
            expect(not again.get("was_rebuilt") and again["files"] == first["files"] + 1, again)
            expect(agent.tool("search", pattern="added_while")["matches"], "what changed meanwhile is not there")
        for path in kept:
            if os.path.exists(path):
                with open(path, "r+b") as file:
                    file.seek(os.path.getsize(path) // 2)
                    file.write(b"\xff" * 64)
        with Stdio(build, environment=environment(directory), **config) as process:
            agent = OverStdio(process)
            rebuilt = agent.tool("index_project")
            expect(rebuilt.get("was_rebuilt") and rebuilt["rebuilt_why"], f"damage was not noticed: {rebuilt}")
            expect(agent.tool("search", pattern="added_while")["matches"], "the rebuilt index lacks a file")


@check
def a_kill_in_the_middle_of_the_work_costs_nothing(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-codebase-") as directory:
        place = Place(directory)
        large_tree(place, 1200)
        config = {"plugins": (), "codebase": place.settings, "data_directory": str(place.base / "state")}
        for _ in range(3):
            with Stdio(build, environment=environment(directory), **config) as process:
                process.send(modern("tools/call", {"name": "index_project", "arguments": {}}, 7, meta={"progressToken": 7}))
                process.until_running(7)
        with Stdio(build, environment=environment(directory), **config) as process:
            expect(OverStdio(process).tool("index_project")["files"] == len(LISTED) + 1200, "files are missing")


def cpu_seconds(pid):
    """Of the process and of all below it."""
    total, pids = 0, [pid]
    while pids:
        one = pids.pop()
        try:
            with open(f"/proc/{one}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
            for task in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{task}/children") as file:
                    pids += map(int, file.read().split())
        except OSError:
            continue
    return total / os.sysconf("SC_CLK_TCK")


def expect_quiet(build, pid, what):
    """No work is done any more, STOPPED_S after the cancellation."""
    time.sleep(build.within(STOPPED_S))
    before = cpu_seconds(pid)
    time.sleep(0.5)
    used = cpu_seconds(pid) - before
    expect(used < 0.1, f"{what}: {used:.2f} s of CPU in the half second that begins {STOPPED_S * 1000:.0f} ms after the cancellation")


@check
def a_cancelled_call_stops_working_within_fifty_milliseconds(build):
    with asking(build, "stdio", settings={"watch": False}) as (place, agent):
        large_tree(place, 6000)
        process = agent.process
        process.send(modern("tools/call", {"name": "index_project", "arguments": {}}, 7, meta={"progressToken": 7}))
        process.until_running(7)
        process.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}})
        expect_quiet(build, process.process.pid, "indexing over stdio")
        expect(agent.tool("index_project")["files"] == len(LISTED) + 6000, "the next call does not work")


@check
def a_connection_that_closes_stops_the_work(build):
    with asking(build, "http", settings={"watch": False}) as (place, agent):
        large_tree(place, 6000)
        message = modern("tools/call", {"name": "index_project", "arguments": {}}, 7, meta={"progressToken": 7})
        with Wire(agent.server.port) as wire:
            wire.send(request(agent.server.port, message, agent.headers(message)))
            status, headers = wire.head()
            expect(status == 200, status)
            wire.next_event(wire.events(headers))
        expect_quiet(build, agent.server.process.pid, "indexing over HTTP")


@check
def without_ctags_everything_but_symbols_works(build):
    with asking(build, "stdio", settings={"ctags": "/nonexistent/ctags"}) as (_, agent):
        expect(agent.tool("index_project")["has_symbols"] is False, "has_symbols")
        expect(agent.tool("search", pattern="def greet")["matches"], "search")
        uses = agent.tool("find_references", name="greet")
        expect(uses["references"] and not uses["has_symbols"], uses)
        for name, arguments in (("find_symbol", {"name": "greet"}), ("outline", {"path": "src/app/cli.py"})):
            expect("Ctags" in agent.refused(name, **arguments), name)


@check
def a_ctags_that_comes_later_makes_the_index_anew(build):
    if not HAS_CTAGS:
        return
    with tempfile.TemporaryDirectory(prefix="toolpost-codebase-") as directory:
        place = Place(directory)
        for ctags, has_symbols in (("/nonexistent/ctags", False), (shutil.which("ctags"), True)):
            config = {"plugins": (), "codebase": {**place.settings, "ctags": ctags}, "data_directory": str(place.base / "state")}
            with Stdio(build, environment=environment(directory), **config) as process:
                summary = OverStdio(process).tool("index_project")
                expect(summary["has_symbols"] is has_symbols and (summary["symbols"] > 0) is has_symbols, summary)


@check
def calls_of_many_projects_at_once_answer_each_its_own(build):
    with asking(build, "stdio", settings={"max_open_projects": 2}) as (place, agent):
        for number in range(6):
            place.write(f"p{number}/go.mod", f"module example.com/p{number}\n")
            place.write(f"p{number}/main.go", f"package main\n\nfunc only{number}() {{}}\n")
        for turn in range(3):
            for number in range(6):
                project = str(place.work / f"p{number}")
                found = agent.tool("search", pattern="only", project=project)["matches"]
                expect([one["text"] for one in found] == [f"func only{number}() {{}}"], (turn, found))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    return run_checks(arguments.build, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
