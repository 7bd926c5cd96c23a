# SPDX-License-Identifier: Apache-2.0
"""Each rule of "restricted" broken once must be found, and nothing else with it. restricted_test.py"""

import copy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from restricted import APPARMOR, violations  # noqa: E402

GOOD = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "volumes": [{"name": "v", "emptyDir": {}}],
    "containers": [{"name": "c", "ports": [{"containerPort": 1}], "securityContext": {
        "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}],
}
POD, CONTAINER = ("securityContext",), ("containers", 0, "securityContext")
# Where, what is put there, and what has to be said of it. None: the key is taken away.
BROKEN = [
    (("hostNetwork",), True, "hostNetwork is set"),
    (("hostPID",), True, "hostPID is set"),
    (("hostIPC",), True, "hostIPC is set"),
    (("volumes", 0), {"name": "v", "hostPath": {"path": "/"}}, "of the kind hostPath"),
    (("volumes", 0), {"name": "v", "nfs": {"server": "s", "path": "/"}}, "of the kind nfs"),
    (("volumes", 0), {"name": "v", "gitRepo": {}}, "of the kind gitRepo"),
    ((*POD, "sysctls"), [{"name": "kernel.msgmax", "value": "1"}], "sysctl kernel.msgmax"),
    ((*POD, "windowsOptions"), {"hostProcess": True}, "hostProcess"),
    ((*CONTAINER, "windowsOptions"), {"hostProcess": True}, "hostProcess"),
    ((*POD, "seLinuxOptions"), {"type": "spc_t"}, "SELinux"),
    ((*CONTAINER, "seLinuxOptions"), {"user": "system_u"}, "SELinux"),
    ((*CONTAINER, "seLinuxOptions"), {"role": "sysadm_r"}, "SELinux"),
    ((*POD, "appArmorProfile"), {"type": "Unconfined"}, "AppArmor is Unconfined"),
    ((*CONTAINER, "appArmorProfile"), {"type": "Unconfined"}, "AppArmor is Unconfined"),
    ((*POD, "seccompProfile"), None, "there is no seccomp profile"),
    ((*POD, "runAsNonRoot"), None, "runAsNonRoot is not true"),
    ((*CONTAINER, "runAsNonRoot"), False, "runAsNonRoot is"),
    ((*POD, "runAsUser"), 0, "runAsUser is 0"),
    ((*CONTAINER, "runAsUser"), 0, "runAsUser is 0"),
    ((*CONTAINER, "seccompProfile"), {"type": "Unconfined"}, "seccomp"),
    ((*CONTAINER, "privileged"), True, "privileged"),
    ((*CONTAINER, "allowPrivilegeEscalation"), None, "allowPrivilegeEscalation is not false"),
    ((*CONTAINER, "allowPrivilegeEscalation"), True, "allowPrivilegeEscalation is not false"),
    ((*CONTAINER, "capabilities"), None, "not all capabilities are dropped"),
    ((*CONTAINER, "capabilities"), {"drop": ["NET_RAW"]}, "not all capabilities are dropped"),
    ((*CONTAINER, "capabilities"), {"drop": ["ALL"], "add": ["SYS_ADMIN"]}, "capability SYS_ADMIN is added"),
    ((*CONTAINER, "procMount"), "Unmasked", "procMount is Unmasked"),
    (("containers", 0, "ports", 0, "hostPort"), 80, "hostPort 80"),
    (("containers", 0, "livenessProbe"), {"httpGet": {"host": "a", "port": 1}}, "livenessProbe goes to the host a"),
    (("containers", 0, "readinessProbe"), {"tcpSocket": {"host": "a", "port": 1}}, "readinessProbe goes to the host a"),
    (("containers", 0, "startupProbe"), {"httpGet": {"host": "a", "port": 1}}, "startupProbe goes to the host a"),
    (("containers", 0, "lifecycle"), {"preStop": {"httpGet": {"host": "a", "port": 1}}}, "preStop goes to the host a"),
    (("initContainers",), [{"name": "i"}], "i: not all capabilities are dropped"),
    (("ephemeralContainers",), [{"name": "e"}], "e: not all capabilities are dropped"),
]
ALLOWED = [
    ((*CONTAINER, "capabilities"), {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}),
    ((*POD, "sysctls"), [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]),
    ((*POD, "seccompProfile"), {"type": "Localhost", "localhostProfile": "x"}),
    ((*POD, "appArmorProfile"), {"type": "RuntimeDefault"}),
    ((*CONTAINER, "seLinuxOptions"), {"type": "container_t", "level": "s0"}),
    *[(("volumes", 0), {"name": "v", kind: {}}) for kind in ("configMap", "csi", "downwardAPI", "ephemeral",
                                                             "persistentVolumeClaim", "projected", "secret")],
]


def changed(place, value):
    spec = copy.deepcopy(GOOD)
    at = spec
    for step in place[:-1]:
        at = at[step]
    if value is None:
        del at[place[-1]]
    else:
        at[place[-1]] = value
    return spec


@check
def a_pod_that_keeps_all_rules_breaks_none():
    expect([*violations(GOOD)] == [], [*violations(GOOD)])
    for place, value in ALLOWED:
        found = [*violations(changed(place, value))]
        expect(not found, f"{place}: {found}")


@check
def each_rule_broken_once_is_found():
    for place, value, wanted in BROKEN:
        found = [*violations(changed(place, value))]
        expect(any(wanted in sentence for sentence in found), f"{place} {value}: {found}")


@check
def an_annotation_that_switches_AppArmor_off_is_found():
    expect([*violations(GOOD, {f"{APPARMOR}c": "unconfined"})], "not found")
    expect(not [*violations(GOOD, {f"{APPARMOR}c": "runtime/default"})], "found")


@check
def a_pod_that_says_nothing_breaks_what_has_to_be_said():
    found = " ".join(violations({"containers": [{"name": "c"}]}))
    for wanted in ("allowPrivilegeEscalation", "runAsNonRoot", "seccomp", "capabilities"):
        expect(wanted in found, f"{wanted}: {found}")


if __name__ == "__main__":
    sys.exit(run_checks())
