# SPDX-License-Identifier: Apache-2.0
"""The same hundred requests in each era and over each transport mean the same: what the era adds or
spells otherwise is removed, and the rest is compared word by word. The older revisions, which lack
more, are held to outcome, error and text. differential.py --build DIR [--seed N]"""

import argparse
import json
import random
import sys

import differential_script
from http_wire import META, Wire, call, modern, modern_headers, request
from legacy_wire import Session, message
from stdio_wire import Stdio
from toolpost_process import Build, HttpServer

SEED = 20261126
CAPABILITIES = {"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}}
MODERN_META = {META + "clientCapabilities": CAPABILITIES, META + "logLevel": "info"}
MAX_ROUNDS = 20
# Of results in the modern era.
ADDED = ("resultType", "ttlMs", "cacheScope")
# A legacy code, and what the modern era says instead.
CODES = {-32002: -32602}


class HttpWay:
    """One message as a POST; what comes back as messages, however it is framed."""

    def __init__(self, server, session=None):
        self._server, self._session = server, session

    def exchange(self, body):
        headers = self._session.headers if self._session else modern_headers(body)
        if not self._session and isinstance(body["params"].get("uri"), str):
            headers["Mcp-Name"] = body["params"]["uri"] or None
        with Wire(self._server.port) as wire:
            status, fields = wire.send(request(self._server.port, body, headers)).head()
            if not fields.get("content-type", "").startswith("text/event-stream"):
                text = wire.exactly(int(fields.get("content-length", 0)))
                yield json.loads(text) if text else {"status": status}
                return
            events = wire.events(fields)
            while (event := wire.next_event(events)) is not None:
                if data := dict(event).get("data"):
                    yield json.loads(data)

    def tell(self, body):
        call(self._server.port, body, self._session.headers)


class StdioWay:
    """One message as a line; what comes back until its answer."""

    def __init__(self, process):
        self._process = process

    def exchange(self, body):
        self._process.send(body)
        while True:
            said = self._process.next()
            yield said
            if said is None or ("method" not in said and said.get("id") == body["id"]):
                return

    def tell(self, body):
        self._process.send(body)


class Seen:
    """All that a client learns from one request."""

    def __init__(self):
        self.asked, self.progress, self.logs, self.last = [], [], [], None

    def take(self, said):
        """True if it is neither answer nor question."""
        if said.get("method") == "notifications/progress":
            self.progress.append(said["params"]["progress"])
        elif said.get("method") == "notifications/message":
            self.logs.append([said["params"][name] for name in ("level", "logger", "data")])
        else:
            return False
        return True

    def answer(self, method, params):
        number = len(self.asked)
        question = {name: value for name, value in (params or {}).items() if name not in ("elicitationId", "_meta")}
        reply = differential_script.answer_to(method, question, number)
        if question.get("mode") == "form":
            del question["mode"]  # the older revisions have no other
        self.asked.append([method, question])
        return reply

    def rises(self):
        """Progress may be skipped on the way, so only its direction and its end are the same everywhere."""
        return self.progress == sorted(set(self.progress))


def speak_modern(way, request_id, method, params, progress):
    seen = Seen()
    more = {}
    for round_ in range(MAX_ROUNDS):
        meta = {**MODERN_META, **({"progressToken": request_id} if progress else {})}
        body = modern(method, {**params, **more}, f"{request_id}.{round_}", meta=meta)
        for said in way.exchange(body):
            if not seen.take(said):
                seen.last = said
        result = seen.last.get("result", {})
        if result.get("resultType") != "input_required":
            return seen
        replies = {key: seen.answer(one["method"], one.get("params")) for key, one in result["inputRequests"].items()}
        more = {"inputResponses": replies, **({"requestState": result["requestState"]} if "requestState" in result else {})}
    raise AssertionError(f"no end after {MAX_ROUNDS} rounds")


def speak_legacy(way, request_id, method, params, progress):
    seen = Seen()
    body = message(method, {**params, **({"_meta": {"progressToken": request_id}} if progress else {})}, request_id)
    for said in way.exchange(body):
        if seen.take(said):
            continue
        if "method" in said:
            way.tell({"jsonrpc": "2.0", "id": said["id"], "result": seen.answer(said["method"], said.get("params"))})
        else:
            seen.last = said
    return seen


def without_meta(result):
    meta = {name: value for name, value in result.get("_meta", {}).items() if not name.startswith(META)}
    rest = {name: value for name, value in result.items() if name not in ("_meta", *ADDED)}
    return {**rest, **({"_meta": meta} if meta else {})}


def meaning(seen):
    """What is left when the era's own is taken away."""
    last = {"result": without_meta(seen.last["result"])} if "result" in seen.last else {"error": dict(seen.last.get("error", {}))}
    if "error" in last:
        code = last["error"].get("code")
        last["error"]["code"] = CODES.get(code, code)
    return {**last, "asked": sorted(seen.asked, key=json.dumps), "progress": seen.progress[-1:], "rises": seen.rises(), "logs": seen.logs}


def gist(seen):
    """Outcome, error and text: what every revision can say."""
    whole = meaning(seen)
    if "error" in whole:
        return {"error": whole["error"]["code"]}
    result = whole["result"]
    blocks = [*result.get("content", []), *(one["content"] for one in result.get("messages", [])), *result.get("contents", [])]
    said = [{"text": one["uri"]} if one.get("type") == "resource_link" else one for one in blocks]
    values = result.get("completion", {}).get("values")
    return {"isError": result.get("isError", False), "text": [one["text"] for one in said if "text" in one], "values": values}


# What a revision cannot ask, although the script's client says that it answers.
NO_QUESTION = {"2025-06-18": ("url",), "2025-03-26": ("url", "form")}


def lacks(version, seen):
    """Whether the revision has no such question as was asked here."""
    modes = {question.get("mode", "form") for method, question in seen.asked if method == "elicitation/create"}
    return bool(modes & set(NO_QUESTION.get(version, ())))


def does_without(version, seen):
    """What has to come where a question is lacking: a refusal, or the answer of a plugin that manages."""
    if lacks(version, seen):
        return False
    if "error" in seen.last:
        return seen.last["error"]["code"] == -32021
    return not seen.last["result"].get("isError")


def agree(version, compare, first, other):
    if lacks(version, first):
        return does_without(version, other)
    return compare(first) == compare(other)


def ways(build, server):
    """Each way to ask: version, transport, how to speak, what is compared; the first is the measure."""
    yield "2026-07-28", "http", speak_modern, HttpWay(server), meaning
    with Stdio(build) as process:
        yield "2026-07-28", "stdio", speak_modern, StdioWay(process), meaning
    for version, compare in (("2025-11-25", meaning), ("2025-06-18", gist), ("2025-03-26", gist)):
        session = Session(server, version, CAPABILITIES)
        session.ask(message("logging/setLevel", {"level": "info"}))
        yield version, "http", speak_legacy, HttpWay(server, session), compare
        with Stdio(build) as process:
            hello = {"protocolVersion": version, "capabilities": CAPABILITIES, "clientInfo": {"name": "raw", "version": "1"}}
            process.ask(message("initialize", hello, "init"))
            process.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
            process.ask(message("logging/setLevel", {"level": "info"}, "level"))
            yield version, "stdio", speak_legacy, StdioWay(process), compare


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    script = differential_script.make(random.Random(arguments.seed))
    print(f"seed {arguments.seed}, {len(script)} requests")
    passed = failed = 0
    first = None
    with HttpServer(arguments.build) as server:
        for version, transport, speak, way, compare in ways(arguments.build, server):
            seen = [speak(way, f"r{number}", *one) for number, one in enumerate(script)]
            first = first or seen
            wrong = [n for n, (one, other) in enumerate(zip(first, seen)) if not agree(version, compare, one, other)]
            asked = sum(len(one.asked) for one in seen)
            errors = sum("error" in one.last for one in seen)
            lacking = sum(lacks(version, one) for one in first)
            print(f"{version} {transport}: {asked} questions, {errors} errors, {len(wrong)} differences, {lacking} without a question")
            for number in wrong:
                print(f"  {number}: {script[number]}\n    {compare(first[number])}\n    {compare(seen[number])}")
            passed, failed = passed + len(script) - len(wrong), failed + len(wrong)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
