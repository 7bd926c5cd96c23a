#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A package index that goes silent and comes back, with a real uv: after some calls that came to
nothing the next are refused before uv starts, then one tries, and all is well again.
circuit_e2e.py TOOLPOST PLUGIN_DIRECTORY UV"""

import argparse
import os
import pathlib
import selectors
import socket
import sys
import tempfile
import threading
import traceback
import urllib.parse

from e2e_host import Host, Index, text_of, wait_until

FAILURES = 2
OPEN_MS = 1500
TIMEOUT_S = 4  # enough for a lock of one package, also in a slow build


class Relay:
    """Stands before the index at an address that stays. While it is silent it takes connections, and
    never answers one."""

    def __init__(self, index_url):
        parts = urllib.parse.urlsplit(index_url)
        self.target = (parts.hostname, parts.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}{parts.path}"
        self.is_silent = False
        self.connections = 0
        self.held = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.is_silent:
                self.held.append(client)
            else:
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client):
        with client, socket.create_connection(self.target) as server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    try:
                        data = key.fileobj.recv(65536)
                        key.data.sendall(data)
                    except OSError:
                        return
                    if not data:
                        return

    def refuse(self):
        """From now on nobody listens; a thread that waits for a connection must let go of it first."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def stop(self):
        if self.listener.fileno() >= 0:
            self.refuse()
        for client in self.held:
            client.close()


class Stage:
    def __init__(self, options, index, directory, **config):
        self.relay = Relay(index.url)
        root = pathlib.Path(directory) / "root"
        root.mkdir(parents=True)
        self.pyproject = root / "pyproject.toml"
        self.want("alpha==1.0")
        self.host = Host(options.toolpost, options.plugins, pathlib.Path(directory) / "host",
                         {"uv": options.uv, "project_root": str(root), "index_url": self.relay.url,
                          "timeout_s": TIMEOUT_S, "circuit_failures": FAILURES, "circuit_open_ms": OPEN_MS,
                          **config})

    def want(self, requirement):
        self.pyproject.write_text('[project]\nname = "app"\nversion = "0.1"\nrequires-python = ">=3.9"\n'
                                  f'dependencies = ["{requirement}"]\n')

    def lock(self):
        """What the call said when it failed, or nothing. Each is a new question to the index."""
        (self.pyproject.parent / "uv.lock").unlink(missing_ok=True)
        result = self.host.call("lock")
        return text_of(result) if result.get("isError") else ""

    def stop(self):
        self.host.stop()
        self.relay.stop()


def test_calls_are_refused_while_the_index_is_silent_and_go_on_when_it_is_back(stage):
    assert stage.lock() == ""
    stage.relay.is_silent = True
    stage.want("gamma")  # not in the cache of uv
    for _ in range(FAILURES):
        told = stage.lock()
        assert f"did not end within {TIMEOUT_S} s" in told, told
    asked = stage.relay.connections
    told = stage.lock()
    assert "not tried: 2 calls in a row have failed" in told, told
    assert "uv did not end in time; try again in " in told, told
    assert stage.relay.connections == asked, "uv was started all the same"
    log = stage.host.log_path.read_text()
    assert f"calls are refused for {OPEN_MS} ms" in log, log
    stage.relay.is_silent = False
    assert wait_until(lambda: "not tried" not in stage.lock(), 60, 0.1) is not None
    assert stage.lock() == ""
    log = stage.host.log_path.read_text()
    assert "uv and the package index work again" in log, log


def test_an_index_that_refuses_connections_counts_and_a_wrong_wish_does_not(stage):
    stage.want("alpha==99")
    for _ in range(FAILURES + 1):
        told = stage.lock()
        assert "no version of alpha==99" in told, told
    stage.relay.refuse()
    stage.want("beta")
    for _ in range(FAILURES):
        told = stage.lock()
        assert "not tried" not in told and told != "", told
    told = stage.lock()
    assert "because a package index could not be reached" in told, told


# uv tries three times before it says that an index refuses connections.
CONFIGS = {test_an_index_that_refuses_connections_counts_and_a_wrong_wish_does_not: {"timeout_s": 60}}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("toolpost")
    arguments.add_argument("plugins")
    arguments.add_argument("uv")
    options = arguments.parse_args()
    options.toolpost = os.path.abspath(options.toolpost)
    options.plugins = os.path.abspath(options.plugins)
    options.uv = os.path.realpath(options.uv)
    tests = [function for name, function in globals().items() if name.startswith("test_")]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="uv-circuit-") as base:
        index = Index(os.path.join(base, "hostile-backend-was-run"))
        for number, test in enumerate(tests):
            stage = Stage(options, index, os.path.join(base, str(number)), **CONFIGS.get(test, {}))
            try:
                test(stage)
                print(f"ok      {test.__name__}", flush=True)
            except Exception:  # a failing test must not hide the one after it
                failed += 1
                print(f"FAILED  {test.__name__}\n{traceback.format_exc()}", flush=True)
            finally:
                stage.stop()
        index.stop()
    print(f"{len(tests) - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not tests else 0)


if __name__ == "__main__":
    main()
