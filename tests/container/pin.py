# SPDX-License-Identifier: Apache-2.0
"""packaging/docker/pin against a registry of this machine: the digest that a tag has is the one that is
written, and where there is none nothing changes. pin.py --registry DOCKER-REGISTRY [--only WORDS]"""

import argparse
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "clients"))

from checks import check, expect, run_checks  # noqa: E402

PIN = TESTS.parent / "packaging/docker/pin"
DOCKERFILE = TESTS.parent / "packaging/docker/Dockerfile"


class Registry:
    """Debian's docker-registry on any port, with its images in memory."""

    def __init__(self, program, directory):
        self.directory = Path(directory)
        config = self.directory / "registry.yml"
        config.write_text("version: 0.1\nstorage: {inmemory: {}}\nhttp: {addr: '127.0.0.1:0'}\nlog: {level: info}\n")
        self._process = subprocess.Popen([program, "serve", config], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        for line in self._process.stderr:
            if found := re.search(r"listening on (127\.0\.0\.1:\d+)", line):
                self.address = found[1]
                break
        else:
            raise AssertionError("docker-registry did not start")
        threading.Thread(target=self._process.stderr.read, daemon=True).start()
        registries = self.directory / ".config/containers/registries.conf"
        registries.parent.mkdir(parents=True)
        registries.write_text(f'[[registry]]\nlocation = "{self.address}"\ninsecure = true\n')
        self.environment = {**os.environ, "HOME": str(self.directory), "XDG_CONFIG_HOME": str(self.directory / ".config")}

    def push(self, name, text):
        """An image with one file; its digest."""
        layout = self.directory / f"layout-{name.replace(':', '-')}"
        shutil.rmtree(layout, ignore_errors=True)
        write_layout(layout, text)
        digest = self.directory / "digest"
        subprocess.run(["skopeo", "--insecure-policy", "copy", "--quiet", "--digestfile", digest, f"oci:{layout}",
                        f"docker://{self.address}/{name}"], check=True, env=self.environment)
        return digest.read_text()

    def stop(self):
        self._process.kill()
        self._process.wait()


def write_layout(layout, text):
    """The smallest image that there is, as the OCI specification lays it out."""
    (layout / "blobs/sha256").mkdir(parents=True)

    def blob(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        (layout / "blobs/sha256" / digest).write_bytes(data)
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(data)}

    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        member = tarfile.TarInfo("file")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text.encode()))
    layer = blob(gzip.compress(tar.getvalue(), mtime=0), "layer.v1.tar+gzip")
    diff = f"sha256:{hashlib.sha256(tar.getvalue()).hexdigest()}"
    config = blob(json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [diff]}}).encode(),
                  "config.v1+json")
    manifest = blob(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                                "config": config, "layers": [layer]}).encode(), "manifest.v1+json")
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))


class World:
    def __init__(self, registry):
        self.registry = registry
        self.place = registry.directory / "docker"
        self.place.mkdir()
        self.file = self.place / "Dockerfile"

    def write(self, text):
        self.file.write_text(text)
        self.file.chmod(0o640)

    def pin(self, *options, **variables):
        return subprocess.run([PIN, *options, self.file], capture_output=True, text=True, check=False,
                              env={**self.registry.environment, **variables})

    def image_lines(self):
        return dict(re.findall(r"^ARG (\w+)=(\S*/.*)$", self.file.read_text(), re.MULTILINE))


def ours(world):
    """The real Dockerfile with its two tags at the test's registry."""
    text, count = re.subn(r"(?m)^(ARG \w+_IMAGE=)(?!.*@)", rf"\g<1>{world.registry.address}/", DOCKERFILE.read_text())
    expect(count == 2, f"{count} base images that are no digest")
    return text


@check
def both_base_images_get_the_digest_of_their_tag_and_nothing_else_changes(world):
    digests = [world.registry.push(name, name) for name in ("debian:12", "debian:12-slim")]
    text = ours(world)
    world.write(text)
    done = world.pin()
    expect(done.returncode == 0, done)
    address = world.registry.address
    wanted = text.replace(f"{address}/debian:12\n", f"{address}/debian:12@{digests[0]}\n")
    wanted = wanted.replace(f"{address}/debian:12-slim\n", f"{address}/debian:12-slim@{digests[1]}\n")
    expect(world.file.read_text() == wanted and digests[0] != digests[1], world.file.read_text())
    expect(world.file.stat().st_mode & 0o777 == 0o640 and [*world.place.iterdir()] == [world.file], "mode, or files left behind")


@check
def a_tag_that_has_moved_is_pinned_anew(world):
    before = world.image_lines()
    digest = world.registry.push("debian:12-slim", "newer")
    expect(world.pin().returncode == 0, "no")
    after = world.image_lines()
    expect(after["BUILD_IMAGE"] == before["BUILD_IMAGE"], after)
    expect(after["RUNTIME_IMAGE"] == f"{world.registry.address}/debian:12-slim@{digest}" != before["RUNTIME_IMAGE"], after)


@check
def print_shows_the_same_and_changes_nothing(world):
    world.write(ours(world))
    before = world.file.read_text()
    done = world.pin("--print")
    expect(done.returncode == 0 and done.stdout.count("@sha256:") == 2 and world.file.read_text() == before, done)


@check
def what_no_registry_knows_is_an_error_and_changes_nothing(world):
    world.write(ours(world).replace("debian:12-slim", "debian:none"))
    before = world.file.read_text()
    done = world.pin()
    expect(done.returncode == 1 and "debian:none" in done.stderr and "manifest unknown" in done.stderr, done)
    expect(world.file.read_text() == before and [*world.place.iterdir()] == [world.file], "something changed")


@check
def without_a_registry_or_skopeo_the_error_says_so(world):
    world.write("ARG A_IMAGE=127.0.0.1:9/debian:12\nFROM ${A_IMAGE}\n")
    done = world.pin()
    expect(done.returncode == 1 and "no registry told what 127.0.0.1:9/debian:12 is" in done.stderr, done)
    tools = world.registry.directory / "tools"
    tools.mkdir()
    for name in ("bash", "dirname"):
        (tools / name).symlink_to(shutil.which(name))
    done = world.pin(PATH=str(tools))
    expect(done.returncode == 1 and "skopeo is missing" in done.stderr, done)


@check
def a_Dockerfile_without_such_a_line_is_an_error(world):
    world.write("FROM debian:12\n")
    done = world.pin()
    expect(done.returncode == 1 and "has no line ARG" in done.stderr, done)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registry", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toolpost-pin-") as directory:
        registry = Registry(arguments.registry, directory)
        try:
            sys.exit(run_checks(World(registry), only=arguments.only))
        finally:
            registry.stop()


if __name__ == "__main__":
    main()
