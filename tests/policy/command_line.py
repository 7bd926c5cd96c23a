# SPDX-License-Identifier: Apache-2.0
"""policy check, config check and the refusal to start, from outside. command_line.py TOOLPOST"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402

RULES = """{
  // internal names from the internal index only
  "default": "allow",
  "rules": [
    { "names": ["requests"], "versions": "<2.32", "effect": "deny", "reason": "too old" },
    { "names": ["acme-*"], "sources": ["https://packages.acme.example/simple"], "effect": "allow" },
    { "names": ["*"], "extras": ["telemetry"], "effect": "deny" },
  ],
}
"""


class World:
    def __init__(self, program, directory):
        self.program, self.directory = program, Path(directory)

    def write(self, name, text, mode=0o600):
        path = self.directory / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def run(self, *arguments, config=None, variables=None):
        path = self.write("toolpost.json", json.dumps(config or {}))
        environment = {"PATH": os.defpath, "HOME": str(self.directory), **(variables or {})}
        return subprocess.run([self.program, *arguments, "--config", str(path)], env=environment,
                              cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)

    def policy_check(self, *packages, rules=None, **more):
        config = {}
        if rules is not None:
            config["policy"] = {"packages_file": str(self.write("packages.json", rules))}
        return self.run("policy", "check", *packages, config=config, **more)


def expect_code(result, code):
    expect(result.returncode == code, f"exit code {result.returncode}, not {code}: {result}")


def verdicts(result):
    """What each line of the answer says: {package: (allowed, rule, where, says)}."""
    out, package = {}, None
    for line in result.stdout.splitlines():
        word, _, rest = line.partition(": ")
        if word in ("allowed", "denied"):
            package = rest
            out[package] = {"allowed": word == "allowed"}
        else:
            out[package][word.strip()] = rest.strip()
    return out


@check
def without_rules_everything_is_allowed(world):
    result = world.policy_check("requests", "Acme_Core==1.0")
    expect_code(result, 0)
    expect(verdicts(result) == {
        "requests": {"allowed": True, "rule": "no rule", "where": "built in"},
        "acme-core 1.0": {"allowed": True, "rule": "no rule", "where": "built in"}}, result.stdout)


@check
def the_lists_of_the_guide(world):
    variables = {"MCP_ALLOWED_PACKAGES": "requests,pytest,fastapi", "MCP_BLOCKED_PACKAGES": "malicious.*,.*-evil"}
    result = world.policy_check("requests[socks]>=2", "PyTest==8", variables=variables)
    expect_code(result, 0)
    expect(verdicts(result)["pytest 8"]["rule"] == "allowed_packages[1]", result.stdout)
    result = world.policy_check("requests", "flask", "Malicious_Thing", "fastapi.evil", variables=variables)
    expect_code(result, 3)
    found = verdicts(result)
    expect(found["requests"]["allowed"], result.stdout)
    expect(found["flask"] == {"allowed": False, "rule": "allowed_packages", "where": "MCP_ALLOWED_PACKAGES",
                              "says": "flask: denied by allowed_packages, which does not name it"}, result.stdout)
    expect(found["malicious-thing"]["rule"] == "blocked_packages[0]", result.stdout)
    expect(found["fastapi-evil"]["rule"] == "blocked_packages[1]", result.stdout)


@check
def the_variables_win_over_the_keys(world):
    config = {"policy": {"blocked_packages": ["flask"]}}
    result = world.run("policy", "check", "flask", config=config)
    expect_code(result, 3)
    where = verdicts(result)["flask"]["where"]
    expect(where.startswith(str(world.directory / "toolpost.json") + ":1:"), result.stdout)
    expect_code(world.run("policy", "check", "flask", config=config, variables={"MCP_BLOCKED_PACKAGES": "django"}), 0)


@check
def a_rule_of_the_file_is_named_with_line_and_column(world):
    result = world.policy_check("requests==2.31", "requests==2.32.3", "x[telemetry]", rules=RULES)
    expect_code(result, 3)
    found = verdicts(result)
    place = str(world.directory / "packages.json")
    expect(found["requests 2.31"] == {
        "allowed": False, "rule": "packages.json: rules[0]", "where": place + ":5:5",
        "says": "requests 2.31: denied by packages.json: rules[0]: versions <2.32 are denied (too old)"},
        result.stdout)
    expect(found["requests 2.32.3"]["rule"] == "packages.json: default", result.stdout)
    expect(found["x"]["rule"] == "packages.json: rules[2]", result.stdout)


@check
def what_is_not_known_counts_against_a_package(world):
    result = world.policy_check("requests>=2.32", rules=RULES)
    expect_code(result, 3)
    expect("its version is not known" in result.stdout, result.stdout)
    expect_code(world.policy_check("acme-core", rules=RULES), 3)


@check
def internal_names_come_from_the_internal_index(world):
    inside, outside = "https://packages.acme.example/simple/", "https://packages.example/simple"
    expect_code(world.policy_check("--source", inside, "acme-core", rules=RULES), 0)
    expect_code(world.policy_check("--source", outside, "acme-core", rules=RULES), 3)


@check
def what_is_no_requirement_is_a_wrong_command_line(world):
    for package in ("git+https://x.example/requests", "./requests", "requests @ https://x.example/r.whl",
                    "requests.whl", "-r requirements.txt", "requests==", "${NAME}", "a b"):
        result = world.policy_check("--", package) if package.startswith("-") else world.policy_check(package)
        expect_code(result, 2)
        expect("policy check: " in result.stderr and not result.stdout, result)
    expect_code(world.policy_check(), 2)
    expect_code(world.policy_check("--source", "ftp://x", "a"), 2)


@check
def mistakes_are_found_by_every_command(world):
    cases = [
        ({"MCP_ALLOWED_PACKAGES": ""}, {}, "MCP_ALLOWED_PACKAGES: is empty"),
        ({"MCP_ALLOWED_PACKAGES": "requests,"}, {}, "MCP_ALLOWED_PACKAGES: element 2 is empty"),
        ({"MCP_BLOCKED_PACKAGES": "ok,evil_.*"}, {}, 'MCP_BLOCKED_PACKAGES: blocked_packages: element 2, "evil_.*"'),
        ({"MCP_BLOCKED_PACKAGES": "ev.{1,3}il"}, {}, "torn apart where a comma separates entries"),
        ({"MCP_BLOCKED_PACKAGES": "(evil"}, {}, "neither a package name nor a regular expression"),
        ({}, {"blocked_packages": ["a", "-b"]}, 'blocked_packages: element 2, "-b": is not a package name'),
        ({}, {"packages_file": "/does/not/exist.json"}, "/does/not/exist.json: "),
        ({}, {"packages_file": str(world.write("bad.json", '{"default": "allow", "rules": [], "rule": 1}'))},
         'bad.json:1:35: rule: unknown key; did you mean "rules"?'),
        ({}, {"packages_file": str(world.write("open.json", RULES, 0o666))}, "others than its owner can write it"),
    ]
    for variables, policy, problem in cases:
        for command in (["config", "check"], ["policy", "check", "requests"], ["http", "--port", "0"], ["stdio"],
                        ["call", "lock", "{}"]):
            result = world.run(*command, config={"policy": policy}, variables=variables)
            expect_code(result, 1)
            said = result.stderr.replace('\\"', '"')
            expect(problem in said, f"{command} does not say {problem!r}: {result.stderr}")
        if policy or "is empty" not in problem:  # else the configuration itself cannot be read
            result = world.run("doctor", config={"policy": policy}, variables=variables)
            expect_code(result, 1)
            expect("FAULT    policy.packages" in result.stdout and problem in result.stdout, result)


@check
def doctor_says_whether_there_are_rules(world):
    expect("no rules; every package may be used" in world.run("doctor").stdout, "says nothing without rules")
    result = world.run("doctor", variables={"MCP_BLOCKED_PACKAGES": "evil"})
    expect("rules about packages hold" in result.stdout, result.stdout)


@check
def every_mistake_is_reported_at_once(world):
    rules = '{"default": "x", "rules": [{"names": ["-"], "effect": "deny", "versions": "2"}]}'
    config = {"policy": {"packages_file": str(world.write("packages.json", rules)), "allowed_packages": ["_x"]}}
    result = world.run("config", "check", config=config)
    expect_code(result, 1)
    expect(len(result.stderr.splitlines()) >= 3, result.stderr)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(run_checks(World(sys.argv[1], temporary)))
