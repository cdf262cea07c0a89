# SPDX-License-Identifier: ISC
"""What it costs to find out which containers are meant."""

import os

from lib import result, rounds, stats, table
from lib.bench import column
from lib.fleet import label

NAME = "select"
TITLE = "Selectors against 300 containers"

LIMIT_MS = 30

NOTE = """\
`dexec SELECTOR` alone lists what is selected. Its wall time is compared with
that of `docker ps` on the same engine, in pairs. How many docker processes it
starts is counted in a run of its own, by a program in docker's place that
writes a line and then runs docker."""

COUNTING = """\
#!/bin/sh
echo "$1" >>"{log}"
exec "{docker}" "$@"
"""


def selectors(bench, size):
    """(name for the report, TARGET)"""
    names = bench.fleet.names(size)
    prefix = names[0].rpartition("-")[0]
    key = label(size).partition("=")[0]
    return [("@all", "@all"), ("a glob", f"{prefix}-*"),
            ("@label:K", f"@label:{key}"), ("@label:K=V", f"@label:{label(size)}"),
            ("@image:REF", f"@image:{bench.fleet.image}"),
            (f"{size} names", ",".join(names))]


def count_calls(bench, target):
    """(docker processes started, containers listed)"""
    log = os.path.join(bench.scratch, "calls")
    program = os.path.join(bench.scratch, "counting-docker")
    with open(program, "w", encoding="utf-8") as file:
        file.write(COUNTING.format(log=log, docker=bench.docker))
    os.chmod(program, 0o755)
    with open(log, "w+b") as calls:
        listed = bench.output([bench.dexec, "--docker", program, target])
        return calls.read().count(b"\n"), listed.count("\n") - 1


def measure(bench):
    size = bench.count(300, 20)
    calls, walls, listed = {}, {}, {}
    for name, target in selectors(bench, size):
        calls[name], listed[name] = count_calls(bench, target)
        actions = [bench.action([bench.dexec, target]),
                   bench.action([bench.docker, "ps"])]
        finished = list(rounds.measured(actions, bench.count(12, 4), name))
        walls[name] = (column(finished, 0), column(finished, 1))
    return report(size, calls, walls, listed)


def report(size, calls, walls, listed):
    figures = [result.figure(f"selectors against {size} containers: docker "
                             "calls", "1", str(max(calls.values())),
                             max(calls.values()) == 1)]
    figures += [result.at_most(
        f"selectors against {size} containers: dexec '{name}' minus docker ps",
        stats.paired_difference(*pair), LIMIT_MS, 1, "ms")
        for name, pair in walls.items()]
    rows = [[name, listed[name], calls[name],
             table.number(stats.median(pair[0]), 1),
             table.number(stats.median(pair[1]), 1),
             table.with_interval(stats.paired_difference(*pair), 1)]
            for name, pair in walls.items()]
    head = ["", "listed", "docker calls", "dexec, ms", "docker ps, ms",
            "difference, ms"]
    return result.section(
        figures, [result.rows(f"{size} containers", head, rows)], notes=[NOTE],
        samples={name: [result.rounded(wall, 1) for wall in pair]
                 for name, pair in walls.items()})
