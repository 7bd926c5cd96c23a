#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""toolpost-manifest refuses at build time what the header forbids or the host would refuse, and says which file
and field it is. manifest.py --tool toolpost-manifest --include DIR --cc gcc"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

SOURCE = """
#include <toolpost/plugin.h>
#include <stdlib.h>
#include <unistd.h>
static toolpost_status create(const toolpost_host *host, toolpost_ctx *ctx, const toolpost_create_args *args,
                              const toolpost_plugin **out) {
  (void)host; (void)ctx; (void)args; (void)out;
  return TOOLPOST_E_INTERNAL;
}
const toolpost_entry *toolpost_entry_v1(void) {
  static const toolpost_entry entry = {
    .struct_size = sizeof entry, .abi_version = TOOLPOST_ABI_VERSION, .min_host_version = 1u << 16,
    .id = TOOLPOST_LIT("com.example.good"), .name = TOOLPOST_LIT("Good"), .version = TOOLPOST_LIT("1.2.3"),
    .protocol = TOOLPOST_LIT("2026-07-28"), .create = create,
    %(fields)s };
  %(body)s
  return &entry;
}
%(more)s
"""
NAME = "subject"


def text(value):
    return f"TOOLPOST_LIT({json.dumps(value)})"


def schema(value):
    return {"fields": f".config_schema = {text(json.dumps(value))},"}


def prop(**members):
    return schema({"type": "object", "properties": {"count": members}})


# What the entry is like, and what the message has to say; nothing: it is good.
CASES = {
    "as it should be": ({}, ""),
    "a pre-release": ({"fields": f".version = {text('0.1.0-rc.1+build.007')},"}, ""),
    "an id of one label": ({"fields": f".id = {text('single')},"}, ""),
    "no id": ({"fields": ".id = {0, 0},"}, "entry.id is empty"),
    "an id with capitals": ({"fields": f".id = {text('com.Example.x')},"}, "entry.id is 'com.Example.x'"),
    "an id with an empty label": ({"fields": f".id = {text('com..x')},"}, "entry.id is 'com..x'"),
    "a long id": ({"fields": f".id = {text('a' * 129)},"}, "entry.id has 129 bytes"),
    "no create": ({"fields": ".create = 0,"}, "entry.create is NULL"),
    "two numbers": ({"fields": f".version = {text('1.0')},"}, "entry.version is '1.0'"),
    "a leading zero": ({"fields": f".version = {text('1.02.3')},"}, "entry.version is '1.02.3'"),
    "an empty pre-release": ({"fields": f".version = {text('1.2.3-')},"}, "entry.version is '1.2.3-'"),
    "a v in front": ({"fields": f".version = {text('v1.2.3')},"}, "entry.version is 'v1.2.3'"),
    "a name of two lines": ({"fields": f".name = {text('a' + chr(10) + 'b')},"}, "entry.name contains a control"),
    "a name that is not UTF-8": ({"fields": '.name = TOOLPOST_LIT("\\xff"),'}, "entry.name is not valid UTF-8"),
    "a vendor of no memory": ({"fields": ".vendor = {0, 4},"}, "entry.vendor is NULL but has a size"),
    "a host of another major": ({"fields": ".min_host_version = 2u << 16,"}, "entry.min_host_version is 2.0"),
    "an unknown flag": ({"fields": ".flags = 64,"}, "entry.flags has bits"),
    "a small entry": ({"fields": ".struct_size = 8,"}, "entry.struct_size is smaller"),
    "a schema that is no JSON": ({"fields": f".config_schema = {text('{')},"}, "entry.config_schema is not JSON"),
    "a schema that is no object": ({"fields": f".config_schema = {text('[]')},"}, "entry.config_schema is not a JSON object"),
    "a type that is none": (schema({"type": "objekt"}), 'entry.config_schema is no schema: /type: "objekt"'),
    "a type that is none below": (prop(type="int"), "/properties/count/type"),
    "properties that are a list": (schema({"properties": ["a"]}), "/properties: must be an object of schemas"),
    "a number that is a text": (prop(minimum="3"), "/properties/count/minimum: must be a number"),
    "a default of another type": (prop(type="integer", default="three"), "/properties/count/default: is not of the type"),
    "a default beyond its bounds": (prop(type="integer", maximum=3, default=4), "/properties/count/default: is above maximum"),
    "a default that is no choice": (prop(enum=["a", "b"], default="c"), "/properties/count/default: is none of"),
    "an item of a default": (prop(items={"type": "string"}, default=[1]), "/properties/count/default/0"),
    "defaults that fit": (prop(type=["integer", "null"], enum=[1, 2, None], default=1.0), ""),
    "keywords that are not judged": (prop(**{"x-mine": 3, "$ref": "#/$defs/a", "pattern": "^a", "default": "b"}), ""),
    "an entry that ends the process": ({"body": "exit(0);"}, "ended the process with exit code 0"),
    "one that ends it at once": ({"body": "_exit(0);"}, "ended the process with exit code 0"),
    "one that aborts": ({"body": "abort();"}, "ended the process by signal 6"),
    "a constructor that ends it": ({"more": "__attribute__((constructor)) static void c(void) { exit(0); }"},
                                   "ended the process with exit code 0"),
    "an entry that returns nothing": ({"body": "if (entry.id.size) return 0;"}, "returned NULL"),
}


def build(arguments, directory, parts):
    source = directory / f"{NAME}.c"
    source.write_text(SOURCE % {"fields": "", "body": "", "more": "", **parts})
    library = directory / f"{NAME}.so"
    # A later member of the table takes the place of one that is there.
    subprocess.run([arguments.cc, "-std=c11", "-w", "-fPIC", "-shared", "-I", arguments.include, source, "-o", library],
                   check=True)
    return library


def problem_of(arguments, directory, parts, wanted):
    library = build(arguments, directory, parts)
    output = directory / f"{NAME}.plugin.json"
    done = subprocess.run([arguments.tool, "--output", output, library], capture_output=True, text=True)
    if not wanted:
        if done.returncode != 0:
            return f"refused: {done.stderr}"
        return "" if json.loads(output.read_text())["file"] == library.name else "another file"
    if done.returncode != 1 or output.exists():
        return f"exit code {done.returncode}, a manifest: {output.exists()}"
    return "" if f"{library}: " in done.stderr and wanted in done.stderr else done.stderr


def problem_of_help(arguments):
    done = subprocess.run([arguments.tool, "--help"], capture_output=True, text=True)
    return "" if done.returncode == 0 and done.stdout.startswith("usage: ") and not done.stderr else str(done)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("tool", "include", "cc"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    problems = {"--help": problem_of_help(arguments)}
    for name, (parts, wanted) in CASES.items():
        with tempfile.TemporaryDirectory() as directory:
            problems[name] = problem_of(arguments, pathlib.Path(directory), parts, wanted)
    for name, problem in problems.items():
        print(f"{'FAIL' if problem else 'ok'}    {name} {problem}")
    return 1 if any(problems.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
