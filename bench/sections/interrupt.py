# SPDX-License-Identifier: ISC
"""Ctrl-C while many containers are full of processes."""

import os
import signal
import sys

from lib import inside, result, stats, table
from lib.fleet import label
from lib.live import Live

NAME = "interrupt"
TITLE = "Ctrl-C on 50 containers"

LIMIT_MS = 3000
PATIENCE = 30

# Children in the background of a script ignore INT; one has a session of its
# own, one has lost its parent.
TREE = """\
sleep 100000 & sleep 100000 & setsid sleep 100000 &
(sleep 100000 &)
while :; do sleep 100000; done"""
PROCESSES = 6

# Where dexec sees no processes of the machine, it sweeps by docker exec.
INSIDE = ["unshare", "--mount", "sh", "-c",
          'mount -t tmpfs none /proc && exec "$@"', "sh"]

NOTE = """\
`dexec -j50 @label:... sh -c TREE`, where TREE is a shell with five sleeping
children: three in the background (which makes them ignore INT), one of them in
a session of its own, one without a parent, one in the foreground. When all
containers have all of them, dexec is sent one INT, as by Ctrl-C. The time runs
until every container has no process but those it began with; what dexec itself
runs there to find and end processes has to be gone, too. It is read from
outside, by the containers' /proc.

Root ends the processes from outside, as those of this machine. "by docker exec"
is the same command where dexec sees none of them (an empty /proc), as for other
users and for engines on other machines."""


def once(argv, insides):
    """(ms until nothing is left, ms until dexec has ended, its status)"""
    with Live(argv) as live:
        inside.until_more(insides, PROCESSES)
        begun = inside.time.perf_counter()
        live.signal(signal.SIGINT)
        empty = inside.until_rest(insides, PATIENCE)
        ended, status = live.ended()
    return ((empty or begun + PATIENCE) - begun) * 1e3, \
        (ended - begun) * 1e3, status


def several(bench, argv, insides, count):
    runs = []
    for number in range(count):
        if sys.stderr.isatty():
            print(f"\rinterrupt: {number + 1}/{count} ", end="",
                  file=sys.stderr, flush=True)
        runs.append(once(argv, insides))
    return runs


def measure(bench):
    size = bench.count(50, 10)
    insides = [inside.Inside(bench.docker, name)
               for name in bench.fleet.names(size)]
    argv = [bench.dexec, f"-j{size}", f"@label:{label(size)}", "sh", "-c",
            TREE]
    runs = several(bench, argv, insides, bench.count(7, 2))
    by_docker = several(bench, INSIDE + argv, insides, bench.count(7, 2)) \
        if os.geteuid() == 0 else []
    empty = [run[0] for run in runs]
    ended = [run[1] for run in runs]
    statuses = ", ".join(str(status) for status in
                         sorted({run[2] for run in runs + by_docker}))
    rows = [[name, *table.summary_cells(stats.summary(values), 0)]
            for name, values in (
                ("until nothing is left", empty),
                ("until dexec has ended", ended),
                ("by docker exec: until nothing is left",
                 [run[0] for run in by_docker])) if values]
    return result.section(
        [result.largest(f"Ctrl-C on {size} containers with {PROCESSES} "
                        "processes each: until nothing is left", empty,
                        LIMIT_MS, 0, "ms")],
        [result.rows(f"{len(runs)} times, ms; status of dexec: {statuses}",
                     ["ms", *table.SUMMARY_HEAD], rows)],
        notes=[NOTE], samples={"empty": result.rounded(empty, 1),
                               "ended": result.rounded(ended, 1)})
