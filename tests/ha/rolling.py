# SPDX-License-Identifier: Apache-2.0
"""Three replicas with common users, keys, sessions and a real Redis behind a real proxy, under a steady
load of both eras, while they are restarted one after the other as a service manager does it: every
request has its one answer and is executed once. Then one is killed: only what it was executing is lost.
rolling.py --build DIR --proxy nginx|haproxy [--rate 200] [--restarts 9]"""

import argparse
import collections
import sys
import time

from three_replicas import Site

from checks import expect
from http_wire import Wire, request
from load import Load, percentile
from proxies import NAMES, REPLICAS, Proxy, binary
from real_redis import PROGRAM, RealRedis
from toolpost_process import PATIENCE_S, Build

SKIPPED = 77
SETTLE_S = 3  # of load before the first restart and after the last
KILLED = "b"
# Of the requests that a killed replica may take along: one for each slot of its plugin, those that wait.
MOST_LOST = 80


def wait_until_ready(port):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with Wire(port) as wire:
            if wire.send(request(port, b"", method="GET", target="/readyz")).answer().status == 200:
                return
        time.sleep(0.05)
    raise AssertionError("the replica is not ready")


def restart(site, label):
    begun = time.monotonic()
    code = site.stop(label)
    stopped = time.monotonic()
    expect(code == 0, f"replica {label} ended with {code}")
    wait_until_ready(site.start(label).port)
    print(f"      {label}: stopped in {stopped - begun:.1f} s, ready {time.monotonic() - stopped:.1f} s later", flush=True)


def figures(name, fates, seconds):
    lost = [fate for fate in fates if not fate.is_answered]
    times = [1000 * (fate.ended - fate.sent) for fate in fates if fate.is_answered]
    print(f"      {name}: {len(fates)} requests in {seconds:.0f} s ({len(fates) / seconds:.0f} a second), "
          f"{len(lost)} unanswered, p50 {percentile(times, 0.5):.0f} ms, p99 {percentile(times, 0.99):.0f} ms, "
          f"longest {max(times, default=0):.0f} ms")
    for reason, count in collections.Counter(fate.error for fate in lost).most_common(5):
        print(f"      {count} times {reason}")
    return lost


def executed_more_than_once(site):
    return {call_id: times for call_id, times in collections.Counter(site.executions()).items() if times > 1}


def expect_executed(site, fates):
    executed = collections.Counter(site.executions())
    wrong = [fate.id for fate in fates if fate.is_answered and executed[fate.id] != 1]
    expect(not wrong, f"answered, but not executed once: {wrong[:5]}")
    twice = executed_more_than_once(site)
    print(f"      {len(executed)} executed, {len(twice)} of them more than once")
    expect(not twice, f"executed more than once: {list(twice.items())[:5]}")


def rolling(build, proxy_name, redis, rate, restarts):
    with Site(build, redis.url) as site, Proxy(proxy_name, site.ports) as proxy:
        processes = {server.process.pid for server in site.servers.values()}
        load = Load(proxy, rate)
        load.start()
        begun = time.monotonic()
        time.sleep(SETTLE_S)
        for number in range(restarts):
            label = REPLICAS[number % len(REPLICAS)]
            restart(site, label)
            processes.add(site.servers[label].process.pid)
        time.sleep(SETTLE_S)
        seconds = time.monotonic() - begun
        fates = load.finish()
        lost = figures("rolling restart", fates, seconds)
        served = {fate.process for fate in fates if fate.is_answered}
        print(f"      {restarts} restarts, {len(served)} of {len(processes)} processes have answered")
        expect(len(fates) > 0.9 * rate * seconds, "the load was not what it should be: is the machine too busy?")
        expect(len(served) >= len(processes) - 1, "the proxy left replicas out that had come back")
        expect_executed(site, fates)
        expect(not lost, f"{len(lost)} of {len(fates)} requests have no answer")


def kill(build, proxy_name, redis, rate):
    with Site(build, redis.url) as site, Proxy(proxy_name, site.ports) as proxy:
        victim = site.servers[KILLED].process.pid
        load = Load(proxy, rate)
        load.start()
        begun = time.monotonic()
        time.sleep(SETTLE_S)
        site.kill(KILLED)
        killed = time.monotonic()
        time.sleep(SETTLE_S)
        wait_until_ready(site.start(KILLED).port)
        back = site.servers[KILLED].process.pid
        time.sleep(2 * SETTLE_S)
        seconds = time.monotonic() - begun
        fates = load.finish()
        lost = figures("one replica killed", fates, seconds)
        late = [fate for fate in lost if fate.sent > killed]
        by = collections.Counter(fate.process for fate in fates)
        print(f"      {by[victim]} answered before, {len(late)} lost that were sent after, {by[back]} answered once it was back")
        expect(by[victim] > 0 and by[back] > 0, "the replica had no part in it")
        expect_executed(site, fates)
        expect(not late, f"{len(late)} requests were lost that were sent when the replica had gone: {late[0].error if late else ''}")
        expect(len(lost) <= MOST_LOST, f"{len(lost)} lost, more than one replica had in hand")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--proxy", required=True, choices=NAMES)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--restarts", type=int, default=9)
    arguments = parser.parse_args()
    if binary(arguments.proxy) is None or not PROGRAM.exists():
        print(f"SKIPPED: there is no {arguments.proxy} or no Redis; packaging/setup test provides them")
        return SKIPPED
    passed = failed = 0
    for name, run in (("rolling restarts lose and double nothing",
                       lambda redis: rolling(arguments.build, arguments.proxy, redis, arguments.rate, arguments.restarts)),
                      ("a replica that is killed loses what it was executing",
                       lambda redis: kill(arguments.build, arguments.proxy, redis, arguments.rate))):
        try:
            with RealRedis() as redis:
                run(redis)
            passed += 1
            print(f"ok    {name}", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"FAIL  {name}\n      {error}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
