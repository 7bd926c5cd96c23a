# SPDX-License-Identifier: Apache-2.0
"""Runs the MCP conformance suite against one build, for the requirements of one revision, and holds
the result against a baseline that only shrinks: what fails must be listed, what is listed must fail.
run.py --build DIR --requirements REVISION [--through nginx]"""

import argparse
import contextlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "clients"))

import nginx_proxy  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402

NODE = HERE.parent.parent / "build/tools/bin/node"
SUITE = HERE.parent / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
RUN_LIMIT_S = 500
SKIPPED = 77
# How many server scenarios the pinned suite runs, scored or not: fewer means that it broke off.
SCENARIOS = {"2025-11-25": 33, "2026-07-28": 50}
# How many entries each baseline has, and how many checks fail below them. These numbers only go down,
# with what was mended: whoever raises one says that Toolpost may lose what it could do.
CEILINGS = {"2025-11-25": (0, 0), "2026-07-28": (0, 0)}


def read_baseline(revision):
    """Entries are `scenario` or `scenario:check`, as the suite itself reads them."""
    lines = (HERE / f"baseline-{revision}.yml").read_text().splitlines()
    return [match[1] for line in lines if (match := re.match(r"\s+- ([\w:.-]+)", line))]


def misfits(revision, listed):
    """What is wrong with the baseline itself, before anything has run."""
    ceiling, _ = CEILINGS[revision]
    where = f"baseline-{revision}.yml has {len(listed)} entries, {ceiling} are recorded in run.py"
    if len(listed) > ceiling:
        return [f"GROWN   {where}: a baseline only shrinks, mend what fails instead"]
    if len(listed) < ceiling:
        return [f"SHRUNK  {where}: record the new number, so that it stays"]
    return [f"TWICE   {entry} in baseline-{revision}.yml" for entry in sorted(set(listed)) if listed.count(entry) > 1]


@contextlib.contextmanager
def served(build, proxy):
    """The port of a server with the plugins of toolpost.json, or of the proxy before it. That file is
    for people and the release build; here its directories are those of `build`, and of this run."""
    settings = json.loads((HERE / "toolpost.json").read_text())
    plugins = [name for name, plugin in settings["plugins"].items() if plugin["enabled"]]
    more = {name: value for name, value in settings.items() if name not in ("plugin_directories", "data_directory", "plugins")}
    if proxy is None:
        with HttpServer(build, plugins, **more) as server:
            yield server.port
        return
    more["http"] = {**more.get("http", {}), "trusted_proxies": ["127.0.0.1"], "shutdown_grace_ms": 0}
    with HttpServer(build, plugins, **more) as server, nginx_proxy.before(server.port) as port:
        yield port


def run_suite(build, revision, proxy):
    """Returns {scenario: {check: status}} from the files that the suite wrote."""
    with tempfile.TemporaryDirectory(prefix="toolpost-conformance-") as output, served(build, proxy) as port:
        url = f"http://localhost:{port}/mcp"
        command = [NODE, SUITE, "server", "--url", url, "--requirements", revision, "--output-dir", output]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=RUN_LIMIT_S)
        results, messages = {}, {}
        for file in sorted(Path(output).glob("server-*/checks.json")):
            scenario = re.fullmatch(r"server-(.*)-\d{4}-\d\d-\d\dT[\d-]+Z", file.parent.name)[1]
            for check in json.loads(file.read_text()):
                statuses = results.setdefault(scenario, {})
                # One check may be made several times; a failure among them is what counts.
                if statuses.get(check["id"]) != "FAILURE":
                    statuses[check["id"]] = check["status"]
                if check["status"] == "FAILURE":
                    messages[f"{scenario}:{check['id']}"] = check.get("errorMessage") or json.dumps(check.get("details"))
            results.setdefault(scenario, {})
        if len(results) < SCENARIOS[revision]:
            print(done.stdout[-3000:], done.stderr[-3000:])
        return results, messages


def judge(revision, results, messages):
    """Prints every deviation from the baseline; returns their number."""
    listed = read_baseline(revision)
    failing = set(messages)
    covered = {f for f in failing if f in listed or f.split(":")[0] in listed}
    stale = [entry for entry in listed if not any(f == entry or f.split(":")[0] == entry for f in failing)]
    for failure in sorted(failing - covered):
        print(f"FAILED  {failure}\n        {messages[failure][:600]}")
    for entry in stale:
        print(f"PASSED  {entry}: take it out of baseline-{revision}.yml")
    missing = max(0, SCENARIOS[revision] - len(results))
    if missing:
        print(f"MISSING {missing} of {SCENARIOS[revision]} scenarios did not run")
    _, ceiling = CEILINGS[revision]
    if len(failing) > ceiling:
        print(f"GROWN   {len(failing)} checks fail, {ceiling} are recorded in run.py: mend what fails now")
    elif len(failing) < ceiling:
        print(f"SHRUNK  {len(failing)} checks fail, {ceiling} are recorded in run.py: record the new number")
    return len(failing - covered) + len(stale) + missing + (len(failing) != ceiling)


def print_counts(revision, results):
    statuses = [status for checks in results.values() for status in checks.values()]
    whole = sum("FAILURE" not in checks.values() for checks in results.values())
    counts = ", ".join(f"{statuses.count(s)} {s.lower()}" for s in sorted(set(statuses)))
    print(f"{revision}: {whole} of {len(results)} scenarios hold; checks: {counts}")
    skipped = sorted({s for s, checks in results.items() for status in checks.values() if status == "SKIPPED"})
    if skipped:
        print(f"{revision}: with skipped checks: {', '.join(skipped)}")
    return statuses


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--requirements", required=True, choices=SCENARIOS)
    parser.add_argument("--through", choices=("nginx",), help="put this before the server")
    arguments = parser.parse_args()
    wrong = misfits(arguments.requirements, read_baseline(arguments.requirements))
    if wrong:
        print(*wrong, f"0 passed, {len(wrong)} failed", sep="\n")
        return 1
    if not (NODE.exists() and SUITE.exists()):
        print("SKIPPED: the conformance suite is not installed; packaging/setup test installs it")
        return SKIPPED
    if arguments.through and nginx_proxy.binary() is None:
        print("SKIPPED: there is no nginx; packaging/setup test unpacks one")
        return SKIPPED
    results, messages = run_suite(arguments.build, arguments.requirements, arguments.through)
    deviations = judge(arguments.requirements, results, messages)
    statuses = print_counts(arguments.requirements, results)
    print(f"{statuses.count('SUCCESS')} passed, {deviations} failed")
    return 1 if deviations else 0


if __name__ == "__main__":
    sys.exit(main())
