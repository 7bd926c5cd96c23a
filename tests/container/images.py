# SPDX-License-Identifier: Apache-2.0
"""Builds the Dockerfile with buildah, which needs neither a daemon nor a registry here: the two base
images are an empty Debian 12 that debootstrap makes."""

import json
import os
import shutil
import subprocess
from pathlib import Path

BASE, BUILD_BASE, IMAGE = "localhost/toolpost-test/debian:12", "localhost/toolpost-test/debian-build:12", "localhost/toolpost-test/toolpost"
# What the machine says of package indexes and certificates, for the stage that builds.
INDEXES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS")
CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "CURL_CA_BUNDLE")


class Buildah:
    """One storage of images below `directory`: overlay, or where the kernel has none for us, vfs, which
    copies all files for each layer."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self._driver = "overlay"
        try:
            self.run("rm", self.run("from", "scratch"))
        except AssertionError:
            self._driver = "vfs"

    def command(self, *arguments):
        return ["buildah", "--root", self.directory / f"storage-{self._driver}", "--runroot", self.directory / "run",
                "--storage-driver", self._driver, *arguments]

    def run(self, *arguments, **more):
        done = subprocess.run(list(map(str, self.command(*arguments))), capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, **more)
        if done.returncode:
            raise AssertionError(f"buildah {' '.join(map(str, arguments))} ended with {done.returncode}:\n"
                                 f"{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout.strip()

    def has(self, image):
        return bool(self.run("images", "--quiet", "--filter", f"reference={image}"))

    def commit_from(self, parent, image, change):
        """`change` gets the name of a container of `parent`, which becomes `image`."""
        container = self.run("from", "--pull-never", parent)
        try:
            change(container)
            self.run("commit", "--quiet", container, image)
        finally:
            self.run("rm", container)

    def build(self, dockerfile, context, tag, *options):
        """As `docker build` does it, layers kept for the next time; the output goes to this one's."""
        subprocess.run(list(map(str, self.command(
            "bud", "--isolation", "chroot", "--pull-never", "--layers", "--format", "docker", "--file", dockerfile,
            "--tag", tag, *options, context))), check=True, stdin=subprocess.DEVNULL)

    def config(self, image):
        """What the image says of how it is run, by Docker's names."""
        return json.loads(self.run("inspect", "--type", "image", image))["Docker"]

    def unpack(self, image):
        """A fresh copy of the image's files; its container and where it is."""
        container = self.run("from", "--pull-never", image)
        return container, Path(self.run("mount", container))


def make_bases(buildah):
    """Stand-ins for the two tags that the Dockerfile names. Takes a network and minutes, once."""
    if not buildah.has(BASE):
        debian = buildah.directory / "debian-12"
        shutil.rmtree(debian, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", debian], check=True, stdout=subprocess.DEVNULL)
        # As Debian's own images have it: what breaks here is made anew.
        (debian / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
        for proxy in Path("/etc/apt/apt.conf.d").glob("*proxy*"):
            shutil.copy(proxy, debian / "etc/apt/apt.conf.d")
        buildah.commit_from("scratch", BASE, lambda container: buildah.run("add", "--quiet", container, debian, "/"))
        shutil.rmtree(debian)
    if not buildah.has(BUILD_BASE):
        buildah.commit_from(BASE, BUILD_BASE, lambda container: pass_on(buildah, container))


def pass_on(buildah, container):
    """The machine's own ways to packages. Only the stage that builds gets them; nothing of it stays."""
    for name in INDEXES:
        if os.environ.get(name):
            buildah.run("config", "--env", f"{name}={os.environ[name]}", container)
    for name in CERTIFICATES:
        file = os.environ.get(name, "")
        if Path(file).is_file():
            buildah.run("copy", "--quiet", container, Path(file).resolve(), f"/etc/passed-{name}.crt")
            buildah.run("config", "--env", f"{name}=/etc/passed-{name}.crt", container)
    if Path("/etc/pip.conf").is_file():
        buildah.run("copy", "--quiet", container, "/etc/pip.conf", "/etc/pip.conf")
