#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Holds our parser of requirements and versions to Python's "packaging" on a table and on
# seeded random texts. Usage: differential_packaging.py REQUIREMENT_LINES [--count N] [--seed N]
"""Four rules:

1. What is accepted here, packaging accepts, and both mean the same.
2. What packaging accepts and is refused here falls under a named deviation below.
3. Versions agree in both directions, without exception.
4. So does whether a version is in a set of specifiers that is accepted here.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import time

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

# Where it is stricter on purpose. Each takes the text and what packaging made of it.
DEVIATIONS = {
    "direct reference": lambda text, parsed: parsed.url is not None,
    "not printable ASCII": lambda text, parsed: re.search(r"[^\t\x20-\x7e]", text) is not None,
    "too long": lambda text, parsed: len(text) > 1024 or len(parsed.name) > 200,
    "=== beside others, or with no version": lambda text, parsed: "===" in text,
    "trailing comma": lambda text, parsed: re.search(r",\s*(\)|;|$)", text) is not None,
    "name that ends with an underscore": lambda text, parsed: any(
        name.endswith("_") for name in [parsed.name, *parsed.extras]
    ),
    "marker without a variable": lambda text, parsed: parsed.marker is not None,
    "file name": lambda text, parsed: re.search(
        r"\.(whl|tar\.gz|tgz|zip|tar\.bz2|tar\.xz|egg|tar)$", parsed.name, re.I
    )
    is not None,
    "variable to expand": lambda text, parsed: "${" in text,
}

NAMES = ["requests", "a", "A1", "zope.interface", "a_b", "x-", "_x", "x_", "", "a b", "é", "x.whl"]
OPERATORS = ["==", ">=", "<=", "!=", "~=", "===", "<", ">", "=", "=>", "", "===="]
VERSION_PARTS = ["1", "0", "01", "2.0", "1.2.3", "1!2", "v1", "1.", "a1", "b", "rc2", ".post1", "-1",
                 "dev", ".dev3", "+local", "+l.1", ".*", "c1", "alpha", "preview.1", "_beta-2", "x",
                 "*", "r4", "-rev", "!", "."]
MARKERS = ["python_version < '3'", 'os_name == "nt"', "extra == 'x'", "'a' in sys_platform",
           "platform_machine not in 'x y'", "(os_name=='a')", "'a'=='b'", "python_version",
           "unknown == 'x'", "os.name == 'a'", "python_version<'3'and os_name=='x'",
           "sys_platform ~= 'x'", "os_name == 'a' or (os_name == 'b' and extra == 'c')"]
SEPARATORS = ["", " ", "  ", "\t", ",", ", ", ";", "; ", " ;", "(", ")", "[", "]", "@ ", "-"]
NOISE = list("abz019.-_,;[]()<>=!~*+@'\" \t\n#$%&/\\:{}|é") + ["${X}", "://", "git+"]


def random_version(rng):
    return "".join(rng.choice(VERSION_PARTS) for _ in range(rng.randint(1, 4)))


def random_requirement(rng):
    kind = rng.random()
    if kind < 0.15:
        return "".join(rng.choice(NOISE) for _ in range(rng.randint(0, 12)))
    text = rng.choice(NAMES[:5]) if rng.random() < 0.8 else rng.choice(NAMES)
    if rng.random() < 0.3:
        extras = [rng.choice(NAMES) for _ in range(rng.randint(0, 2))]
        text += rng.choice(["[", " ["]) + rng.choice([",", " , "]).join(extras) + "]"
    if rng.random() < 0.8:
        items = []
        for _ in range(rng.randint(1, 3)):
            operator = rng.choice(OPERATORS[:8]) if rng.random() < 0.9 else rng.choice(OPERATORS)
            version = rng.choice(["1", "1.0", "2.*", "1.0rc1"])
            items.append(operator + rng.choice(["", " "]) +
                         (version if rng.random() < 0.6 else random_version(rng)))
        joined = rng.choice([",", ", ", " , "]).join(items)
        text += rng.choice(["", " "]) + (f"({joined})" if rng.random() < 0.1 else joined)
    if rng.random() < 0.4:
        text += rng.choice([";", " ; ", "; "]) + rng.choice(MARKERS)
        if rng.random() < 0.3:
            text += rng.choice([" and ", " or ", "and", " "]) + rng.choice(MARKERS)
    if kind > 0.8:  # one wrong character somewhere
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(NOISE + SEPARATORS) + text[at + rng.randint(0, 1):]
    return text


def ask(program, texts, *arguments):
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    answer = subprocess.run([program, *arguments], input=lines.encode(), stdout=subprocess.PIPE,
                            check=True)
    replies = [json.loads(line) for line in answer.stdout.splitlines()]
    assert len(replies) == len(texts), (len(replies), len(texts))
    return replies


def parsed(text):
    try:
        return Requirement(text)
    except (InvalidRequirement, InvalidVersion):
        return None


def meaning(requirement):
    """Equal for requirements that say the same, however they are spelled."""
    versions = sorted(
        (item.operator, item.version if item.version.endswith(".*") else str(Version(item.version)))
        for item in requirement.specifier
    )
    versions = [
        (op, str(Version(version[:-2])) + ".*" if version.endswith(".*") else version)
        for op, version in versions
    ]
    return requirement.name, sorted(requirement.extras), sorted(set(versions)), str(requirement.marker)


def check_requirements(texts, replies):
    failures, counts = [], {"accepted": 0, "refused by both": 0}
    for text, reply in zip(texts, replies):
        reference = parsed(text)
        if "text" in reply:
            if reference is None:
                failures.append(("accepted, but packaging refuses it", text, reply))
            elif meaning(reference) != meaning(Requirement(reply["text"])):
                failures.append(("means something else", text, reply))
            else:
                counts["accepted"] += 1
        elif reference is None:
            counts["refused by both"] += 1
        else:
            reason = next((n for n, applies in DEVIATIONS.items() if applies(text, reference)), None)
            if reason is None:
                failures.append(("refused, but packaging accepts it", text, reply))
            else:
                counts["stricter: " + reason] = counts.get("stricter: " + reason, 0) + 1
    return failures, counts


def check_versions(texts, replies):
    failures = []
    for text, reply in zip(texts, replies):
        try:
            reference = str(Version(text)) if text == text.strip() else None
        except InvalidVersion:
            reference = None
        if reply.get("text") != reference:
            failures.append(("version", text, reply, reference))
    return failures


def random_membership(rng):
    """Specifiers and a version close enough to each other for both answers to be frequent."""
    def version():
        release = ".".join(str(rng.randint(0, 2)) for _ in range(rng.randint(1, 3)))
        return (rng.choice(["", "", "", "1!"]) + release +
                rng.choice(["", "", "", "", "a1", "rc1", ".post1", ".dev1", "rc1.post1", "+x", "+1"]))

    items = []
    for _ in range(rng.randint(1, 2)):
        operator = rng.choice(OPERATORS[:8])
        suffix = rng.choice(["", "", ".*"]) if operator in ("==", "!=") else ""
        items.append(operator + version() + suffix)
    return ",".join(items) + "\n" + version()


def check_memberships(texts, replies):
    failures, counts = [], {"in": 0, "out": 0}
    for text, reply in zip(texts, replies):
        if "text" not in reply:
            continue
        specifiers, version = text.split("\n")
        contains = SpecifierSet(specifiers).contains(Version(version), prereleases=True)
        if (reply["text"] == "in") != contains:
            failures.append(("membership", text, reply, contains))
        counts[reply["text"]] += 1
    if min(counts.values()) * 20 < len(texts):
        failures.append(("too few memberships were compared", counts))
    return failures, counts


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--count", type=int, default=20000)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    options = arguments.parse_args()
    print(f"seed {options.seed}")
    rng = random.Random(options.seed)
    texts = [random_requirement(rng) for _ in range(options.count)]
    failures, counts = check_requirements(texts, ask(options.program, texts))
    versions = [random_version(rng) for _ in range(options.count)]
    failures += check_versions(versions, ask(options.program, versions, "version"))
    memberships = [random_membership(rng) for _ in range(options.count)]
    found, members = check_memberships(memberships, ask(options.program, memberships, "contains"))
    failures += found
    for name, count in sorted(counts.items()):
        print(f"{count:7d} {name}")
    print(f"{len(versions):7d} versions")
    print(f"{members['in']:7d} versions in a set, {members['out']} out of it")
    for failure in failures[:20]:
        print("FAILED", failure)
    print(f"{len(failures)} disagreements")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
