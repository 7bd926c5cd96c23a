# SPDX-License-Identifier: Apache-2.0
"""The installed service, started as its unit says but without systemd: as its account, in its
directory, with a socket that hears when it is ready."""

import os
import signal
import socket
import subprocess

from http_wire import Wire, request

PATIENCE_S = 60
SOCKET = "/tmp/notify"


class Service:
    """`port` is where it listens; use it as a context manager."""

    def __init__(self, machine):
        self._machine = machine
        self._settings = {}
        for line in machine.path("/usr/lib/systemd/system/toolpost.service").read_text().splitlines():
            if "=" in line and not line.startswith("#"):
                name, value = line.split("=", 1)
                self._settings.setdefault(name, value)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(PATIENCE_S)
        outside = machine.path(SOCKET)
        outside.unlink(missing_ok=True)
        self._socket.bind(str(outside))
        outside.chmod(0o777)
        # Any ports: 8000 and 9464 may be taken on the machine that all of this runs on.
        start = f"cd {self._settings['WorkingDirectory']} && exec {self._settings['ExecStart']} --port 0"
        self._process = subprocess.Popen(
            machine.command("setpriv", "--reuid", self._settings["User"], "--regid", self._settings["Group"],
                            "--clear-groups", "--no-new-privs", "sh", "-c", start),
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=machine.environment(NOTIFY_SOCKET=SOCKET, HOME="/var/lib/toolpost", MCP_METRICS_PORT="0"),
        )
        try:
            ready, status = self._socket.recv(4096).decode().split("\n")
        except TimeoutError:
            self._process.kill()
            raise AssertionError(f"not ready: {self._process.communicate()[1]}") from None
        assert ready == "READY=1", ready
        self.port = int(status.rsplit(":", 1)[1].split("/")[0])

    def ask(self, path):
        """Status and text of a GET."""
        with Wire(self.port) as wire:
            headers = {"Content-Type": None, "Accept": None, "Content-Length": None}
            wire.send(request(self.port, b"", headers, "GET", path))
            answer = wire.answer()
        return answer.status, answer.body.decode()

    def _server(self):
        """Its process id out here: the one process whose program is the machine's."""
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{name}/exe") == str(self._machine.path("/usr/bin/toolpost")):
                    return int(name)
            except OSError:
                continue
        raise AssertionError("the server is not there")

    def user(self):
        with open(f"/proc/{self._server()}/status", encoding="utf-8") as status:
            uid = next(int(line.split()[1]) for line in status if line.startswith("Uid:"))
        return self._machine.run("getent", "passwd", str(uid)).split(":")[0]

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        os.kill(self._server(), signal.SIGTERM)
        _, log = self._process.communicate(timeout=PATIENCE_S)
        self._socket.close()
        self._machine.path(SOCKET).unlink()
        if kind is None:
            assert self._process.returncode == 0, f"the service ended with {self._process.returncode}: {log}"
