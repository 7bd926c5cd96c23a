#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# uv-package from outside: a real host on stdio, a real uv, a small index. Usage:
#   e2e.py TOOLPOST PLUGIN_DIRECTORY UV [--only NAME]... [--rounds N]
"""Every test is a function `test_…` that gets a Run; it fails by assertion."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

from e2e_host import Host, Index, marked_processes, text_of, wait_until

GONE_WITHIN = 2.5


class Run:
    """A directory of its own for each test, and hosts that end with it."""

    def __init__(self, options, index, directory):
        self.options, self.index = options, index
        self.directory = pathlib.Path(directory).resolve()
        self.root = self.directory / "root"
        self.root.mkdir(parents=True)
        self.hosts = []

    def host(self, **config):
        environment = config.pop("host_environment", {})
        settings = {"uv": self.options.uv, "project_root": str(self.root),
                    "index_url": self.index.url, **config}
        settings = {key: value for key, value in settings.items() if value is not None}
        host = Host(self.options.toolpost, self.options.plugins,
                    self.directory / f"host-{len(self.hosts)}", settings, environment)
        self.hosts.append(host)
        return host

    def project(self, name="app", dependencies=(), build=False, more=""):
        directory = self.root / name
        directory.mkdir(parents=True, exist_ok=True)
        listed = ", ".join(json.dumps(item) for item in dependencies)
        text = (f'[project]\nname = "{directory.name}"\nversion = "0.1"\n'
                f'requires-python = ">=3.9"\ndependencies = [{listed}]\n')
        if build:
            text += ('\n[build-system]\nrequires = ["tinybuild"]\n'
                     'build-backend = "tinybuild"\n')
        (directory / "pyproject.toml").write_text(text + more)
        return directory

    def fake_uv(self, body, version="0.13.9"):
        path = self.directory / "fake-uv"
        path.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo "uv {version}"; exit 0; fi\n'
                        f'if [ "$1" = help ]; then exit 0; fi\n{body}\n')
        path.chmod(0o755)
        return str(path)

    def plain_uv(self, project, *arguments):
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.directory / "plain"),
                       "UV_PYTHON_DOWNLOADS": "never", "UV_INDEX_URL": self.index.url}
        subprocess.run([self.options.uv, *arguments], cwd=project, env=environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def changed(result, where="changes"):
    assert not result.get("isError"), text_of(result)
    return {row["package"]: (row["kind"], row["from"], row["to"])
            for row in result["structuredContent"][where]}


def refused(result, *parts):
    assert result.get("isError"), result
    for part in parts:
        assert part in text_of(result), (part, text_of(result))


def test_list_names_eight_tools_with_schemas_and_annotations(run):
    host = run.host()
    tools = {}
    for tool in host.answer(host.send("tools/list", {}))["result"]["tools"]:
        tools[tool["name"]] = tool
    expected = {  # destructive, idempotent, open world
        "install": (True, False, True), "uninstall": (True, True, False),
        "add": (False, False, True), "remove": (True, False, True), "sync": (True, True, True),
        "lock": (False, True, True), "init": (False, False, False), "upgrade": (True, False, True),
    }
    assert expected.keys() <= tools.keys(), tools.keys()
    for name, (destructive, idempotent, open_world) in expected.items():
        hints = tools[name]["annotations"]
        assert not hints.get("readOnlyHint", False), name
        assert hints.get("destructiveHint", True) == destructive, (name, hints)
        assert hints.get("idempotentHint", False) == idempotent, (name, hints)
        assert hints.get("openWorldHint", True) == open_world, (name, hints)
        assert "changes" in tools[name]["outputSchema"]["properties"], name
    assert tools["install"]["inputSchema"]["properties"]["packages"]["minItems"] == 1
    # Everything that is asked of this plugin can be read in the audit.
    for name, tool in tools.items():
        for argument, schema in tool["inputSchema"]["properties"].items():
            assert schema.get("x-toolpost-log") is True, f"{name}: {argument} is not marked"


def test_init_makes_a_project_in_the_root_or_below_it(run):
    host = run.host()
    assert host.call("init")["structuredContent"]["project"] == str(run.root)
    assert (run.root / "pyproject.toml").exists()
    host.call("add", packages=["alpha"])
    refused(host.call("init"), "is a project already")
    before = (run.root / "pyproject.toml").read_text()
    result = host.call("init", name="inner")
    assert result["structuredContent"]["project"] == str(run.root / "inner")
    assert changed(result) == changed(result, "lock_changes") == {}, "the outer project's are told"
    assert not result["structuredContent"]["environment_created"]
    assert (run.root / "inner/pyproject.toml").exists()
    assert (run.root / "pyproject.toml").read_text() == before, "the outer project was changed"
    refused(host.call("init", name="inner"), "is a project already")
    outside = run.directory / "outside"
    outside.mkdir()
    (run.root / "link").symlink_to(outside)
    for name in ["../x", "/tmp/x", "-x", "a/b", ".x", "x\n", "--script", "link"]:
        refused(host.call("init", name=name))
    assert not any(outside.iterdir())


def test_add_and_remove_change_project_lock_and_environment(run):
    project = run.project(dependencies=[], build=True)
    host = run.host()
    result = host.call("add", project="app", packages=["alpha <2", "gamma; python_version>'3'"])
    assert changed(result) == {"alpha": ("added", None, "1.1"), "beta": ("added", None, "2.0"),
                               "gamma": ("added", None, "1.0"), "app": ("added", None, "0.1")}
    assert changed(result, "lock_changes").keys() == {"alpha", "beta", "gamma", "app"}
    assert result["structuredContent"]["environment_created"]
    assert result["structuredContent"]["environment"] == str(project / ".venv")
    assert '"alpha<2"' in (project / "pyproject.toml").read_text()
    assert "index" not in (project / "pyproject.toml").read_text()
    result = host.call("remove", project="app", packages=["Gamma"])
    assert changed(result) == {"gamma": ("removed", "1.0", None)}
    result = host.call("add", project="app", packages=["gamma"], dev=True)
    assert "[dependency-groups]" in (project / "pyproject.toml").read_text()
    result = host.call("remove", project="app", packages=["gamma"], dev=True)
    assert changed(result) == {"gamma": ("removed", "1.0", None)}
    result = host.call("remove", project="app", packages=["alpha"])
    assert changed(result) == {"alpha": ("removed", "1.1", None), "beta": ("removed", "2.0", None)}
    refused(host.call("remove", project="app", packages=["alpha"]), "exited with code", "uv remove")


def test_lock_writes_what_uv_alone_would_write(run):
    more = '\n[tool.uv]\nresolution = "lowest"\nconstraint-dependencies = ["beta>1"]\n'
    for name, build, text in [("plain", False, ""), ("built", True, ""), ("settings", False, more)]:
        project = run.project(name, ["alpha[fast]>=1", "mixed==1.0"], build, text)
        copy = run.directory / "copies" / name
        shutil.copytree(project, copy)
        host = run.host()
        result = host.call("lock", project=name)
        assert "alpha" in changed(result, "lock_changes")
        assert changed(result) == {}
        run.plain_uv(copy, "lock")
        assert (project / "uv.lock").read_bytes() == (copy / "uv.lock").read_bytes(), name
        assert changed(host.call("lock", project=name), "lock_changes") == {}


def test_uv_toml_of_the_project_is_honoured(run):
    project = run.project(dependencies=["alpha"])
    (project / "uv.toml").write_text('resolution = "lowest"\n')
    assert changed(run.host().call("lock", project="app"), "lock_changes")["alpha"][2] == "1.0"


def test_sync_installs_what_is_missing_and_removes_the_rest(run):
    run.project(dependencies=["alpha==1.0"])
    host = run.host()
    assert changed(host.call("sync", project="app")).keys() == {"alpha", "beta"}
    assert changed(host.call("install", project="app", packages=["gamma"])).keys() == {"gamma"}
    assert changed(host.call("sync", project="app")) == {"gamma": ("removed", "1.0", None)}
    assert changed(host.call("sync", project="app")) == {}


def test_install_creates_an_environment_and_uninstall_needs_one(run):
    (run.root / "bare").mkdir()
    host = run.host()
    refused(host.call("uninstall", project="bare", packages=["alpha"]), "has no environment")
    result = host.call("install", project="bare", packages=["Alpha[fast]==1.1"])
    assert result["structuredContent"]["environment_created"]
    assert changed(result) == {"alpha": ("added", None, "1.1"), "beta": ("added", None, "2.0"),
                               "gamma": ("added", None, "1.0")}
    result = host.call("install", project="bare", packages=["alpha==2.0"])
    assert not result["structuredContent"]["environment_created"]
    assert changed(result) == {"alpha": ("updated", "1.1", "2.0")}
    result = host.call("uninstall", project="bare", packages=["alpha", "not-there"])
    assert changed(result) == {"alpha": ("removed", "2.0", None)}
    for tool in ["lock", "sync"]:
        refused(host.call(tool, project="bare"), "no pyproject.toml")
    refused(host.call("add", project="bare", packages=["alpha"]), "no pyproject.toml")


def test_upgrade(run):
    project = run.project(dependencies=["alpha==1.0", "beta==1.0"])
    host = run.host()
    host.call("sync", project="app")
    run.project(dependencies=["alpha", "beta"])
    assert changed(host.call("sync", project="app")) == {}
    assert changed(host.call("upgrade", project="app", packages=["beta"])) == {
        "beta": ("updated", "1.0", "2.0")}
    assert changed(host.call("upgrade", project="app")) == {"alpha": ("updated", "1.0", "2.0")}
    refused(host.call("upgrade", project="app", packages=["nothing"]), "neither in uv.lock")
    assert (project / "uv.lock").exists()
    (run.root / "bare").mkdir()
    host.call("install", project="bare", packages=["alpha==1.0", "beta==1.0"])
    assert changed(host.call("upgrade", project="bare")).keys() == {"alpha", "beta"}
    refused(host.call("upgrade", project="bare", packages=["alpha>1"]), "only the name")


def test_arguments_never_become_options(run):
    run.project()
    host = run.host(uv=run.fake_uv(f"touch {run.directory}/was-run"))
    # A NUL does not get this far: the host's JSON reader refuses the message.
    rows = ["--index-url=https://evil.example", "-r/etc/passwd", "-e .", "-c x", "@x", "./x", "/x",
            "x.whl", "git+https://evil.example/x", "https://evil.example/x.whl", "a\nb",
            "x @ https://evil.example/${CANARY}", "é", "x>=", "x ; evil", "--", "", " "]
    for text in rows:
        for tool in ["install", "add"]:
            refused(host.call(tool, project="app", packages=["good", text]), "packages[1]")
        for tool in ["uninstall", "remove", "upgrade"]:
            refused(host.call(tool, project="app", packages=["good", text]), "packages[1]")
    refused(host.call("uninstall", project="app", packages=["alpha==1"]), "only the name")
    assert not (run.directory / "was-run").exists()


def test_foreign_source_distributions_are_never_built(run):
    marker = run.options.marker
    project = run.project(dependencies=[])
    before = (project / "pyproject.toml").read_bytes()
    host = run.host()
    for tool in ["install", "add"]:
        refused(host.call(tool, project="app", packages=["hostile"]), "exited with code",
                "Wheels are required for `hostile`")
    assert (project / "pyproject.toml").read_bytes() == before
    assert not (project / "uv.lock").exists()
    result = host.call("install", project="app", packages=["mixed"])
    assert changed(result)["mixed"] == ("added", None, "1.0"), "the wheel, not the newer sdist"
    run.project("wants", ["hostile"])
    refused(host.call("lock", project="wants"), "Wheels are required for `hostile`")
    evil = run.project("evil-build", [])
    with open(evil / "pyproject.toml", "a") as file:
        file.write('\n[build-system]\nrequires = ["hostile"]\nbuild-backend = "hostile"\n')
    refused(host.call("sync", project="evil-build"), "exited with code")
    refused(host.call("install", editable=True, packages=["evil-build"]), "exited with code")
    assert not os.path.exists(marker), "a foreign build backend was executed"


def test_editable_takes_projects_below_the_root(run):
    run.project("app")
    run.project("lib", ["gamma"], build=True)
    outside = run.directory / "outside"
    outside.mkdir()
    (outside / "pyproject.toml").write_text('[project]\nname = "outside"\nversion = "1"\n')
    host = run.host()
    result = host.call("install", project="app", packages=["../lib"], editable=True)
    refused(result, "packages[0]", "leads out of the root")
    result = host.call("install", project="app", packages=[str(run.root / "lib")], editable=True)
    assert changed(result) == {"lib": ("added", None, "0.1"), "gamma": ("added", None, "1.0")}
    for text in [str(outside), "requests", "-e .", "git+https://evil.example/x", ""]:
        refused(host.call("install", project="app", packages=[text], editable=True), "packages[0]")
    refused(run.host(build_project=False).call("install", project="app", editable=True,
                                               packages=[str(run.root / "lib")]), "build_project")


def test_build_project_false_installs_the_dependencies_only(run):
    run.project(dependencies=["alpha"], build=True)
    assert changed(run.host(build_project=False).call("sync", project="app")).keys() == {
        "alpha", "beta"}


def test_progress_arrives_before_the_result(run):
    (run.root / "bare").mkdir()
    host = run.host()
    number = host.start("install", project="bare", packages=["alpha"])
    assert "result" in host.answer(number)
    lines = host.progress.get(number, [])
    assert lines, "no progress"
    values = [line["progress"] for line in lines]
    assert values == sorted(values)


def test_cancellation_ends_every_descendant(run):
    (run.root / "bare").mkdir()
    host = run.host()
    mark = f"UV_CACHE_DIR={run.directory}"
    seen = len(run.index.requests())
    number = host.start("install", project="bare", packages=["slow"])
    is_downloading = lambda: any(path.endswith("slow-1.0-py3-none-any.whl")
                                 for path in run.index.requests()[seen:])
    assert wait_until(is_downloading, 60) is not None
    assert marked_processes(mark, host.process.pid), "uv should be running"
    host.cancel(number)
    took = wait_until(lambda: not marked_processes(mark, host.process.pid), GONE_WITHIN)
    assert took is not None, marked_processes(mark, host.process.pid)
    print(f"    gone after {took:.2f} s")
    assert host.answer(number, timeout=1) is None, "a cancelled call is not answered"
    assert "beta" in changed(host.call("install", project="bare", packages=["beta"]))


def test_cancellation_ends_what_left_its_group_and_ignores_signals(run):
    run.project()
    mark = f"UV_CACHE_DIR={run.directory}"
    ready = run.directory / "ready"
    body = (f"trap '' TERM INT HUP\nsetsid sh -c \"trap '' TERM; touch {ready}; "
            "while :; do sleep 1; done\" &\nwhile :; do sleep 1; done")
    host = run.host(uv=run.fake_uv(body))
    number = host.start("lock", project="app")
    assert wait_until(ready.exists, 60) is not None
    host.cancel(number)
    took = wait_until(lambda: not marked_processes(mark, host.process.pid), GONE_WITHIN)
    assert took is not None, marked_processes(mark, host.process.pid)
    print(f"    gone after {took:.2f} s")


def test_timeout_ends_every_descendant_and_says_so(run):
    (run.root / "bare").mkdir()
    host = run.host(timeout_s=3)
    start = time.monotonic()
    refused(host.call("install", project="bare", packages=["slow"]), "did not end within 3 s",
            "timeout_s")
    assert time.monotonic() - start < 3 + GONE_WITHIN + 2
    assert not marked_processes(f"UV_CACHE_DIR={run.directory}", host.process.pid)


def test_the_end_of_the_host_ends_every_descendant(run):
    (run.root / "bare").mkdir()
    host = run.host()
    mark = f"UV_CACHE_DIR={run.directory}"
    seen = len(run.index.requests())
    host.start("install", project="bare", packages=["slow"])
    is_downloading = lambda: any(path.endswith("slow-1.0-py3-none-any.whl")
                                 for path in run.index.requests()[seen:])
    assert wait_until(is_downloading, 60) is not None
    start = time.monotonic()
    host.stop()
    assert wait_until(lambda: not marked_processes(mark, host.process.pid), GONE_WITHIN) is not None
    assert time.monotonic() - start < 10


def test_a_failed_call_leaves_the_project_as_it_was(run):
    project = run.project(dependencies=["alpha==1.0"])
    host = run.host()
    host.call("sync", project="app")
    before = [(name, (project / name).read_bytes(), (project / name).stat().st_mtime_ns)
              for name in ["pyproject.toml", "uv.lock"]]
    refused(host.call("install", project="app", packages=["hostile"]), "exited with code")
    after = [(name, (project / name).read_bytes(), (project / name).stat().st_mtime_ns)
             for name, _, _ in before]
    assert before == after, "an untouched file was written again"
    refused(host.call("add", project="app", packages=["gamma", "beta==9"]), "exited with code")
    for name, content, _ in before:
        assert (project / name).read_bytes() == content, name


def test_two_changes_of_one_project_do_not_meet(run):
    (run.root / "bare").mkdir()
    first, second = run.host(), run.host(lock_wait_s=0)
    seen = len(run.index.requests())
    number = first.start("install", project="bare", packages=["slow"])
    is_downloading = lambda: any(path.endswith("slow-1.0-py3-none-any.whl")
                                 for path in run.index.requests()[seen:])
    assert wait_until(is_downloading, 60) is not None
    refused(second.call("install", project="bare", packages=["beta"]), "busy")
    first.cancel(number)
    answers = []

    def is_free():
        answers.append(second.call("install", project="bare", packages=["beta"]))
        return not answers[-1].get("isError")

    assert wait_until(is_free, 10, 0.2) is not None, answers
    numbers = [first.start("install", project="bare", packages=[name])
               for name in ["alpha", "gamma"]]
    for number in numbers:
        assert not first.answer(number)["result"].get("isError")


def test_uv_missing_then_too_old_then_good_without_a_restart(run):
    run.project()
    place = run.directory / "bin" / "uv"
    place.parent.mkdir()
    host = run.host(uv=str(place))
    for tool in ["lock", "sync", "init", "upgrade"]:
        refused(host.call(tool, project="app"), str(place), "not found", "0.11.15")
    place.symlink_to(run.fake_uv("exit 1", version="0.11.14"))
    refused(host.call("lock", project="app"), "0.11.14", "too old", "0.11.15")
    place.unlink()
    place.symlink_to(run.options.uv)
    assert changed(host.call("lock", project="app"), "lock_changes").keys() == {"app"}
    without = run.host(uv=None, host_environment={"PATH": f"{place.parent}:/usr/bin:/bin"})
    assert changed(without.call("lock", project="app")) == {}


def test_projects_outside_the_roots_are_refused(run):
    outside = run.directory / "root-evil"
    outside.mkdir()
    (outside / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n')
    (run.root / "link").symlink_to(outside)
    run.project("venv-link")
    (run.root / "venv-link/.venv").symlink_to(outside)
    host = run.host()
    for path in ["..", "../root-evil", "link", str(outside), "/", "/etc", "/proc/self/cwd",
                 "app/../../root-evil", "missing", "a\nb"]:
        refused(host.call("lock", project=path), "project")
    refused(host.call("sync", project="venv-link"), "environment", "symbolic link")
    assert sorted(path.name for path in outside.iterdir()) == ["pyproject.toml"]
    more = run.host(roots=[str(outside)])
    assert changed(more.call("lock", project=str(outside)), "lock_changes").keys() == {"x"}


def test_what_a_project_asks_of_uv_is_refused_by_name(run):
    host = run.host()
    rows = {
        '[tool.uv]\nfind-links = ["x"]\n': "'find-links'",
        '[[tool.uv.index]]\nurl = "https://evil.example/simple"\n': "https://evil.example/simple",
        '[tool.uv.sources]\nalpha = { git = "https://evil.example/x" }\n': "'git'",
        '[tool.uv.sources]\nalpha = { path = "/etc" }\n': "not below a configured root",
        '[tool.uv]\nno-build-isolation = true\n': "'no-build-isolation'",
    }
    for number, (text, part) in enumerate(rows.items()):
        run.project(f"p{number}", more=text)
        for tool in ["lock", "sync"]:
            refused(host.call(tool, project=f"p{number}"), part)
    project = run.project("version-file")
    (project / ".python-version").write_text("/bin/sh\n")
    refused(host.call("lock", project="version-file"), ".python-version")


def test_a_lock_file_with_foreign_files_is_refused(run):
    project = run.project(dependencies=["alpha"])
    host = run.host()
    host.call("lock", project="app")
    lock = (project / "uv.lock").read_text()
    port = run.index.url.split(":")[2].split("/")[0]
    evil = lock.replace(f"127.0.0.1:{port}/files/alpha", f"localhost:{port}/files/alpha")
    assert evil != lock
    (project / "uv.lock").write_text(evil)
    refused(host.call("sync", project="app"), "'alpha'", f"localhost:{port}", "file_hosts")
    assert not (project / ".venv").exists()
    assert (project / "uv.lock").read_text() == evil


def test_the_environment_of_uv_is_built_from_nothing(run):
    run.project()
    seen = run.directory / "seen"
    host = run.host(uv=run.fake_uv(f"env > {seen}; exit 1"),
                    host_environment={"CANARY": "secret-canary", "UV_INDEX_URL": "https://evil.example",
                                      "PIP_INDEX_URL": "https://evil.example",
                                      "SSL_CERT_FILE": "/etc/ssl/host.pem"})
    refused(host.call("lock", project="app"), "exited with code 1")
    names = {line.split("=")[0] for line in seen.read_text().splitlines()} - {"PWD", "_", "SHLVL",
                                                                             "OLDPWD"}
    assert names == {"PATH", "LANG", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "NO_COLOR",
                     "GIT_TERMINAL_PROMPT", "GIT_ALLOW_PROTOCOL", "UV_CACHE_DIR", "UV_LINK_MODE",
                     "UV_NO_PROGRESS", "UV_NO_ENV_FILE", "UV_NO_SYSTEM_CONFIG",
                     "UV_PYTHON_DOWNLOADS", "UV_KEYRING_PROVIDER", "UV_SYSTEM_CERTS",
                     "UV_PROJECT_ENVIRONMENT", "SSL_CERT_FILE"}, names
    assert "SSL_CERT_FILE=/etc/ssl/host.pem" in seen.read_text()
    assert "canary" not in seen.read_text()


def test_output_is_bounded_and_clean(run):
    run.project()
    body = ("printf '\\033[31mred\\033[0m https://user:secret@evil.example/x \\001' >&2\n"
            "head -c 6000000 /dev/zero | tr '\\0' 'x' >&2\necho THE-END >&2\nexit 3")
    result = run.host(uv=run.fake_uv(body)).call("lock", project="app")
    refused(result, "exited with code 3", "red https://***@evil.example/x \\x01", "THE-END",
            "left out")
    assert "secret" not in json.dumps(result) and "\x1b" not in text_of(result)
    assert len(text_of(result)) < 70000, len(text_of(result))


def test_two_servers_of_one_user_keep_their_own_indexes(run):
    shared = {"XDG_STATE_HOME": str(run.directory / "state")}
    first = run.host(host_environment=shared)
    run.host(host_environment=shared, index_url="http://127.0.0.1:9/simple/").call("init", name="other")
    first.call("init", name="app")
    assert "beta" in changed(first.call("add", project="app", packages=["beta"]))


def test_configuration_with_credentials_is_refused(run):
    host = run.host(index_url="https://user:secret@packages.example/simple")
    number = host.send("tools/call", {"name": "lock", "arguments": {}})
    message = host.answer(number, 30)
    assert message is None or "error" in message, message
    host.stop()
    log = host.log_path.read_text()
    assert "index_url" in log and "credentials" in log, log
    assert "secret@" not in log, log


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("toolpost")
    arguments.add_argument("plugins")
    arguments.add_argument("uv")
    arguments.add_argument("--only", action="append", help="tests whose name holds this, or another one")
    arguments.add_argument("--rounds", type=int, default=1)
    options = arguments.parse_args()
    options.toolpost = os.path.abspath(options.toolpost)
    options.plugins = os.path.abspath(options.plugins)
    options.uv = os.path.realpath(options.uv)
    tests = [(name, function) for name, function in globals().items()
             if name.startswith("test_") and any(part in name for part in options.only or [""])]
    tests *= options.rounds
    failed = []
    with tempfile.TemporaryDirectory(prefix="uv-package-e2e-") as base:
        options.marker = os.path.join(base, "hostile-backend-was-run")
        index = Index(options.marker)
        for number, (name, function) in enumerate(tests):
            run = Run(options, index, os.path.join(base, str(number)))
            try:
                function(run)
                print(f"ok      {name}", flush=True)
            except Exception:  # a failing test must not hide the ones after it
                failed.append(name)
                print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
            finally:
                for host in run.hosts:
                    if host.process.poll() is None:
                        host.stop()
        index.stop()
        if os.path.exists(options.marker):
            failed.append("the hostile build backend was executed")
    print(f"{len(tests) - len(failed)} passed, {len(failed)} failed", flush=True)
    sys.exit(1 if failed or not tests else 0)


if __name__ == "__main__":
    main()
