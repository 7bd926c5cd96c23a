# SPDX-License-Identifier: Apache-2.0
"""The list of raw checks and the loop that runs them: each is a function that raises when it fails."""

import traceback

_checks = []


def check(function):
    """Registers a check; its name, with spaces, is what the report shows."""
    _checks.append((function.__name__.replace("_", " "), function))
    return function


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def run_checks(*arguments, only=None):
    """Runs all registered checks, prints one line each and the count; returns the exit code."""
    failed = 0
    chosen = [(name, function) for name, function in _checks if not only or only in name]
    for name, function in chosen:
        try:
            function(*arguments)
            print(f"ok    {name}", flush=True)
        except Exception as error:  # each check is judged by itself
            failed += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"FAIL  {name}\n      {type(error).__name__}: {error} ({where.name}:{where.lineno})", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed or not chosen else 0
