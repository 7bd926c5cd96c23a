# SPDX-License-Identifier: Apache-2.0
"""doctor --checklist: each of the guide's ten boxes ticked and not ticked, from the configuration in
effect and what is on the machine. checklist.py --build DIR [--only WORDS]"""

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from installation import SINGLE, Installation  # noqa: E402
from certificates import Authority  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from toolpost_process import Build  # noqa: E402

POINTS = ["authentication", "keys", "policy", "https", "network", "logging", "monitoring", "backup", "incident", "audit"]
USERS = {"auth": {"users": True}}


def points(place, **more):
    done = place.run("doctor", "--checklist", "--json", **more)
    expect(done.stderr == "", done)
    found = json.loads(done.stdout)
    expect([point["id"] for point in found] == POINTS, found)
    fails = any(point["state"] == "FAIL" for point in found)
    expect(done.returncode == (1 if fails else 0), f"{done.returncode}: {found}")
    return {point["id"]: point for point in found}


def judged(place, point, state, why, **more):
    found = points(place, **more)[point]
    expect(found["state"] == state and why in found["reason"], found)


@check
def authentication_enabled(build):
    with Installation(build, **USERS) as place:
        judged(place, "authentication", "PASS", "each user has a key")
        place.configure()
        judged(place, "authentication", "FAIL", "whoever reaches the server")
        judged(place, "authentication", "PASS", "a single key", MCP_ENABLE_AUTH="true", MCP_API_KEY=SINGLE)
        judged(place, "authentication", "FAIL", "there is no key", MCP_ENABLE_AUTH="true")


@check
def strong_API_keys_configured(build):
    with Installation(build, **USERS) as place:
        judged(place, "keys", "FAIL", "no user has a key that counts")
        place.admin()
        judged(place, "keys", "PASS", "1 keys count")
        users = json.loads(place.users.read_text())
        users["users"][0]["keys"][0]["created_at"] = "2020-01-01T00:00:00Z"
        place.users.write_text(json.dumps(users))
        judged(place, "keys", "FAIL", "of ann is older than a year")
        place.configure()
        judged(place, "keys", "N/A", "no key is demanded")
        judged(place, "keys", "PASS", "32 characters", MCP_ENABLE_AUTH="true", MCP_API_KEY=SINGLE)
        judged(place, "keys", "FAIL", "MCP_API_KEY", MCP_ENABLE_AUTH="true", MCP_API_KEY="weak-0123456789")


@check
def policy_enforcement_enabled(build):
    with Installation(build) as place:
        judged(place, "policy", "N/A", "no plugin that is enabled installs packages")
        place.configure(packages={})
        judged(place, "policy", "FAIL", "every package may be used")
        judged(place, "policy", "PASS", "rules say", MCP_BLOCKED_PACKAGES="evil.*")


@check
def HTTPS_configured(build):
    with Installation(build) as place:
        judged(place, "https", "N/A", "this machine only")
        place.configure(**USERS, http={"host": "0.0.0.0"})
        judged(place, "https", "FAIL", "in clear")
        place.configure(**USERS, http={"host": "0.0.0.0", "behind_proxy": True})
        judged(place, "https", "PASS", "a proxy ends TLS")
        pair = Authority(place.top).sign("server", "DNS:localhost")
        tls = {"certificate_file": str(pair.certificate), "key_file": str(pair.key)}
        place.configure(**USERS, http={"host": "0.0.0.0", "tls": tls})
        judged(place, "https", "PASS", "TLS 1.2 or 1.3")
        pair.certificate.unlink()
        judged(place, "https", "FAIL", str(pair.certificate))


@check
def network_access_restricted(build):
    with Installation(build) as place:
        judged(place, "network", "PASS", "this machine only")
        for host, state, why in (("10.1.2.3", "PASS", "private"), ("172.20.0.1", "PASS", "private"), ("fd00::1", "PASS", "private"),
                                 ("0.0.0.0", "FAIL", "from everywhere"), ("172.32.0.1", "FAIL", "from everywhere"),
                                 ("2001:db8::1", "FAIL", "from everywhere")):
            place.configure(**USERS, http={"host": host})
            judged(place, "network", state, why)


@check
def logging_configured(build):
    with Installation(build) as place:
        judged(place, "logging", "PASS", "stderr")
        judged(place, "logging", "FAIL", "warnings are lost", MCP_LOG_LEVEL="ERROR")
        place.configure(log={"file": str(place.top / "server.log")})
        judged(place, "logging", "PASS", "server.log")
        place.configure(log={"file": str(place.top / "nowhere/server.log")})
        judged(place, "logging", "FAIL", "cannot be written")


@check
def monitoring_enabled(build):
    with Installation(build) as place:
        state = points(place)["monitoring"]["state"]
        if state == "N/A":
            expect('"metrics"' not in place.good("config", "print"), "there are metrics")
            return
        place.configure(metrics={"enabled": True})
        judged(place, "monitoring", "PASS", "metrics.enabled")
        place.configure(metrics={"enabled": False})
        judged(place, "monitoring", "FAIL", "metrics.enabled")


@check
def backup_strategy_in_place(build):
    with Installation(build) as place:
        judged(place, "backup", "FAIL", "there is no backup")
        place.good("backup", "create")
        judged(place, "backup", "PASS", "0 hours old")
        old = time.strftime("toolpost-%Y%m%dT%H%M%SZ.tar", time.gmtime(time.time() - 49 * 3600))
        place.backups()[0].rename(place.shelf / old)
        judged(place, "backup", "FAIL", "49 hours old")
        place.configure(backup={"max_age_hours": 72})
        judged(place, "backup", "PASS", "49 hours old")


@check
def incident_response_plan(build):
    with Installation(build) as place:
        judged(place, "incident", "FAIL", "names no plan")
        plan = place.top / "plan.md"
        place.configure(incident_plan_file=str(plan))
        judged(place, "incident", "FAIL", "cannot be read")
        plan.write_text("")
        judged(place, "incident", "FAIL", "is empty")
        plan.write_text("1. Call somebody.\n")
        judged(place, "incident", "PASS", str(plan))


@check
def regular_security_audits(build):
    with Installation(build, **USERS) as place:
        judged(place, "audit", "N/A", "before the first start")
        place.admin()
        judged(place, "audit", "PASS", "records are sound")
        segment = next(place.ledger.glob("*.jsonl"))
        segment.write_bytes(segment.read_bytes().replace(b'"ann"', b'"eve"', 1))
        judged(place, "audit", "FAIL", "damaged")
        place.configure(audit={"enabled": False})
        judged(place, "audit", "FAIL", "nothing of what happens is recorded")
        place.configure(audit={"on_failure": "allow"})
        judged(place, "audit", "FAIL", "on_failure")


@check
def all_ten_can_be_kept_and_are_one_line_each(build):
    with Installation(build, **USERS) as place:
        place.admin()
        place.good("backup", "create")
        plan = place.top / "plan.md"
        plan.write_text("1. Call somebody.\n")
        metrics = {} if points(place)["monitoring"]["state"] == "N/A" else {"metrics": {"enabled": True}}
        place.configure(**USERS, packages={}, policy={"blocked_packages": ["evil"]}, incident_plan_file=str(plan), **metrics)
        lines = place.good("doctor", "--checklist").splitlines()
        expect(len(lines) == 10 and all(line.startswith(("PASS", "N/A ")) for line in lines), lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
