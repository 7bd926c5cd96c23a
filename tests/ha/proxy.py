# SPDX-License-Identifier: Apache-2.0
"""The configuration of one proxy, run by the real program before three replicas: what it accepts, where
it sends what, what it never sends twice. proxy.py --build DIR --proxy nginx|haproxy [--only WORDS]"""

import argparse
import contextlib
import json
import sys
import threading
import time

from three_replicas import KEY, TASKS, LegacyClient, ProxyWire, Site, ask, modern_request, process_of, tool_call

from checks import check, expect, run_checks
from fake_replicas import FakeReplicas
from http_wire import PATIENCE_S, modern, request
from proxies import NAMES, REPLICAS, Proxy, binary
from toolpost_process import Build

SKIPPED = 77
ATTEMPTS = 30
# The figures of the host's defaults, which the configurations repeat.
MAX_BODY = 1024 * 1024
MAX_HEAD = 16 * 1024


def echo(text="hello"):
    return tool_call("echo", {"text": text})


def echo_of_size(size):
    """A call whose body has exactly this many bytes."""
    empty = len(json.dumps(echo("")).encode())
    return echo("x" * (size - empty))


def execute(call_id, **more):
    return tool_call("execute", {"id": call_id, **more})


@check
def the_program_finds_nothing_wrong_with_it(site, proxy):
    code, text = proxy.check_syntax()
    expect(code == 0 and "warn" not in text.lower(), text)


@check
def requests_of_either_era_go_through_to_all_replicas(site, proxy):
    processes = {process_of(ask(proxy, execute(f"spread-{number}"))) for number in range(ATTEMPTS)}
    expect(processes == {server.process.pid for server in site.servers.values()}, processes)
    session = LegacyClient(proxy)
    listed = session.ask("tools/list")
    expect(listed.status == 200 and b"execute" in listed.body, listed)


@check
def a_session_stays_with_its_replica_and_sessions_are_spread(site, proxy):
    seen = set()
    for number in range(12):
        session = LegacyClient(proxy)
        own = {process_of(session.use("execute", {"id": f"session-{number}-{again}"})) for again in range(6)}
        expect(len(own) == 1, f"one session at {len(own)} replicas")
        seen |= own
    expect(len(seen) > 1, "all sessions at one replica")


@check
def a_stream_of_a_session_tells_what_its_requests_do(site, proxy):
    session = LegacyClient(proxy)
    subscribed = session.ask("resources/subscribe", {"uri": "test://watched-resource"})
    expect(subscribed.status == 200, subscribed)
    with ProxyWire(proxy) as wire:
        status, headers = wire.send(session.bytes_of(b"", "GET", Accept="text/event-stream")).head()
        expect(status == 200, status)
        events = wire.events(headers)
        wire.next_event(events)  # the one that names the stream, at once and not with the next
        changed = session.use("test_trigger_resource_update")
        expect(changed.status == 200, changed)
        told = wire.next_event(events)
        expect("notifications/resources/updated" in str(told), told)


@check
def events_come_while_the_call_still_runs(site, proxy):
    message = tool_call("test_until_cancelled", {"limit_ms": 60_000, "interval_ms": 100}, meta={"progressToken": 1})
    with ProxyWire(proxy) as wire:
        status, headers = wire.send(modern_request(proxy, message)).head()
        expect(status == 200, status)
        events = wire.events(headers)
        for _ in range(3):
            expect("notifications/progress" in str(wire.next_event(events)), "no progress")
    # The client has gone: the proxy says so to the replica, and the call is cancelled.
    end = time.monotonic() + PATIENCE_S
    while not any("on_cancel has run" in server.log_text() for server in site.servers.values()):
        expect(time.monotonic() < end, "the call was not cancelled")
        time.sleep(0.02)


@check
def a_subscription_is_acknowledged_and_told(site, proxy):
    message = modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, "listen")
    with ProxyWire(proxy) as wire:
        status, headers = wire.send(modern_request(proxy, message)).head()
        expect(status == 200 and headers["content-type"].startswith("text/event-stream"), headers)
        expect("acknowledged" in str(wire.next_event(wire.events(headers))), "not acknowledged")


@check
def a_task_is_found_at_its_replica(site, proxy):
    labels = set()
    for number in range(9):
        message = tool_call("execute", {"id": f"task-{number}"}, meta=TASKS)
        task = ask(proxy, message).json()["result"]["taskId"]
        labels.add(task.split(".")[0])
        for _ in range(6):
            found = about(proxy, task)
            expect(found.status == 200 and "result" in found.json(), found)
    expect(labels <= set(REPLICAS) and len(labels) > 1, labels)
    unknown = ask(proxy, modern("tasks/get", {"taskId": "a.unknown"}, meta=TASKS), Mcp_Name="a.unknown")
    expect(unknown.error_code() == -32602, unknown)


@check
def the_replicas_hear_which_client_it_is_and_not_what_it_says(site, proxy):
    claims = {"X-Forwarded-For": "203.0.113.1", "X-Real-IP": "203.0.113.2", "Forwarded": "for=203.0.113.3"}
    expect(ask(proxy, echo(), **claims).status == 200, "the client's own words came through")

    def failure(source):
        return ask(proxy, echo(), source, Authorization="Bearer wrong", **claims).status

    seen = [failure("127.0.0.7") for _ in range(ATTEMPTS)]
    expect(set(seen) == {401, 429} and seen.count(429) > ATTEMPTS / 3, f"many failures cost nothing: {seen}")
    expect([failure("127.0.0.8") for _ in REPLICAS] == [401] * 3, "another client is punished for it")


@check
def the_limits_of_requests_are_those_of_the_replicas(site, proxy):
    expect(ask(proxy, echo_of_size(MAX_BODY)).status == 200, "the largest body is refused")
    head = modern_request(proxy, echo_of_size(MAX_BODY + 1)).split(b"\r\n\r\n")[0]
    with ProxyWire(proxy) as wire:
        expect(wire.send(head + b"\r\n\r\n").answer().status == 413, "a larger body is taken")
    around = len(modern_request(proxy, echo(), X_Filler="").split(b"\r\n\r\n")[0])
    expect(ask(proxy, echo(), X_Filler="x" * (MAX_HEAD - around - 500)).status == 200, "the largest head is refused")
    expect(ask(proxy, echo(), X_Filler="x" * 40_000).status in (400, 431), "a larger head is taken")


@check
def nothing_but_MCP_is_reached_from_outside(site, proxy):
    for path in ("/readyz", "/health", "/metrics", "/", "/mcp/../readyz", "/mcpx"):
        with ProxyWire(proxy) as wire:
            status = wire.send(request(proxy.port, b"", {**KEY, "Host": f"localhost:{proxy.port}"}, "GET", path)).answer().status
        expect(status in (400, 404), f"{path}: {status}")


@check
def one_connection_of_a_client_serves_many_requests(site, proxy):
    with ProxyWire(proxy) as wire:
        for number in range(20):
            answer = wire.send(modern_request(proxy, echo(str(number)))).answer()
            expect(answer.status == 200 and str(number) in str(answer.json()["result"]), answer)


@check
def a_request_that_was_sent_is_never_sent_again(site, proxy):
    """To replicas that take it and break the connection: a new one, and one that was used before. Each
    proxy is asked until the first request is lost, since it then may leave the replica alone."""
    for answers in (0, 1):
        with FakeReplicas(answers) as fakes, Proxy(proxy.name, fakes.ports) as before:
            sent, last = 0, 200
            with contextlib.suppress(EOFError, ConnectionError), ProxyWire(before) as wire:
                while last == 200:
                    expect(sent <= ATTEMPTS, "no connection was broken: nothing was tried")
                    sent, last = sent + 1, None
                    last = wire.send(modern_request(before, echo())).answer().status
            expect(last in (502, None), f"{last} for a request without an answer")
            print(f"      {answers} answers a connection: {sent} sent, {fakes.taken} taken")
            expect(fakes.taken == sent and fakes.answered == sent - 1, f"{sent} were sent, {fakes.taken} have arrived")


def task_at(proxy, label):
    """A task of this replica that has ended."""
    for number in range(ATTEMPTS):
        created = ask(proxy, tool_call("execute", {"id": f"{label}-{number}"}, meta=TASKS)).json()["result"]
        if created["taskId"].startswith(label + "."):
            end = time.monotonic() + PATIENCE_S
            while (found := about(proxy, created["taskId"])).json()["result"]["status"] != "completed":
                expect(time.monotonic() < end, found)
                time.sleep(0.02)
            return created["taskId"]
    raise AssertionError(f"no task at {label}")


def about(proxy, task):
    return ask(proxy, modern("tasks/get", {"taskId": task}, meta=TASKS), Mcp_Name=task)


@check
def a_task_whose_replica_is_away_is_not_said_to_be_unknown(site, proxy):
    task = task_at(proxy, "c")
    site.kill("c")
    waiting = []
    asker = threading.Thread(target=lambda: waiting.append(about(proxy, task)), daemon=True)
    asker.start()
    if proxy.name == "nginx":  # which does not wait
        asker.join(PATIENCE_S)
    site.start("c")
    asker.join(PATIENCE_S)
    expect(len(waiting) == 1, "no answer")
    expect(waiting[0].status == (502 if proxy.name == "nginx" else 200), waiting[0])
    found = about(proxy, task)
    expect(found.status == 200 and found.json()["result"]["status"] == "completed", found)


@check
def a_replica_that_has_gone_costs_no_request(site, proxy):
    """Last: replica b is killed, and comes back."""
    expect(ask(proxy, echo()).status == 200, "not served before")
    site.kill("b")
    with contextlib.ExitStack() as undo:
        undo.callback(site.start, "b")
        answers = [ask(proxy, execute(f"gone-{number}")) for number in range(ATTEMPTS)]
        expect(all(answer.status == 200 for answer in answers), [answer.status for answer in answers])
        session = [LegacyClient(proxy).use("echo", {"text": "hi"}).status for _ in range(6)]
        expect(session == [200] * 6, session)
    executed = [one for one in site.executions() if one.startswith("gone-")]
    expect(len(executed) == len(set(executed)) == ATTEMPTS, f"{len(executed)} executions of {ATTEMPTS}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--proxy", required=True, choices=NAMES)
    parser.add_argument("--only", help="run the checks whose name holds this")
    arguments = parser.parse_args()
    if binary(arguments.proxy) is None:
        print(f"SKIPPED: there is no {arguments.proxy}; packaging/setup test unpacks one")
        return SKIPPED
    few = {"failures_per_minute": 1, "failure_burst": 3}
    with Site(arguments.build, rate=few) as site, Proxy(arguments.proxy, site.ports) as proxy:
        return run_checks(site, proxy, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
