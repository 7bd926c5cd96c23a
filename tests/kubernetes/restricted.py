# SPDX-License-Identifier: Apache-2.0
"""The Pod Security Standard "restricted", each of its rules and those of "baseline" that it includes.
`violations(spec, annotations)` says what a pod's spec breaks, one sentence each."""

SECCOMP = ("RuntimeDefault", "Localhost")
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
SYSCTLS = {
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
}
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def containers_of(spec):
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(kind) or []:
            yield container


def violations(spec, annotations=None):
    pod = spec.get("securityContext") or {}
    yield from pod_rules(spec, pod, annotations or {})
    for container in containers_of(spec):
        for sentence in container_rules(container, pod):
            yield f"{container['name']}: {sentence}"


def pod_rules(spec, pod, annotations):
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            yield f"{key} is set"
    for volume in spec.get("volumes") or []:
        for kind in set(volume) - {"name"} - VOLUMES:
            yield f"volume {volume['name']} is of the kind {kind}"
    for sysctl in pod.get("sysctls") or []:
        if sysctl["name"] not in SYSCTLS:
            yield f"sysctl {sysctl['name']} is not a safe one"
    for name, profile in annotations.items():
        if name.startswith(APPARMOR) and profile != "runtime/default" and not profile.startswith("localhost/"):
            yield f"AppArmor is {profile} by an annotation"
    yield from shared_rules(pod)


def shared_rules(context):
    """What holds for the security context of a pod and of a container alike, where it is set."""
    if (context.get("windowsOptions") or {}).get("hostProcess"):
        yield "hostProcess is set"
    options = context.get("seLinuxOptions") or {}
    if options.get("type", "") not in SELINUX_TYPES or options.get("user") or options.get("role"):
        yield f"SELinux options are {options}"
    profile = (context.get("appArmorProfile") or {}).get("type", "RuntimeDefault")
    if profile not in ("RuntimeDefault", "Localhost"):
        yield f"AppArmor is {profile}"
    profile = (context.get("seccompProfile") or {}).get("type")
    if profile is not None and profile not in SECCOMP:
        yield f"seccomp is {profile}"
    if context.get("runAsNonRoot") is False:
        yield "runAsNonRoot is false"
    if context.get("runAsUser") == 0:
        yield "runAsUser is 0"


def container_rules(container, pod):
    context = container.get("securityContext") or {}
    yield from shared_rules(context)
    if context.get("privileged"):
        yield "it is privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    if context.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
        yield "runAsNonRoot is not true"
    if (context.get("seccompProfile") or pod.get("seccompProfile") or {}).get("type") not in SECCOMP:
        yield "there is no seccomp profile"
    capabilities = context.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or []):
        yield "not all capabilities are dropped"
    for name in set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
        yield f"capability {name} is added"
    if context.get("procMount", "Default") != "Default":
        yield f"procMount is {context['procMount']}"
    for port in container.get("ports") or []:
        if port.get("hostPort"):
            yield f"hostPort {port['hostPort']} is taken"
    yield from handler_rules(container)


def handler_rules(container):
    """Probes and hooks must not be sent to another host."""
    handlers = {kind: container.get(kind) for kind in ("livenessProbe", "readinessProbe", "startupProbe")}
    handlers.update(container.get("lifecycle") or {})
    for kind, handler in handlers.items():
        for way in ("httpGet", "tcpSocket"):
            if isinstance(handler, dict) and (handler.get(way) or {}).get("host"):
                yield f"{kind} goes to the host {handler[way]['host']}"
