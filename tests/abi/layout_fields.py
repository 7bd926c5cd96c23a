# SPDX-License-Identifier: Apache-2.0
"""Every struct, field and constant of plugin.h stands in a frozen layout file, so that layout.c
cannot overlook a new one. Usage: layout_fields.py PLUGIN_H LAYOUT_INC..."""

import re
import sys


def declared(header):
    text = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    for struct in re.finditer(r"typedef struct (\w+) \{(.*?)\} \1;", text, re.S):
        yield f"TOOLPOST_STRUCT({struct[1]}"
        for declaration in filter(str.strip, struct[2].split(";")):
            name = re.search(r"\(TOOLPOST_CALL \*(\w+)\)", declaration) or re.search(r"(\w+)\s*$", declaration)
            yield f"TOOLPOST_FIELD({struct[1]}, {name[1]}"
    for enum in re.finditer(r"enum \{(.*?)\};", text, re.S):
        for name in re.findall(r"(TOOLPOST_\w+)\s*=", enum[1]):
            yield f"TOOLPOST_VALUE({name}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        wanted = list(declared(file.read()))
    frozen = ""
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            frozen += file.read()
    missing = [name for name in wanted if name + "," not in frozen]
    for name in missing:
        print(f"not frozen: {name})")
    print(f"{len(wanted)} declarations, {len(missing)} missing")
    return 1 if missing or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
