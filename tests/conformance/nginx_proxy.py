# SPDX-License-Identifier: Apache-2.0
"""nginx before a Toolpost, with the settings of nginx.conf."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from free_port import free_port

HERE = Path(__file__).resolve().parent
UNPACKED = HERE.parent.parent / "build/tools/nginx/usr/sbin/nginx"
PATIENCE_S = 20


def binary():
    """Debian's if it is installed, else the one that packaging/setup test has unpacked, else None."""
    return shutil.which("nginx", path="/usr/sbin:/usr/bin") or (str(UNPACKED) if UNPACKED.exists() else None)


def wait_until_it_listens(process, port):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"nginx ended: {process.stderr.read().decode(errors='replace')[-800:]}")
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), PATIENCE_S):
            return
    raise RuntimeError(f"nginx does not listen after {PATIENCE_S} s")


@contextlib.contextmanager
def before(server_port):
    """The port at which nginx serves what is served at `server_port`."""
    with tempfile.TemporaryDirectory(prefix="toolpost-nginx-") as directory:
        port = free_port()
        text = (HERE / "nginx.conf").read_text()
        for name, value in {"directory": directory, "port": str(port), "server": f"127.0.0.1:{server_port}"}.items():
            text = text.replace(f"@{name}@", value)
        file = Path(directory) / "nginx.conf"
        file.write_text(text)
        command = [binary(), "-p", directory, "-e", "stderr", "-c", str(file)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            wait_until_it_listens(process, port)
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
            process.stderr.close()
