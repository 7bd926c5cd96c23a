# SPDX-License-Identifier: Apache-2.0
"""Builds packaging/docker/Dockerfile and runs what comes out as packaging/README.md says: not as root,
on a root that cannot be written, with its health check, answering real calls. As root, with buildah.
image.py [--directory DIR] [--only WORDS] [--no-build]"""

import argparse
import json
import os
import re
import shutil
import stat
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "clients"))

from asking import UID, own_network, tool  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from http_wire import Wire, modern_call, request  # noqa: E402
from images import BASE, BUILD_BASE, IMAGE, Buildah, make_bases  # noqa: E402
from running import Container, Image  # noqa: E402

SOURCE = TESTS.parent
DOCKERFILE = SOURCE / "packaging/docker/Dockerfile"
CONTEXT = "localhost/toolpost-test/context"
KEY = "a-single-key-0123456789-abcdefghijklmnop"


class World:
    """An image that was built, and volumes that are new for each check."""

    def __init__(self, buildah, directory):
        self.buildah, self.directory = buildah, Path(directory)
        self.image = Image(buildah, IMAGE)
        self.fresh()

    def fresh(self, mode=0o700, owner=UID):
        """New volumes, by default as a runtime makes them: with mode and owner of the image's directories."""
        place = Path(tempfile.mkdtemp(dir=self.directory))
        place.chmod(0o755)
        self.data, self.project = place / "data", place / "project"
        for volume in (self.data, self.project):
            volume.mkdir()
            os.chown(volume, owner, UID)
            volume.chmod(mode)

    def run(self, *command, more=(), **variables):
        volumes = [(self.data, "/data", "rw"), (self.project, "/project", "rw"), *more]
        return Container(self.image, self.data.parent, volumes, variables, command)

    def admin(self):
        """The key of a first admin, made as the README says."""
        code, out, err = self.run("create-admin", "--username", "ann", "--key-out", "-").finish()
        expect(code == 0, err)
        return re.search(r"mcp_\S+", out)[0]


def status_of(container):
    lines = Path(f"/proc/{container.pid()}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines)


@check
def the_image_says_how_it_is_run(world):
    config = world.image.config
    expect(config["User"] == f"{UID}:{UID}" and config["StopSignal"] == "SIGTERM", config)
    expect(config["Entrypoint"] == ["/usr/bin/toolpost"] and config["Cmd"] == ["http"], config)
    expect(set(config["Volumes"]) == {"/data", "/project"} and set(config["ExposedPorts"]) == {"8000/tcp"}, config)
    expect(config["Healthcheck"]["Test"] == ["CMD", "/usr/bin/toolpost", "healthcheck"], config["Healthcheck"])
    labels = {name.removeprefix("org.opencontainers.image."): text for name, text in config["Labels"].items()}
    expect(labels["title"] == "Toolpost" and labels["licenses"] == "Apache-2.0", labels)
    expect(labels["version"] == "0.0.0-test" and labels["revision"] == "abc", labels)


@check
def only_what_dockerignore_names_gets_into_a_build(world):
    context = Path(tempfile.mkdtemp(dir=world.directory))
    shutil.copy(SOURCE / ".dockerignore", context)
    let_in = {"host/a.cpp", "packaging/setup", "packaging/docker/toolpost.json", "config/toolpost.json", "LICENSE"}
    kept_out = {".env", "host/.env", "config/.env.local", ".git/config", "build/release/toolpost", "tests/a.py", "notes.txt",
                "packaging/tls.key", "plugins/a/private.pem", "host/__pycache__/a.pyc", "packaging/docker/Dockerfile",
                "packaging/kubernetes/a.yaml", "packaging/README.md"}
    for name in let_in | kept_out:
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        (context / name).write_text("x")
    dockerfile = world.directory / "Dockerfile.context"
    dockerfile.write_text("FROM scratch\nCOPY . /\n")
    world.buildah.build(dockerfile, context, CONTEXT)
    container, root = world.buildah.unpack(CONTEXT)
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    world.buildah.run("rm", container)
    expect(found == let_in, f"missing {let_in - found}, too much {found - let_in}")


@check
def the_image_brings_what_runs_and_not_what_builds(world):
    root = world.image.root
    for wanted in ("usr/bin/toolpost", "usr/local/bin/uv", "usr/bin/python3", "usr/bin/ctags", "etc/toolpost/toolpost.json"):
        expect((root / wanted).exists(), f"{wanted} is missing")
    for unwanted in ("src", "staged", "usr/bin/gcc", "usr/bin/cmake", "usr/bin/git", "etc/pip.conf", "usr/include/toolpost"):
        expect(not (root / unwanted).exists(), f"{unwanted} is there")
    expect(not list(root.glob("etc/passed-*")) and "passed" not in json.dumps(world.image.described), "what only the build had")


@check
def nothing_in_the_image_gives_rights_or_can_be_changed_by_its_account(world):
    found = []
    for directory, names, files in os.walk(world.image.root):
        for name in (*names, *files):
            status = os.lstat(os.path.join(directory, name))
            inside = os.path.join(directory, name).removeprefix(str(world.image.root))
            is_file_or_directory = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
            if not is_file_or_directory or inside in ("/data", "/project"):
                continue
            is_sticky = status.st_mode & stat.S_ISVTX
            if stat.S_ISREG(status.st_mode) and status.st_mode & (stat.S_ISUID | stat.S_ISGID):
                found.append(f"{inside} is set-user-ID or set-group-ID")
            if status.st_uid == UID or (status.st_gid == UID and status.st_mode & 0o020):
                found.append(f"{inside} belongs to the account")
            if status.st_mode & 0o002 and not is_sticky:
                found.append(f"{inside} is writable by everybody")
    expect(not found, "\n".join(found[:20]))


@check
def every_bundled_plugin_finds_its_libraries(world):
    world.fresh()
    for plugin in ("project-index", "user-admin", "uv-package"):
        code, _, err = world.run("plugin", "inspect", f"io.toolpost.{plugin}").finish()
        expect(code == 0, err)


@check
def without_authentication_it_does_not_start_and_says_what_to_set(world):
    world.fresh()
    code, _, err = world.run().finish()
    expect(code == 1 and "authentication" in err and "MCP_ENABLE_USER_AUTH" in err, f"{code}: {err}")


@check
def the_single_key_of_the_guide_opens_it_and_nothing_else_does(world):
    world.fresh()
    with world.run(MCP_ENABLE_AUTH="true", MCP_API_KEY=KEY) as container:
        expect(container.port == 8000, container.port)
        expect(modern_call(container.port, "tools/list").status == 401, "no key")
        expect(modern_call(container.port, "tools/list", Authorization=f"Bearer {KEY}x").status == 401, "a wrong key")
        names = {each["name"] for each in modern_call(container.port, "tools/list", Authorization=f"Bearer {KEY}")
                 .json()["result"]["tools"]}
        expect(names >= {"add", "lock", "search", "find_symbol"}, names)
        expect(KEY not in container.log(), "the key is in the log")


@check
def a_key_can_come_by_file_and_then_stands_in_no_variable(world):
    world.fresh()
    secret = world.data.parent / "key"
    secret.write_text(KEY)
    secret.chmod(0o444)
    with world.run(MCP_ENABLE_AUTH="true", MCP_API_KEY_FILE="/run/secrets/mcp_api_key",
                   more=[(secret, "/run/secrets/mcp_api_key", "ro")]) as container:
        expect(modern_call(container.port, "tools/list", Authorization=f"Bearer {KEY}").status == 200, "not taken")
        expect(KEY not in Path(f"/proc/{container.pid()}/environ").read_bytes().decode(), "it is in the environment")


@check
def users_are_made_in_it_and_are_still_there_in_the_next_one(world):
    world.fresh()
    variables = {"MCP_ENABLE_USER_AUTH": "true"}
    with world.run(**variables) as container:
        expect(container.is_healthy()[0], "not alive without users")
        done = container.execute("toolpost", "healthcheck", "--ready")
        expect(done.returncode == 1 and "create-admin" in done.stderr, done)
    key = world.admin()
    for _ in range(2):
        with world.run(**variables) as container:
            expect(modern_call(container.port, "tools/list", Authorization=f"Bearer {key}").status == 200, "the user is gone")
            expect(container.execute("toolpost", "healthcheck", "--ready").returncode == 0, "not ready")
    code, _, _ = world.run("create-admin", "--username", "second", "--key-out", "-").finish()
    expect(code == 3, f"a second first admin: {code}")


@check
def it_runs_without_any_right_and_writes_nothing_but_its_volumes(world):
    world.fresh()
    with world.run(MCP_ENABLE_AUTH="true", MCP_API_KEY=KEY) as container:
        status = status_of(container)
        expect(status["Uid"].split() == [str(UID)] * 4 and status["Gid"].split() == [str(UID)] * 4, status)
        expect(not status["Groups"].strip() and status["NoNewPrivs"] == "1", status)
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            expect(int(status[name], 16) == 0, f"{name} {status[name]}")
        mounts = Path(f"/proc/{container.pid()}/mountinfo").read_text().splitlines()
        root = [line for line in mounts if line.split()[4] == "/"][-1]
        expect("ro" in root.split()[5].split(","), root)
        done = container.execute("sh", "-c", "echo x >/etc/x; echo x >/usr/x; echo x >/x; echo x >/dev/x")
        expect(done.returncode != 0 and "Read-only" in done.stderr, done)
        expect(tool(container, KEY, "init", name="made")["project"] == "/project/made", "no project was made")
    written = {path.name for path in world.data.iterdir()}
    expect("audit" in written and (world.project / "made/pyproject.toml").exists(), written)


@check
def uv_and_ctags_work_in_it(world):
    world.fresh()
    key = world.admin()
    with world.run(MCP_ENABLE_USER_AUTH="true") as container:
        with Wire(container.port) as wire:
            wire.send(request(container.port, b"", {"Content-Length": None}, "GET", "/health"))
            expect(wire.answer().json().get("uv_available") is not False, "uv is not found")
        tool(container, key, "init")
        (world.project / "greeting.py").write_text("def greet(name):\n    return name\n")
        tool(container, key, "lock")
        expect((world.project / "uv.lock").exists(), "nothing was locked")
        tool(container, key, "sync")
        expect((world.project / ".venv/pyvenv.cfg").exists(), "there is no environment")
        expect(tool(container, key, "search", pattern="def greet")["matches"][0]["path"] == "greeting.py", "search")
        symbols = tool(container, key, "find_symbol", name="greet")["symbols"]
        expect([(one["path"], one["line"]) for one in symbols] == [("greeting.py", 1)], symbols)


@check
def its_health_check_follows_the_server(world):
    world.fresh()
    with world.run(MCP_ENABLE_AUTH="true", MCP_API_KEY=KEY) as container:
        healthy, said = container.is_healthy()
        expect(healthy and said.startswith("healthy: http://127.0.0.1:8000/livez"), said)
        os.kill(container.pid(), 19)
        healthy, said = container.is_healthy()
        os.kill(container.pid(), 18)
        expect(not healthy and "no answer in time" in said, said)
        expect(container.is_healthy()[0], "it stayed unhealthy")
    with world.run(MCP_ENABLE_AUTH="true", MCP_API_KEY=KEY, MCP_PORT="9100") as container:
        expect(container.port == 9100 and container.is_healthy()[0], "another port by the guide's variable")


@check
def its_stop_signal_ends_it_well_and_the_audit_is_whole(world):
    world.fresh()
    key = world.admin()
    with world.run(MCP_ENABLE_USER_AUTH="true") as container:
        tool(container, key, "search", pattern="x")
        expect(container.stop() == 0, container.log())
    code, out, err = world.run("audit", "verify").finish()
    expect(code == 0 and "sound" in out, f"{out}{err}")


@check
def volumes_as_Kubernetes_hands_them_out_will_do(world):
    # With fsGroup the top directory belongs to root and that group, has set-group-ID and is writable by the group.
    world.fresh(mode=0o2775, owner=0)
    key = world.admin()
    with world.run(MCP_ENABLE_USER_AUTH="true") as container:
        expect(modern_call(container.port, "tools/list", Authorization=f"Bearer {key}").status == 200, "no")
        tool(container, key, "init", name="made")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", default="/var/tmp/toolpost-container", help="images and their layers are kept here")
    parser.add_argument("--only")
    parser.add_argument("--no-build", action="store_true", help="check the image that is there")
    arguments = parser.parse_args()
    Path(arguments.directory).mkdir(parents=True, exist_ok=True)
    buildah = Buildah(arguments.directory)
    if not arguments.no_build:
        make_bases(buildah)
        buildah.build(DOCKERFILE, SOURCE, IMAGE, "--build-arg", f"BUILD_IMAGE={BUILD_BASE}", "--build-arg",
                      f"RUNTIME_IMAGE={BASE}", "--build-arg", "VERSION=0.0.0-test", "--build-arg", "REVISION=abc")
    own_network()
    with tempfile.TemporaryDirectory(prefix="toolpost-container-", dir=arguments.directory) as directory:
        os.chmod(directory, 0o755)
        world = World(buildah, directory)
        try:
            sys.exit(run_checks(world, only=arguments.only))
        finally:
            buildah.run("rm", world.image.container)


if __name__ == "__main__":
    main()
