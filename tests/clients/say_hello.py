# SPDX-License-Identifier: Apache-2.0
"""Asks a running server for its tools, with the standard library only: say_hello.py URL [KEY_FILE]

With a key it also proves that nobody is let in without it.
"""

import pathlib
import sys
from urllib.parse import urlsplit

from http_wire import modern_call


def main():
    port, credentials = urlsplit(sys.argv[1]).port, {}
    if len(sys.argv) > 2:
        credentials["Authorization"] = f"Bearer {pathlib.Path(sys.argv[2]).read_text().strip()}"
        stranger = modern_call(port, "tools/list")
        if stranger.status != 401:
            print(f"without a key the server answers {stranger.status}")
            return 1
    answer = modern_call(port, "tools/list", **credentials)
    if answer.status != 200:
        print(f"the server answers {answer}")
        return 1
    names = [tool["name"] for tool in answer.json()["result"]["tools"]]
    print(f"the server offers {', '.join(names)}")
    return 0 if names else 1


if __name__ == "__main__":
    sys.exit(main())
