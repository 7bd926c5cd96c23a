# SPDX-License-Identifier: Apache-2.0
"""The systemd unit: that it is sound, what it is exposed to, and that the server and its tools make
do with the system calls it leaves them. unit.py --build DIR --source DIR [--only WORDS]"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from debian import SKIPPED, run  # noqa: E402
from http_wire import call  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402

MAX_EXPOSURE = 1.5
# The unit of the enterprise deployment guide: what this one is measured against.
GUIDE_UNIT = """\
[Service]
Type=simple
User=mcp
WorkingDirectory=/opt/mcp-server
Environment="MCP_ENABLE_AUTH=true"
ExecStart=/bin/true http
Restart=always
"""
TRACED_CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?([a-z_0-9]+)\(", re.MULTILINE)


class World:
    def __init__(self, build, source, directory):
        self.build = Build(build)
        self.directory = Path(directory)
        self.source = Path(source).resolve()
        self.uv = self.source / "build/tools/venv/bin/uv"
        self.text = (Path(source) / "packaging/systemd/toolpost.service").read_text()
        self.unit = self.write("toolpost.service", self.text)

    def write(self, name, text):
        """A unit whose programs are those of this build."""
        path = self.directory / name
        path.write_text(text.replace("/usr/bin/toolpost", str(self.build.binary)))
        return path

    def settings(self, name):
        return [line.split("=", 1)[1] for line in self.text.splitlines() if line.startswith(f"{name}=")]


def exposure(unit):
    told = run("systemd-analyze", "security", "--offline=yes", "--no-pager", unit)
    return float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", told)[1])


def verify(unit):
    """What systemd finds in a unit; directories of the service that are not there yet are no finding."""
    told = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    # Of other units on this machine systemd may say something, too.
    findings = [line for line in told.stderr.splitlines() if str(unit) in line or unit.name in line]
    return told.returncode, findings


@check
def systemd_finds_nothing_wrong_with_it(world):
    code, findings = verify(world.unit)
    expect(not findings and code == 0, findings)


@check
def systemd_would_find_a_misspelt_setting(world):
    """The control of the check above."""
    wrong = world.write("wrong.service", world.text.replace("WatchdogSec=", "WatchdogSeconds="))
    _, findings = verify(wrong)
    expect(any("WatchdogSeconds" in finding for finding in findings), findings)


@check
def its_exposure_is_low(world):
    reached, guide = exposure(world.unit), exposure(world.write("guide.service", GUIDE_UNIT))
    print(f"      exposure {reached}, of the guide's unit {guide}")
    expect(reached <= MAX_EXPOSURE, reached)
    expect(guide > 9, "the measure does not tell the two apart")
    threshold = str(int(MAX_EXPOSURE * 10))
    gate = ["systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={threshold}"]
    run(*gate, world.unit)


@check
def the_drop_in_for_restricted_networks_limits_who_is_spoken_to(world):
    drop_in = (Path(__file__).resolve().parents[2] / "packaging/systemd/restricted-network.conf").read_text()
    limited = world.write("limited.service", world.text + "\n" + drop_in)
    unlimited = "does not define an IP address allow list"
    report = [run("systemd-analyze", "security", "--offline=yes", "--no-pager", unit) for unit in (world.unit, limited)]
    expect(unlimited in report[0] and unlimited not in report[1], "the drop-in changes nothing")
    code, findings = verify(limited)
    expect(not findings and code == 0, findings)


@check
def the_backup_is_as_confined_and_reaches_no_network(world):
    text = (world.source / "packaging/systemd/toolpost-backup.service").read_text()
    unit = world.write("toolpost-backup.service", text)
    code, findings = verify(unit)
    expect(not findings and code == 0, findings)
    reached = exposure(unit)
    print(f"      exposure {reached}")
    expect(reached <= MAX_EXPOSURE and "PrivateNetwork=yes" in text, reached)
    world.write("toolpost-backup.timer", (world.source / "packaging/systemd/toolpost-backup.timer").read_text())
    code, findings = verify(world.directory / "toolpost-backup.timer")
    expect(not findings and code == 0, findings)
    # The command of the unit is one that the program has, and the credential one that it reads.
    told = run(world.build.binary, "backup", "create", "--help")
    expect("/usr/bin/toolpost backup create --config /etc/toolpost/toolpost.json\n" in text, text)
    expect("backup_passphrase" in told and "LoadCredential=backup_passphrase:" in text, told)


@check
def it_notifies_and_is_watched(world):
    expect(world.settings("Type") == ["notify"] and world.settings("NotifyAccess") == ["main"], "Type")
    expect(world.settings("WatchdogSec") == ["30"], world.settings("WatchdogSec"))


@check
def no_secret_is_in_it_and_credentials_have_the_names_that_the_server_reads(world):
    expect(not world.settings("Environment"), world.settings("Environment"))
    names = {setting.split(":")[0] for setting in world.settings("LoadCredential")}
    source = (world.source / "host/config/secrets.cpp").read_text()
    read = set(re.findall(r'"(mcp_[a-z_]+)"', source))
    expect(names == read and "mcp_api_key" in read, f"in the unit {names}, read by the server {read}")
    # A relative name is one that need not be there.
    expect(all("/" not in setting for setting in world.settings("LoadCredential")), "an absolute path")
    credentials = world.directory / "credentials"
    credentials.mkdir()
    key = "0123456789abcdefghijklmnopqrstuvwxyz-_.ABCD"
    (credentials / "mcp_api_key").write_text(key)
    (credentials / "mcp_api_key").chmod(0o400)
    environment = {"PATH": "/usr/bin:/bin", "CREDENTIALS_DIRECTORY": str(credentials)}
    with HttpServer(world.build, ("io.toolpost.echo",), environment=environment, auth={"enabled": True}) as server:
        ping = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}})
        expect(call(server.port, ping).status == 401, "no key is needed")
        answer = call(server.port, ping, {"Authorization": f"Bearer {key}"})
        expect(answer.status != 401, answer)


def allowed_calls(world):
    """Names of the system calls that the unit's filters leave, in the order systemd applies them."""
    allowed = set()
    for setting in world.settings("SystemCallFilter"):
        names = setting.removeprefix("~").split()
        expanded = set()
        while names:
            name = names.pop()
            if name.startswith("@"):
                lines = run("systemd-analyze", "syscall-filter", name).splitlines()[1:]
                names += [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
            else:
                expanded.add(name)
        allowed = allowed - expanded if setting.startswith("~") else allowed | expanded
    # What systemd always allows, so that the program can be started at all.
    lines = run("systemd-analyze", "syscall-filter", "@default").splitlines()[1:]
    return allowed | {line.strip() for line in lines if line.strip() and not line.strip().startswith("#")}


@check
def the_server_and_uv_use_no_system_call_that_it_forbids(world):
    if not world.uv.exists():
        raise AssertionError(f"there is no {world.uv} (packaging/setup run)")
    allowed = allowed_calls(world)
    expect("read" in allowed and "mount" not in allowed and "setpriority" not in allowed, "the filter is not understood")
    project = world.directory / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.8"\n')
    config = world.build.write_config(world.directory, (), packages={"uv": str(world.uv)})
    trace = world.directory / "trace"
    run("strace", "-f", "-qq", "-o", trace, world.build.binary, "call", "lock", "{}", "--config", config,
        "--project-root", project)
    expect((project / "uv.lock").exists(), "uv has not run")
    text = trace.read_text()
    used = set(TRACED_CALL.findall(text))
    expect(len(used) > 30 and "execve" in used, used)
    with HttpServer(world.build, ("io.toolpost.echo",), prefix=("strace", "-f", "-qq", "-o", str(trace))) as server:
        call(server.port, json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}))
        # strace hands no signal on that it gets itself.
        pid = next(line.split()[0] for line in trace.read_text().splitlines())
        run("kill", "-TERM", pid)
        server.process.wait(30)
    served = trace.read_text()
    used |= set(TRACED_CALL.findall(served))
    expect("accept4" in used or "accept" in used, "nobody was served")
    expect(used <= allowed, f"forbidden: {sorted(used - allowed)}")
    # MemoryDenyWriteExecute, RestrictAddressFamilies and RestrictNamespaces look at arguments.
    families = set(re.findall(r"socket\((AF_[A-Z0-9]+)", text + served))
    expect(families <= set(" ".join(world.settings("RestrictAddressFamilies")).split()), families)
    for forbidden in (r"PROT_WRITE\|PROT_EXEC", r"CLONE_NEW"):
        found = re.search(f".*{forbidden}.*", text + served)
        expect(not found, found and found[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    missing = [tool for tool in ("systemd-analyze", "strace") if not shutil.which(tool)]
    if missing:
        print(f"skipped: there is no {' and no '.join(missing)}")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="toolpost-unit-") as directory:
        sys.exit(run_checks(World(arguments.build, arguments.source, directory), only=arguments.only))


if __name__ == "__main__":
    main()
