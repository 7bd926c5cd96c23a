#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the software bill of materials of a build as CycloneDX 1.5 JSON: what toolpost and the
bundled plugins are linked with, and which Debian package each part came from.

sbom.py --binary TOOLPOST --out FILE [--also LIBRARY...] [--static FILE...]

--also names shared libraries that belong to it; --static, archives and headers that were compiled or
copied into it. The same build gives the same bytes; SOURCE_DATE_EPOCH, where it is set, gives the time.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse
import uuid

# Debian's source package -> the name that `toolpost version --json` has for it, and its license.
SOURCES = {
    "boost1.81": ("Boost", "BSL-1.0"),
    "fmtlib": ("fmt", "MIT"),
    "glibc": ("glibc", "LGPL-2.1-or-later"),
    "hiredis": ("hiredis", "BSD-3-Clause"),
    "openssl": ("OpenSSL", "Apache-2.0"),
    "re2": ("RE2", "BSD-3-Clause"),
    "spdlog": ("spdlog", "MIT"),
    "tomlplusplus": ("toml++", "MIT"),
}
GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
GCC_NAMES = {"libstdc++6": "libstdc++", "libgcc-s1": "libgcc"}
NAMESPACE = uuid.UUID("6f0d5a0e-0f4e-5d0f-9a53-3d3a7f3b4c21")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def loaded_libraries(program):
    """The files that the dynamic loader would load for a program."""
    paths = re.findall(r"(?:=> |^\s*)(/\S+) \(0x", output("ldd", str(program)), re.MULTILINE)
    if not paths:
        sys.exit(f"sbom: ldd names no library of {program}")
    return paths


def debian_package(path):
    """What dpkg knows of the package a file came from, or None."""
    if not shutil.which("dpkg-query"):
        return None
    # Where /lib is a link to /usr/lib, dpkg knows a file by one of its two names.
    real = os.path.realpath(path)
    other = [name[4:] if name.startswith("/usr/") else "/usr" + name for name in (path, real)]
    for name in (path, real, *other):
        found = subprocess.run(["dpkg-query", "--search", name], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            package = found.stdout.split(": ")[0].split(",")[0]
            fields = output("dpkg-query", "--show", "--showformat",
                            "${Package}\t${Version}\t${source:Package}\t${source:Version}\t${Architecture}",
                            package).split("\t")
            return dict(zip(("name", "version", "source", "source_version", "architecture"), fields))
    return None


def upstream(version):
    """A Debian version without epoch and revision."""
    return re.sub(r"-[^-]*$", "", re.sub(r"^\d+:", "", version))


def name_and_license(package):
    if package["source"].startswith("gcc-"):
        return GCC_NAMES.get(package["name"], package["name"]), GCC
    return SOURCES.get(package["source"], (package["name"], None))


def component(package, files, linked, known):
    name, license_id = name_and_license(package)
    said = known.get(name, {}).get("version")
    purl = "pkg:deb/debian/{}@{}?arch={}".format(
        package["name"], urllib.parse.quote(package["version"], safe="~.:"), package["architecture"])
    made = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": said or upstream(package["version"]),
        "purl": purl,
        "properties": [{"name": "toolpost:linked", "value": linked},
                       {"name": "toolpost:debian:package", "value": f"{package['name']} {package['version']}"},
                       {"name": "toolpost:debian:source", "value": f"{package['source']} {package['source_version']}"},
                       *({"name": "toolpost:file", "value": name} for name in sorted(files))],
    }
    if license_id:
        made["licenses"] = [{"expression": license_id}]
    return made


def without_package(path, linked):
    return {"type": "library", "bom-ref": f"file:{path}", "name": pathlib.Path(path).name, "version": "unknown",
            "properties": [{"name": "toolpost:linked", "value": linked}, {"name": "toolpost:file", "value": path}]}


def components(options, known):
    files = {(path, "dynamic") for program in (options.binary, *options.also) for path in loaded_libraries(program)}
    files |= {(path, "static") for path in options.static}
    groups, found = {}, []
    for path, linked in sorted(files):
        package = debian_package(path)
        if package:
            groups.setdefault((package["name"], linked), (package, []))[1].append(path)
        else:
            found.append(without_package(path, linked))
    found += [component(package, paths, linked, known) for (_, linked), (package, paths) in groups.items()]
    return sorted(found, key=lambda one: (one["name"], one["bom-ref"]))


def document(options):
    version = json.loads(output(options.binary, "version", "--json"))
    parts = components(options, {library["name"]: library for library in version["libraries"]})
    ref = f"toolpost@{version['version']}"
    application = {"type": "application", "bom-ref": ref, "name": "toolpost", "version": version["version"],
                   "licenses": [{"expression": "Apache-2.0"}],
                   "properties": [{"name": "toolpost:compiler", "value": version["compiler"]},
                                  {"name": "toolpost:abi", "value": version["abi"]}]}
    metadata = {"component": application}
    if os.environ.get("SOURCE_DATE_EPOCH"):
        when = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
        metadata["timestamp"] = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    made = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": metadata,
        "components": parts,
        "dependencies": [{"ref": ref, "dependsOn": [part["bom-ref"] for part in parts]},
                         *({"ref": part["bom-ref"], "dependsOn": []} for part in parts)],
    }
    serial = uuid.uuid5(NAMESPACE, json.dumps(made, sort_keys=True))
    return {"$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "serialNumber": f"urn:uuid:{serial}", **made}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--also", nargs="*", default=[])
    parser.add_argument("--static", nargs="*", default=[])
    options = parser.parse_args()
    text = json.dumps(document(options), indent=2) + "\n"
    draft = pathlib.Path(options.out + ".new")
    draft.write_text(text)
    draft.replace(options.out)


if __name__ == "__main__":
    main()
