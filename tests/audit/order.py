#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills Toolpost with SIGKILL at random moments under load, and while it starts. No call that was
answered is without its outcome record; no child that was started is without its intent; each start
closes the chains that died before, with every torn last line as it was; the ledger is sound.
order.py --build DIR [--count KILLS] [--calls ANSWERS] [--seed N]"""

import argparse
import base64
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from http_wire import Wire, modern, modern_headers, request  # noqa: E402
from journal_reader import read_ledger, records_of  # noqa: E402
from toolpost_process import PATIENCE_S, Build, Failure, HttpServer  # noqa: E402

ECHO, STARTER = "io.toolpost.echo", "test.child-starter"
CI_KILLS, CI_ANSWERS = 24, 1200
CLIENTS = 4
LONGEST_START_S = 0.15  # a kill while the process starts comes within this time
FIRST_CALL_S = 0.25  # until it is known how long a `toolpost call` takes
TORN = b'{"v":1,"chain":"20260101T000000Z-0000000000000000","seq":7,"time":"2026-'


class World:
    """One ledger over all lives of all processes, and what was seen of them from outside."""

    def __init__(self, build, top, seed):
        self.build, self.top, self.random = build, Path(top), random.Random(seed)
        self.ledger, self.started = self.top / "audit", self.top / "started"
        self.started.touch()
        self.settings = {
            "audit": {"directory": str(self.ledger), "key_file": str(self.top / "audit.key"), "segment_bytes": 65536},
            "plugin_directories": [str(build.directory / "plugins"), str(build.directory / "tests/audit-plugins")],
        }
        (self.top / "config").mkdir()
        self.config = build.write_config(self.top / "config", (ECHO, STARTER), trusted=(ECHO,), **self.settings)
        self.environment = {**os.environ, "TOOLPOST_TEST_STARTED": str(self.started)}
        self.lock = threading.Lock()
        self.answered = {}  # the JSON-RPC id -> the tool
        self.call_s = FIRST_CALL_S
        self.commands = {}  # note of a `toolpost call` -> its process id, and whether it answered
        self.refused, self.problems = 0, []
        self.kills = dict.fromkeys(("http", "starting", "stdio", "call"), 0)
        self.torn = {}  # chain -> what stood after its last whole line
        self.planted, self.natural, self.verified = 0, 0, 0
        self.lengths = {}  # chain -> its whole records when it was found dead
        self._numbers = 0

    def message(self):
        """The next call: an id that is unique, and the tool that it calls."""
        with self.lock:
            self._numbers += 1
            number = self._numbers
            tool = self.random.choice(("echo", "echo", "start_child", "unheard_of"))
        name = f"n-{number}"
        arguments = {"note": name} if tool == "start_child" else {"text": name}
        return modern("tools/call", {"name": tool, "arguments": arguments}, name), tool

    def note(self, answer, tool):
        """What a client got. Only what was refused because of the audit needs no record."""
        with self.lock:
            if answer.get("error", {}).get("code") == 50300:
                self.refused += 1
            else:
                self.answered[answer["id"]] = tool

    def command(self, *arguments, **more):
        return subprocess.Popen([str(self.build.binary), *arguments], env=self.environment, **more)

    def verify(self):
        done = self.command("audit", "verify", "--config", str(self.config), stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
        text = done.communicate(timeout=PATIENCE_S)[0]
        self.verified += 1
        if done.returncode != 0:
            self.problems.append(f"verify ended with {done.returncode}: {text[:600]}")

    def look_at_the_dead(self):
        """After a kill: what each chain holds. The first and about every third get a torn line, as a power
        cut leaves it, but not where a process that was beside it has closed it."""
        chains = read_ledger(self.ledger) if self.ledger.exists() else {}
        closed = {record["of"] for record in records_of(chains, "closed")}
        for name, chain in chains.items():
            self.problems += [f"after a kill, {name}: {problem}" for problem in chain.problems]
            if name in self.lengths:
                continue
            self.lengths[name] = len(chain.records)
            if chain["stop"] or not chain.records or name in closed:
                continue
            if chain.torn:
                self.natural += 1
            elif self.planted == 0 or self.random.random() < 0.34:
                self.planted += 1
                with open(chain.segments[-1], "ab") as file:
                    file.write(TORN[: self.random.randint(1, len(TORN))])
            tail = chain.segments[-1].read_bytes()
            self.torn[name] = tail[tail.rfind(b"\n") + 1:]


def http_client(world, port, enough):
    """One connection, until the server is gone."""
    try:
        with Wire(port) as wire:
            while not enough.is_set():
                message, tool = world.message()
                answer = wire.send(request(port, message, modern_headers(message))).answer()
                world.note(answer.json(), tool)
    except (OSError, EOFError, ValueError):
        pass  # killed meanwhile


def stdio_life(world, wanted):
    """A `toolpost stdio` that is killed some moment after it has answered `wanted` calls, all of which
    and more were sent at once."""
    process = world.command("stdio", "--config", str(world.config), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    tools, pause, number = {}, world.random.random() * 0.005, 0
    for _ in range(2 * wanted):
        message, tool = world.message()
        tools[message["id"]] = tool
        process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()
    for number, line in enumerate(process.stdout, 1):
        if line.endswith(b"\n"):
            answer = json.loads(line)
            world.note(answer, tools[answer["id"]])
        if number == wanted:
            time.sleep(pause)
            process.kill()
    watchdog.cancel()
    if process.wait() != -9 or number < wanted:
        world.problems.append(f"stdio answered {number} of {wanted} and ended with {process.returncode}")
    world.kills["stdio"] += 1
    process.stdin.close()
    process.stdout.close()


def call_life(world, note, delay):
    """A `toolpost call` that is killed after `delay`, finished or not."""
    began = time.monotonic()
    process = world.command("call", "--config", str(world.config), "start_child", json.dumps({"note": note}),
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        text = process.communicate(timeout=delay)[0]
        world.call_s = time.monotonic() - began  # so that the next ones are killed before their end
    except subprocess.TimeoutExpired:
        process.kill()
        text = process.communicate()[0]
        world.kills["call"] += 1
    world.commands[note] = (process.pid, b"content" in text and text.endswith(b"}\n"))


def starting_life(world):
    process = world.command("http", "--config", str(world.config), "--port", "0", stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(world.random.random() * LONGEST_START_S)
    process.kill()
    if process.wait() != -9:
        world.problems.append(f"a start ended by itself with {process.returncode}")
    world.kills["starting"] += 1


def http_life(world, wanted, beside):
    """A server that is killed some moment after it has answered `wanted` more calls, with other
    processes beside it in the same directory."""
    server = HttpServer(world.build, (ECHO, STARTER), environment=world.environment, trusted=(ECHO,), **world.settings)
    enough = threading.Event()
    goal = len(world.answered) + wanted
    threads = [threading.Thread(target=http_client, args=(world, server.port, enough)) for _ in range(CLIENTS)]
    others = []
    if beside:
        delay = world.random.random() * world.call_s
        others.append(threading.Thread(target=stdio_life, args=(world, max(2, wanted // 4))))
        others.append(threading.Thread(target=call_life, args=(world, f"call-{len(world.commands)}", delay)))
    for thread in threads + others:
        thread.start()
    if beside and world.random.random() < 0.3:
        world.verify()
    until = time.monotonic() + PATIENCE_S
    while len(world.answered) < goal and server.process.poll() is None and time.monotonic() < until:
        time.sleep(world.random.random() * 0.003)
    if len(world.answered) < goal:
        world.problems.append(f"the server answered too little, {server.process.poll()}: {server.log_text()[-600:]}")
    server.process.kill()
    enough.set()
    for thread in threads + others:
        thread.join()
    world.kills["http"] += 1
    if server.stop() != -9:
        world.problems.append(f"the server ended by itself: {server.log_text()[-600:]}")
    server.__exit__(ValueError, None, None)  # judged here


def last_life(world):
    """A start that closes what is left, and ends in order."""
    with HttpServer(world.build, (ECHO, STARTER), environment=world.environment, trusted=(ECHO,), **world.settings):
        pass


def closings_that_are_wrong(world, chains):
    closings = {}
    for record in sorted(records_of(chains, "closed"), key=lambda record: record["time"]):
        closings.setdefault(record["of"], []).append(record)
    # By the time of their start: chains of one second are not named in their order.
    newest = max(chains, key=lambda name: chains[name].records[0]["time"] if chains[name].records else "")
    for name, chain in chains.items():
        if name == newest:
            continue
        for record in closings.get(name, ()):
            if record["last"] != len(chain.records) or record["head"] != chain.hashes[-1]:
                yield f"{name} has {len(chain.records)} records, and was closed at {record['last']}"
            if record["clean"] != bool(chain["stop"]):
                yield f"{name} is said to have ended {'in order' if record['clean'] else 'by a crash'}"
        if name not in closings and chain.records:
            yield f"{name} was closed by no later start"
        if chain.records and world.lengths.get(name, len(chain.records)) != len(chain.records):
            yield f"{name} had {world.lengths[name]} records when it was found dead, and has {len(chain.records)}"
        # The first one; a second, where the first start was killed before it could remember, may find it cut off.
        told = base64.b64decode((closings.get(name) or [{}])[0].get("torn", ""))
        if told != world.torn.get(name, told):
            yield f"{name} ended with the torn {world.torn[name]!r}, and its closing holds {told!r}"
        if chain.torn:
            yield f"{name} still ends with {chain.torn!r}"


def judge(world, chains):
    """What must be true at the end, by name."""
    outcomes, intents = records_of(chains, "outcome"), records_of(chains, "intent")
    has_outcome = {record.get("request", "").strip('"') for record in outcomes}
    has_intent = {record.get("request", "").strip('"') for record in intents}
    for chain in chains.values():
        command, pid = chain.records[0].get("command"), chain.records[0].get("pid")
        note = next((note for note, (of, _) in world.commands.items() if (of, command) == (pid, "call")), None)
        has_outcome |= {note} if chain["outcome"] else set()
        has_intent |= {note} if chain["intent"] else set()
    unordered = [
        f"{name}: outcome {record['seq']} of intent {record['intent']}"
        for name, chain in chains.items() for record in chain["outcome"] if "intent" in record
        and not (record["intent"] < record["seq"]
                 and chain.records[record["intent"] - 1]["type"] == "intent"
                 and chain.records[record["intent"] - 1]["call"] == record["call"])
    ]
    answered = set(world.answered) | {note for note, (_, answers) in world.commands.items() if answers}
    effects = {name for name, tool in world.answered.items() if tool == "start_child"}
    children = world.started.read_text().split()
    found = {
        "answered calls without an outcome record": sorted(answered - has_outcome),
        "children without an intent": sorted(set(children) - has_intent),
        "answered calls with effects without an intent": sorted(effects - has_intent),
        "children that were started twice": sorted({name for name in children if children.count(name) > 1}),
        "outcomes that do not follow their intent": unordered,
        "damaged chains": [f"{name}: {problem}" for name, chain in chains.items() for problem in chain.problems],
        "closings that are wrong": list(closings_that_are_wrong(world, chains)),
        "other problems": world.problems,
    }
    print(f"{sum(world.kills.values())} kills {world.kills}, {len(answered)} answered calls ({len(effects)} with effects), "
          f"{world.refused} refused, {len(children)} children, {len(answered - has_outcome)} lost; {len(chains)} chains, "
          f"{sum(len(chain.segments) for chain in chains.values())} segments, "
          f"{sum(len(chain.records) for chain in chains.values())} records; torn tails: {world.natural} by a kill, "
          f"{world.planted} planted; {len(intents) - sum('intent' in record for record in outcomes)} intents without an "
          f"outcome; verified {world.verified} times")
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--count", type=int, default=CI_KILLS)
    parser.add_argument("--calls", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    options = parser.parse_args()
    calls = options.calls or CI_ANSWERS * options.count // CI_KILLS
    print(f"seed {options.seed}, {options.count} kills, {calls} answered calls", flush=True)
    with tempfile.TemporaryDirectory(prefix="toolpost-audit-") as top:
        world = World(options.build, top, options.seed)
        began = time.monotonic()
        lives = 0
        while sum(world.kills.values()) < options.count or len(world.answered) < calls:
            lives += 1
            if lives % 4 == 2:
                starting_life(world)
            else:
                left = max(1, options.count - sum(world.kills.values()))
                mean = max(10, (calls - len(world.answered)) / left * 1.5)
                http_life(world, 1 + int(world.random.random() * 2 * mean), beside=lives % 3 == 1)
            world.look_at_the_dead()
            if lives > 4 * options.count or len(world.problems) > 20:
                world.problems.append("too many lives, or problems, to go on")
                break
        try:
            last_life(world)
        except Failure as problem:
            world.problems.append(f"the last life: {problem}")
        world.verify()
        found = judge(world, read_ledger(world.ledger))
    for what, cases in found.items():
        print(f"{'FAIL' if cases else 'ok  '}  {what}: {len(cases)}")
        for case in cases[:5]:
            print(f"      {case}")
    reached = {
        "kills hit every kind of process": all(world.kills.values()),
        "the size was reached": len(world.answered) >= calls,
        "torn tails were there": world.planted > 0,
    }
    for what, holds in reached.items():
        print(f"{'ok  ' if holds else 'FAIL'}  {what}")
    failed = sum(bool(cases) for cases in found.values()) + sum(not holds for holds in reached.values())
    print(f"{time.monotonic() - began:.1f} s\n{len(found) + len(reached) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
