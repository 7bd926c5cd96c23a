# SPDX-License-Identifier: Apache-2.0
"""The Kubernetes manifests on the image that image.py has built: the jobs and the three replicas run as
their pods say, with volumes as the kubelet hands them out. There is no cluster here, so the replicas have
ports of their own instead of addresses. As root, with the Python of build/tools/kubernetes.
pods.py [--directory DIR] [--only WORDS]"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import yaml

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "clients"))

from asking import UID, inside, own_network, tool  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from http_wire import Wire, modern_call, request  # noqa: E402
from images import IMAGE, Buildah  # noqa: E402
from legacy_wire import Session, message  # noqa: E402
from running import Container, Image  # noqa: E402

MANIFESTS = TESTS.parent / "packaging/kubernetes"
KEY = "0123456789abcdef" * 4
PATIENCE_S = 30


def load(name):
    return [*yaml.safe_load_all((MANIFESTS / name).read_text())]


def hand_out(directory, mode):
    """The top of a new volume with fsGroup: root's, and the group's to write."""
    directory.mkdir()
    os.chown(directory, 0, UID)
    directory.chmod(mode)
    return directory


def project(directory, files, mode):
    """A volume of a ConfigMap or Secret: links to a directory that is replaced as a whole."""
    hand_out(directory, 0o2775)
    inside = hand_out(directory / "..2026_11_26", 0o2755)
    (directory / "..data").symlink_to(inside.name)
    for name, text in files.items():
        (inside / name).write_text(text)
        os.chown(inside / name, 0, UID)
        (inside / name).chmod(mode)
        (directory / name).symlink_to(f"..data/{name}")
    return directory


class World:
    def __init__(self, buildah, directory):
        self.image = Image(buildah, IMAGE)
        self.directory = Path(directory)
        files = load("configuration.yaml")[0]["data"]
        # A file that an editor or openssl has written ends with a line break.
        self.volumes = {"configuration": project(self.directory / "configuration", files, 0o444),
                        "admin-key": project(self.directory / "admin-key", {"admin-key": KEY + "\n"}, 0o440)}
        for name in ("shared", "projects", "backups"):
            self.volumes[name] = hand_out(self.directory / name, 0o2775)
        self.statefulset, = load("statefulset.yaml")
        self.job, = load("first-admin.yaml")
        self.backup, = (each for each in load("backup-cronjob.yaml") if each["kind"] == "CronJob")
        self.replicas = []

    def start(self, template, pod, own=()):
        """The first container of a pod; its emptyDirs and the volumes in `own` are the pod's."""
        spec, = template["spec"]["containers"]
        place = self.directory / pod
        place.mkdir(exist_ok=True)
        volumes = dict(self.volumes)
        emptied = [each["name"] for each in template["spec"]["volumes"] if "emptyDir" in each]
        for name in (*own, *emptied):
            path = place / name
            volumes[name] = path if path.exists() else hand_out(path, 0o2775 if name in own else 0o2777)
        mounts = []
        for mount in spec["volumeMounts"]:
            source = volumes[mount["name"]]
            if "subPath" in mount:
                source = source / mount["subPath"]
                if not source.exists():
                    hand_out(source, 0o2775)
            mounts.append((source, mount["mountPath"], "ro" if mount.get("readOnly") else "rw"))
        variables = {entry["name"]: entry.get("value", pod) for entry in spec["env"]}
        return Container(self.image, place, mounts, variables, spec.get("args"), spec.get("command"), own_network=True)

    def start_replica(self, number):
        claims = [claim["metadata"]["name"] for claim in self.statefulset["spec"]["volumeClaimTemplates"]]
        return self.start(self.statefulset["spec"]["template"], f"toolpost-{number}", claims)

    def all(self):
        """The replicas, as many as there should be."""
        expect(len(self.replicas) == self.statefulset["spec"]["replicas"], f"{len(self.replicas)} replicas are running")
        return self.replicas

    def close(self):
        for replica in self.replicas:
            replica.__exit__(SystemExit, None, None)


def probe(replica, kind, world):
    """The status of what the kubelet asks."""
    path = world.statefulset["spec"]["template"]["spec"]["containers"][0][kind]["httpGet"]["path"]
    with inside(replica), Wire(replica.port) as wire:
        wire.send(request(replica.port, b"", {"Content-Length": None, "Content-Type": None}, "GET", path))
        return wire.answer().status


def lists(replica, key):
    """The status of a request for the tools with this key."""
    with inside(replica):
        return modern_call(replica.port, "tools/list", Authorization=f"Bearer {key}").status


def wait_until(holds, what):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        expect(time.monotonic() < deadline, what)
        time.sleep(0.1)


@check
def the_replicas_start_and_are_alive_but_not_ready(world):
    for number in range(world.statefulset["spec"]["replicas"]):
        world.replicas.append(world.start_replica(number).__enter__())
    for replica in world.all():
        expect(probe(replica, "startupProbe", world) == 200 and probe(replica, "livenessProbe", world) == 200, replica.log())
        expect(probe(replica, "readinessProbe", world) == 503, "ready without users")


@check
def the_job_makes_the_first_admin_once_and_then_all_are_ready(world):
    for _ in range(2):
        code, out, err = world.start(world.job["spec"]["template"], "job").finish()
        expect(code == 0, f"{code}: {out}{err}")
        expect(KEY not in out + err, "the key is in the log of the Job")
    for replica in world.all():
        wait_until(lambda one=replica: probe(one, "readinessProbe", world) == 200, f"not ready:\n{replica.log()}")
        expect(lists(replica, KEY) == 200, "the key of the Secret is not taken")
        expect(lists(replica, KEY[::-1]) == 401, "any key is taken")


@check
def a_user_of_one_replica_is_one_of_all(world):
    key = "fedcba9876543210" * 4
    with inside(world.replicas[0]) as first:
        tool(first, KEY, "create_user", username="ann", api_key=key)
    for replica in world.all():
        wait_until(lambda one=replica: lists(one, key) == 200, "unknown to one of them")


@check
def a_session_of_one_replica_goes_on_at_another(world):
    with inside(world.replicas[0]) as first:
        session = Session(first, headers={"Authorization": f"Bearer {KEY}"})
    for replica in world.all()[1:]:
        with inside(replica):
            answer = session.ask(message("tools/list"), replica)
        expect(answer.status == 200 and answer.json()["result"]["tools"], answer)


@check
def projects_are_shared_and_the_rest_is_each_one_s_own(world):
    with inside(world.replicas[0]) as first:
        tool(first, KEY, "init", name="made")
    with inside(world.replicas[1]) as second:
        tool(second, KEY, "lock", project="made")
    expect((world.volumes["projects"] / "made/uv.lock").exists(), "nothing was locked")
    for number in range(len(world.all())):
        own = world.directory / f"toolpost-{number}/data"
        expect((own / "audit").is_dir() and not (own / "users").exists(), [*own.iterdir()])
    expect(any((world.directory / "toolpost-1/cache/uv").iterdir()), "uv's cache is not on the emptyDir")
    shared = {path.name for path in world.volumes["shared"].iterdir()}
    expect(shared >= {"users", "keys", "ended-sessions", "first-admin"}, shared)


@check
def each_audit_verifies_with_the_key_that_all_share(world):
    for replica in world.all():
        done = replica.execute("toolpost", "audit", "verify")
        expect(done.returncode == 0 and "sound" in done.stdout, done)


@check
def the_nightly_job_makes_an_archive_with_and_without_a_passphrase(world):
    template = world.backup["spec"]["jobTemplate"]["spec"]["template"]
    for number, secret in enumerate(({}, {"passphrase": "a passphrase of the test, long enough\n"}), 1):
        # The Secret is optional: the kubelet mounts an empty directory where there is none.
        world.volumes["passphrase"] = project(world.directory / f"passphrase-{number}", secret, 0o440)
        code, out, err = world.start(template, f"backup-{number}").finish()
        expect(code == 0, f"{code}: {out}{err}")
        made = [path for path in world.volumes["backups"].rglob("*") if path.is_file() and "backup" in str(path)]
        expect(len(made) == number, f"{made}: {out}{err}")


@check
def they_need_less_memory_than_they_ask_for(world):
    for replica in world.all():
        status = Path(f"/proc/{replica.pid()}/status").read_text()
        resident = int(status.split("VmRSS:")[1].split()[0])
        expect(resident < 256 * 1024, f"{resident} KiB")


@check
def preStop_and_the_signal_end_them_within_their_grace(world):
    spec = world.statefulset["spec"]["template"]["spec"]
    hook = spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    begun = time.monotonic()
    for replica in world.all():
        # The kubelet's limit includes the hook; that the program is there is what can break.
        expect(replica.execute(hook[0], "0").returncode == 0, hook)
        replica.terminate()
    for replica in world.all():
        wait_until(lambda one=replica: probe(one, "readinessProbe", world) == 503, "still ready")
        expect(probe(replica, "livenessProbe", world) == 200, "a replica that drains is killed")
    for replica in world.all():
        expect(replica.wait() == 0, replica.log())
    took = time.monotonic() - begun + int(hook[1])
    print(f"      {took:.0f} of {spec['terminationGracePeriodSeconds']} s")
    expect(took < spec["terminationGracePeriodSeconds"], took)


@check
def a_replica_comes_back_to_what_was_its_own(world):
    with world.start_replica(0) as again:
        expect(probe(again, "readinessProbe", world) == 200, again.log())
        done = again.execute("toolpost", "audit", "verify")
        expect(done.returncode == 0 and "2 chains" in done.stdout, done)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", default="/var/tmp/toolpost-container", help="where image.py has the image")
    parser.add_argument("--only")
    arguments = parser.parse_args()
    buildah = Buildah(arguments.directory)
    own_network()
    with tempfile.TemporaryDirectory(prefix="toolpost-pods-", dir=arguments.directory) as directory:
        os.chmod(directory, 0o755)
        world = World(buildah, directory)
        try:
            sys.exit(run_checks(world, only=arguments.only))
        finally:
            world.close()
            buildah.run("rm", world.image.container)


if __name__ == "__main__":
    main()
