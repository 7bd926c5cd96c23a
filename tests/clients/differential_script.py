# SPDX-License-Identifier: Apache-2.0
"""A hundred requests of every kind, good and bad, drawn from a seed: what differential.py sends in
each era. A request is a method, its params, and whether it asks for progress."""

REQUESTS = 100

TEXTS = ("plain", "grüße 🌍", 'quoted "text" \\', "two\nlines", "\u2028", "")
URIS = ("test://static-text", "test://static-binary", "test://template/1/data", "test://template/gr%C3%BC%C3%9Fe/data", "test://with-question")
NO_URIS = ("test://no-such-resource", "test://template/missing/data", "test://template//data", "no uri")
ASKING = (
    ("test_elicitation", {"message": "Who?"}),
    ("test_elicitation_sep1034_defaults", {}),
    ("test_elicitation_sep1330_enums", {}),
    ("test_url_elicitation", {}),
    ("test_sampling", {"prompt": "Say something"}),
    ("test_list_roots", {}),
    ("test_input_required_result_elicitation", {}),
    ("test_input_required_result_request_state", {}),
    ("test_input_required_result_multi_round", {}),
    ("test_input_required_result_multiple_inputs", {}),
    ("test_input_required_result_capabilities", {}),
    ("test_input_required_result_endless", {}),
)
CONTENT = (
    "test_simple_text", "test_image_content", "test_audio_content", "test_embedded_resource",
    "test_multiple_content_types", "test_error_handling", "test_tool_with_logging", "test_stdout_noise",
)
PROMPTS = (
    {"name": "test_simple_prompt"},
    {"name": "test_prompt_with_arguments", "arguments": {"arg1": "ä", "arg2": '"'}},
    {"name": "test_prompt_with_arguments", "arguments": {"arg1": "alone"}},
    {"name": "test_prompt_with_arguments", "arguments": {"arg1": 5, "arg2": "x"}},
    {"name": "test_prompt_with_arguments", "arguments": ["arg1"]},
    {"name": "test_prompt_with_embedded_resource", "arguments": {"resourceUri": "test://x"}},
    {"name": "test_prompt_with_image"},
    {"name": "test_prompt_with_every_content"},
    {"name": "test_input_required_result_prompt"},
    {"name": "no_such_prompt"},
)
REFS = (
    {"type": "ref/prompt", "name": "test_prompt_with_arguments"},
    {"type": "ref/prompt", "name": "no_such_prompt"},
    {"type": "ref/resource", "uri": "test://template/{id}/data"},
    {"type": "ref/resource", "uri": "test://no/{such}"},
    {"type": "ref/nothing", "name": "x"},
)
LISTS = ("tools/list", "prompts/list", "resources/list", "resources/templates/list")


def _call(name, arguments, progress=False):
    return "tools/call", {"name": name, "arguments": arguments}, progress


def _listing(chance):
    return chance.choice(LISTS), chance.choice(({}, {}, {"cursor": "made up"})), False


def _echo(chance):
    arguments = chance.choice(({"text": chance.choice(TEXTS)}, {"text": chance.choice(TEXTS)}, {"text": 5}, {}, {"text": "x", "more": 1}))
    return _call("echo", arguments)


def _structured(chance):
    return _call("test_structured_content", {"left": chance.randint(-9, 9), "right": chance.choice((1, 2**53, -1))})


def _counting(chance):
    return _call("countdown", {"from": chance.randint(1, 5), "interval_ms": 1}, progress=True)


def _asking(chance):
    return _call(*chance.choice(ASKING))


def _content(chance):
    return _call(chance.choice(CONTENT), {})


def _wrong_call(chance):
    params = chance.choice(({"name": "no_such_tool", "arguments": {}}, {"name": "echo", "arguments": []}, {"arguments": {}}, {"name": 7}))
    return "tools/call", params, False


def _reading(chance):
    return "resources/read", {"uri": chance.choice((*URIS, *NO_URIS))}, False


def _prompt(chance):
    return "prompts/get", chance.choice(PROMPTS), False


def _completion(chance):
    argument = {"name": chance.choice(("arg1", "arg2", "id", "none")), "value": chance.choice(("", "te", "12", "zzz"))}
    context = chance.choice(({}, {"context": {"arguments": {"arg1": "x"}}}))
    return "completion/complete", {"ref": chance.choice(REFS), "argument": argument, **context}, False


def _unknown(chance):
    return chance.choice(("no/such", "tools/lists", "prompts")), {}, False


KINDS = (
    _listing, _echo, _structured, _counting, _asking, _asking, _asking, _content, _content, _wrong_call, _reading,
    _reading, _prompt, _prompt, _completion, _completion, _unknown,
)


def make(chance):
    """Every kind once, and then by chance."""
    kinds = [*KINDS, *(chance.choice(KINDS) for _ in range(REQUESTS - len(KINDS)))]
    return [kind(chance) for kind in kinds]


def answer_to(method, params, number):
    """What the client says to a question; `number` counts the questions of one request."""
    if method == "roots/list":
        return {"roots": [{"uri": "file:///home/ann/one", "name": "one"}]}
    if method == "sampling/createMessage":
        return {"role": "assistant", "model": "m", "content": {"type": "text", "text": f"answer {number}"}}
    if params.get("mode") == "url":
        return {"action": "accept"}
    fields = params["requestedSchema"].get("properties", {})
    if "action" in params["message"] or (number == 0 and "go on" in params["message"].lower()):
        return {"action": "decline"}
    values = {"string": "text", "integer": 4, "number": 0.5, "boolean": True}
    required = params["requestedSchema"].get("required", [])
    return {"action": "accept", "content": {name: _field(fields[name], values) for name in required}}


def _field(schema, values):
    if "enum" in schema:
        return schema["enum"][0]
    return values[schema["type"]]
