#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# A package index for tests: PEP 503 pages, PEP 691 JSON, PEP 658 metadata, wheels and source
# distributions built in memory. Binds 127.0.0.1 port 0 and prints its URL on the first line.
"""Packages it serves:

alpha      1.0, 1.1, 2.0   wheels; needs beta (2.0 needs beta>=2); extra "fast" needs gamma
beta       1.0, 2.0        wheels
gamma      1.0             wheel
tinybuild  1.0             wheel: a PEP 517/660 build backend of forty lines
mixed      1.0 wheel, 1.1 source distribution only (hostile)
hostile    1.0             source distribution only; its backend writes --marker when executed
slow       1.0             wheel whose bytes never end
evil, evil-one, ev1l       wheels that write --marker when a Python starts where they are installed
carrier    1.0             wheel; needs evil. deep needs carrier
optional   1.0             wheel; extra "bad" needs evil, "good" needs gamma
always     1.0             wheel; needs evil under a marker that holds. windows: one that does not
versioned  1.0, 2.0        wheels. oldpin needs versioned<2
evilbuild  1.0             build backend that writes --marker when executed
greedy     1.0             build backend that asks for evil beyond what a project lists
"""

import argparse
import hashlib
import http.server
import io
import json
import re
import struct
import sys
import tarfile
import threading
import time
import zipfile

BACKEND = '''
import base64, hashlib, os, pathlib, re, zipfile

def _project():
    text = pathlib.Path("pyproject.toml").read_text()
    field = lambda key: re.search(r'^%s\\s*=\\s*"([^"]+)"' % key, text, re.M).group(1)
    block = re.search(r"^dependencies\\s*=\\s*\\[(.*?)\\]", text, re.M | re.S)
    needs = re.findall(r'"([^"]+)"', block.group(1)) if block else []
    return field("name").replace("-", "_"), field("version"), needs

def _wheel(directory, extra_files):
    name, version, needs = _project()
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
    metadata += "".join(f"Requires-Dist: {need}\\n" for need in needs)
    files = dict(extra_files)
    files[f"{info}/METADATA"] = metadata
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\\nGenerator: tinybuild\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    record = "".join(f"{path},,\\n" for path in files) + f"{info}/RECORD,,\\n"
    files[f"{info}/RECORD"] = record
    file_name = f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, file_name), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return file_name

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = _project()[0]
    return _wheel(directory, {f"{name}.py": ""})

def build_editable(directory, config_settings=None, metadata_directory=None):
    name = _project()[0]
    return _wheel(directory, {f"{name}.pth": os.getcwd() + "\\n"})

def get_requires_for_build_wheel(config_settings=None):
    return []

get_requires_for_build_editable = get_requires_for_build_wheel
'''

GREEDY = """
def get_requires_for_build_wheel(config_settings=None):
    return ["evil"]

get_requires_for_build_editable = get_requires_for_build_wheel
"""

HOSTILE_BACKEND = '''
import pathlib
pathlib.Path({marker!r}).write_text("a foreign build backend was executed")
raise SystemExit("hostile backend")
'''


def metadata_text(name, version, requires, extras):
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {item}" for item in requires]
    for extra, items in extras.items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {item}; extra == "{extra}"' for item in items]
    return "\n".join(lines) + "\n"


def build_wheel(name, version, requires=(), extras=None, module=None, at_start=None):
    name = name.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    metadata = metadata_text(name, version, requires, extras or {})
    files = {
        f"{name}.py": module or f"version = {version!r}\n",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    if at_start:
        files[f"{name}.pth"] = at_start
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in files) + f"{info}/RECORD,,\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2024, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue(), metadata.encode()


def build_hostile_sdist(name, version, marker):
    root = f"{name}-{version}"
    files = {
        f"{root}/PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{root}/pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\n'
        'backend-path = ["."]\n',
        f"{root}/backend.py": HOSTILE_BACKEND.format(marker=marker),
        f"{root}/setup.py": HOSTILE_BACKEND.format(marker=marker),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


class Index:
    """Everything the server hands out: file name -> bytes, project -> file names."""

    def __init__(self, marker):
        self.files, self.metadata, self.projects = {}, {}, {}
        self.lock = threading.Lock()
        self.requests = []
        fast = {"fast": ["gamma"]}
        self.add_wheel("alpha", "1.0", ["beta>=1.0"], fast)
        self.add_wheel("alpha", "1.1", ["beta>=1.0"], fast)
        self.add_wheel("alpha", "2.0", ["beta>=2.0"], fast)
        self.add_wheel("beta", "1.0")
        self.add_wheel("beta", "2.0")
        self.add_wheel("gamma", "1.0")
        self.add_wheel("tinybuild", "1.0", module=BACKEND)
        self.add_wheel("mixed", "1.0")
        self.add_wheel("slow", "1.0")
        self.add_evil(marker)
        self.add("mixed", "mixed-1.1.tar.gz", build_hostile_sdist("mixed", "1.1", marker))
        self.add("hostile", "hostile-1.0.tar.gz", build_hostile_sdist("hostile", "1.0", marker))

    def add_evil(self, marker):
        effect = f"import pathlib; pathlib.Path({marker!r}).write_text('evil was executed')\n"
        for name in ["evil", "evil-one", "ev1l"]:
            self.add_wheel(name, "1.0", at_start=effect)
        self.add_wheel("carrier", "1.0", ["evil"])
        self.add_wheel("deep", "1.0", ["carrier"])
        self.add_wheel("optional", "1.0", (), {"bad": ["evil"], "good": ["gamma"]})
        self.add_wheel("always", "1.0", ["evil ; python_version > '3'"])
        self.add_wheel("windows", "1.0", ["evil ; sys_platform == 'win32'"])
        self.add_wheel("versioned", "1.0")
        self.add_wheel("versioned", "2.0")
        self.add_wheel("oldpin", "1.0", ["versioned<2"])
        self.add_wheel("evilbuild", "1.0", module=effect + BACKEND)
        self.add_wheel("greedy", "1.0", module=BACKEND + GREEDY)

    def add(self, project, file_name, content):
        self.files[file_name] = content
        self.projects.setdefault(project, []).append(file_name)

    def add_wheel(self, name, version, requires=(), extras=None, **parts):
        content, metadata = build_wheel(name, version, requires, extras, **parts)
        file_name = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        self.add(name, file_name, content)
        self.metadata[file_name] = metadata

    def note(self, line):
        with self.lock:
            self.requests.append(line)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    index = None

    def log_message(self, *_):
        pass

    def reply(self, content, kind, status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/access-log":
            with self.index.lock:
                return self.reply(json.dumps(self.index.requests).encode(), "application/json")
        self.index.note(path)
        project = re.fullmatch(r"/simple/([^/]+)/", path)
        if project and project.group(1) in self.index.projects:
            return self.send_project(project.group(1))
        name = path.removeprefix("/files/")
        if name.endswith(".metadata") and name[: -len(".metadata")] in self.index.metadata:
            return self.reply(self.index.metadata[name[: -len(".metadata")]], "text/plain")
        if name.startswith("slow-"):
            return self.send_slowly()
        if name in self.index.files:
            return self.reply(self.index.files[name], "application/octet-stream")
        return self.reply(b"not found", "text/plain", 404)

    def send_project(self, project):
        names = self.index.projects[project]
        digests = {name: hashlib.sha256(self.index.files[name]).hexdigest() for name in names}
        if "application/vnd.pypi.simple.v1+json" in self.headers.get("Accept", ""):
            files = [
                {
                    "filename": name,
                    "url": f"/files/{name}",
                    "hashes": {"sha256": digests[name]},
                    "core-metadata": name in self.index.metadata,
                    "upload-time": "2024-01-01T00:00:00Z",
                    "size": len(self.index.files[name]),
                }
                for name in names
            ]
            page = {"meta": {"api-version": "1.1"}, "name": project, "files": files}
            return self.reply(json.dumps(page).encode(), "application/vnd.pypi.simple.v1+json")
        links = "".join(
            f'<a href="/files/{name}#sha256={digests[name]}"'
            f'{" data-core-metadata=true" if name in self.index.metadata else ""}>{name}</a>\n'
            for name in names
        )
        return self.reply(f"<!DOCTYPE html><body>{links}</body>".encode(), "text/html")

    def send_slowly(self):
        """The start of a wheel with one large file in it, then a byte now and then, for ever."""
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(1 << 30))
        self.end_headers()
        name = b"slow.py"
        header = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0x21, 0, 1 << 29, 1 << 29,
                             len(name), 0)
        try:
            self.wfile.write(header + name)
            while True:
                self.wfile.write(b"#")
                self.wfile.flush()
                time.sleep(0.2)
        except OSError:
            self.index.note("slow: client left")
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that are killed leave without a word; that is what some tests do."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--marker", required=True, help="file the hostile backend writes")
    Handler.index = Index(arguments.parse_args().marker)
    server = Server(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/simple/", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()  # ends with the test that started it


if __name__ == "__main__":
    main()
