# SPDX-License-Identifier: Apache-2.0
"""Runs an image as a careful runtime does: its own account, a root that cannot be written, no
capability, no new privileges, processes and mounts of its own; entry point, environment, directory,
health check and stop signal are those of the image."""

import json
import subprocess
import threading
from pathlib import Path

PATIENCE_S = 60
# In its own mount and process namespace. $0 is the root, $1 a file with the mounts, the rest the command.
ENTER = r"""
set -e
ip link set lo up
root=$0 mounts=$1
shift
mount --bind "$root" "$root"
mount -o remount,bind,ro,nodev,nosuid "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o nosuid,mode=755 tmpfs "$root/dev"
for name in null zero full random urandom; do
  : >"$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mount -o remount,ro "$root/dev"
mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=64m tmpfs "$root/tmp"
while read -r from to access; do
  mount --bind "$from" "$root$to"
  mount -o "remount,bind,nosuid,nodev,$access" "$root$to"
done <"$mounts"
exec chroot "$root" "$@"
"""


class Image:
    """The unpacked files of an image and what it says of itself."""

    def __init__(self, buildah, name):
        self.described = buildah.config(name)
        self.config = self.described["config"]
        self.container, self.root = buildah.unpack(name)

    def drop(self, variables):
        """What comes before a program that gets nothing but the image's account and environment."""
        user, group = self.config["User"].split(":")
        given = {**dict(line.split("=", 1) for line in self.config["Env"]), **variables}
        given.setdefault("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        return ["/usr/bin/setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--inh-caps=-all",
                "--bounding-set=-all", "--no-new-privs", "/usr/bin/env", "--ignore-environment",
                f"--chdir={self.config['WorkingDir']}", *(f"{name}={value}" for name, value in given.items())]


class Container:
    """One run of an image; `volumes` are (directory out here, place in there, "rw" or "ro"), `command` and
    `entrypoint` take the place of what the image says. Without a network of its own it has this process'."""

    def __init__(self, image, directory, volumes, variables=None, command=None, entrypoint=None,
                 own_network=False):
        self.image, self.variables = image, dict(variables or {})
        Path(directory).mkdir(exist_ok=True)
        mounts = Path(directory) / "mounts"
        mounts.write_text("".join(f"{source} {place} {access}\n" for source, place, access in volumes))
        for source, place, _ in volumes:
            self._make_place(Path(source), image.root / place.lstrip("/"))
        self.arguments = [*(entrypoint or image.config["Entrypoint"]), *(command or image.config["Cmd"])]
        self._process = subprocess.Popen(
            ["unshare", *(["--net"] if own_network else []), "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-c", ENTER, str(image.root),
             str(mounts), *image.drop(self.variables), *self.arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._lines, self._changed, self._ended = [], threading.Condition(), False

    @staticmethod
    def _make_place(source, place):
        """A runtime makes what it mounts to where it is missing."""
        if source.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()

    def finish(self):
        """For a command that ends by itself: exit code, stdout, stderr."""
        out, err = self._process.communicate(timeout=PATIENCE_S)
        return self._process.returncode, out, err

    def _follow(self):
        for line in self._process.stderr:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def __enter__(self):
        self._follower = threading.Thread(target=self._follow, daemon=True)
        self._follower.start()
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._listening(), PATIENCE_S)
            if not self._listening():
                self._kill()
                raise AssertionError(f"it does not listen:\n{self.log()}")
            self.port = int(self._listening()["port"])
        return self

    def _listening(self):
        for line in self._lines:
            if line.startswith("{") and json.loads(line).get("message") == "listening":
                return json.loads(line)
        return None

    def _kill(self):
        """The server first: who has changed the account does not hear that its parent has ended."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for child in children:
            subprocess.run(["kill", "-s", "KILL", child], check=False)
        self._process.kill()

    def log(self):
        return "".join(self._lines)

    def pid(self):
        """The server's process id out here: the one child of unshare."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        assert len(children) == 1, children
        return int(children[0])

    def execute(self, *command):
        """Runs a command in the container, as `docker exec` does; its CompletedProcess."""
        enter = ["nsenter", "--target", str(self.pid()), "--mount", "--pid", "--ipc", "--uts", "--root"]
        return subprocess.run([*enter, *self.image.drop(self.variables), *command], capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL, timeout=PATIENCE_S)

    def is_healthy(self):
        """By the image's own HEALTHCHECK, once; also what it printed."""
        kind, *command = self.image.config["Healthcheck"]["Test"]
        assert kind == "CMD", kind
        done = self.execute(*command)
        return done.returncode == 0, done.stdout + done.stderr

    def terminate(self):
        """The image's own signal."""
        subprocess.run(["kill", "-s", self.image.config["StopSignal"].removeprefix("SIG"), str(self.pid())], check=True)

    def stop(self):
        """The exit code."""
        self.terminate()
        return self.wait()

    def wait(self):
        self._process.wait(PATIENCE_S)
        self._follower.join(PATIENCE_S)
        return self._process.returncode

    def __exit__(self, kind, value, trace):
        if self._process.poll() is None:
            code = self.stop() if kind is None else self._kill()
            self._process.wait()
            assert kind is not None or code == 0, f"it ended with {code}:\n{self.log()}"
        self._process.stdout.close()
        self._process.stderr.close()
