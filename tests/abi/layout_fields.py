# SPDX-License-Identifier: Apache-2.0
"""Every struct, field, constant and text of a header stands in a frozen layout file, so that layout.c
and ext_layout.c cannot overlook a new one. Usage: layout_fields.py HEADER LAYOUT_INC..."""

import re
import sys


def declared(header):
    text = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    for struct in re.finditer(r"typedef struct (\w+) \{(.*?)\} \1;", text, re.S):
        yield f"TOOLPOST_STRUCT({struct[1]}"
        for declaration in filter(str.strip, struct[2].split(";")):
            name = re.search(r"\(TOOLPOST_CALL ?\* ?(\w+)\)", declaration) or re.search(r"(\w+)\s*$", declaration)
            yield f"TOOLPOST_FIELD({struct[1]}, {name[1]}"
    for enum in re.finditer(r"enum \{(.*?)\};", text, re.S):
        for name in re.findall(r"(TOOLPOST_\w+)\s*=", enum[1]):
            yield f"TOOLPOST_VALUE({name}"
    for name, value in re.findall(r'#define (TOOLPOST_\w+) ("[^"]*")$', text, re.M):
        yield f"TOOLPOST_TEXT({name}, {value})"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        header = file.read()
    wanted = list(declared(header))
    frozen = ""
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            frozen += file.read()
    missing = [name for name in wanted
               if (name if name.endswith(")") else name + ",") not in frozen]
    for name in missing:
        print(f"not frozen: {name}")
    print(f"{sys.argv[1]}: {len(wanted)} declarations, {len(missing)} missing")
    has_structs = "typedef struct" in header
    return 1 if missing or (has_structs and not wanted) else 0


if __name__ == "__main__":
    sys.exit(main())
