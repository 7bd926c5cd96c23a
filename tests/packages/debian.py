# SPDX-License-Identifier: Apache-2.0
"""Makes the Debian packages of one build, and looks into them."""

import subprocess
import tarfile
from pathlib import Path

# What ends a test as skipped.
SKIPPED = 77


def run(*arguments, **more):
    return subprocess.run(list(map(str, arguments)), check=True, capture_output=True, text=True, **more).stdout


class Package:
    """One .deb file."""

    def __init__(self, path):
        self.path = Path(path)
        self.name = self.field("Package")

    def field(self, name):
        return run("dpkg-deb", "--field", self.path, name).strip()

    def control(self, name):
        """A file of the control archive."""
        return run("dpkg-deb", "--info", self.path, name)

    def members(self):
        """Path in the file system -> member of the archive; directories included."""
        data = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", self.path], stdout=subprocess.PIPE)
        with data, tarfile.open(fileobj=data.stdout, mode="r|") as archive:
            return {member.name.removeprefix("."): member for member in archive if member.name != "."}

    def files(self):
        return {path for path, member in self.members().items() if not member.isdir()}

    def extract(self, directory):
        run("dpkg-deb", "--extract", self.path, directory)


def make_packages(build, directory):
    """Both packages, by their names."""
    run("cpack", "--config", Path(build) / "CPackConfig.cmake", "-B", directory, cwd=build)
    return {package.name: package for package in map(Package, Path(directory).glob("*.deb"))}


def make_successor(package, directory, version, **appended):
    """The same package as a later version, with more text at the end of some of its files."""
    tree = Path(directory) / "successor"
    run("dpkg-deb", "--raw-extract", package.path, tree)
    control = tree / "DEBIAN/control"
    control.write_text(control.read_text().replace(f"Version: {package.field('Version')}", f"Version: {version}"))
    for path, text in appended.items():
        with open(tree / path.lstrip("/"), "a") as file:
            file.write(text)
    made = Path(directory) / f"{package.name}_{version}.deb"
    run("dpkg-deb", "--root-owner-group", "--build", tree, made)
    return Package(made)
