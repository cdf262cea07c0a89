# SPDX-License-Identifier: ISC
"""How long what dexec started outlives its end; and dexec that of others."""

import itertools
import os
import signal
import sys
import time
from dataclasses import replace

from lib import inside, result, stats, table
from lib.live import Live
from lib.losses import container_losses, engine_losses
from lib.measure import Command

NAME = "ending"
TITLE = "Ends"

LIMIT_MS = 1000
LOSS_LIMIT_MS = 2000
PATIENCE = 10
# The guard, which acts where dexec is killed outright, is there after half a
# second.
GUARDED_S = 0.8
TIMEOUT_S = 2

# What the command starts besides itself and one child, and how many that are.
TREES = {
    "setsid": ("setsid sleep 100000 & setsid sh -c 'sleep 100000 & "
               "sleep 100000; true' &", 4),
    "double fork": ("(sleep 100000 &) ; sh -c '(setsid sleep 100000 &) ;"
                    " sleep 100000 & true' &", 3),
    # What nohup does; busybox may lack the program.
    "nohup": ("(trap '' HUP; exec sleep 100000) >/dev/null 2>&1 &", 1),
    "200 children": ("i=0; while [ $i -lt 200 ]; do sleep 100000 & "
                     "i=$((i+1)); done;", 200),
}
ITSELF = 2

NOTE = """\
`dexec C sh -c TREE`; when the whole tree is there, dexec is sent a signal, or
its time is over (counted from its start), or its standard output is closed
while `yes` prints to it (as by `| head -1`), or its terminal is closed. From
then on until the container has no process but its own first two: also those
have to be gone that dexec runs there to find and end others. Read from outside
by the container's /proc every millisecond. For KILL, what acts is the guard
that dexec starts after half a second. docker exec leaves all of them running
in all of these cases."""

LOSS_NOTE = """\
The other way round: the container, or the engine, goes away under a running
command. From the call of docker, or the signal to an engine made for this, until
dexec has ended."""


def script(tree, last="while :; do sleep 100000; done"):
    return f"{TREES[tree][0]} echo ready; {last}"


class Case:
    """Something that ends dexec: `argv` for it, and `act` that does it and
    returns the time when it did."""

    def __init__(self, name, act, options=(), last=None, terminal=False):
        self.name = name
        self.act = act
        self.options = list(options)
        self.last = {"last": last} if last else {}
        self.terminal = terminal

    def argv(self, bench, tree):
        return bench.by_dexec("sh", "-c", script(tree, **self.last),
                              options=self.options)


def send(number):
    def act(live):
        begun = time.perf_counter()
        live.signal(number)
        return begun
    return act


def close(live):
    begun = time.perf_counter()
    live.close_output()
    return begun


CASES = (
    *(Case(name, send(getattr(signal, "SIG" + name)))
      for name in ("INT", "TERM", "HUP", "KILL")),
    Case("timeout", lambda live: live.begun + TIMEOUT_S,
         options=["--timeout", str(TIMEOUT_S)]),
    Case("| head -1", close, last="yes; true"),
    Case("terminal closed", close, terminal=True),
)


def empty_by_force(bench):
    """So that one failure does not become many."""
    bench.run(Command([bench.docker, "restart", "-t", "0", bench.container]))


def once(bench, case, tree):
    """(ms until nothing is left, ms until dexec has ended, status)"""
    seen = inside.Inside(bench.docker, bench.container)
    with Live(case.argv(bench, tree), case.terminal) as live:
        live.until_ready()
        inside.until_more([seen], TREES[tree][1] + ITSELF)
        live.until_age(GUARDED_S)
        begun = case.act(live)
        empty = inside.until_rest([seen], PATIENCE)
        ended, status = live.ended()
    if empty is None:
        empty_by_force(bench)
        empty = begun + PATIENCE
    return (empty - begun) * 1e3, (ended - begun) * 1e3, status


def statuses(runs):
    return ", ".join(str(status) for status in sorted({r[2] for r in runs}))


def row(name, runs):
    empty = [run[0] for run in runs]
    return [name, table.number(min(empty), 0),
            table.number(stats.median(empty), 0), table.number(max(empty), 0),
            table.number(stats.median([run[1] for run in runs]), 0),
            statuses(runs)]


def measure_trees(bench):
    """{(case, tree): runs}, in turn."""
    # One of the fleet: its process 1 reaps, so that no zombies are left.
    bench = replace(bench, container=bench.fleet.names(1)[0])
    kinds = list(itertools.product(CASES, TREES))
    found = {(case.name, tree): [] for case, tree in kinds}
    count = bench.count(5, 1)
    for number in range(count):
        for case, tree in kinds:
            if sys.stderr.isatty():
                print(f"\r\033[Kending: {number + 1}/{count} {case.name}",
                      end="", file=sys.stderr, flush=True)
            found[case.name, tree].append(once(bench, case, tree))
    return found


def tree_figures(found):
    figures = []
    for case in CASES:
        empty = [run[0] for (name, _), runs in found.items()
                 for run in runs if name == case.name]
        figures.append(result.largest(
            f"{case.name}: until no process of any tree is left", empty,
            LIMIT_MS, 0, "ms"))
    return figures


def measure(bench):
    if os.geteuid() != 0:
        raise inside.ProbeError("it takes root to see processes in containers")
    found = measure_trees(bench)
    losses = container_losses(bench)
    engine, notes = engine_losses(bench)
    losses.update(engine)
    head = ["ms", "min", "median", "max", "dexec ended, median", "status"]
    tree_rows = [row(f"{case}, {tree}", runs)
                 for (case, tree), runs in found.items()]
    loss_rows = [[name, *[table.number(value, 0) for value in
                          (min(times), stats.median(times), max(times))],
                  ", ".join(map(str, sorted(set(ends))))]
                 for name, (times, ends) in losses.items()]
    figures = tree_figures(found) + [
        result.largest(f"{name}: until dexec has ended", times, LOSS_LIMIT_MS,
                       0, "ms") for name, (times, _) in losses.items()]
    count = len(next(iter(found.values())))
    return result.section(
        figures,
        [result.rows(f"Until nothing is left, {count} times each", head,
                     tree_rows),
         result.rows("Until dexec has ended", ["ms", "min", "median", "max",
                                               "status"], loss_rows)],
        notes=[NOTE, LOSS_NOTE, *notes],
        samples={f"{case}, {tree}": result.rounded([r[0] for r in runs], 1)
                 for (case, tree), runs in found.items()})
