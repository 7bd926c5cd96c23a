# SPDX-License-Identifier: Apache-2.0
"""Asks a running server for its tools, with the standard library only: say_hello.py URL"""

import sys
from urllib.parse import urlsplit

from http_wire import modern_call


def main():
    answer = modern_call(urlsplit(sys.argv[1]).port, "tools/list")
    names = [tool["name"] for tool in answer.json()["result"]["tools"]]
    print(f"the server offers {', '.join(names)}")
    return 0 if answer.status == 200 and names else 1


if __name__ == "__main__":
    sys.exit(main())
