# SPDX-License-Identifier: Apache-2.0
"""What both scenarios of the Python client judge by."""


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def texts(result):
    return "\n".join(block.text for block in result.content if block.type == "text")
