# SPDX-License-Identifier: Apache-2.0
"""Installs, upgrades, removes and purges the packages in an empty Debian 12, and serves from there.
As root. machine.py --build DIR [--directory DIR] [--only WORDS]"""

import argparse
import hashlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from chroot import PATH, Machine  # noqa: E402
from debian import SKIPPED, make_packages, make_successor  # noqa: E402
from http_wire import modern_call  # noqa: E402
from installed_service import Service  # noqa: E402

CONFIG = "/etc/toolpost/toolpost.json"
USERS = "/var/lib/toolpost/users/users.json"
AS_SERVICE = ("runuser", "-u", "toolpost", "--", "toolpost")
# What dpkg, apt, passwd, logrotate and systemd-analyze keep of what was once there: ledgers of theirs.
LEFT_OUT = ("/proc", "/dev", "/sys", "/tmp", "/var/lib/dpkg", "/var/cache", "/var/log/apt", "/root")
LEDGERS = {"/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/.pwd.lock", "/etc/subuid-",
           "/etc/subgid-", "/var/log/dpkg.log", "/var/log/alternatives.log", "/etc/ld.so.cache", "/var/lib/apt/extended_states",
           "/var/lib/apt/lists/auxfiles", "/var/lib/logrotate/status", "/run/systemd/systemd-units-load"}
KEPT = "/tmp/toolpost-calls"


class World:
    def __init__(self, machine, build, directory):
        self.machine = machine
        packages = make_packages(build, Path(directory) / "packages")
        self.server, self.sdk = packages["toolpost"], packages["toolpost-dev"]
        self.directory = Path(directory)
        self.before = machine.entries(*LEFT_OUT)
        self.accounts = self.account_files()
        self.key = ""
        # A manager that takes notes stands in for systemd, which does not run in there.
        # What changes files only is still done: with --root systemctl asks no manager.
        stand_in = (f'#!/bin/sh\necho "${{0##*/}} $*" >>{KEPT}\n'
                    'case "$*" in --root=*) exec /usr/bin/systemctl "$@" ;; esac\n')
        for name in ("deb-systemd-invoke", "systemctl"):
            machine.put(f"/usr/local/sbin/{name}", stand_in, 0o755)

    def account_files(self):
        return [self.machine.path(name).read_text() for name in ("/etc/passwd", "/etc/group", "/etc/shadow")]

    def apt(self, *arguments, with_systemd=True):
        """Output of apt-get, and what the manager was told meanwhile."""
        self.machine.path(KEPT).unlink(missing_ok=True)
        running = self.machine.path("/run/systemd/system")
        if with_systemd:
            running.mkdir(parents=True, exist_ok=True)
        try:
            done = self.machine.try_run("apt-get", "--yes", "--quiet", "--no-install-recommends", "-o", "APT::Sandbox::User=root",
                                        "-o", "Dpkg::Options::=--force-confold", "-o", f"DPkg::Path={PATH}", *arguments)
        finally:
            if with_systemd:
                running.rmdir()
        expect(done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}")
        kept = self.machine.path(KEPT)
        told = kept.read_text().splitlines() if kept.exists() else []
        return done.stdout + done.stderr, [line for line in told if line.startswith("deb-systemd-invoke")]

    def install(self, package, **more):
        inside = f"/root/{package.path.name}"
        shutil.copy(package.path, self.machine.path(inside))
        return self.apt("install", inside, **more)

    def owner(self, inside):
        """Mode and the names of owner and group, by the machine's own account files."""
        return self.machine.run("stat", "--format=%a %U:%G", inside).strip()

    def digest(self, inside):
        return hashlib.sha256(self.machine.path(inside).read_bytes()).hexdigest()


def enabled(world):
    """As systemd would find it: its link, and that nothing masks it."""
    link = world.machine.path("/etc/systemd/system/multi-user.target.wants/toolpost.service")
    return os.path.islink(link) and not os.path.lexists(world.machine.path("/etc/systemd/system/toolpost.service"))


@check
def installing_makes_the_account_and_its_directories_and_starts_the_service(world):
    _, told = world.install(world.server)
    expect(told == ["deb-systemd-invoke start toolpost.service"], told)
    entry = world.machine.run("getent", "passwd", "toolpost").strip().split(":")
    expect(entry[5] == "/var/lib/toolpost" and entry[6] == "/usr/sbin/nologin" and int(entry[2]) < 1000, entry)
    shadow = world.machine.run("getent", "shadow", "toolpost").split(":")[1]
    expect(shadow.startswith(("!", "*")), "the account has a password")
    for directory, wanted in (
        ("/var/lib/toolpost", "700 toolpost:toolpost"),
        ("/var/lib/toolpost/project", "700 toolpost:toolpost"),
        ("/var/log/toolpost", "750 toolpost:adm"),
        ("/etc/toolpost", "755 root:root"),
        (CONFIG, "644 root:root"),
    ):
        expect(world.owner(directory) == wanted, f"{directory}: {world.owner(directory)}")
    expect(enabled(world), "it does not start at boot")


@check
def systemd_finds_nothing_wrong_with_the_installed_unit(world):
    done = world.machine.try_run("systemd-analyze", "verify", "--man=no", "toolpost.service")
    findings = [line for line in done.stderr.splitlines() if "toolpost" in line]
    expect(done.returncode == 0 and not findings, done)


@check
def nobody_gets_in_before_there_is_a_user(world):
    with Service(world.machine) as service:
        status, text = service.ask("/readyz")
        expect(status == 503 and "create-admin" in text, text)
        expect(modern_call(service.port, "tools/list").status == 401, "somebody got in")


@check
def the_first_user_gets_in_with_the_key_that_was_shown_once(world):
    told = world.machine.run(*AS_SERVICE, "create-admin", "--config", CONFIG, "--username", "ann", "--key-out", "-")
    world.key = re.search(r"mcp_\S+", told)[0]
    expect(world.owner(USERS) == "600 toolpost:toolpost", world.owner(USERS))
    with Service(world.machine) as service:
        expect(service.user() == "toolpost", service.user())
        expect(service.ask("/readyz")[0] == 200, service.ask("/readyz"))
        answer = modern_call(service.port, "tools/list", Authorization=f"Bearer {world.key}")
        names = {tool["name"] for tool in answer.json()["result"]["tools"]}
        expect(names >= {"create_user", "lock"}, names)


@check
def the_audit_of_the_service_verifies(world):
    expect("sound" in world.machine.run(*AS_SERVICE, "audit", "verify", "--config", CONFIG), "not sound")


@check
def logrotate_takes_the_log_while_the_server_writes_it(world):
    text = world.machine.path(CONFIG).read_text()
    changed = text.replace('// "file": "/var/log', '"file": "/var/log')
    expect(changed != text, "log.file is not in the configuration")
    world.machine.path(CONFIG).write_text(changed)
    log = "/var/log/toolpost/toolpost.log"
    with Service(world.machine):
        first = world.machine.path(log).read_text()
        expect("listening" in first, first)
        # No service manager runs here, so that what logrotate asks of it is done by the command.
        world.machine.run("logrotate", "--force", "/etc/logrotate.d/toolpost")
        world.machine.run(*AS_SERVICE, "reload", "--config", CONFIG)
        expect(world.machine.path(f"{log}.1").read_text().startswith(first), "the old file lacks lines")
        expect("listening" not in world.machine.path(log).read_text(), "the log is not another file")
    rest = world.machine.path(log).read_text()
    expect(rest.startswith("{") and "stopped" in rest, f"the server does not go on in the new file: {rest!r}")


@check
def an_upgrade_keeps_what_the_operator_changed_and_every_user(world):
    config, users = world.digest(CONFIG), world.digest(USERS)
    version = world.server.field("Version").replace("-1", "-2")
    new = make_successor(world.server, world.directory, version,
                         **{CONFIG: "// of the new version\n", "/etc/logrotate.d/toolpost": "# of the new version\n"})
    _, told = world.install(new)
    expect(told == ["deb-systemd-invoke restart toolpost.service"], told)
    expect(world.machine.run("dpkg-query", "--show", "--showformat", "${Version}", "toolpost") == version, "no upgrade")
    expect((world.digest(CONFIG), world.digest(USERS)) == (config, users), "configuration or users changed")
    expect("of the new version" in world.machine.path("/etc/logrotate.d/toolpost").read_text(), "an old file stayed")
    expect(world.owner(USERS) == "600 toolpost:toolpost" and enabled(world), "modes or the service changed")
    with Service(world.machine) as service:
        answer = modern_call(service.port, "tools/list", Authorization=f"Bearer {world.key}")
        expect(answer.status == 200, answer)


@check
def an_upgrade_leaves_a_disabled_service_disabled(world):
    world.machine.path("/etc/systemd/system/multi-user.target.wants/toolpost.service").unlink()
    world.apt("install", "--reinstall", "/root/" + successor(world))
    expect(not enabled(world), "it was enabled again")
    world.machine.path("/etc/systemd/system/multi-user.target.wants/toolpost.service").symlink_to(
        "/lib/systemd/system/toolpost.service")


def successor(world):
    return next(path.name for path in world.machine.path("/root").glob("*-2*.deb"))


@check
def an_upgrade_that_refuses_the_configuration_leaves_the_server_running(world):
    sound = world.machine.path(CONFIG).read_text()
    world.machine.path(CONFIG).write_text(sound.replace('"port": 8000', '"prot": 8000'))
    output, told = world.apt("install", "--reinstall", "/root/" + successor(world))
    world.machine.path(CONFIG).write_text(sound)
    expect(not told, told)
    expect("http.prot: unknown key" in output and "systemctl restart toolpost" in output, output)


@check
def removing_keeps_configuration_users_and_account(world):
    config, users = world.digest(CONFIG), world.digest(USERS)
    _, told = world.apt("remove", "toolpost")
    expect(told == ["deb-systemd-invoke stop toolpost-backup.timer toolpost.service"], told)
    expect(not world.machine.path("/usr/bin/toolpost").exists(), "the program is still there")
    expect((world.digest(CONFIG), world.digest(USERS)) == (config, users), "configuration or users changed")
    world.install(world.server)
    expect((world.digest(CONFIG), world.digest(USERS)) == (config, users), "installing again changed them")
    expect(enabled(world), "it does not start at boot")
    with Service(world.machine) as service:
        answer = modern_call(service.port, "tools/list", Authorization=f"Bearer {world.key}")
        expect(answer.status == 200, answer)


@check
def the_SDK_comes_with_its_server_and_goes_without_it(world):
    world.install(world.sdk)
    expect(world.machine.path("/usr/include/toolpost/plugin.h").exists(), "no header")
    world.apt("purge", "toolpost-dev")
    expect(not world.machine.path("/usr/include/toolpost").exists(), "headers stayed")
    expect(world.machine.path("/usr/libexec/toolpost/toolpost-launch").exists(), "the server lost a part")


@check
def purging_removes_all_that_was_made(world):
    _, told = world.apt("purge", "toolpost")
    expect(told == ["deb-systemd-invoke stop toolpost-backup.timer toolpost.service"], told)
    world.apt("autoremove", "--purge")  # the libraries that came with it
    for stand_in in ("deb-systemd-invoke", "systemctl"):
        world.machine.path(f"/usr/local/sbin/{stand_in}").unlink()
    after = world.machine.entries(*LEFT_OUT)
    changed = {path for path in after.keys() | world.before.keys() if after.get(path) != world.before.get(path)}
    expect(not changed - LEDGERS, sorted(changed - LEDGERS))
    expect(world.account_files() == world.accounts, "the accounts are not as they were")


@check
def without_systemd_it_installs_and_purges_as_well(world):
    _, told = world.install(world.server, with_systemd=False)
    expect(not told and world.machine.path("/var/lib/toolpost").exists(), told)
    world.apt("purge", "toolpost", with_systemd=False)
    expect(world.account_files() == world.accounts, "the accounts are not as they were")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--directory", default="/var/tmp/toolpost-package-machine")
    parser.add_argument("--keep", action="store_true", help="use the machine that is there, and leave it")
    parser.add_argument("--only")
    arguments = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        print("skipped: it takes root and debootstrap (packaging/setup packages)")
        sys.exit(SKIPPED)
    keep = arguments.keep and Path(arguments.directory).is_dir()
    machine = Machine(arguments.directory) if keep else Machine.make(arguments.directory)
    with tempfile.TemporaryDirectory(prefix="toolpost-machine-") as directory:
        result = run_checks(World(machine, Path(arguments.build).resolve(), directory), only=arguments.only)
    if result == 0 and not arguments.keep:
        shutil.rmtree(arguments.directory)
    sys.exit(result)


if __name__ == "__main__":
    main()
