#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the host with each hostile plugin beside the witness and checks that only the hostile one
suffers: same process, witness answers, standard output is JSON-RPC and nothing else, clean end."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

from cases import CASES, Failed

PROTOCOL = "2026-07-28"
BUNDLED = ("io.toolpost.project-index", "io.toolpost.uv-package", "io.toolpost.user-admin")
ANSWER_SECONDS = 8  # far beyond the short deadlines of the cases, far below the long ones
END_SECONDS = 20
SANITIZER_WORDS = ("AddressSanitizer", "ThreadSanitizer", "LeakSanitizer", "runtime error:")


def require(condition, message):
    if not condition:
        raise Failed(message)


class Host:
    """One host process on stdio."""

    def __init__(self, binary, directories, plugin_ids, case, scratch):
        plugins = {plugin: {"enabled": False} for plugin in BUNDLED}
        plugins.update({plugin: {"enabled": True, "config": {}} for plugin in plugin_ids})
        plugins[plugin_ids[0]]["required"] = case.required
        config = {
            "plugin_directories": [str(directory) for directory in directories],
            "plugins": plugins,
            "calls": case.calls,
            "audit": {"stall_ms": 30_000},  # the disk of a busy machine may take its time
        }
        path = scratch / "toolpost.json"
        path.write_text(json.dumps(config))
        self.stderr_path = scratch / "stderr"
        self.stderr = open(self.stderr_path, "wb")
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(scratch), "XDG_STATE_HOME": str(scratch)}
        environment.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        self.process = subprocess.Popen(
            [binary, "stdio", "--config", str(path)], env=environment, cwd=scratch,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.stderr)
        self.lines = []
        self.changed = threading.Condition()
        self.ended = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.next_id = 0

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def log(self):
        return self.stderr_path.read_text(errors="replace")

    def send(self, method, params, capabilities=None, token=None):
        self.next_id += 1
        meta = {
            "io.modelcontextprotocol/protocolVersion": PROTOCOL,
            "io.modelcontextprotocol/clientInfo": {"name": "hostile-run", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": capabilities or {},
        }
        if token is not None:
            meta["progressToken"] = token
        message = {"jsonrpc": "2.0", "id": self.next_id, "method": method,
                   "params": {**params, "_meta": meta}}
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed("the host has closed its standard input")
        return self.next_id

    def messages(self):
        with self.changed:
            lines = list(self.lines)
        parsed = []
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                raise Failed(f"standard output is not JSON: {line[:200]!r}")
            require(isinstance(message, dict) and message.get("jsonrpc") == "2.0",
                    f"standard output is not JSON-RPC: {line[:200]!r}")
            require("forged" not in message, f"a plugin wrote to standard output: {line!r}")
            parsed.append(message)
        return parsed

    def wait_for(self, request):
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            for message in self.messages():
                if message.get("id") == request and "method" not in message:
                    return message
            with self.changed:
                require(not self.ended, "the host ended without an answer")
                left = deadline - time.monotonic()
                require(left > 0, "no answer")
                self.changed.wait(left)

    def call(self, tool, capabilities=None, token=None):
        return self.wait_for(self.send("tools/call", {"name": tool, "arguments": {}},
                                       capabilities, token))

    def require_alive(self):
        require(self.process.poll() is None, f"the host ended with {self.process.returncode}")
        answer = self.call("ping")
        require(text_of(answer) == "pong", f"the witness answered {answer}")

    def finish(self):
        self.process.stdin.close()
        try:
            code = self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failed("the host does not end after the end of its input")
        self.reader.join(END_SECONDS)
        self.messages()
        log = self.log()
        for word in SANITIZER_WORDS:
            require(word not in log, f"{word} in the log")
        require(code == 0, f"exit code {code}")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.stderr.close()


def text_of(answer):
    content = answer.get("result", {}).get("content") or [{}]
    return content[0].get("text")


def run_case(binary, hostile, case, scratch):
    plugins = [case.name, *case.beside, "witness"]
    host = Host(binary, [hostile / name for name in plugins],
                ["hostile." + name.replace("_", "-") for name in plugins], case, scratch)
    try:
        pid = host.process.pid
        if case.start_error:
            code = host.process.wait(END_SECONDS)
            require(code > 0, f"the host started; exit code {code}")
            require(not host.lines, "the host answered")
            require(case.start_error in host.log(), f"the log does not say {case.start_error!r}")
            return
        host.require_alive()
        for step in case.steps:
            step(host)
            host.require_alive()
        require(host.process.pid == pid, "another process")
        host.finish()
        for text in case.log:
            require(text in host.log(), f"the log does not say {text!r}")
        for text in case.never_logged:
            require(text not in host.log(), f"the log says {text!r}")
    except Failed as failure:
        raise Failed(f"{failure}\n{host.log()[-1500:]}") from None
    except subprocess.TimeoutExpired:
        raise Failed(f"the host neither started nor refused to\n{host.log()[-1500:]}") from None
    finally:
        host.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True, help="the toolpost binary")
    parser.add_argument("--plugins", required=True, help="where the build put the hostile plugins")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    arguments = parser.parse_args()
    failed = ran = 0
    for case in CASES:
        if arguments.only not in case.name:
            continue
        ran += 1
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as scratch:
            try:
                run_case(os.path.abspath(arguments.host),
                         pathlib.Path(arguments.plugins).resolve(), case, pathlib.Path(scratch))
                verdict = "ok"
            except Failed as failure:
                failed += 1
                verdict = f"FAILED: {failure}"
        print(f"{case.name} ({time.monotonic() - begun:.1f} s): {verdict}", flush=True)
    print(f"{ran} cases, {failed} failed")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
