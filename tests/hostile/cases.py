# SPDX-License-Identifier: Apache-2.0
"""What the host must answer to each hostile plugin; README.md says the same in words."""

import dataclasses
import time

E_INVALID, E_NOT_FOUND, E_UNSUPPORTED, E_STATE, E_LIMIT = -1, -2, -7, -8, -9
INVALID_PARAMS, INTERNAL_ERROR = -32602, -32603
# The host's: at once, and each second.
PROGRESS_BURST, PROGRESS_PER_SECOND = 20, 10
MAX_LOG_BYTES = 4 * 1024 * 1024
# Of `calls` in the configuration. Where a deadline is to end the call, it is a short one; everywhere
# else it is so long that run.py has given up before, so that only what the host does ends the call.
PATIENT = {"timeout_ms": 30000, "plugin_start_timeout_ms": 30000, "drain_ms": 500}
SHORT = {**PATIENT, "timeout_ms": 500}
SHORT_START = {**PATIENT, "plugin_start_timeout_ms": 2000}


@dataclasses.dataclass
class Case:
    name: str  # of the plugin
    steps: list = dataclasses.field(default_factory=list)
    log: tuple = ()
    never_logged: tuple = ()
    beside: tuple = ()
    start_error: str = ""  # what the host says when it must not start
    required: bool = False  # the host is told that it must not start without it
    calls: dict = dataclasses.field(default_factory=lambda: PATIENT)


class Failed(Exception):
    pass


def fail(message):
    raise Failed(message)


def answers(tool, text, **options):
    """The tool answers with exactly this text."""
    def step(host):
        answer = host.call(tool, **options)
        content = answer.get("result", {}).get("content") or [{}]
        if content[0].get("text") != text:
            fail(f"{tool} answered {str(answer)[:300]} instead of {text!r}")
    return step


def errs(tool, code=None, says="", seconds=None, **options):
    """The call fails, as a JSON-RPC error (of this code) or, without a code, as a tool error."""
    def step(host):
        begun = time.monotonic()
        answer = host.call(tool, **options)
        took = time.monotonic() - begun
        error = answer.get("error")
        tool_error = answer.get("result", {}).get("isError") is True
        if error is None and not (tool_error and code is None):
            fail(f"{tool} answered {str(answer)[:300]} instead of failing")
        if code is not None and error["code"] != code:
            fail(f"{tool} failed with {error}, not {code}")
        if says not in str(answer):
            fail(f"{tool} failed with {answer}, without {says!r}")
        if seconds is not None and took > seconds:
            fail(f"{tool} took {took:.1f} s to fail")
    return step


def at_deadline(tool):
    return errs(tool, seconds=3.5)


def times(count, step):
    def repeat(host):
        for _ in range(count):
            step(host)
    return repeat


def waits_until(tool, texts):
    """The tool comes to answer with one of these texts."""
    def step(host):
        seen = None
        for _ in range(200):
            content = host.call(tool).get("result", {}).get("content") or [{}]
            seen = content[0].get("text")
            if seen in texts:
                return
            time.sleep(0.02)
        fail(f"{tool} says {seen!r}, not one of {texts}")
    return step


def is_gone(tool):
    def step(host):
        for _ in range(200):
            if host.call(tool).get("error", {}).get("code") == INVALID_PARAMS:
                return
            time.sleep(0.02)
        fail(f"{tool} is still there")
    return step


def cannot_forge(host):
    """A call of the witness is open while the plugin guesses its number."""
    nap = host.send("tools/call", {"name": "nap", "arguments": {}})
    answers("complete_foreign", "accepted 0 alive 0")(host)
    text = host.wait_for(nap).get("result", {}).get("content", [{}])[0].get("text")
    if text != "slept well":
        fail(f"the witness's call was answered with {text!r}")


def progress_is_bounded(host):
    begun = time.monotonic()
    answers("progress_flood", "refused 3", token="flood")(host)
    most = PROGRESS_BURST + PROGRESS_PER_SECOND * (time.monotonic() - begun) + 5
    notes = [m for m in host.messages() if m.get("method") == "notifications/progress"]
    if len(notes) > most:
        fail(f"{len(notes)} progress notifications")
    values = [note["params"]["progress"] for note in notes]
    if values != sorted(values):
        fail("progress went backwards")


def log_is_bounded(host):
    answers("log_flood", "logged")(host)
    if len(host.log()) > MAX_LOG_BYTES:
        fail(f"the log has {len(host.log())} bytes")
    if any(line.startswith('{"level":"FORGED"}') for line in host.log().splitlines()):
        fail("a plugin forged a log line")


def newlines_are_compacted(host):
    answers("payload_newlines", '{"jsonrpc":"2.0"}\nline two')(host)


def message_is_clean(host):
    answer = host.call("message_hostile")
    error = answer.get("error", {})
    if "over" not in error.get("message", "") or "line" in error.get("data", {}):
        fail(f"message_hostile answered {answer}")


def unchanged_list(host):
    """Nothing that a malformed item named is listed."""
    tools = host.wait_for(host.send("tools/list", {}))["result"]["tools"]
    names = sorted(tool["name"] for tool in tools)
    if names != ["add_malformed", "nap", "ping"]:
        fail(f"listed are {names}")


def does_not_start(name, *says, **options):
    plugin = "hostile." + name.replace("_", "-")
    return Case(name, [errs(name, INVALID_PARAMS)], log=(plugin, *says), **options)


def abandoned(name):
    plugin = "hostile." + name.replace("_", "-")
    return f'"plugin abandoned: its code is still running","plugin":"{plugin}"'


def statuses(*values):
    return " ".join(str(value) for value in values)


CASES = [
    does_not_start("entry_null", "returned null"),
    does_not_start("entry_size_zero", "has 0 bytes"),
    does_not_start("entry_size_tiny", "has 8 bytes"),
    does_not_start("entry_size_huge", "claims 4294967295 bytes"),
    does_not_start("entry_unknown_tail", "fields that this host does not know"),
    does_not_start("entry_wrong_id", "hostile.somebody-else"),
    does_not_start("entry_bad_utf8", "not valid UTF-8"),
    does_not_start("entry_wild_text", "claims 18446744073709551615 bytes"),
    does_not_start("entry_null_text", "is null but has a size"),
    does_not_start("entry_wrong_major", "plugin ABI 2.0"),
    does_not_start("entry_newer_host", "needs a host with plugin ABI 1.1"),
    does_not_start("entry_unknown_flag", "flags that this host does not know"),
    does_not_start("entry_no_create", "no create function"),
    does_not_start("entry_other_schema", "config_schema"),
    does_not_start("entry_endless", "its library did not return in time", calls=SHORT_START),
    does_not_start("wont_load", "its library did not return in time", calls=SHORT_START),
    does_not_start("schema_none", "schema_none.plugin.json", "config_schema: #/type:"),
    does_not_start("schema_default", "schema_default.plugin.json", "/properties/count/default"),
    Case("schema_none", required=True, start_error="plugin hostile.schema-none: "),
    does_not_start("create_fails", "the moon is in the wrong phase"),
    does_not_start("create_null"),
    does_not_start("plugin_size_zero"),
    does_not_start("plugin_no_start"),
    does_not_start("start_fails", "no fuel left"),
    does_not_start("start_endless", calls=SHORT_START),
    does_not_start("definition_bad_utf8"),
    does_not_start("definition_bad_json"),
    does_not_start("definition_bad_schema", "type"),
    does_not_start("definition_remote_schema", "schemas.example"),
    does_not_start("definition_other_name"),
    Case("create_adds", [answers("create_adds", str(E_STATE)),
                         errs("create_adds_early", INVALID_PARAMS)], log=("hostile.create-adds",)),
    does_not_start("add_twice", "offered twice"),
    Case("collide_first", beside=("collide_second",), start_error="collide"),
    Case("add_malformed",
         [answers("add_malformed",
                  statuses(E_INVALID, E_UNSUPPORTED, E_UNSUPPORTED, E_UNSUPPORTED, E_UNSUPPORTED,
                           E_UNSUPPORTED, E_UNSUPPORTED, E_UNSUPPORTED, E_UNSUPPORTED,
                           E_UNSUPPORTED, E_INVALID, E_INVALID, E_INVALID, E_LIMIT, E_INVALID)),
          unchanged_list],
         log=("hostile.add-malformed",
              'add() of an item \\"never_added\\": its kind is not known (E_UNSUPPORTED)')),
    Case("remove_foreign",
         [answers("remove_foreign", statuses(E_NOT_FOUND, E_NOT_FOUND, E_UNSUPPORTED, E_INVALID))]),
    Case("remove_self", [answers("remove_self", "gone"), is_gone("remove_self")]),
    Case("extensions", [answers("extensions", "none")]),
    Case("complete_twice", [answers("complete_twice", "first"),
                            waits_until("complete_twice_status", [str(E_STATE)])],
         log=("hostile.complete-twice",)),
    Case("complete_never", [times(2, at_deadline("complete_never"))], calls=SHORT),
    Case("complete_late", [at_deadline("complete_late"),
                           waits_until("complete_late_status", ["0", str(E_STATE)])], calls=SHORT),
    Case("call_endless", [times(2, at_deadline("call_endless"))], calls=SHORT),
    Case("complete_foreign", [cannot_forge]),
    Case("complete_threads", [answers("complete_threads", "one of eight")], log=("believed 1",)),
    Case("cancel_race", [times(3, at_deadline("cancel_race"))], calls=SHORT),
    Case("complete_malformed",
         [times(13, errs("complete_malformed")),
          waits_until("complete_malformed_status",
                      [statuses(E_INVALID, E_UNSUPPORTED, E_UNSUPPORTED, E_UNSUPPORTED,
                                E_UNSUPPORTED, E_UNSUPPORTED, E_UNSUPPORTED, E_INVALID, E_INVALID,
                                E_LIMIT, E_INVALID, E_INVALID, E_LIMIT)])],
         log=("hostile.complete-malformed",)),
    Case("payload_bad_json", [errs("payload_bad_json", INTERNAL_ERROR)],
         log=("hostile.payload-bad-json",)),
    Case("payload_array", [errs("payload_array", INTERNAL_ERROR)],
         log=("hostile.payload-array",)),
    Case("payload_bad_utf8", [errs("payload_bad_utf8", INTERNAL_ERROR)],
         log=("hostile.payload-bad-utf8",)),
    Case("payload_newlines", [newlines_are_compacted]),
    Case("payload_huge", [errs("payload_huge"), answers("payload_huge_status", str(E_LIMIT))],
         log=("hostile.payload-huge",)),
    Case("payload_deep", [errs("payload_deep", INTERNAL_ERROR)], log=("hostile.payload-deep",)),
    Case("payload_wrong_output", [errs("payload_wrong_output", INTERNAL_ERROR)],
         log=("hostile.payload-wrong-output",)),
    Case("blob_out_of_range", [errs("blob_out_of_range", INTERNAL_ERROR)],
         log=("hostile.blob-out-of-range",)),
    Case("message_hostile", [message_is_clean], log=("hostile.message-hostile", "error data:")),
    Case("input_required", [errs("input_required")]),
    Case("progress_flood", [progress_is_bounded], log=("hostile.progress-flood",)),
    Case("log_flood", [log_is_bounded], log=("chatter", '"dropped":'), never_logged=("\x1b", "\x07")),
    Case("stdout_writer", [answers("stdout_writer", "shouted")]),
    Case("process_globals", [answers("process_globals", "changed")]),
    Case("call_after_stop", [answers("call_after_stop", "running")]),
    Case("stop_endless", [answers("stop_endless", "running")],
         log=(abandoned("stop_endless"),), never_logged=(abandoned("witness"),)),
    Case("throws", [errs("throws", INTERNAL_ERROR), errs("throws_int", INTERNAL_ERROR)]),
]
