# SPDX-License-Identifier: Apache-2.0
"""The servers that the benchmark measures, each on a port of its own, and what is asked of them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE.parent.parent / "build/tools"
NODE = TOOLS / "bin/node"
sys.path.insert(0, str(HERE.parent / "clients"))

from free_port import free_port  # noqa: E402
from http_wire import Wire, echo, modern_headers, request  # noqa: E402
from toolpost_process import PATIENCE_S  # noqa: E402

TEXT = "hello world"

# Trusted, so that it counts as what it is: a tool that only reads.
ECHO = "io.toolpost.echo"

NGINX_CONFIG = """\
worker_processes 1;
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  default_type application/json;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ return 200 '{body}'; }}
  }}
}}
"""


def echo_bytes(port):
    return request(port, echo(TEXT), modern_headers(echo()))


def pin_to(processor):
    """For preexec_fn: keeps servers and load apart where there are two processors."""
    available = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {available[processor % len(available)]})


class Server:
    """A running server; `started_ms` is the time from exec to its first correct answer."""

    def __init__(self, command, port):
        self.port = port
        self._log = tempfile.TemporaryFile()
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [*map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            preexec_fn=pin_to(0),
        )
        self._wait_for_first_answer(began + PATIENCE_S)
        self.started_ms = (time.perf_counter() - began) * 1000

    def request_bytes(self):
        return echo_bytes(self.port)

    def request_file(self, directory, name):
        path = Path(directory) / f"{name.replace(' ', '-').replace(',', '')}.request"
        path.write_bytes(self.request_bytes())
        return path

    def _wait_for_first_answer(self, until):
        while time.perf_counter() < until and self.process.poll() is None:
            try:
                with Wire(self.port) as wire:
                    if TEXT.encode() in wire.send(self.request_bytes()).answer().body:
                        return
            except (ConnectionError, EOFError):
                continue
        self.fail_to_start()

    def fail_to_start(self):
        self.process.kill()
        self._log.seek(0)
        errors = self._log.read().decode(errors="replace")
        raise RuntimeError(f"{self.process.args[0]} did not answer: {errors[-1000:]}")

    def resident_mib(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return float("nan")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


def toolpost(build, directory):
    port = free_port()
    config = build.write_config(directory, (ECHO,), trusted=(ECHO,))
    return Server([build.binary, "http", "--config", config, "--port", port], port)


def typescript(_build, _directory):
    port = free_port()
    return Server([NODE, HERE / "typescript_server.mjs", "http", port], port)


def rmcp_binary():
    """None where packaging/setup bench found no cargo."""
    built = TOOLS / "rmcp-echo/release/rmcp-echo"
    return built if built.exists() else None


def rmcp():
    port = free_port()
    return Server([rmcp_binary(), "http", port], port)


def nginx_binary():
    unpacked = TOOLS / "nginx/usr/sbin/nginx"
    return shutil.which("nginx", path="/usr/sbin:/usr/bin") or (str(unpacked) if unpacked.exists() else None)


def nginx(body, directory):
    """Answers everything with `body`, which holds the expected text and is as long as Toolpost's."""
    port = free_port()
    config = Path(directory) / "nginx.conf"
    config.write_text(NGINX_CONFIG.format(directory=directory, port=port, body=body))
    return Server([nginx_binary(), "-p", directory, "-e", "stderr", "-c", config], port)


def answer_body(server):
    with Wire(server.port) as wire:
        return wire.send(server.request_bytes()).answer().body.decode()


def stdio_commands(build, directory):
    config = build.write_config(directory, (ECHO,), trusted=(ECHO,))
    return {
        "toolpost": [str(build.binary), "stdio", "--config", str(config)],
        "typescript": [str(NODE), str(HERE / "typescript_server.mjs"), "stdio"],
        "cat": ["cat"],
    }


def stdio_line():
    return json.dumps(echo(TEXT)).encode() + b"\n"
