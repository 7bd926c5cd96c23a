# SPDX-License-Identifier: Apache-2.0
"""The official Python client beyond tools, doing what features.mjs does."""

import asyncio
import base64
import json
import warnings

import mcp_types as types
from mcp import MCPError

from python_checks import expect, texts

PATIENCE_S = 20
STATIC, PICTURE, WATCHED = "test://static-text", "test://static-binary", "test://watched-resource"
LOGGER = "io.toolpost.conformance"
LOG_LEVEL = "io.modelcontextprotocol/logLevel"
ROOTS = [("file:///home/ann/one", "one"), ("file:///home/ann/two", "two")]
FORMS = {"name": "Ann", "color": "green", "ok": True, "context": "the tests"}

# The SDK warns of what the newest revision has deprecated; the older ones have nothing else.
warnings.simplefilter("ignore")


class Desk:
    """What the server tells and asks; `arguments` are for Client."""

    def __init__(self):
        self.heard, self.logs = asyncio.Queue(), asyncio.Queue()
        self.asked, self.answer = [], lambda params: types.ElicitResult(action="cancel")
        self.resumed = 0
        self.arguments = {
            "elicitation_callback": self._elicit,
            "sampling_callback": self._sample,
            "list_roots_callback": self._roots,
            "logging_callback": self._log,
            "message_handler": self._message,
        }

    async def _elicit(self, context, params):
        self.asked.append(params)
        return self.answer(params)

    async def _sample(self, context, params):
        content = params.messages[0].content
        block = content[0] if isinstance(content, list) else content
        answer = types.TextContent(type="text", text=f"You said: {block.text}")
        return types.CreateMessageResult(role="assistant", model="a model of the tests", content=answer)

    async def _roots(self, context):
        return types.ListRootsResult(roots=[types.Root(uri=uri, name=name) for uri, name in ROOTS])

    async def _log(self, params):
        await self.logs.put(params)

    async def _message(self, message):
        method = getattr(message, "method", "")
        if method.endswith("/list_changed"):
            await self.heard.put(method.split("/")[1])
        elif method == "notifications/resources/updated":
            await self.heard.put(str(message.params.uri))

    async def note_request(self, request):
        """For the HTTP client: how often a stream was asked for from where it broke."""
        self.resumed += request.method == "GET" and "last-event-id" in request.headers


def is_modern(options):
    return options["era"] == "modern"


def drain(queue):
    return [queue.get_nowait() for _ in range(queue.qsize())]


async def within(awaitable, what):
    try:
        return await asyncio.wait_for(awaitable, PATIENCE_S)
    except TimeoutError:
        raise AssertionError(f"{what}: nothing within {PATIENCE_S} s") from None


async def code_of(awaitable, what):
    try:
        result = await awaitable
    except MCPError as error:
        return error.error
    raise AssertionError(f"{what} was answered, but should have been refused: {result}")


async def check_resources(client, options):
    listed = (await client.list_resources()).resources
    uris = [str(resource.uri) for resource in listed]
    for uri in (STATIC, PICTURE, WATCHED):
        expect(uri in uris, f"{uri} is not listed")
    text = listed[uris.index(STATIC)]
    expect((text.name, text.title, text.mime_type) == ("static-text", "Static text", "text/plain"), text)
    expect(text.annotations.audience == ["user", "assistant"] and text.annotations.priority == 0.5, text)
    templates = (await client.list_resource_templates()).resource_templates
    expect([template.uri_template for template in templates] == ["test://template/{id}/data"], templates)


async def check_reading(client, options):
    [text] = (await client.read_resource(STATIC)).contents
    expect(str(text.uri) == STATIC and "static text resource" in text.text, text)
    [picture] = (await client.read_resource(PICTURE)).contents
    expect(picture.mime_type == "image/png" and base64.b64decode(picture.blob)[1:4] == b"PNG", picture)
    [made] = (await client.read_resource("test://template/gr%C3%BC%C3%9Fe/data")).contents
    expect(json.loads(made.text)["id"] == "grüße", made)


async def check_not_found(client, options):
    for uri in ("test://no-such-resource", "test://template/missing/data"):
        error = await code_of(client.read_resource(uri), uri)
        expect(error.code == (-32602 if is_modern(options) else -32002), f"{uri}: {error}")
        expect(uri in str(error), f"{uri} is not named: {error}")


async def check_prompts(client, options):
    prompts = (await client.list_prompts()).prompts
    [two] = [prompt for prompt in prompts if prompt.name == "test_prompt_with_arguments"]
    expect([(a.name, a.required) for a in two.arguments] == [("arg1", True), ("arg2", True)], two)
    got = await client.get_prompt(two.name, {"arg1": 'ä "quoted"', "arg2": ""})
    expect("arg1='ä \"quoted\"', arg2=''" in got.messages[0].content.text, got)
    every = await client.get_prompt("test_prompt_with_every_content")
    kinds = [message.content.type for message in every.messages]
    expect(kinds == ["text", "image", "audio", "resource_link", "resource"], kinds)
    for name, arguments in ((two.name, {"arg1": "x"}), ("no_such_prompt", {})):
        error = await code_of(client.get_prompt(name, arguments), name)
        expect(error.code == -32602, f"{name}: {error}")


async def check_completion(client, options):
    of_prompt = types.PromptReference(type="ref/prompt", name="test_prompt_with_arguments")
    of_template = types.ResourceTemplateReference(type="ref/resource", uri="test://template/{id}/data")
    cases = (
        (of_prompt, "arg1", "test", ["test", "testValue1", "testing"]),
        (of_prompt, "arg1", "nothing", []),
        (of_template, "id", "12", ["123", "124"]),
        (of_prompt, "arg2", "", []),
    )
    for ref, name, value, wanted in cases:
        values = (await client.complete(ref, {"name": name, "value": value})).completion.values
        expect(values == wanted, f"{name}={value}: {values}")
    unknown = types.PromptReference(type="ref/prompt", name="none")
    error = await code_of(client.complete(unknown, {"name": "a", "value": ""}), "an unknown prompt")
    expect(error.code == -32602, error)


async def check_logging(client, options):
    logs = options["desk"].logs

    async def log(level=None):
        if not is_modern(options):
            if level:
                await client.set_logging_level(level)
            await client.call_tool("test_tool_with_logging", {})
        else:
            await client.call_tool("test_tool_with_logging", {}, meta={LOG_LEVEL: level} if level else None)

    await log()
    expect(not drain(logs), "messages that nobody asked for")
    await log("debug")
    for part in ("started", "processing", "completed"):
        told = await within(logs.get(), f'the message "{part}"')
        expect(told.level == "info" and told.logger == LOGGER and part in told.data, told)
    await log("error")
    expect(not drain(logs), "messages below the level")


async def check_elicitation(client, options):
    desk = options["desk"]
    content = {"username": "ann", "email": "ann@example.com"}
    for action in ("accept", "decline", "cancel"):
        desk.asked.clear()
        desk.answer = lambda params: types.ElicitResult(action=action, content=content if action == "accept" else None)
        said = texts(await client.call_tool("test_elicitation", {"message": "Who are you?"}))
        expect(f"action={action}" in said, f"{action}: {said}")
        if action == "accept":
            expect(json.loads(said.split("content=")[1]) == content, said)
        expect([asked.message for asked in desk.asked] == ["Who are you?"], desk.asked)
        expect(desk.asked[0].requested_schema["required"] == ["username", "email"], desk.asked)
    desk.answer = lambda params: types.ElicitResult(action="accept" if params.url == "https://example.com/in" else "decline")
    visited = texts(await client.call_tool("test_url_elicitation", {}))
    expect(visited == "The page was opened.", visited)


async def check_asking(client, options):
    sampled = texts(await client.call_tool("test_sampling", {"prompt": "Say something"}))
    expect(sampled == "LLM response: You said: Say something", sampled)
    roots = texts(await client.call_tool("test_list_roots", {}))
    expect(roots == "\n".join(f"{uri} {name}" for uri, name in ROOTS), roots)


async def check_rounds(client, options):
    desk = options["desk"]
    desk.answer = lambda params: types.ElicitResult(
        action="accept", content={field: FORMS[field] for field in params.requested_schema.get("properties", {})}
    )
    cases = {
        "test_input_required_result_request_state": "state-ok",
        "test_input_required_result_multi_round": "Ann likes green.",
        "test_input_required_result_multiple_inputs": "You said: Generate a greeting Ann, you have 2 roots.",
    }
    for name, wanted in cases.items():
        said = texts(await client.call_tool(name, {}))
        expect(said == wanted, f"{name}: {said}")
    prompt = await client.get_prompt("test_input_required_result_prompt")
    expect(prompt.messages[0].content.text == "Use this context: the tests", prompt)
    [greeting] = (await client.read_resource("test://with-question")).contents
    expect(greeting.text == "Hello, Ann!", greeting)
    desk.asked.clear()
    try:
        endless = await client.call_tool("test_input_required_result_endless", {})
        expect(endless.is_error, endless)
    except MCPError:
        pass
    expect(0 < len(desk.asked) < 10, f"asked {len(desk.asked)} times")


async def check_an_error_for_an_answer(client, options):
    options["desk"].answer = lambda params: types.ErrorData(code=-32000, message="nobody is here")
    try:
        result = await client.call_tool("test_elicitation", {"message": "?"})
        expect(result.is_error and "nobody is here" in texts(result), result)
    except MCPError as error:
        expect(is_modern(options), error)  # the client itself gives up
    expect(not (await client.call_tool("test_simple_text", {})).is_error, "the next call fails")


class Changes:
    """The news of changes, by subscription or as the legacy era tells them."""

    def __init__(self, desk, subscription):
        self._desk, self._subscription = desk, subscription

    async def next(self, wanted):
        while await within(self._next(), wanted) != wanted:
            pass

    async def _next(self):
        if self._subscription is None:
            return await self._desk.heard.get()
        event = await anext(self._subscription)
        return getattr(event, "uri", type(event).__name__.removesuffix("ListChanged").lower())


async def see_changes(client, changes):
    await client.call_tool("test_trigger_resource_update", {})
    await changes.next(WATCHED)

    async def names(fetch, member):
        return [item.name for item in getattr(await fetch(cache_mode="refresh"), member)]

    kinds = {
        "tools": ("test_trigger_tool_change", client.list_tools, "test_dynamic_tool"),
        "prompts": ("test_trigger_prompt_change", client.list_prompts, "test_dynamic_prompt"),
        "resources": ("test_trigger_resource_change", client.list_resources, "dynamic"),
    }
    for wanted in (True, False):
        for kind, (trigger, fetch, name) in kinds.items():
            await client.call_tool(trigger, {})
            await changes.next(kind)
            expect((name in await names(fetch, kind)) == wanted, f"after the change of {kind} the list is the old one")


async def check_changes(client, options):
    desk = options["desk"]
    if is_modern(options):
        everything = {"tools_list_changed": True, "prompts_list_changed": True, "resources_list_changed": True}
        async with client.listen(**everything, resource_subscriptions=[WATCHED]) as subscription:
            await see_changes(client, Changes(desk, subscription))
        return
    await client.subscribe_resource(WATCHED)
    # Over HTTP a legacy client opens its stream when it likes; the first news says that it is there.
    for _ in range(500):
        await client.call_tool("test_trigger_resource_update", {})
        if WATCHED in drain(desk.heard):
            break
    else:
        raise AssertionError("no update within 500 changes")
    await see_changes(client, Changes(desk, None))
    await client.unsubscribe_resource(WATCHED)
    drain(desk.heard)
    await client.call_tool("test_trigger_resource_update", {})
    await client.call_tool("test_tool_with_progress", {})
    expect(WATCHED not in drain(desk.heard), "an update after the end of the subscription")


async def check_resumption(client, options):
    desk, seen = options["desk"], []
    before = desk.resumed
    result = await within(client.call_tool("test_until_cancelled", {"limit_ms": 1500, "interval_ms": 100}), "the answer")
    expect(texts(result) == "The limit is over.", result)
    expect(desk.resumed > before, "the stream was not paused, or not resumed by Last-Event-ID")

    async def on_progress(progress, total, message):
        seen.append(progress)

    counted = await within(
        client.call_tool("countdown", {"from": 20, "interval_ms": 100}, progress_callback=on_progress), "countdown"
    )
    expect(counted.structured_content == {"steps": 20}, counted)
    # A step that was not taken in time gives way to the next.
    expect(seen == sorted(set(seen)) and seen[-1] == 20, f"progress {seen}")


CHECKS = {
    "resources": check_resources,
    "reading": check_reading,
    "not found": check_not_found,
    "prompts": check_prompts,
    "completion": check_completion,
    "logging": check_logging,
    "elicitation": check_elicitation,
    "asking": check_asking,
    "rounds": check_rounds,
    "refusing": check_an_error_for_an_answer,
    "changes": check_changes,
}


def checks_for(options):
    """Only a stream of the legacy era over HTTP can be resumed."""
    return CHECKS if is_modern(options) or "url" not in options else {**CHECKS, "resumption": check_resumption}
