# SPDX-License-Identifier: Apache-2.0
# What e2e.py stands on: a Toolpost on stdio with uv-package, the test index beside it, and the
# processes that carry this run's mark.
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
import time
import urllib.request

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
PLUGIN = "io.toolpost.uv-package"
ANSWER_TIMEOUT = 120


class Index:
    """The test index in a process of its own."""

    def __init__(self, marker):
        script = pathlib.Path(__file__).with_name("index_server.py")
        self.process = subprocess.Popen([sys.executable, script, "--marker", marker],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def requests(self):
        with urllib.request.urlopen(self.url.replace("/simple/", "/access-log")) as answer:
            return json.load(answer)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Host:
    """One `toolpost stdio`. Requests may be in flight at once. `plugin_keys` stand beside the
    plugin's config, `host_keys` at the top of the configuration."""

    def __init__(self, command, plugin_directory, work, config, extra_environment=None,
                 plugin_keys=None, **host_keys):
        work = pathlib.Path(work)
        work.mkdir(parents=True, exist_ok=True)
        file = work / "toolpost.json"
        file.write_text(json.dumps({
            "plugin_directories": [str(plugin_directory)],
            "plugins": {PLUGIN: {"enabled": True, "config": config, **(plugin_keys or {})},
                        "io.toolpost.project-index": {"enabled": False}},
            **host_keys,
        }))
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(work / "home"),
            "XDG_STATE_HOME": str(work / "state"),
            "XDG_CONFIG_HOME": str(work / "config"),
            **(extra_environment or {}),
        }
        self.log = open(work / "stderr.log", "wb")
        self.process = subprocess.Popen([command, "stdio", "--config", str(file)], cwd=work,
                                        env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log)
        self.log_path = work / "stderr.log"
        self.next_id = 0
        self.waiting, self.progress = {}, {}
        self.lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            if message.get("method") == "notifications/progress":
                parameters = message["params"]
                self.progress.setdefault(parameters["progressToken"], []).append(parameters)
            elif "id" in message:
                with self.lock:
                    box = self.waiting.get(message["id"])
                if box is not None:
                    box.put(message)
        with self.lock:
            for box in self.waiting.values():
                box.put({"error": {"message": "the host ended"}})

    def _write(self, message):
        self.process.stdin.write((json.dumps(message) + "\n").encode())
        self.process.stdin.flush()

    def send(self, method, parameters):
        with self.lock:
            self.next_id += 1
            number = self.next_id
            self.waiting[number] = queue.Queue()
        meta = dict(META, progressToken=number)
        self._write({"jsonrpc": "2.0", "id": number, "method": method,
                     "params": {**parameters, "_meta": meta}})
        return number

    def answer(self, number, timeout=ANSWER_TIMEOUT):
        try:
            return self.waiting[number].get(timeout=timeout)
        except queue.Empty:
            return None

    def start(self, tool, **arguments):
        return self.send("tools/call", {"name": tool, "arguments": arguments})

    def call(self, tool, **arguments):
        """The result of a call; a JSON-RPC error raises."""
        message = self.answer(self.start(tool, **arguments))
        assert message is not None, f"{tool}: no answer"
        assert "result" in message, f"{tool}: {message}\n{self.log_path.read_text()}"
        return message["result"]

    def cancel(self, number):
        self._write({"jsonrpc": "2.0", "method": "notifications/cancelled",
                     "params": {"requestId": number, "reason": "test"}})

    def stop(self):
        self.process.stdin.close()
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.log.close()
        return code


def text_of(result):
    return "\n".join(block.get("text", "") for block in result["content"])


def marked_processes(mark, not_pid):
    """Processes whose environment names this run's directory, without the host itself."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) in (not_pid, os.getpid()):
            continue
        try:
            if mark.encode() in (entry / "environ").read_bytes():
                found.append((int(entry.name), (entry / "cmdline").read_bytes()))
        except OSError:
            continue
    return found


def wait_until(condition, seconds, step=0.02):
    """Seconds it took, or None."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if condition():
            return time.monotonic() - start
        time.sleep(step)
    return None
