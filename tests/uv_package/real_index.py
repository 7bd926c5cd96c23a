#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# uv-package against the index that uv uses by default, with packages everybody knows. Usage:
#   real_index.py TOOLPOST PLUGIN_DIRECTORY UV
# Exits with 77 (skipped) where plain uv cannot reach that index either: no network is no failure,
# and no proof.
import os
import pathlib
import subprocess
import sys
import tempfile

from e2e_host import Host, text_of

PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def is_reachable(uv, directory):
    probe = subprocess.run([uv, "pip", "compile", "--no-header", "-"], input=b"six\n", cwd=directory,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           env={**os.environ, "UV_SYSTEM_CERTS": "1"})
    return probe.returncode == 0


def changes(result):
    assert not result.get("isError"), text_of(result)
    return {row["package"]: row["kind"] for row in result["structuredContent"]["changes"]}


def manage(host, project):
    host.call("init")
    added = changes(host.call("add", packages=["six", "requests"]))
    for package in ("six", "requests", "urllib3", "idna"):
        assert added.get(package) == "added", added
    assert (project / ".venv").is_dir() and "requests" in (project / "uv.lock").read_text()
    assert changes(host.call("sync")) == {}
    removed = changes(host.call("remove", packages=["requests"]))
    assert removed.get("urllib3") == "removed" and "six" not in removed, removed
    installed = changes(host.call("install", packages=["requests"]))
    assert installed.get("requests") == "added", installed
    unknown = host.call("add", packages=["toolpost-there-is-no-such-package"])
    assert unknown.get("isError") and "toolpost-there-is-no-such-package" in text_of(unknown), unknown


def main():
    toolpost, plugins, uv = map(os.path.abspath, sys.argv[1:4])
    if not os.access(uv, os.X_OK):
        print(f"SKIPPED: {uv} is not there (packaging/setup installs it)")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="uv-package-real-") as base:
        if not is_reachable(uv, base):
            print("SKIPPED: uv cannot reach its default index")
            sys.exit(77)
        project = pathlib.Path(base).resolve() / "app"
        project.mkdir()
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        host = Host(toolpost, plugins, pathlib.Path(base) / "host",
                    {"uv": os.path.realpath(uv), "project_root": str(project)}, environment)
        try:
            manage(host, project)
        finally:
            code = host.stop()
        assert code == 0, f"the host left with {code}: {host.log_path.read_text()}"
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
