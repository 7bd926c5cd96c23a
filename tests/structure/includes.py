#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the #include lines against the map of rooms in README.md.

A room may include itself, the rooms named here, and the standard library. What it may take from
elsewhere is listed by prefix.
"""
import pathlib
import re
import sys

# Room -> rooms it may include. The longest matching path is a file's room.
ROOMS = {
    "host/base": [],
    "host/async": ["host/base"],
    "host/json": ["host/base"],
    "host/config": ["host/base", "host/json"],
    "host/mcp": ["host/base", "host/json"],
    "host/registry": ["host/base", "host/json", "host/mcp"],
    "host/identity": ["host/base", "host/json"],
    "host/policy": ["host/base", "host/json", "pep"],
    "host/store": ["host/base", "host/identity"],
    "host/audit": ["host/base", "host/async", "host/json"],
    "host/backup": ["host/base", "host/json", "host/identity", "host/audit"],
    "host/call": ["host/base", "host/async", "host/json", "host/mcp", "host/registry",
                  "host/identity", "host/policy", "host/audit", "sdk/abi"],
    "host/plugin/loader": ["host/base", "host/json", "sdk/abi"],
    "host/plugin": ["host/base", "host/async", "host/json", "host/registry", "host/call",
                    "host/plugin/loader", "sdk/abi"],
    "host/transport": ["host/base", "host/async", "host/json", "host/mcp", "host/identity",
                       "host/policy", "host/call"],
    "host/ops": ["host/base", "host/json", "host/registry", "host/call", "host/plugin",
                 "host/plugin/loader", "host/audit"],
    "host/cli": None,  # everything
    "host/compiled": [],
    "host": None,  # app and main
    "pep": [],
    "plugins/support": [],
    "plugins": ["sdk", "pep", "plugins/support"],
    "plugin-sdk": ["sdk", "sdk/abi"],
}

# Library -> the only rooms that may include it.
LIBRARIES = {
    "boost/dll": ["host/plugin/loader"],
    "boost/beast": ["host/transport", "host/compiled"],
    "boost/asio": ["host/async", "host/call", "host/plugin", "host/transport", "host/compiled",
                   "host"],
    "boost/json": ["host/json", "plugin-sdk", "plugins"],
    "boost/program_options": ["host/config"],
    "openssl": ["host/plugin/loader", "host/identity", "host/transport", "host/audit", "host/backup",
                "host/call"],
    "spdlog": ["host/base"],
    "hiredis": ["host/store"],
    "re2": ["host/json", "host/mcp", "host/config", "host/policy", "plugins"],
    "toml++": ["plugins"],
}

# Rooms that know no socket, no clock and no thread: time and I/O come in through a parameter.
PURE = ["host/mcp", "host/json", "host/registry", "host/policy"]
IMPURE_HEADERS = {"thread", "mutex", "condition_variable", "future", "sys/socket.h", "unistd.h",
                  "fcntl.h", "fstream", "ctime", "time.h"}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def room_of(path):
    return max((room for room in ROOMS if path == room or path.startswith(room + "/")),
               key=len, default=None)


def room_of_include(root, header):
    """The room a quoted or angled include leads to; None when it is no header of ours."""
    for base in ("host", "plugin-sdk/include", "plugin-sdk/cpp", "plugins"):
        if (root / base / header).is_file():
            if base == "plugin-sdk/include":
                return "sdk/abi"
            return "sdk" if base == "plugin-sdk/cpp" else room_of(f"{base}/{header}")
    return room_of(header) if (root / header).is_file() else None


def check_file(root, path):
    """Yields a sentence for each include that its room may not have."""
    name = path.relative_to(root).as_posix()
    room = room_of(name)
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(2)
        place = f"{name}:{number}: "
        target = room_of_include(root, header)
        allowed = ROOMS[room]
        if target and allowed is not None and target != room and target not in allowed:
            yield place + f"{room} may not include {target} ({header})"
        for library, rooms in LIBRARIES.items():
            if header.startswith(library) and room not in rooms:
                yield place + f"{library} belongs in {', '.join(rooms)} only ({header})"
        if room in PURE and match.group(1) == "<" and header in IMPURE_HEADERS:
            yield place + f"{room} knows no time, thread or file ({header})"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    files = [path for top in ("host", "pep", "plugins", "plugin-sdk")
             for path in (root / top).rglob("*")
             if path.suffix in (".hpp", ".cpp", ".h", ".c") and "examples" not in path.parts]
    wrong = [sentence for path in sorted(files) for sentence in check_file(root, path)]
    print("\n".join(wrong))
    print(f"{len(files)} files, {len(wrong)} forbidden includes")
    if not files:
        sys.exit("no source files found: nothing was checked")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
