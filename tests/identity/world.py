# SPDX-License-Identifier: Apache-2.0
"""The keys, users and modes that the tests of identity share."""

import hashlib
import json
import os
import secrets
from pathlib import Path


def make_key():
    return secrets.token_urlsafe(32)


SINGLE, PREVIOUS, WRONG = make_key(), make_key(), make_key()
USERS = {name: make_key() for name in ("root", "ann", "dev", "eye", "ghost")}
ROLES = {"root": "admin", "ann": "user", "dev": "developer", "eye": "reader", "ghost": "admin"}
CREDENTIALS = {"none": None, "wrong": WRONG, "single": SINGLE, "previous": PREVIOUS, **USERS}

# What the configuration of every server here grants; admin is built in, ghost is disabled.
CONFIG_ROLES = {"developer": {"tools": ["count*"]}, "reader": {"tools": ["@read-only"]}}
TRUSTED = "io.toolpost.echo"  # its tool echo says that it changes nothing; countdown says nothing
RIGHTS = {
    "admin": {"echo", "countdown"},
    "user": set(),
    "developer": {"countdown"},
    "reader": {"echo"},
    None: set(),
}

_SINGLE_KEYS = {"MCP_API_KEY": SINGLE, "MCP_PREVIOUS_API_KEY": PREVIOUS}
MODES = {
    "open": {},
    "open, switches off": {"MCP_ENABLE_AUTH": "false", "MCP_ENABLE_USER_AUTH": "0"},
    "single": {"MCP_ENABLE_AUTH": "true", **_SINGLE_KEYS},
    "single by its switch": {"MCP_SINGLE_API_KEY_MODE": "yes", **_SINGLE_KEYS},
    "users": {"MCP_ENABLE_USER_AUTH": "true"},
    "users and auth": {"MCP_ENABLE_USER_AUTH": "true", "MCP_ENABLE_AUTH": "true", "MCP_API_KEY": SINGLE},
    "both": {"MCP_ENABLE_USER_AUTH": "1", "MCP_SINGLE_API_KEY_MODE": "true", **_SINGLE_KEYS},
}


def role_over_http(mode, credential):
    """The role that a credential gets, or None for 401."""
    if mode.startswith("open"):
        return "admin"
    takes_single = mode.startswith("single") or mode == "both"
    takes_users = mode.startswith("users") or mode == "both"
    if credential in ("single", "previous"):
        return "admin" if takes_single else None
    return ROLES[credential] if takes_users and credential in ROLES and credential != "ghost" else None


def users_file(directory):
    """A user store with all users, in the format of the program that came before."""
    place = Path(directory) / "users"
    place.mkdir(mode=0o700)
    file = place / "users.json"
    users = [
        {
            "username": name,
            "api_key_hash": hashlib.sha256(key.encode()).hexdigest(),
            "role": ROLES[name],
            "created_at": "2026-01-01T00:00:00.000000",
        }
        for name, key in USERS.items()
        if name != "ghost"
    ]
    file.write_text(json.dumps({"users": users}))
    file.chmod(0o600)
    return file


def environment(variables, store=None):
    """This process's environment without anything that chooses a mode, and with `variables`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MCP_")}
    if store is not None:
        inherited["MCP_USERS_FILE"] = str(store)
    return {**inherited, **variables}
