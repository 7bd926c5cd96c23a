# SPDX-License-Identifier: Apache-2.0
"""Debian's Prometheus scrapes the real server, and what ships for it is held to what it then knows:
promtool takes the page, the rules and their tests; every query of the dashboard and of the alerts is
answered, and every metric that they name is scraped. prometheus.py --build DIR [--only WORDS]"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from full_server import full_server  # noqa: E402
from toolpost_process import Build, Failure  # noqa: E402

SHIPPED = ROOT / "packaging/prometheus"
DASHBOARD = ROOT / "packaging/grafana/toolpost.json"
SKIPPED = 77
PATIENCE_S = 60
METRIC = re.compile(r"\b(?:toolpost|mcp|process)_[a-z_]+")


def program(name):
    """Debian's, installed or unpacked by packaging/setup; None where it is neither."""
    places = [shutil.which(name), ROOT / "build/tools/prometheus/usr/bin" / name]
    return next((str(place) for place in places if place and Path(place).exists()), None)


def promtool(*arguments, given=None):
    done = subprocess.run([program("promtool"), *map(str, arguments)], input=given, capture_output=True, text=True,
                          timeout=120, check=False)
    expect(done.returncode == 0, f"{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class Prometheus:
    """The real one, with the shipped configuration; only the target and the interval are of the test."""

    def __init__(self, target, directory):
        self._directory = Path(directory)
        for file in SHIPPED.iterdir():
            shutil.copy(file, directory)
        config = self._directory / "prometheus.yml"
        text = config.read_text()
        expect("127.0.0.1:9464" in text and "scrape_interval: 15s" in text, text)
        config.write_text(text.replace("127.0.0.1:9464", target).replace("_interval: 15s", "_interval: 1s"))
        self._process = subprocess.Popen(
            [program("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={directory}/data",
             "--web.listen-address=127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self._lines, self._changed = [], threading.Condition()
        threading.Thread(target=self._follow, daemon=True).start()
        self.port = self._wait_for_port()

    def _follow(self):
        for line in self._process.stderr:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._lines.append("")
            self._changed.notify_all()

    def _wait_for_port(self):
        def found():
            return [match[1] for line in self._lines if (match := re.search(r'msg="Listening on" address=127.0.0.1:(\d+)', line))]

        with self._changed:
            self._changed.wait_for(lambda: found() or "" in self._lines, PATIENCE_S)
            if not found():
                raise Failure("Prometheus does not listen:\n" + "".join(self._lines[-10:]))
            return int(found()[0])

    def ask(self, path, **parameters):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            return json.load(answer)["data"]

    def query(self, expression):
        return self.ask("query", query=expression)["result"]

    def wait(self, expression, what):
        """The first result that is not empty."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                if result := self.query(expression):
                    return result
            except OSError:
                pass  # it is not ready yet
            time.sleep(0.2)
        raise Failure(f"{what}: {expression} has no answer; targets: {self.ask('targets')}")

    def stop(self):
        self._process.terminate()
        self._process.wait(PATIENCE_S)


class Stage:
    def __init__(self, build, stack):
        self.server = stack.enter_context(full_server(build))
        self.server.traffic()
        self.prometheus = Prometheus(f"127.0.0.1:{self.server.metrics.port}",
                                     stack.enter_context(tempfile.TemporaryDirectory(prefix="toolpost-prometheus-")))
        stack.callback(self.prometheus.stop)
        self.prometheus.wait('up{job="toolpost"} == 1', "the first scrape")
        before = self.server.metrics.page().total("toolpost_calls_total")
        self.server.traffic()  # so that there is a rate
        self.prometheus.wait(f"sum(toolpost_calls_total) > {before}", "the second traffic")
        self.names = set(self.prometheus.ask("label/__name__/values"))


def dashboard_queries():
    """Title and expression of each target, with the variables as a dashboard of everything has them."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    for panel in panels:
        for target in panel.get("targets", ()):
            expression = target["expr"].replace("$job", ".*").replace("$instance", ".*").replace("$__rate_interval", "1m")
            expect("$" not in expression, f"{panel['title']}: a variable that nobody fills in: {expression}")
            yield panel["title"], expression


def alert_rules(stage):
    groups = stage.prometheus.ask("rules")["groups"]
    return [rule for group in groups for rule in group["rules"]]


@check
def promtool_finds_nothing_in_the_page(stage):
    page = stage.server.metrics.page()
    said = promtool("check", "metrics", given=page.text)
    expect(said.strip() == "", said)
    print(f"      {len(page.types)} metrics, {len(page.samples)} series, {len(page.text)} bytes")


@check
def the_shipped_configuration_and_rules_are_valid(stage):
    promtool("check", "config", SHIPPED / "prometheus.yml")
    promtool("check", "rules", SHIPPED / "toolpost-alerts.yml")


@check
def every_alert_is_tested_and_fires_when_it_should(stage):
    with tempfile.TemporaryDirectory(prefix="toolpost-alerts-") as directory:
        for file in (SHIPPED / "toolpost-alerts.yml", HERE / "alerts_test.yml"):
            shutil.copy(file, directory)
        promtool("test", "rules", f"{directory}/alerts_test.yml")
    text = (HERE / "alerts_test.yml").read_text()
    alerts = set(re.findall(r"alert: (\w+)", (SHIPPED / "toolpost-alerts.yml").read_text()))
    quiet = set(re.findall(r"alertname: (\w+), eval_time: \w+, exp_alerts: \[\]", text))
    loud = set(re.findall(r"alertname: (\w+)\n\s+eval_time: \w+\n\s+exp_alerts:\n\s+- exp_labels", text))
    expect(alerts and alerts == quiet == loud, f"{alerts} {alerts ^ quiet} {alerts ^ loud}")


@check
def a_query_of_the_guides_metrics_gives_the_very_number(stage):
    page = stage.server.metrics.page()
    for tool in ("echo", "countdown"):
        wanted = page.value("mcp_tool_invocations_total", tool=tool)
        expect(wanted > 0, f"{tool} was not called")
        expression = f'sum(mcp_tool_invocations_total{{tool="{tool}"}}) == {wanted}'
        stage.prometheus.wait(expression, f"calls of {tool}")
        seen = stage.prometheus.query(f'mcp_tool_duration_seconds_count{{tool="{tool}"}}')
        expect(float(seen[0]["value"][1]) == page.value("mcp_tool_duration_seconds_count", tool=tool), seen)


@check
def every_query_of_the_dashboard_is_answered(stage):
    queries = list(dashboard_queries())
    expect(len(queries) > 30, f"only {len(queries)} queries were found")
    for title, expression in queries:
        stage.prometheus.wait(expression, title)
    print(f"      {len(queries)} queries")


@check
def every_metric_of_dashboard_and_alerts_is_scraped(stage):
    named = {name for _, expression in dashboard_queries() for name in METRIC.findall(expression)}
    rules = alert_rules(stage)
    named |= {name for rule in rules for name in METRIC.findall(rule["query"])}
    variables = json.loads(DASHBOARD.read_text())["templating"]["list"]
    named |= {name for variable in variables for name in METRIC.findall(variable.get("definition", ""))}
    expect(len(named) > 30 and len(rules) > 10, f"{len(named)} names, {len(rules)} rules")
    expect(named <= stage.names, f"nobody tells {sorted(named - stage.names)}")
    print(f"      {len(named)} metrics in {len(rules)} alerts and the dashboard")


@check
def no_alert_of_a_healthy_server_fires_or_fails(stage):
    unhealthy = [rule["name"] for rule in alert_rules(stage) if rule["health"] == "err"]
    expect(not unhealthy, unhealthy)
    firing = {rule["name"] for rule in alert_rules(stage) if rule["state"] == "firing"}
    expect(firing <= {"ToolpostKeyIsOld"}, firing)  # the users of the test may be older than a year


@check
def the_runbook_says_what_to_do_about_every_alert(stage):
    runbook = (ROOT / "packaging/README.md").read_text()
    missing = [rule["name"] for rule in alert_rules(stage) if f"`{rule['name']}`" not in runbook]
    expect(not missing, f"packaging/README.md says nothing about {missing}")


@check
def every_expression_of_the_capacity_planning_is_answered(stage):
    runbook = (ROOT / "packaging/README.md").read_text()
    section = runbook.split("### Capacity planning\n")[1].split("\n## ")[0]
    block = re.findall(r"```promql\n(.*?)```", section, re.S)
    inline = [text for text in re.findall(r"`([^`\n]+)`", section) if METRIC.search(text) and re.search("[(/]", text)]
    expect(len(block) == 1 and len(inline) == 6, f"{block} {inline}")
    for expression in block + inline:
        # There is no hour of history here.
        stage.prometheus.wait(re.sub(r"\[(1h|7d|5m)\]", "[1m]", expression), "capacity planning")
    highest = stage.prometheus.query(f"max_over_time(({inline[0]})[7d:5m])")
    expect(isinstance(highest, list), highest)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    if not program("prometheus") or not program("promtool"):
        print("there is no Prometheus; packaging/setup test unpacks it")
        return SKIPPED
    with ExitStack() as stack:
        return run_checks(Stage(arguments.build, stack), only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
