# SPDX-License-Identifier: Apache-2.0
"""An empty Debian 12 in a directory, and programs that run in it."""

import os
import shutil
import subprocess
from pathlib import Path

# What Debian machines have, or what the packages depend on: installing them needs no network then.
INCLUDED = ("adduser", "ca-certificates", "init-system-helpers", "libssl3", "libstdc++6", "logrotate", "systemd")
# Where a program in there may look; the first is where stand-ins are put.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Its own mounts and processes: when the command ends, nothing stays mounted or running.
ENTER = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
         'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"')


class Machine:
    def __init__(self, directory):
        self.root = Path(directory)

    @classmethod
    def make(cls, directory):
        """debootstrap fetches packages, so this takes a network and minutes."""
        shutil.rmtree(directory, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", f"--include={','.join(INCLUDED)}", "bookworm", directory],
                       check=True, stdout=subprocess.DEVNULL)
        return cls(directory)

    def path(self, inside):
        return self.root / inside.lstrip("/")

    def command(self, *arguments):
        return [*ENTER, str(self.root), *map(str, arguments)]

    @staticmethod
    def environment(**more):
        return {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **more}

    def try_run(self, *arguments, **more):
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False, timeout=300,
                              stdin=subprocess.DEVNULL, env=self.environment(**more))

    def run(self, *arguments, **more):
        done = self.try_run(*arguments, **more)
        if done.returncode:
            raise AssertionError(f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def put(self, inside, text, mode=0o644):
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def entries(self, *left_out):
        """Every path with its kind, mode and owner; not what is below `left_out`."""
        found = {}
        for directory, names, files in os.walk(self.root):
            inside = directory.removeprefix(str(self.root)) or "/"
            names[:] = [name for name in names if os.path.join(inside, name) not in left_out]
            for name in (*names, *files):
                status = os.lstat(os.path.join(directory, name))
                found[os.path.join(inside, name)] = (oct(status.st_mode), status.st_uid, status.st_gid)
        return found
