# SPDX-License-Identifier: Apache-2.0
"""How the rows of the table come of what was measured. The numbers are those of the project's list of goals."""

import statistics

import at_rest
import durability
import instructions
import rows
import servers
import slices
import stdio_trips
from fleet import DISK, MUTATING, MUTATING_UNAUDITED, OPEN, RMCP, SHIPPED, UNAUDITED

CONNECTIONS = (1, 16, 64)
RMCP_GOALS = {1: 1.0, 16: 2.5, 64: 2.5}
NO_RMCP = "the peer was not built, for want of cargo"
STDIO_CALLS = 500
VERIFY_LOAD_S = 3.0
# Two groups of the audit, each at most five milliseconds.
TWO_GROUPS_MS = 10


def clients(count):
    return "1 client" if count == 1 else f"{count} clients"


def load_rows(load):
    found = [rows.at_least("1", f"calls/s to nginx, {clients(c)}", 0.80, slices.ratios(load[c], SHIPPED, "nginx"))
             for c in (16, 64)]
    for c, goal in RMCP_GOALS.items():
        what = f"calls/s to rmcp, {clients(c)}"
        found.append(rows.at_least("3", what, goal, slices.ratios(load[c], SHIPPED, RMCP)) if RMCP in load[c]
                     else rows.skipped("3", what, f"≥ {goal:g}", NO_RMCP))
    found.append(rows.at_least("5", "calls/s to the TypeScript SDK, 16 clients", 25,
                               slices.ratios(load[16], SHIPPED, "typescript"), 1))
    found.append(rows.at_most("7", "median latency to nginx, 1 client", 1.8,
                              slices.ratios(load[1], SHIPPED, "nginx", "p50_us")))
    for c in CONNECTIONS:
        found.append(rows.at_least("14", f"tool that only reads, calls/s with audit to without, {clients(c)}", 0.90,
                                   slices.ratios(load[c], SHIPPED, UNAUDITED), 3))
    for c in CONNECTIONS:
        found.append(rows.at_least("16", f"calls/s with keys to open, {clients(c)}", 0.97,
                                   slices.ratios(load[c], SHIPPED, OPEN), 3))
    return found + effect_rows(load)


def effect_rows(load):
    """The goal holds for 64 clients; with fewer, the disk alone decides, so its share is what tells."""
    found = []
    for c in CONNECTIONS:
        what = f"tool with effects, calls/s with audit to without, {clients(c)}"
        quartiles = slices.ratios(load[c], MUTATING, MUTATING_UNAUDITED)
        found.append(rows.at_least("15", what, 0.60, quartiles, 3) if c == 64
                     else rows.report("15", what, rows.quartiles_text(quartiles, 3)))
    for c in CONNECTIONS:
        found.append(rows.report("15", f"the same, calls/s to raw fdatasync twice a call in groups of {c}",
                                 rows.quartiles_text(slices.ratios(load[c], MUTATING, DISK))))
    added = [(on["p99_us"] - off["p99_us"]) / 1000 for on, off in zip(load[64][MUTATING], load[64][MUTATING_UNAUDITED])]
    quartiles = statistics.quantiles(added, n=4)
    found.append(rows.Row("15", "the same, added to the 99th percentile, 64 clients", f"≤ {TWO_GROUPS_MS} ms",
                          rows.quartiles_text(quartiles, 1, " ms"), quartiles[1] <= TWO_GROUPS_MS))
    return found


def rest_rows(machines, starts):
    per_connection = at_rest.connection_kib(machines.running[SHIPPED])
    starters = {SHIPPED: machines.toolpost}
    if servers.rmcp_binary():
        starters[RMCP] = servers.rmcp
    idle = {name: at_rest.idle_mib(start) for name, start in starters.items()}
    times = at_rest.starts_ms(starters, starts)
    for name in starters:
        first_answer = rows.quartiles_text(statistics.quantiles(times[name], n=4), 1, " ms")
        print(f"  {name:10} idle {idle[name]:.1f} MiB, first answer after {first_answer}")
    found = [
        rows.value_at_most("8", "idle memory, bundled plugins loaded", 10, idle[SHIPPED], unit=" MiB"),
        rows.value_at_most("9", "memory for an idle connection", 4, per_connection, unit=" KiB"),
        rows.report("11", "start to first answer, bundled plugins loaded",
                    rows.quartiles_text(statistics.quantiles(times[SHIPPED], n=4), 1, " ms")),
    ]
    if RMCP not in starters:
        return found + [rows.skipped("8", "idle memory to rmcp", "≤ 2.5", NO_RMCP),
                        rows.skipped("11", "start to rmcp", "≤ 3", NO_RMCP)]
    ratios = [one / other for one, other in zip(times[SHIPPED], times[RMCP])]
    return found + [
        rows.value_at_most("8", "idle memory to rmcp", 2.5, idle[SHIPPED] / idle[RMCP]),
        rows.at_most("11", "start to rmcp", 3, statistics.quantiles(ratios, n=4), 1),
    ]


def stdio_rows(machines, rounds):
    what, goal = "round trip over stdio to rmcp", 1.5
    if not servers.rmcp_binary():
        return [rows.skipped("13", what, f"≤ {goal:g}", NO_RMCP)]
    line = servers.stdio_line()
    command, environment = machines.stdio()
    ratios = []
    for _ in range(rounds):
        ours = stdio_trips.round_trips(command, STDIO_CALLS, line, environment)
        theirs = stdio_trips.round_trips([str(servers.rmcp_binary()), "stdio"], STDIO_CALLS, line)
        ratios.append(statistics.median(ours) / statistics.median(theirs))
    return [rows.at_most("13", what, goal, statistics.quantiles(ratios, n=4))]


def verify_row(build, machines, directory):
    """Of a ledger that a server filled for some seconds and then closed."""
    server = machines.toolpost()
    try:
        slices.load_slice(build, (server, server.request_file(directory, "verify")), 16, VERIFY_LOAD_S)
    finally:
        server.stop()
    quartiles, size = durability.verify_speed(build, server.config, server.ledger, machines.environment())
    what = f"`toolpost audit verify`, a ledger of {size:.0f} MB"
    return [rows.report("–", what, rows.quartiles_text(quartiles, 0, " MB/s"))]


def count_rows(build, measured):
    found = [rows.value_at_most("18", f"{name.replace('_', ' ')} of a call, 1 client, open", goal, measured[name],
                                f"{measured[name]:g}")
             for name, goal in (("system_calls", 7), ("allocations", 8))]
    what = "instructions of a call in the process, SHA-256 without SHA instructions"
    if not instructions.available():
        return found + [rows.skipped("18", what, "≤ 45,000", "there is no valgrind")]
    count = instructions.measure(build)
    return found + [rows.Row("18", what, "≤ 45,000", f"{count:,.0f}", count <= 45_000)]
