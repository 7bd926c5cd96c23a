# SPDX-License-Identifier: Apache-2.0
"""The Kubernetes manifests: valid by the schemas of Kubernetes, restricted, whole in themselves, and with a
configuration that the host takes. Runs with the Python of build/tools/kubernetes.
manifests.py --source DIR --build DIR [--only WORDS]"""

import argparse
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

try:
    import kubernetes_validate
    import yaml
except ImportError as error:
    print(f"skipped: {error}; packaging/setup test installs it")
    sys.exit(77)

from checks import check, expect, run_checks  # noqa: E402
from restricted import containers_of, violations  # noqa: E402

# The oldest that is held to, and the newest that is known here.
VERSIONS = ("1.30", "1.37")
# What comes after the grace and the drain: config/README.md, The stop.
MARGIN_MS = 11000


class World:
    def __init__(self, source, build):
        self.source, self.binary = source, Path(build).resolve() / "toolpost"
        self.place = source / "packaging/kubernetes"
        self.files = {path.name: [*yaml.safe_load_all(path.read_text())] for path in sorted(self.place.glob("*.yaml"))}
        self.kustomization = self.files.pop("kustomization.yaml")[0]
        self.objects = [each for documents in self.files.values() for each in documents]

    def find(self, kind, name="toolpost"):
        found = [each for each in self.objects if (each["kind"], each["metadata"]["name"]) == (kind, name)]
        expect(len(found) == 1, f"{kind} {name}: {len(found)}")
        return found[0]

    def pods(self):
        """Name, template and volumes that come from templates, of all that starts pods."""
        for each in self.objects:
            if each["kind"] in ("StatefulSet", "Job", "Deployment", "CronJob", "DaemonSet"):
                spec = each["spec"].get("jobTemplate", each)["spec"]
                claims = [claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", [])]
                yield each["metadata"]["name"], spec["template"], claims

    def configuration(self):
        return self.find("ConfigMap")["data"]["toolpost.json"]

    def environment(self, template):
        """What the first container gets, with a stand-in for what only a cluster knows."""
        return {entry["name"]: entry.get("value", "toolpost-0") for entry in template["spec"]["containers"][0].get("env", [])}

    def toolpost(self, *arguments, **variables):
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "toolpost.json"
            file.write_text(self.configuration())
            file.chmod(0o644)
            return subprocess.run([self.binary, *arguments, "--config", file], capture_output=True, text=True, check=False,
                                  env={"PATH": os.defpath, **variables})


def is_valid(document, version):
    try:
        kubernetes_validate.validate(document, version, strict=True)
        return ""
    except kubernetes_validate.ValidationError as error:
        return str(error)


def bytes_of(quantity):
    number, unit = re.fullmatch(r"(\d+)(Ki|Mi|Gi)", quantity).groups()
    return int(number) * 1024 ** (1 + "KMG".index(unit[0]))


@check
def every_object_is_valid_by_the_schemas(world):
    expect(len(world.objects) >= 11, len(world.objects))
    for version in VERSIONS:
        for each in world.objects:
            said = is_valid(each, version)
            expect(not said, f"{each['kind']} {each['metadata']['name']}, {version}: {said}")


@check
def the_schemas_find_what_is_wrong(world):
    wrong = copy.deepcopy(world.find("StatefulSet"))
    wrong["spec"]["replica"] = wrong["spec"].pop("replicas")
    expect(is_valid(wrong, VERSIONS[-1]), "a misspelt key is valid")
    wrong = copy.deepcopy(world.find("StatefulSet"))
    wrong["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"] = "http"
    expect(is_valid(wrong, VERSIONS[-1]), "a wrong type is valid")


@check
def everything_is_in_the_namespace_and_listed_except_the_example_of_a_secret(world):
    for each in world.objects:
        expect(each["kind"] == "Namespace" or each["metadata"].get("namespace") == "toolpost", each["metadata"])
    expect(set(world.kustomization["resources"]) == set(world.files) - {"secret.example.yaml"}, world.kustomization)
    labels = world.find("Namespace")["metadata"]["labels"]
    expect(labels["pod-security.kubernetes.io/enforce"] == "restricted", labels)


@check
def every_pod_is_restricted(world):
    pods = [*world.pods()]
    expect({name for name, *_ in pods} >= {"toolpost", "toolpost-first-admin"}, pods)
    for name, template, _ in pods:
        found = [*violations(template["spec"], template["metadata"].get("annotations"))]
        expect(not found, f"{name}: {found}")


@check
def every_pod_keeps_our_own_rules(world):
    version = re.search(r"project\(toolpost VERSION (\S+)", (world.source / "CMakeLists.txt").read_text())[1]
    for name, template, claims in world.pods():
        spec = template["spec"]
        expect(spec["automountServiceAccountToken"] is False and spec["enableServiceLinks"] is False, name)
        volumes = {volume["name"] for volume in spec["volumes"]} | set(claims)
        used = set()
        for container in containers_of(spec):
            expect(container["image"] == f"toolpost:{version}", container["image"])
            expect(container["securityContext"]["readOnlyRootFilesystem"] is True, name)
            mounts = {mount["name"] for mount in container["volumeMounts"]}
            expect(mounts <= volumes, f"{name} mounts {mounts - volumes}, which nobody brings")
            used |= mounts
            for bound in ("requests", "limits"):
                expect(set(container["resources"][bound]) >= {"memory", "cpu"}, f"{name}: {bound}")
        expect(used == volumes, f"{name} does not use {volumes - used}")
    expect(world.kustomization["images"][0] == {"name": "toolpost", "newTag": version}, world.kustomization["images"])


@check
def three_replicas_with_the_resources_of_the_guide(world):
    spec = world.find("StatefulSet")["spec"]
    expect(spec["replicas"] == 3 and spec["podManagementPolicy"] == "Parallel", spec["replicas"])
    container = spec["template"]["spec"]["containers"][0]
    expect(container["resources"] == {"requests": {"memory": "256Mi", "cpu": "250m"}, "limits": {"memory": "512Mi", "cpu": "500m"}},
           container["resources"])
    expect(world.find("PodDisruptionBudget")["spec"]["maxUnavailable"] == 1, "disruption budget")


@check
def selectors_find_the_replicas_and_ports_have_their_names(world):
    template = world.find("StatefulSet")["spec"]["template"]
    labels = template["metadata"]["labels"]
    chosen = [world.find("StatefulSet")["spec"]["selector"]["matchLabels"], world.find("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
              world.find("NetworkPolicy")["spec"]["podSelector"]["matchLabels"], world.find("Service")["spec"]["selector"],
              world.find("Service", "toolpost-replicas")["spec"]["selector"]]
    job = world.find("Job", "toolpost-first-admin")["spec"]["template"]["metadata"]["labels"]
    for selector in chosen:
        expect(selector.items() <= labels.items(), selector)
        expect(not selector.items() <= job.items(), f"{selector} finds the job, too")
    port, metrics = template["spec"]["containers"][0]["ports"]
    config = json.loads(world.toolpost("config", "print", **world.environment(template)).stdout)
    expect(port == {"name": "http", "containerPort": config["http"]["port"]}, port)
    expect(config["metrics"]["enabled"] and metrics == {"name": "metrics", "containerPort": config["metrics"]["port"]}, metrics)
    for service in ("toolpost", "toolpost-replicas"):
        expect(world.find("Service", service)["spec"]["ports"][0]["targetPort"] == "http", service)
    expect(world.find("Service", "toolpost-replicas")["spec"]["clusterIP"] == "None", "not headless")
    expect(world.find("StatefulSet")["spec"]["serviceName"] == "toolpost-replicas", "serviceName")


@check
def probes_ask_the_paths_that_are_meant(world):
    container = world.find("StatefulSet")["spec"]["template"]["spec"]["containers"][0]
    asked = {kind: container[kind]["httpGet"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")}
    expect(asked == {"startupProbe": {"path": "/livez", "port": "http"}, "livenessProbe": {"path": "/livez", "port": "http"},
                     "readinessProbe": {"path": "/readyz", "port": "http"}}, asked)


@check
def the_configuration_is_sound_with_the_variables_of_each_pod(world):
    for name, template, _ in world.pods():
        done = world.toolpost("config", "check", **world.environment(template))
        expect(done.returncode == 0, f"{name}: {done}")
    broken = copy.deepcopy(world)
    broken.find("ConfigMap")["data"]["toolpost.json"] = world.configuration().replace('"seal_key_file"', '"seal_key"')
    expect(broken.toolpost("config", "check").returncode == 1, "a misspelt key passes")


@check
def the_host_knows_every_variable(world):
    for name, template, _ in world.pods():
        for variable, value in world.environment(template).items():
            printed = world.toolpost("config", "print", "--origins", **{variable: value}).stdout
            expect(variable in printed, f"{name}: {variable} sets nothing")
    expect("MCP_USER_FILE" not in world.toolpost("config", "print", "--origins", MCP_USER_FILE="/x").stdout, "anything goes")


@check
def what_replicas_share_and_what_they_do_not_is_where_it_has_to_be(world):
    spec = world.find("StatefulSet")["spec"]
    template = spec["template"]
    mounts = {mount["mountPath"]: mount["name"] for mount in template["spec"]["containers"][0]["volumeMounts"]}
    config = json.loads(world.toolpost("config", "print", **world.environment(template)).stdout)

    def volume_of(path):
        return next(name for place, name in sorted(mounts.items(), reverse=True) if path == place or path.startswith(place + "/"))

    for path in (config["auth"]["users_file"], config["seal_key_file"], config["session_directory"], config["audit"]["key_file"]):
        expect(volume_of(path) == "shared", path)
        expect(path.count("/") > 2 or path == config["session_directory"], f"{path} is at the top of a volume")
    for path in (config["data_directory"], config["audit"].get("directory", "/data/audit"), config.get("task_directory", "/data/tasks")):
        expect(volume_of(path) == "data", path)
    expect([claim["metadata"]["name"] for claim in spec["volumeClaimTemplates"]] == ["data"], "each replica has its own")
    expect(volume_of(config["project_root"]) == "projects", config["project_root"])
    for claim in ("toolpost-shared", "toolpost-projects"):
        expect(world.find("PersistentVolumeClaim", claim)["spec"]["accessModes"] == ["ReadWriteMany"], claim)
    cache = config["plugins"]["io.toolpost.uv-package"]["config"]["cache_dir"]
    volumes = {volume["name"]: volume for volume in template["spec"]["volumes"]}
    expect("emptyDir" in volumes[volume_of(cache)], f"uv's cache is in {volumes[volume_of(cache)]}")
    expect(world.environment(template)["TOOLPOST_REPLICA"] == "toolpost-0", "no label of its own")
    expect(config["auth"]["users"] is True, "anybody gets in")


@check
def the_grace_is_longer_than_the_drain(world):
    template = world.find("StatefulSet")["spec"]["template"]
    config = json.loads(world.toolpost("config", "print", **world.environment(template)).stdout)
    command = template["spec"]["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    expect(command[0] == "/bin/sleep", command)
    needed = int(command[1]) * 1000 + config["http"]["shutdown_grace_ms"] + config["calls"]["drain_ms"] + MARGIN_MS
    expect(template["spec"]["terminationGracePeriodSeconds"] * 1000 >= needed, needed)
    readiness = template["spec"]["containers"][0]["readinessProbe"]
    expect(config["http"]["shutdown_grace_ms"] > readiness["periodSeconds"] * readiness["failureThreshold"] * 1000, "too short to be seen")


@check
def the_first_admin_comes_from_the_secret_and_no_value_is_in_a_file(world):
    job = world.find("Job", "toolpost-first-admin")["spec"]["template"]["spec"]
    secret = world.find("Secret", "toolpost-admin")
    volume = next(volume["secret"] for volume in job["volumes"] if "secret" in volume)
    expect(volume == {"secretName": secret["metadata"]["name"], "defaultMode": 0o440}, volume)
    mount = next(mount["mountPath"] for mount in job["containers"][0]["volumeMounts"] if mount["name"] == "admin-key")
    expect(f"--key-file {mount}/{[*secret['stringData']][0]}" in job["containers"][0]["args"][0], job["containers"][0]["args"])
    expect(set(secret["stringData"].values()) == {""} and "data" not in secret, "a value")
    for path in world.place.iterdir():
        expect(not re.search(r"mcp_[A-Za-z0-9_-]{20,}|-----BEGIN|[0-9a-f]{32,}", path.read_text()), f"{path.name} has a key")


@check
def nobody_speaks_to_the_replicas_but_the_proxy_and_prometheus(world):
    nobody = world.find("NetworkPolicy", "nobody")["spec"]
    expect(nobody == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, nobody)
    policy = world.find("NetworkPolicy")["spec"]
    ports = [rule["ports"] for rule in policy["ingress"]]
    expect(ports == [[{"protocol": "TCP", "port": name}] for name in ("http", "metrics")], policy["ingress"])
    labels = [list(source["namespaceSelector"]["matchLabels"]) for rule in policy["ingress"] for source in rule["from"]]
    expect(labels == [["toolpost.example/proxy"], ["toolpost.example/monitoring"]], labels)
    expect(all(rule.get("from") or rule.get("to") for rule in (*policy["ingress"], *policy["egress"])), "a rule for everybody")
    expect({port["port"] for rule in policy["egress"] for port in rule["ports"]} == {53, 443}, policy["egress"])
    blocks = [block["ipBlock"] for rule in policy["egress"] for block in rule["to"] if "ipBlock" in block]
    expect(all("169.254.0.0/16" in block["except"] for block in blocks), "the machine's metadata can be read")


@check
def temporary_places_have_a_size(world):
    for name, template, _ in world.pods():
        for volume in template["spec"]["volumes"]:
            if "emptyDir" in volume:
                expect(bytes_of(volume["emptyDir"]["sizeLimit"]) > 0, f"{name}: {volume['name']}")


def pod_of(world):
    return world.find("StatefulSet")["spec"]["template"]["spec"]


def container_of(world):
    return pod_of(world)["containers"][0]


# What breaks it, and the check that has to find that.
BROKEN = [
    (lambda world: container_of(world).update(image="toolpost:latest"), every_pod_keeps_our_own_rules),
    (lambda world: container_of(world)["securityContext"].update(readOnlyRootFilesystem=False), every_pod_keeps_our_own_rules),
    (lambda world: pod_of(world).update(automountServiceAccountToken=True), every_pod_keeps_our_own_rules),
    (lambda world: pod_of(world)["volumes"].pop(), every_pod_keeps_our_own_rules),
    (lambda world: container_of(world)["volumeMounts"].pop(), every_pod_keeps_our_own_rules),
    (lambda world: container_of(world)["resources"].pop("limits"), every_pod_keeps_our_own_rules),
    (lambda world: container_of(world)["securityContext"].update(privileged=True), every_pod_is_restricted),
    (lambda world: container_of(world)["livenessProbe"]["httpGet"].update(path="/readyz"), probes_ask_the_paths_that_are_meant),
    (lambda world: container_of(world)["env"].append({"name": "MCP_USER_FILE", "value": "/x"}), the_host_knows_every_variable),
    (lambda world: pod_of(world).update(terminationGracePeriodSeconds=30), the_grace_is_longer_than_the_drain),
    (lambda world: world.find("StatefulSet")["spec"].update(replicas=2), three_replicas_with_the_resources_of_the_guide),
    (lambda world: world.find("Service")["spec"]["selector"].pop("app.kubernetes.io/component"),
     selectors_find_the_replicas_and_ports_have_their_names),
    (lambda world: container_of(world)["env"][1].update(value="/data/users/users.json"),
     what_replicas_share_and_what_they_do_not_is_where_it_has_to_be),
    (lambda world: world.find("Secret", "toolpost-admin")["stringData"].update({"admin-key": "x" * 40}),
     the_first_admin_comes_from_the_secret_and_no_value_is_in_a_file),
    (lambda world: world.find("NetworkPolicy")["spec"]["ingress"][0].pop("from"),
     nobody_speaks_to_the_replicas_but_the_proxy_and_prometheus),
    (lambda world: pod_of(world)["volumes"][-1]["emptyDir"].pop("sizeLimit"), temporary_places_have_a_size),
    (lambda world: world.kustomization["resources"].append("secret.example.yaml"),
     everything_is_in_the_namespace_and_listed_except_the_example_of_a_secret),
]


@check
def each_of_these_rules_is_found_when_it_is_broken(world):
    for breaks, finds in BROKEN:
        broken = copy.deepcopy(world)
        breaks(broken)
        try:
            finds(broken)
        except (AssertionError, KeyError):
            continue
        raise AssertionError(f"{finds.__name__} does not find what entry {BROKEN.index((breaks, finds))} breaks")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(World(Path(arguments.source).resolve(), arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
