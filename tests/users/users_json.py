# SPDX-License-Identifier: Apache-2.0
"""Reads users.json without the code that is tested."""

import json
from pathlib import Path


def read_users(file, watcher=None):
    """The users; raises for whatever is not a whole file of format 2."""
    content = json.loads(Path(file).read_text())
    if content["format"] != 2:
        raise ValueError(f"format {content['format']}")
    if watcher is not None:
        watcher.saw_version(content["version"])
    names = [user["username"] for user in content["users"]]
    if len(set(names)) != len(names):
        raise ValueError(f"a name twice: {names}")
    return content["users"]


def has_lasting_admin(users):
    return any(
        user["role"] == "admin" and not user["disabled"] and any("expires_at" not in key for key in user["keys"])
        for user in users
    )
