# SPDX-License-Identifier: Apache-2.0
"""The proxies that packaging has configurations for, with those configurations: only the addresses and
the place of the certificate are this test's."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/clients"))

from certificates import Authority  # noqa: E402
from free_port import free_port  # noqa: E402

PATIENCE_S = 30
NAMES = ("nginx", "haproxy")
REPLICAS = ("a", "b", "c")
FILES = {"nginx": ROOT / "packaging/nginx/toolpost.conf", "haproxy": ROOT / "packaging/haproxy/toolpost.cfg"}

# What stands around the file on a machine whose nginx has nothing else.
NGINX_MAIN = """
worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  include {directory}/toolpost.conf;
}}
"""


def binary(name):
    """Debian's if it is installed, else the one that packaging/setup test has unpacked, else None."""
    unpacked = ROOT / f"build/tools/{name}/usr/sbin/{name}"
    return shutil.which(name, path="/usr/sbin:/usr/bin") or (str(unpacked) if unpacked.exists() else None)


def _environment(name):
    libraries = ROOT / f"build/tools/{name}/usr/lib/x86_64-linux-gnu"
    return {**os.environ, "LD_LIBRARY_PATH": str(libraries)} if libraries.is_dir() else dict(os.environ)


def _replaced(text, pattern, value, times):
    text, found = re.subn(pattern, lambda _: value, text)
    if found != times:
        raise AssertionError(f"{pattern!r} stands {found} times in the file, not {times}")
    return text


class Proxy:
    """One of NAMES before replicas at `ports`, {label: port}. Use it as a context manager; it serves
    TLS at `port`, with a certificate of `authority`."""

    def __init__(self, name, ports):
        self.name = name
        self._directory = tempfile.TemporaryDirectory(prefix=f"toolpost-{name}-")
        self.directory = Path(self._directory.name)
        self.port = free_port()
        self.authority = Authority(self.directory)
        self._pair = self.authority.sign("mcp", "DNS:localhost,IP:127.0.0.1")
        self._file = self._write(ports)
        self._process = None

    def _write(self, ports):
        text = FILES[self.name].read_text()
        for label, port in ports.items():
            text = _replaced(text, rf"\b{label}\.internal:8000\b", f"127.0.0.1:{port}", 2)
        if self.name == "nginx":
            text = _replaced(text, r"listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl", 1)
            text = _replaced(text, r"/etc/nginx/tls/mcp.crt", str(self._pair.certificate), 1)
            text = _replaced(text, r"/etc/nginx/tls/mcp.key", str(self._pair.key), 1)
            (self.directory / "toolpost.conf").write_text(text)
            file = self.directory / "nginx.conf"
            file.write_text(NGINX_MAIN.format(directory=self.directory))
            return file
        both = self.directory / "mcp.pem"
        both.touch(mode=0o600)
        both.write_text(self._pair.certificate.read_text() + self._pair.key.read_text())
        text = _replaced(text, r"bind :443 ", f"bind 127.0.0.1:{self.port} ", 1)
        text = _replaced(text, r"/etc/haproxy/tls/mcp.pem", str(both), 1)
        file = self.directory / "haproxy.cfg"
        file.write_text(text)
        return file

    def _command(self, *more):
        if self.name == "nginx":
            return [binary("nginx"), "-p", self.directory, "-e", "stderr", "-c", self._file, *more]
        return [binary("haproxy"), *(more or ("-db",)), "-f", self._file]

    def check_syntax(self):
        """What the proxy itself says of the file: exit code and text, warnings included."""
        flag = "-t" if self.name == "nginx" else "-c"
        done = subprocess.run(self._command(flag), env=_environment(self.name), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE_S)
        return done.returncode, done.stdout + done.stderr

    def __enter__(self):
        self.log_path = self.directory / "log"
        with open(self.log_path, "wb") as log:
            self._process = subprocess.Popen(self._command(), env=_environment(self.name), stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=subprocess.STDOUT)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.name} ended: {self.log_path.read_text()[-800:]}")
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.port), PATIENCE_S):
                return self
            time.sleep(0.02)
        raise RuntimeError(f"{self.name} does not listen after {PATIENCE_S} s")

    def __exit__(self, *_):
        self._process.kill() if self.name == "haproxy" else self._process.terminate()
        self._process.wait(PATIENCE_S)
        self._directory.cleanup()
