# SPDX-License-Identifier: Apache-2.0
"""The packages that cpack makes: what is in them, with which modes, and that it works from where it
was put. deb.py --build DIR --source DIR [--only WORDS]"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from debian import SKIPPED, make_packages, run  # noqa: E402

PROGRAMS = {"/usr/bin/toolpost", "/usr/libexec/toolpost/toolpost-launch", "/usr/libexec/toolpost/toolpost-manifest"}
CONFIGURATION = {"/etc/toolpost/toolpost.json", "/etc/logrotate.d/toolpost"}
SERVER = {
    *CONFIGURATION,
    "/usr/bin/toolpost",
    "/usr/libexec/toolpost/toolpost-launch",
    "/usr/lib/systemd/system/toolpost.service",
    "/usr/lib/systemd/system/toolpost-backup.service",
    "/usr/lib/systemd/system/toolpost-backup.timer",
    "/usr/share/man/man1/toolpost.1.gz",
    "/usr/share/bash-completion/completions/toolpost",
    "/usr/share/zsh/vendor-completions/_toolpost",
    "/usr/share/doc/toolpost/examples/toolpost-audit.conf",
    "/usr/share/doc/toolpost/examples/restricted-network.conf",
    "/usr/share/doc/toolpost/examples/toolpost.nft",
    "/usr/share/doc/toolpost/examples/nginx-toolpost.conf",
    "/usr/share/doc/toolpost/examples/haproxy-toolpost.cfg",
    "/usr/share/doc/toolpost/examples/prometheus.yml",
    "/usr/share/doc/toolpost/examples/toolpost-alerts.yml",
    "/usr/share/doc/toolpost/examples/grafana-dashboard.json",
    "/usr/share/doc/toolpost/copyright",
    "/usr/share/doc/toolpost/changelog.Debian.gz",
    "/usr/share/doc/toolpost/toolpost.json",
    "/usr/share/doc/toolpost/toolpost.schema.json",
    "/usr/share/doc/toolpost/README.md",
    "/usr/share/doc/toolpost/audit.md",
    "/usr/share/doc/toolpost/metrics.md",
    "/usr/share/doc/toolpost/packages.md",
    "/usr/share/doc/toolpost/packages.json",
    "/usr/share/doc/toolpost/packages.schema.json",
}
PLUGIN_DIRECTORY = "/usr/lib/toolpost/plugins/"


class World:
    """Both packages, and a tree into which both were unpacked."""

    def __init__(self, build, source, directory):
        self.build, self.source = Path(build).resolve(), Path(source).resolve()
        packages = make_packages(self.build, Path(directory) / "packages")
        self.server, self.sdk = packages["toolpost"], packages["toolpost-dev"]
        self.tree = Path(directory) / "tree"
        for package in (self.server, self.sdk):
            package.extract(self.tree)

    def toolpost(self, *arguments):
        """The unpacked program with the unpacked configuration."""
        return subprocess.run(
            [self.tree / "usr/bin/toolpost", *arguments, "--config", self.tree / "etc/toolpost/toolpost.json"],
            capture_output=True, text=True, timeout=60, check=False, cwd="/",
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        )


@check
def the_server_package_has_these_files_and_the_bundled_plugins(world):
    files = world.server.files()
    plugins = {path for path in files if path.startswith(PLUGIN_DIRECTORY)}
    expect(files - plugins == SERVER, f"missing {SERVER - files}, not expected {files - plugins - SERVER}")
    libraries = {path.removesuffix(".so") for path in plugins if path.endswith(".so")}
    manifests = {path.removesuffix(".plugin.json") for path in plugins if path.endswith(".plugin.json")}
    expect(libraries == manifests and len(plugins) == 2 * len(libraries), plugins)
    expect({path.removeprefix(PLUGIN_DIRECTORY) for path in libraries} >= {"uv-package", "user-admin"}, plugins)


@check
def the_SDK_package_has_every_header_and_nothing_of_the_server(world):
    files = world.sdk.files()
    expect(not files & world.server.files(), files & world.server.files())
    headers = {
        f"/usr/include/toolpost/{path.relative_to(root).as_posix()}"
        for root in (world.source / "plugin-sdk/include/toolpost", world.source / "plugin-sdk/cpp/toolpost")
        for path in root.rglob("*")
        if path.suffix in (".h", ".hpp")
    }
    expect(len(headers) > 20 and {path for path in files if path.startswith("/usr/include/")} == headers, files ^ headers)
    expect("/usr/lib/cmake/ToolpostSDK/ToolpostSDKConfig.cmake" in files, files)
    expect(f"toolpost (= {world.server.field('Version')})" in world.sdk.field("Depends"), world.sdk.field("Depends"))


@check
def everything_belongs_to_root_and_is_writable_by_nobody_else(world):
    for package in (world.server, world.sdk):
        for path, member in package.members().items():
            expect((member.uid, member.gid) == (0, 0), f"{path}: {member.uid}:{member.gid}")
            wanted = 0o755 if member.isdir() or path in PROGRAMS else 0o644
            expect(member.mode == wanted, f"{path}: {member.mode:o}")
            expect(member.isdir() or member.isfile(), f"{path} is neither file nor directory")


@check
def what_an_operator_may_change_is_kept_by_upgrades(world):
    expect(set(world.server.control("conffiles").split()) == CONFIGURATION, world.server.control("conffiles"))
    expect({path for path in world.server.files() if path.startswith("/etc/")} == CONFIGURATION, "more in /etc")


@check
def the_control_data_are_those_of_this_build(world):
    version = run(world.build / "toolpost", "--version").split()[1]
    for package in (world.server, world.sdk):
        expect(package.field("Version") == f"{version}-1", package.field("Version"))
        expect(package.field("Architecture") == run("dpkg", "--print-architecture").strip(), "another architecture")
        expect("libc6" in package.field("Depends"), package.field("Depends"))
    expect("adduser" in world.server.field("Depends") and "libssl3" in world.server.field("Depends"), "Depends")


@check
def no_file_names_the_place_where_it_was_built(world):
    for place in (world.build, world.source):
        found = subprocess.run(["grep", "-rlF", f"{place}/", world.tree], capture_output=True, text=True, check=False)
        expect(found.returncode == 1, f"{place} is named in {found.stdout}{found.stderr}")


@check
def the_configuration_is_sound_and_wants_a_key_of_everybody(world):
    checked = world.toolpost("config", "check")
    expect(checked.returncode == 0, checked)
    config = json.loads(world.toolpost("config", "print").stdout)
    expect(config["auth"]["users"] is True and config["http"]["host"] == "127.0.0.1", config["auth"])
    expect(config["metrics"]["enabled"] is True and config["metrics"]["host"] == "127.0.0.1", config["metrics"])
    expect(config["data_directory"] == "/var/lib/toolpost", config["data_directory"])
    expect(config["project_root"] == "/var/lib/toolpost/project", config["project_root"])
    schema = (world.tree / "etc/toolpost/toolpost.json").read_text().split('"$schema": "')[1].split('"')[0]
    expect(schema in world.server.files(), f"{schema} is not in the package")


@check
def the_stripped_plugins_load_where_they_were_put(world):
    listed = world.toolpost("plugin", "list")
    expect(listed.returncode == 0, listed)
    for plugin in ("uv-package", "user-admin"):
        inspected = world.toolpost("plugin", "inspect", f"io.toolpost.{plugin}")
        expect(inspected.returncode == 0 and str(world.tree) in listed.stdout + inspected.stdout, inspected)


@check
def the_SDK_is_found_by_CMake_with_all_its_parts(world):
    with tempfile.TemporaryDirectory() as directory:
        run("cmake", "-G", "Ninja", "-S", world.source / "plugin-sdk/examples/out-of-tree", "-B", directory,
            f"-DCMAKE_PREFIX_PATH={world.tree}/usr", "-DCMAKE_BUILD_TYPE=Release")


@check
def lintian_finds_nothing(world):
    # These packages are no upload to Debian, so no bug there asks for them.
    told = subprocess.run(
        ["lintian", "--suppress-tags", "initial-upload-closes-no-bugs", "--allow-root", "--fail-on", "error,warning",
         world.server.path, world.sdk.path],
        capture_output=True, text=True, check=False,
    )
    expect(told.returncode == 0 and not told.stdout.strip(), told.stdout + told.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    missing = [tool for tool in ("dpkg-shlibdeps", "lintian") if not shutil.which(tool)]
    if missing:
        print(f"skipped: there is no {' and no '.join(missing)}")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="toolpost-deb-") as directory:
        sys.exit(run_checks(World(arguments.build, arguments.source, directory), only=arguments.only))


if __name__ == "__main__":
    main()
