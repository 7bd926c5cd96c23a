# SPDX-License-Identifier: Apache-2.0
"""Runs the official clients against one build of Toolpost, each over HTTP and stdio and in each era
it speaks, and prints a table. run.py --build DIR [--client NAME] [--packages | --codebase | --roles | --features | --tasks]
With --packages the server has uv-package on the test index instead of the fixtures, with --codebase
project-index on a workspace, and the client comes as a user who may only read; with --roles it has
users, and each client comes with the key of an admin, of a regular user and of a third role;
with --features the clients go beyond tools, and streams are paused so that they have to be resumed;
with --tasks they have tasks, and the server is killed and started anew."""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from toolpost_process import Build, Failure, HttpServer

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "identity"), str(HERE.parent / "project_index")]

import codebase  # noqa: E402
import world  # noqa: E402

TOOLS = HERE.parent.parent / "build/tools"
NODE = TOOLS / "bin/node"
PYTHON = TOOLS / "python-tests/bin/python"
VERSIONS = {"modern": "2026-07-28", "legacy": "2025-11-25"}
UV = TOOLS / "venv/bin/uv"
INDEX = HERE.parent / "uv_package/index_server.py"
RUN_LIMIT_S = 300
SKIPPED = 77


class Killed(Exception):
    """Leaves the block of a server that the client has killed, and so asks for no clean end."""


CLIENTS = {
    "typescript-client": ([NODE, HERE / "typescript_client.mjs"], ("modern", "legacy")),
    "typescript-sdk1": ([NODE, HERE / "typescript_sdk1.mjs"], ("legacy",)),
    "python-client": ([PYTHON, HERE / "python_client.py"], ("modern", "legacy")),
}


def drive(command, options):
    """Runs one driver; returns what it said of each check, None standing for success."""
    try:
        done = subprocess.run(
            [*map(str, command), json.dumps(options)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return {"run": f"the driver did not end within {RUN_LIMIT_S} s"}
    checks = {}
    for line in done.stdout.splitlines():
        said = json.loads(line)
        checks[said["check"]] = said["problem"]
    if done.returncode != 0 or "close" not in checks:
        checks.setdefault("run", f"the driver ended with {done.returncode}: {done.stderr[-1500:]}")
    return checks


@contextlib.contextmanager
def plain_stage():
    """Arguments for Build.write_config, and what the drivers have to know: here the fixtures, and nothing."""
    yield {}, {}


@contextlib.contextmanager
def features_stage():
    """A legacy answer over HTTP that takes longer than this comes on another connection."""
    yield {"http": {"limits": {"sse_pause_ms": 300}}}, {"features": True}


@contextlib.contextmanager
def package_stage():
    """uv-package with a package index of the tests."""
    with tempfile.TemporaryDirectory(prefix="toolpost-packages-") as directory:
        place = Path(directory).resolve()
        (place / "project").mkdir()
        serve = [sys.executable, INDEX, "--marker", place / "hostile-backend-was-run"]
        index = subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        url = index.stdout.readline().strip()
        settings = {"uv": str(UV.resolve()), "project_root": str(place / "project"),
                    "cache_dir": str(place / "cache"), "index_url": url}
        try:
            yield {"plugins": (), "packages": settings}, {"packages": {"index": url, "mark": f"UV_CACHE_DIR={place}"}}
        finally:
            index.stdin.close()
            index.wait()


@contextlib.contextmanager
def codebase_stage():
    """project-index on a workspace, and a user who may only read."""
    with tempfile.TemporaryDirectory(prefix="toolpost-codebase-") as directory:
        place = codebase.Place(directory)
        variables = world.environment(world.MODES["users"], world.users_file(directory))
        told = {"engine": str(place.engine), "has_ctags": shutil.which("ctags") is not None}
        config = {"plugins": (), "codebase": place.settings, "roles": codebase.READ_ONLY, "environment": variables}
        yield config, {"key": world.USERS["ann"], "environment": variables, "codebase": told}


def run_over_http(build, command, era, stage):
    try:
        with stage() as (config, more), HttpServer(build, **config) as server:
            options = {"era": era, "version": VERSIONS[era], "url": server.url, "log": str(server.log_path), **more}
            return drive(command, options)
    except Failure as failure:
        return {"server": str(failure)}


ROLE_PLUGINS = ("io.toolpost.echo", "io.toolpost.countdown")


def role_options(user):
    """What a driver has to know of one user: the key, and what comes of it."""
    role = world.ROLES[user]
    roles = {"role": role, "tools": sorted(world.RIGHTS[role]), "wrong_key": world.WRONG}
    return {"key": world.USERS[user], "roles": roles}


def run_roles(build, command, era, over):
    """The same client as each of three users; the checks are named by user."""
    checks = {}
    settings = {"roles": world.CONFIG_ROLES, "trusted": (world.TRUSTED,), "plugins": ROLE_PLUGINS}
    with tempfile.TemporaryDirectory(prefix="toolpost-roles-") as directory:
        variables = world.environment(world.MODES["users"], world.users_file(directory))
        log = Path(directory) / "log"
        log.touch()
        common = {"era": era, "version": VERSIONS[era]}
        if over == "http":
            stage = HttpServer(build, environment=variables, **settings)
        else:
            config = build.write_config(directory, **settings)
            stage = contextlib.nullcontext()
            server = [str(build.binary), "stdio", "--config", str(config)]
            common.update(command=server, log=str(log), environment=variables)
        with stage as server:
            if over == "http":
                common.update(url=server.url, log=str(server.log_path))
            for user in ("root", "ann", "eye"):
                said = drive(command, {**common, **role_options(user)})
                checks.update((f"{user}: {check}", problem) for check, problem in said.items())
    return checks


# In the modern era the client kills the first server, and comes again with a stranger's key and its own.
VISITS = {
    "modern": (("modern", "root"), ("stranger", "ann"), ("restarted", "root")),
    "legacy": (("legacy", "root"),),
}
WITH_PID = ("/bin/sh", "-c", 'echo $$ >"$1" && shift && exec "$@"', "sh")


def run_tasks(build, command, era, over):
    """The same client before and after the end of the server, which leaves its state to the next."""
    checks = {}
    with tempfile.TemporaryDirectory(prefix="toolpost-tasks-") as directory:
        place = Path(directory)
        settings = {"data_directory": str(place / "state"), "rate": {"principal_per_minute": 0, "address_per_minute": 0}}
        variables = world.environment(world.MODES["users"], world.users_file(directory))
        log, pid = place / "log", place / "pid"
        log.touch()
        shared = {"pid": str(pid), "left": str(place / "left.json"), "stranger": world.USERS["ann"]}
        common = {"era": era, "version": VERSIONS[era], "environment": variables}

        def visit(which, user, **where):
            options = {**common, "key": world.USERS[user], "tasks": {"visit": which, **shared}, **where}
            said = drive(command, options)
            checks[f"{which} close"] = said.pop("close", "it did not come to that")
            checks.update(said)

        first, *later = VISITS[era]
        if over == "stdio":
            server = [str(build.binary), "stdio", "--config", str(build.write_config(directory, **settings))]
            for one in (first, *later):
                visit(*one, command=[*WITH_PID, str(pid), *server], log=str(log))
            return checks
        for visits in filter(None, ([first], later)):
            with contextlib.suppress(Killed), HttpServer(build, environment=variables, **settings) as server:
                pid.write_text(str(server.process.pid))
                for one in visits:
                    visit(*one, url=server.url, log=str(server.log_path))
                if visits == [first] and later:
                    raise Killed
    return checks


def run_over_stdio(build, command, era, stage):
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory, stage() as (settings, more):
        log = Path(directory) / "log"
        log.touch()
        settings.pop("environment", None)  # the client starts the server, with what it is told
        config = build.write_config(directory, **settings)
        server = [str(build.binary), "stdio", "--config", str(config)]
        options = {"era": era, "version": VERSIONS[era], "command": server, "log": str(log), **more}
        checks = drive(command, options)
        if any(checks.values()):
            checks["log"] = log.read_text()[-1500:] or "the server's log is empty"
        return checks


def print_table(rows):
    names = list(dict.fromkeys(check for _, checks in rows for check in checks if check != "log"))
    width = max(len(title) for title, _ in rows)
    print(" " * width, *names, sep="  ")
    for title, checks in rows:
        marks = ("-" if n not in checks else "FAIL" if checks[n] else "ok" for n in names)
        print(title.ljust(width), *(mark.ljust(len(n)) for mark, n in zip(marks, names)), sep="  ")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--client", choices=CLIENTS, action="append")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--packages", dest="stage", action="store_const", const=package_stage, default=plain_stage)
    what.add_argument("--codebase", dest="stage", action="store_const", const=codebase_stage)
    what.add_argument("--features", dest="stage", action="store_const", const=features_stage)
    what.add_argument("--roles", dest="over", action="store_const", const=run_roles)
    what.add_argument("--tasks", dest="over", action="store_const", const=run_tasks)
    arguments = parser.parse_args()
    if not (NODE.exists() and PYTHON.exists() and (HERE.parent / "node_modules").is_dir()):
        print("SKIPPED: the official clients are not installed; packaging/setup test installs them")
        return SKIPPED
    rows = []
    for name in arguments.client or CLIENTS:
        command, eras = CLIENTS[name]
        for era in eras:
            if arguments.over:
                for over in ("http", "stdio"):
                    rows.append((f"{name} {era} {over}", arguments.over(arguments.build, command, era, over)))
                continue
            rows.append((f"{name} {era} http", run_over_http(arguments.build, command, era, arguments.stage)))
            rows.append((f"{name} {era} stdio", run_over_stdio(arguments.build, command, era, arguments.stage)))
    print_table(rows)
    failures = [(title, check, problem) for title, checks in rows for check, problem in checks.items() if problem]
    for failure in failures:
        print("\n{}: {}\n  {}".format(*failure))
    passed = sum(problem is None for _, checks in rows for problem in checks.values())
    failed = sum(check != "log" for _, check, _ in failures)
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
