#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plugins that are enabled, disabled, set otherwise and replaced while clients use them: what runs ends where
it began, who listens hears of it, and what fails changes nothing. plugins.py --build DIR [--only WORDS]"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from place import ECHO, FIXTURE, Plugins, Server, put  # noqa: E402

from checks import check, expect, run_checks  # noqa: E402
from http_wire import LEGACY, Wire, modern, modern_call, modern_headers, request  # noqa: E402
from legacy_wire import Session, Stream, message  # noqa: E402
from listen_wire import Listener  # noqa: E402
from stdio_wire import Stdio  # noqa: E402
from toolpost_process import PATIENCE_S, Build  # noqa: E402

LISTS = {"toolsListChanged": True, "resourcesListChanged": True, "promptsListChanged": True}
WATCHED = "reload://watched"


class Waiting:
    """A call of the tool `wait`, which is in the plugin when the constructor returns."""

    def __init__(self, server, directory, name, **arguments):
        self.begun, self.file = directory / f"{name}.begun", directory / f"{name}.go"
        os.mkfifo(self.begun)
        self.answer = None
        arguments = {"begun": str(self.begun), "file": str(self.file), **arguments}
        self._thread = threading.Thread(target=self._call, args=(server, arguments), daemon=True)
        self._thread.start()
        with open(self.begun, "rb") as begun:  # until the plugin opens it, too
            begun.read()

    def _call(self, server, arguments):
        self.answer = server.call("wait", arguments)

    def let_go(self):
        self.file.touch()
        return self.end()

    def end(self):
        self._thread.join(PATIENCE_S)
        expect(self.answer is not None, "the call was not answered")
        return self.answer


def read(server, uri=WATCHED):
    answer = modern_call(server.port, "resources/read", {"uri": uri}, Mcp_Name=uri)
    return answer.json()["result"]["contents"][0]["text"]


def stopped(server, plugin=FIXTURE):
    return server.wait_for_log(lambda line: line.get("message") == "plugin stopped" and line["plugin"] == plugin,
                               f"the end of {plugin}")


@check
def a_plugin_is_disabled_and_enabled_again(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        expect(server.tools() >= {"who", "echo"}, server.tools())
        server.set_plugin(FIXTURE, enabled=False)
        text = server.reload()
        expect(f"stopped: {FIXTURE} 1.0.0" in text and "replaced" not in text, text)
        expect("echo" in server.tools() and "who" not in server.tools(), server.tools())
        expect(server.call("who").json()["error"]["code"] == -32602, server.call("who"))
        stopped(server)
        server.set_plugin(FIXTURE, enabled=True)
        expect(f"started: {FIXTURE} 1.0.0" in server.reload(), "not told")
        # The same file is the same library, and a new instance of it.
        expect(server.who()["instance"] == 2, server.who())


@check
def a_plugin_is_set_otherwise_and_the_other_keeps_its_instance(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        before = server.who()
        server.set_plugin(ECHO, prefix="x_")
        expect(f"replaced: {ECHO}" in server.reload(), "not told")
        expect("x_echo" in server.tools() and "echo" not in server.tools(), server.tools())
        expect(server.who() == before, "the fixture was started anew without need")
        server.set_plugin(FIXTURE, config={"greeting": "good day"})
        server.reload()
        expect(server.who() == {"version": "1.0.0", "instance": 2, "greeting": "good day"}, server.who())


@check
def a_plugin_is_replaced_by_rename(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        plugins.install(2)
        expect(server.who()["version"] == "1.0.0", "the new one serves before it was asked for")
        text = server.reload()
        expect(f"replaced: {FIXTURE} 2.0.0" in text, text)
        expect(server.who() == {"version": "2.0.0", "instance": 1, "greeting": "hello"}, server.who())
        plugins.install(1)
        server.reload()
        expect(server.who() == {"version": "1.0.0", "instance": 2, "greeting": "hello"}, "not the mapped library")


@check
def a_plugin_that_fails_changes_nothing_and_the_answer_says_why(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        before = server.who()
        server.set_plugin(ECHO, prefix="x_")
        server.set_plugin(FIXTURE, config={"fail": True})
        text = server.refuse()
        expect(FIXTURE in text and "told to fail" in text, text)
        expect(server.who() == before and "echo" in server.tools(), "half of it was taken")
        server.set_plugin(FIXTURE, config={"greeting": 7})
        text = server.refuse()
        expect(f"{server.config_path}:" in text and "greeting" in text, text)
        server.set_plugin(FIXTURE, config={"greeting": "+echo"})
        server.set_plugin(ECHO, prefix="")
        text = server.refuse()
        expect('tool "echo" is offered' in text and ECHO in text and FIXTURE in text, text)
        expect(server.who() == before and server.call("echo", {"text": "x"}).status == 200, "not as before")
        server.set_plugin(FIXTURE, config={})
        server.set_plugin(FIXTURE, sha256="0" * 64)
        expect("sha256" in server.refuse(), "a wrong hash was taken")
        server.set_plugin("io.toolpost.nowhere", enabled=True)
        expect("io.toolpost.nowhere" in server.refuse(), "a plugin that is nowhere was taken")


@check
def a_singleton_has_one_instance_at_a_time(build):
    with Plugins(build, version=3) as plugins, Server(build, plugins) as server:
        before = server.who()
        server.set_plugin(ECHO, prefix="x_")
        expect(f"replaced: {ECHO}" in server.reload(), "what it is not changed by keeps it")
        server.set_plugin(FIXTURE, config={"greeting": "good day"})
        text = server.refuse()
        expect(FIXTURE in text and "singleton" in text and "restart" in text, text)
        server.set_plugin(FIXTURE, config={})
        for version in (4, 1):
            plugins.install(version)
            expect("singleton" in server.refuse(), f"version {version} was started beside it")
        plugins.install(3)
        expect(server.who() == before, server.who())
        waiting = Waiting(server, plugins.path, "one")
        server.set_plugin(FIXTURE, enabled=False)
        server.reload()
        server.set_plugin(FIXTURE, enabled=True)
        text = server.refuse()
        expect("singleton" in text and "has not ended yet" in text, text)
        waiting.let_go()
        stopped(server)
        server.reload()
        expect(server.who() == {"version": "3.0.0", "instance": 2, "greeting": "hello"}, server.who())


@check
def a_library_that_does_not_return_is_refused_once_and_holds_up_nothing(build):
    endless = "hostile.entry-endless"
    with Plugins(build) as plugins, Server(build, plugins, calls={"plugin_start_timeout_ms": 1000}) as server:
        before = server.who()
        for name in ("entry_endless.so", "entry_endless.plugin.json"):
            put(build.directory / "hostile/entry_endless" / name, plugins.path / name)
        server.set_plugin(endless, enabled=True)
        text = server.refuse()
        expect(endless in text and "its library did not return in time" in text, text)
        text = server.refuse()
        expect("not tried again" in text, text)
        server.set_plugin(endless, enabled=False)
        server.set_plugin(ECHO, prefix="x_")
        plugins.install(2)
        text = server.reload()
        expect(f"replaced: {ECHO}" in text and f"{FIXTURE} 2.0.0" in text, text)
        expect(before["version"] == "1.0.0" and server.who()["version"] == "2.0.0", server.who())
        expect(server.stop() == 0 and '"clean": false' in server.log_text(), "its thread was forgotten")


@check
def a_library_that_others_could_write_changes_nothing(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        put(build.directory / "tests/reload/reload-fixture-2.so", plugins.path / "fixture.so")
        expect("version" in server.refuse(), "a library that its manifest does not describe was taken")
        plugins.install(2)
        (plugins.path / "fixture.so").chmod(0o777)
        expect("fixture.so" in server.refuse(), "anybody could have written it")
        expect(server.who()["version"] == "1.0.0", server.who())


@check
def a_call_ends_on_the_instance_it_began_with(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        waiting = Waiting(server, plugins.path, "one")
        plugins.install(2)
        server.reload()
        expect(server.who()["version"] == "2.0.0", "new calls do not go to the new one")
        answer = waiting.let_go()
        expect(answer.status == 200, answer)
        expect(answer.json()["result"]["structuredContent"]["version"] == "1.0.0", answer)
        stopped(server)


@check
def calls_that_wait_for_a_slot_end_on_theirs_too(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        server.set_plugin(FIXTURE, max_concurrency=1)
        server.reload()
        first = Waiting(server, plugins.path, "first")
        asked = modern("tools/call", {"name": "who", "arguments": {}})
        behind = [Wire(server.port).send(request(server.port, asked, modern_headers(asked))) for _ in range(3)]
        # What has arrived before a request that is answered is in the queue by then.
        expect(server.call("echo", {"text": "x"}).status == 200, "the other plugin does not serve")
        expect(all(wire.is_idle() for wire in behind), "they did not wait")
        plugins.install(2)
        server.reload()
        expect(server.who()["version"] == "2.0.0", server.who())
        expect(all(wire.is_idle() for wire in behind), "they did not wait")
        first.let_go()
        answers = [wire.answer().json()["result"]["structuredContent"]["version"] for wire in behind]
        expect(answers == ["1.0.0"] * 3, answers)
        for wire in behind:
            wire.close()


@check
def a_call_that_outlasts_the_drain_is_answered_by_the_host(build):
    with Plugins(build) as plugins, Server(build, plugins, calls={"drain_ms": 100}) as server:
        waiting = Waiting(server, plugins.path, "one")
        server.set_plugin(FIXTURE, enabled=False)
        server.reload()
        answer = waiting.end()
        expect(answer.status == 500, answer)
        expect(answer.json()["error"]["data"]["reason"] == "interrupted", answer)
        stopped(server)
        expect(server.stop() == 0 and '"clean": true' in server.log_text(), "the end was not clean")


@check
def a_plugin_whose_code_does_not_return_is_abandoned(build):
    with Plugins(build) as plugins, Server(build, plugins, calls={"drain_ms": 100}) as server:
        waiting = Waiting(server, plugins.path, "one", stubborn=True)
        plugins.install(2)
        server.reload()
        expect(waiting.end().status == 500, waiting.answer)
        server.wait_for_log(lambda line: line["message"].startswith("plugin abandoned"), "the abandonment")
        expect(server.who()["version"] == "2.0.0", server.who())
        waiting.file.touch()


@check
def clients_of_both_eras_hear_of_it(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        session = Session(server, LEGACY)
        with Listener(server, LISTS) as modern, Stream(session) as legacy:
            server.reload()  # changes nothing, and nobody is told
            server.set_plugin(FIXTURE, enabled=False)
            server.reload()
            heard = {modern.next()["method"] for _ in range(2)}
            wanted = {f"notifications/{kind}/list_changed" for kind in ("tools", "resources")}
            expect(heard == wanted, heard)
            heard = set()
            while heard != wanted:
                event = legacy.next()
                expect(event is not None, f"the stream ended after {heard}")
                if event.message:
                    heard.add(event.message["method"])
                expect(heard <= wanted, heard)


@check
def the_same_offer_of_a_new_version_is_no_change_of_the_list(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        with Listener(server, LISTS) as listener:
            plugins.install(2)
            server.reload()
            server.set_plugin(ECHO, prefix="x_")
            server.reload()
            message = listener.next()
            expect(message["method"] == "notifications/tools/list_changed", message)
            expect("x_echo" in server.tools(), "told before the change, so of another one")


@check
def the_new_instance_hears_who_watches_its_resources(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        with Listener(server, {"resourceSubscriptions": [WATCHED]}):
            while WATCHED not in read(server):
                pass
            plugins.install(2)
            server.reload()
            while WATCHED not in read(server):
                pass
            expect(server.who()["version"] == "2.0.0", server.who())


@check
def a_client_on_stdio_hears_of_it(build):
    with Plugins(build) as plugins:
        settings = {"plugins": (ECHO, FIXTURE), "plugin_directories": [str(plugins.path)]}
        with Stdio(build, **settings) as stdio:
            info = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
            stdio.ask(message("initialize", info, 1))
            stdio.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
            expect(stdio.ask(message("ping", {}, 2))["result"] == {}, "no ping")
            config = stdio.config_path.read_text()
            stdio.config_path.write_text(config.replace(f'"{FIXTURE}": {{\n      "enabled": true', f'"{FIXTURE}": {{\n      "enabled": false'))
            stdio.process.send_signal(signal.SIGHUP)
            heard = {stdio.next()["method"] for _ in range(2)}
            expect(heard == {f"notifications/{kind}/list_changed" for kind in ("tools", "resources")}, heard)
            tools = stdio.ask(message("tools/list", {}, 3))["result"]["tools"]
            expect({tool["name"] for tool in tools}.isdisjoint({"who"}), tools)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
