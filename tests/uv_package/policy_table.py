#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The package policy as a table: what is refused, class by class, with a control run in which plain
# uv does the bad thing; and what must hold beside it. Usage:
#   policy_table.py TOOLPOST PLUGIN_DIRECTORY UV [--only CLASS] [--seed N]
"""After each refusal pyproject.toml and uv.lock are byte for byte as before, no environment was made,
no archive of a package that is called evil was fetched, and nothing of it was executed."""

import argparse
import hashlib
import json
import os
import pathlib
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

import policy_cases
from e2e_host import Host, Index, text_of, wait_until

FILES = ("pyproject.toml", "uv.lock")
KILLS = 12
WAIT_FOR_FILES = 30


class Bench:
    """Projects, hosts for a policy, and plain uv beside them."""

    def __init__(self, options, base):
        self.options = options
        self.base = pathlib.Path(base).resolve()
        self.root = self.base / "root"
        self.root.mkdir()
        self.marker = self.base / "evil-was-executed"
        self.index, self.other = Index(str(self.marker)), Index(str(self.marker))
        self.files = self.index.url.replace("/simple/", "/files")
        self.other_files = self.other.url.replace("/simple/", "/files")
        self.hosts, self.count, self.digests = {}, 0, {}

    def host(self, policy):
        key = json.dumps(policy, sort_keys=True)
        if key not in self.hosts:
            self.hosts[key] = self.new_host(**policy)
        return self.hosts[key]

    def new_host(self, rules=None, host_environment=None, plugin_keys=None, roles=None, **config):
        work = self.base / f"host-{self.count}"
        self.count += 1
        work.mkdir()
        more = {} if roles is None else {"roles": roles}
        if rules is not None:
            (work / "rules.json").write_text(json.dumps(rules))
            more["policy"] = {"packages_file": str(work / "rules.json")}
        settings = {"uv": self.options.uv, "project_root": str(self.root),
                    "index_url": self.index.url, **config}
        return Host(self.options.toolpost, self.options.plugins, work, settings, host_environment,
                    plugin_keys, **more)

    def stop(self):
        for host in self.hosts.values():
            host.stop()
        self.index.stop()
        self.other.stop()

    # What the rows are made of.

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def bare(self):
        self.count += 1
        name = f"bare-{self.count}"
        (self.root / name).mkdir()
        return name

    @staticmethod
    def pyproject(name, dependencies=(), more=""):
        return (f'[project]\nname = "{name}"\nversion = "0.1"\nrequires-python = ">=3.9"\n'
                f"dependencies = {json.dumps(list(dependencies))}\n{more}")

    def project(self, dependencies=(), more="", below=""):
        self.count += 1
        name = f"app-{self.count}"
        place = f"{below}/{name}" if below else name
        self.write(f"{place}/pyproject.toml", self.pyproject(name, dependencies, more))
        return place

    def download(self, file_name, target):
        with urllib.request.urlopen(f"{self.files}/{file_name}") as answer:
            (self.root / target).write_bytes(answer.read())

    def digest(self, file_name):
        if file_name not in self.digests:
            with urllib.request.urlopen(f"{self.files}/{file_name}") as answer:
                self.digests[file_name] = hashlib.sha256(answer.read()).hexdigest()
        return self.digests[file_name]

    # Plain uv: the control runs.

    def plain(self, project, *arguments, check=True):
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.base / "plain"),
                       "UV_CACHE_DIR": str(self.base / "plain-cache"), "FILES": self.files,
                       "UV_PYTHON_DOWNLOADS": "never", "UV_DEFAULT_INDEX": self.index.url}
        return subprocess.run([self.options.uv, *arguments], cwd=self.root / project, check=check,
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def is_installed(self, project, name):
        return any((self.root / project).glob(f".venv/lib/python*/site-packages/{name}-*.dist-info"))

    def gets_evil(self, argument, name="evil", files=None, setup=None):
        project = setup(self) if setup else self.bare()
        for file_name, text in (files or {}).items():
            self.write(f"{project}/{file_name}", text)
        self.plain(project, "venv")
        self.plain(project, "pip", "install", argument)
        return self.is_installed(project, name)

    def sync_gets_evil(self, setup):
        project = setup(self)
        self.plain(project, "sync")
        subprocess.run([self.root / project / ".venv/bin/python", "-c", ""], check=True)
        was_executed = self.marker.exists()
        self.marker.unlink(missing_ok=True)
        return self.is_installed(project, "evil") and was_executed

    def sync_runs_evil(self, setup):
        self.plain(setup(self), "sync")
        was_executed = self.marker.exists()
        self.marker.unlink(missing_ok=True)
        return was_executed

    def asks_other_index(self, setup, *options):
        seen = len(self.other.requests())
        self.plain(setup(self), "sync", *options)
        return any("/alpha" in path for path in self.other.requests()[seen:])


def state_of(directory):
    """The bytes of the files that may not change, and whether there is an environment."""
    return ({name: (directory / name).read_bytes() if (directory / name).exists() else None
             for name in FILES}, (directory / ".venv").exists())


def evil_archives(index, seen):
    return [path for path in index.requests()[seen:]
            if path.rsplit("/", 1)[-1].startswith("evil") and path.endswith((".whl", ".tar.gz"))]


def call(bench, host, tool, packages, project):
    if tool == "editable":
        return host.call("install", packages=[str(bench.root / project)], editable=True)
    arguments = {"project": project}
    if packages is not None:
        arguments["packages"] = packages
    return host.call(tool, **arguments)


def check_refused(bench, policy, row):
    tool, packages, setup, words = row
    project = setup(bench) if setup else bench.bare()
    host = bench.host(policy)
    before, seen = state_of(bench.root / project), len(bench.index.requests())
    seen_other = len(bench.other.requests())
    result = call(bench, host, tool, packages, project)
    text = text_of(result)
    assert result.get("isError"), text
    for word in words:
        assert word in text, (word, text)
    assert "secret" not in text and str(bench.base / "host-") not in text, text
    assert state_of(bench.root / project) == before, "the project was changed"
    assert not evil_archives(bench.index, seen), evil_archives(bench.index, seen)
    if "extra_index_urls" not in policy:
        assert not bench.other.requests()[seen_other:], "an index that is not configured was asked"
    assert not bench.marker.exists(), "evil was executed"


def check_allowed(bench, policy, row):
    tool, packages, setup, _ = row
    project = setup(bench) if setup else bench.bare()
    result = call(bench, bench.host(policy), tool, packages, project)
    assert not result.get("isError"), text_of(result)


def no_grant_is_no(bench):
    host = bench.new_host(plugin_keys={"grants": []})
    project = bench.project(["alpha"])
    before = state_of(bench.root / project)
    for tool, packages in [("install", ["alpha"]), ("add", ["alpha"]), ("sync", None),
                           ("lock", None), ("uninstall", ["alpha"]), ("upgrade", None)]:
        result = call(bench, host, tool, packages, project)
        assert result.get("isError") and '"grants": ["toolpost.policy/1"]' in text_of(result), result
    assert state_of(bench.root / project) == before
    host.stop()


def a_role_acts_on_its_projects_only(bench):
    """The policy's other question: who is asking comes from the host, not from the call."""
    key = secrets.token_hex(32)
    store = bench.base / "users"
    store.mkdir(mode=0o700)
    (store / "users.json").write_text(json.dumps({"users": [
        {"username": "ann", "api_key_hash": hashlib.sha256(key.encode()).hexdigest(),
         "role": "developer", "created_at": "2026-01-01T00:00:00Z"}]}))
    (store / "users.json").chmod(0o600)
    inside, outside = (bench.project(["alpha"], below=name) for name in ("inside", "outside"))
    host = bench.new_host(
        roles={"developer": {"tools": ["*"], "projects": [str(bench.root / "inside")]}},
        host_environment={"MCP_ENABLE_USER_AUTH": "true", "MCP_API_KEY": key,
                          "MCP_USERS_FILE": str(store / "users.json")})
    assert not call(bench, host, "lock", None, inside).get("isError")
    before = state_of(bench.root / outside)
    for tool, packages in [("lock", None), ("add", ["alpha"]), ("install", ["alpha"]),
                           ("uninstall", ["alpha"]), ("upgrade", None), ("editable", None)]:
        text = text_of(call(bench, host, tool, packages, outside))
        assert "roles.developer" in text and key not in text, (tool, text)
    assert state_of(bench.root / outside) == before
    assert key.encode() not in host.log_path.read_bytes()
    host.stop()


def only_metadata_of_a_blocked_package_is_fetched(bench):
    host = bench.new_host(**policy_cases.BLOCKED)  # a cache of its own
    for tool, packages, project in [("lock", None, bench.project(["deep"])),
                                    ("install", ["deep"], bench.bare()),
                                    ("add", ["carrier"], bench.project())]:
        seen = len(bench.index.requests())
        result = call(bench, host, tool, packages, project)
        assert "carrier -> evil 1.0: " in text_of(result), result
        log = bench.index.requests()[seen:]
        assert not [path for path in log if path.endswith((".whl", ".tar.gz"))], log
        if tool == "lock":
            assert [path for path in log if "evil" in path] == [
                "/simple/evil/", "/files/evil-1.0-py3-none-any.whl.metadata"], log
    host.stop()


def a_name_that_is_denied_is_refused_before_uv_runs(bench):
    host = bench.new_host(uv="/no/such/uv", index_url="http://127.0.0.1:9/simple/",
                          **policy_cases.BLOCKED)
    for tool in ("install", "add"):
        result = call(bench, host, tool, ["alpha", "Evil>1"], bench.project())
        assert "packages[1] is denied by policy" in text_of(result), result
    assert "/no/such/uv" in text_of(call(bench, host, "install", ["alpha"], bench.bare()))
    host.stop()


def what_a_backend_asks_for_beyond_its_pins_is_not_installed(bench):
    host = bench.host({})
    project = policy_cases.build(["greedy"], "greedy")(bench)
    result = call(bench, host, "sync", None, project)
    assert result.get("isError") and "exited with code" in text_of(result), result
    assert not bench.is_installed(project, project.replace("-", "_"))
    # The same project builds when it lists what its backend asks for: evil is allowed here.
    project = policy_cases.build(["greedy", "evil"], "greedy")(bench)
    result = call(bench, host, "sync", None, project)
    assert not result.get("isError"), text_of(result)
    assert bench.is_installed(project, project.replace("-", "_"))
    bench.marker.unlink(missing_ok=True)  # evil was in the environment of an allowed build


def what_is_installed_has_the_hash_that_was_judged(bench):
    """The index serves another file under the same name once the resolution is done."""
    host = bench.new_host()
    project = bench.project(["gamma"])
    assert not call(bench, host, "lock", None, project).get("isError")
    lock = bench.root / project / "uv.lock"
    lock.write_text(lock.read_text().replace(f"sha256:{bench.digest('gamma-1.0-py3-none-any.whl')}",
                                             "sha256:" + "0" * 64))
    before = state_of(bench.root / project)
    result = call(bench, host, "sync", None, project)
    assert result.get("isError") and "hash" in text_of(result).lower(), result
    assert state_of(bench.root / project)[0] == before[0]
    assert not bench.is_installed(project, "gamma")
    host.stop()


def kill(host):
    host.process.send_signal(signal.SIGKILL)
    host.process.wait()


def a_killed_server_leaves_whole_files(bench):
    """kill -9 in an add, at random moments and as soon as the first file has changed: each file is
    as before or complete, and the next call works."""
    complete = bench.project(["alpha"])
    start = time.monotonic()
    assert not call(bench, bench.host({}), "add", ["gamma"], complete).get("isError")
    usual = time.monotonic() - start
    expected = [(bench.root / complete / name).read_text().replace(complete, "X") for name in FILES]
    outcomes = {}
    rng = random.Random(bench.options.seed)
    for number in range(KILLS):
        project = bench.project(["alpha"])
        bench.plain(project, "lock")
        pyproject = bench.root / project / "pyproject.toml"
        before = [(bench.root / project / name).read_text() for name in FILES]
        host = bench.new_host()
        assert "result" in host.answer(host.send("tools/list", {}))
        host.start("add", project=project, packages=["gamma"])
        if number % 2:
            is_changed = lambda: pyproject.read_text() != before[0]
            assert wait_until(is_changed, WAIT_FOR_FILES, 0.0001) is not None
        else:
            time.sleep(rng.uniform(0, 1.5 * usual))  # the moment is the point, nothing waits here
        kill(host)
        after = [(bench.root / project / name).read_text() for name in FILES]
        is_new = [text.replace(project, "X") == whole for text, whole in zip(after, expected)]
        for name, old, text, whole in zip(FILES, before, after, is_new):
            assert whole or text == old, f"{name}: {text}"
        outcomes[tuple(is_new)] = outcomes.get(tuple(is_new), 0) + 1
        answers = []

        def works_again():
            answers.append(call(bench, bench.host({}), "add", ["gamma"], project))
            return not answers[-1].get("isError")

        assert wait_until(works_again, WAIT_FOR_FILES, 0.2) is not None, \
            f"after {len(answers)} calls the project does not work again: {answers[-1]}"
    print(f"    {KILLS} kills: {outcomes.get((False, False), 0)} before, "
          f"{outcomes.get((True, False), 0)} between the files, {outcomes.get((True, True), 0)} after")
    assert outcomes.keys() <= {(False, False), (True, False), (True, True)}, outcomes


def an_environment_that_a_kill_left_unfinished_is_made_anew(bench):
    """uv writes pyvenv.cfg late; without it uv would change what the interpreter itself has installed."""
    project = bench.project(["alpha"])
    environment = bench.root / project / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    (environment / ".gitignore").write_text("*")
    (environment / "bin/python").symlink_to("/usr/bin/python3")
    result = call(bench, bench.host({}), "add", ["gamma"], project)
    assert not result.get("isError"), text_of(result)
    assert (environment / "pyvenv.cfg").is_file() and bench.is_installed(project, "gamma")
    foreign = bench.project(["alpha"])
    (bench.root / foreign / ".venv").mkdir()
    (bench.root / foreign / ".venv/notes.txt").write_text("mine")
    result = call(bench, bench.host({}), "add", ["gamma"], foreign)
    assert result.get("isError") and "no virtual environment" in text_of(result), text_of(result)
    assert (bench.root / foreign / ".venv/notes.txt").read_text() == "mine"


CHECKS = (no_grant_is_no, a_role_acts_on_its_projects_only,
          only_metadata_of_a_blocked_package_is_fetched,
          a_name_that_is_denied_is_refused_before_uv_runs,
          what_a_backend_asks_for_beyond_its_pins_is_not_installed,
          what_is_installed_has_the_hash_that_was_judged, a_killed_server_leaves_whole_files,
          an_environment_that_a_kill_left_unfinished_is_made_anew)


class Score:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def run(self, name, function, *arguments):
        try:
            function(*arguments)
            self.passed += 1
            return True
        except Exception:  # a failing row must not hide the ones after it
            self.failed += 1
            print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
            return False


def run_control(bench, control):
    assert control(bench), "plain uv does not do the bad thing, so this class proves nothing"
    bench.marker.unlink(missing_ok=True)


def run_all(bench, only):
    score, rows, classes = Score(), 0, 0
    for name, (policy, table, control) in policy_cases.classes(bench).items():
        if only not in name:
            continue
        classes += 1
        is_proof = score.run(f"{name}: control run", run_control, bench, control)
        good = sum(score.run(f"{name}: {row[0]} {row[1]}", check_refused, bench, policy, row)
                   for row in table)
        rows += len(table)
        print(f"{name}: {good} of {len(table)} refused, "
              f"plain uv {'lets it in' if is_proof else 'was NOT seen to let it in'}", flush=True)
    if not only:
        table = policy_cases.allowed(bench)
        good = sum(score.run(f"allowed: {row[1]} {row[2]}", check_allowed, bench, row[0], row[1:])
                   for row in table)
        print(f"allowed: {good} of {len(table)} let through", flush=True)
        print(f"{rows} rows in {classes} classes, seed {bench.options.seed}", flush=True)
    for check in CHECKS:
        if only in check.__name__ and score.run(check.__name__, check, bench):
            print(f"ok      {check.__name__}", flush=True)
    return score


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("toolpost")
    arguments.add_argument("plugins")
    arguments.add_argument("uv")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = arguments.parse_args()
    options.toolpost = os.path.abspath(options.toolpost)
    options.plugins = os.path.abspath(options.plugins)
    options.uv = os.path.realpath(options.uv)
    base = tempfile.mkdtemp(prefix="uv-package-policy-")
    bench = Bench(options, base)
    try:
        score = run_all(bench, options.only)
    finally:
        bench.stop()
        shutil.rmtree(base, ignore_errors=True)
    print(f"{score.passed} passed, {score.failed} failed", flush=True)
    sys.exit(1 if score.failed or not score.passed else 0)


if __name__ == "__main__":
    main()
