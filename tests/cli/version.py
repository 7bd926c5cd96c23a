#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""version --json says what the program is linked with, and the bill of materials has all of it, in the
shape of CycloneDX 1.5. version.py --binary TOOLPOST --sbom FILE --headers DIR [--only WORDS]"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402

LIBRARIES = {"Boost", "hiredis", "OpenSSL", "RE2", "spdlog", "fmt", "glibc", "libstdc++"}
UUID = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
# What CycloneDX 1.5 lets stand in each object, as far as it is used here.
BOM = {"$schema", "bomFormat", "specVersion", "serialNumber", "version", "metadata", "components", "dependencies"}
COMPONENT = {"type", "bom-ref", "name", "version", "purl", "licenses", "properties"}


def run(binary, *arguments):
    done = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=60, check=False)
    expect(done.returncode == 0 and not done.stderr, done)
    return done.stdout


def version_of(options):
    return json.loads(run(options.binary, "version", "--json"))


def loaded(binary):
    """Library names without their numbers, as the loader finds them."""
    found = subprocess.run(["ldd", binary], capture_output=True, text=True, check=True).stdout
    return {Path(path).name: os.path.realpath(path) for path in re.findall(r"=> (/\S+) \(0x", found)}


def properties(component):
    return [(one["name"], one["value"]) for one in component["properties"]]


@check
def the_two_ways_to_ask_agree(options):
    said = version_of(options)
    expect(run(options.binary, "--version") == run(options.binary, "version") == f"toolpost {said['version']}\n", said)
    expect(re.fullmatch(r"\d+\.\d+\.\d+", said["version"]), said)


@check
def every_library_is_there_once_with_a_version(options):
    libraries = version_of(options)["libraries"]
    expect(len(libraries) == len(LIBRARIES) and {one["name"] for one in libraries} == LIBRARIES, libraries)
    for library in libraries:
        expect(re.match(r"\d", library["version"]) or library == {"name": "RE2", "version": "unknown", "linked": "static"}, library)
        expect(library["linked"] in ("static", "dynamic"), library)


@check
def the_openssl_that_was_loaded_is_told_from_the_one_of_the_build(options):
    said = {one["name"]: one for one in version_of(options)["libraries"]}["OpenSSL"]
    path = loaded(options.binary)["libcrypto.so.3"]
    expect(f"OpenSSL {said['version']} ".encode() in Path(path).read_bytes(), said)
    expect(re.match(r"3\.\d+\.\d+$", said["built_with"]), said)


@check
def what_is_dynamic_is_loaded_and_what_is_static_is_not(options):
    names = " ".join(loaded(options.binary))
    for library in version_of(options)["libraries"]:
        file = {"OpenSSL": "libssl", "glibc": "libc.so", "libstdc++": "libstdc++", "RE2": "libre2"}.get(
            library["name"], "lib" + library["name"].lower())
        expect((file in names) == (library["linked"] == "dynamic"), (library, names))


@check
def abi_and_revisions_are_those_of_the_sources(options):
    said = version_of(options)
    header = (Path(options.headers) / "toolpost" / "plugin.h").read_text()
    numbers = [re.search(rf"#define TOOLPOST_ABI_{part} (\d+)u", header).group(1) for part in ("MAJOR", "MINOR")]
    expect(said["abi"] == ".".join(numbers), said)
    expect(said["protocol"] == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"], said)
    expect(re.match(r"(GCC|Clang) \d+\.\d+", said["compiler"]), said)


@check
def the_bill_of_materials_has_the_shape_of_cyclonedx(options):
    bom = json.loads(Path(options.sbom).read_text())
    expect(set(bom) <= BOM, set(bom) - BOM)
    expect((bom["bomFormat"], bom["specVersion"], bom["version"]) == ("CycloneDX", "1.5", 1), bom["specVersion"])
    expect(re.fullmatch(UUID, bom["serialNumber"]), bom["serialNumber"])
    subject = bom["metadata"]["component"]
    expect((subject["type"], subject["name"], subject["version"]) == ("application", "toolpost", version_of(options)["version"]), subject)
    for component in (subject, *bom["components"]):
        expect(set(component) <= COMPONENT, set(component) - COMPONENT)
        expect(component["name"] and component["version"] and component["bom-ref"], component)
        expect(component["type"] in ("application", "library"), component)
        expect(all(set(one) == {"expression"} for one in component.get("licenses", [])), component)
        expect(all(name.startswith("toolpost:") and value for name, value in properties(component)), component)
    refs = [component["bom-ref"] for component in (subject, *bom["components"])]
    expect(len(set(refs)) == len(refs), "a bom-ref stands there twice")
    expect(sorted(one["ref"] for one in bom["dependencies"]) == sorted(refs), "dependencies of something else")
    on = {one["ref"]: one["dependsOn"] for one in bom["dependencies"]}
    expect(sorted(on[subject["bom-ref"]]) == sorted(refs[1:]), on[subject["bom-ref"]])


@check
def every_library_of_the_version_is_in_the_bill_as_it_is_linked(options):
    bom = json.loads(Path(options.sbom).read_text())
    for library in version_of(options)["libraries"]:
        parts = [one for one in bom["components"] if one["name"] == library["name"]]
        # A plugin may be linked with the same library in another way, which is a part of its own.
        parts = [part for part in parts if ("toolpost:linked", library["linked"]) in properties(part)]
        expect(parts, f"{library['name']} is not in it as it is linked")
        for part in parts:
            expect(part["version"] == library["version"], (part["version"], library))


@check
def every_file_that_is_loaded_is_in_the_bill(options):
    bom = json.loads(Path(options.sbom).read_text())
    files = {os.path.realpath(value) for part in bom["components"] for name, value in properties(part) if name == "toolpost:file"}
    missing = {path for path in loaded(options.binary).values() if path not in files}
    expect(not missing and files, missing)
    expect(all(os.path.exists(path) for path in files), files)


@check
def debian_knows_the_packages(options):
    bom = json.loads(Path(options.sbom).read_text())
    for part in bom["components"]:
        expect(part.get("purl") == part["bom-ref"], f"{part['name']} comes from no package")
        name, version = dict(properties(part))["toolpost:debian:package"].split(" ")
        known = subprocess.run(["dpkg-query", "--show", "--showformat=${Version}\n", name], capture_output=True, text=True, check=True).stdout
        expect(version in known.splitlines(), (name, version, known))
        expect(part["purl"].startswith(f"pkg:deb/debian/{name}@"), part["purl"])
        expect("licenses" in part, f"{part['name']} has no license")
    print(f"      {len(bom['components'])} components")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--sbom", required=True)
    parser.add_argument("--headers", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(arguments, only=arguments.only))
