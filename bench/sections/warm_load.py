# SPDX-License-Identifier: ISC
"""A warm connection under load: many bytes, many commands."""

import os
import threading
import time

from lib import inside, result, rounds, stats, table
from lib.bench import CommandFailed
from lib.measure import Command, ProbeError, run, status_kib
from lib.warm import Connections, Target, agents, only

NAME = "warm_load"
TITLE = "Warm connections: one GiB, and 24,000 commands"

MIB = 2 ** 20
RATE_LIMIT = 0.9
SMALL, SMALL_LIMIT_MS = 100, 10
SMALL_PAUSE = 0.005
AGENT_LIMIT_KIB = 1024
GROWTH_LIMIT_KIB = 128
PATIENCE = 10
TRUE = "/bin/true"
SOAK = 'calls=$1; shift; seq "$calls" | xargs -n1 -P4 -- "$@"'

NOTE = """\
The bytes are read by cat, which throws them away. In a round the cold way and
the warm one take turns. Beside the warm one, and through the same connection,
small commands (`true`) run one after the other, 5 ms apart, up to a hundred
while the bytes flow; the table says how many that were. Whether all bytes
arrive is counted before. Through docker: as under "How long a command takes"."""

SOAK_NOTE = """\
The soak: commands through one connection, four at a time. The keeper and the
agent are looked at (VmRSS of /proc/PID/status, and their descriptors) after the
first 500 commands and after the last one, when both are at rest: their
descriptors are given some time to come back to what they were. A leak of six
bytes a command would be above the limit."""


def source(size):
    return ["sh", "-c", f"dd if=/dev/zero bs=64k count={size // 65536} "
                        "2>/dev/null"]


def check_bytes(bench, argv, size):
    """A fast way that loses bytes is no way."""
    with open(os.path.join(bench.scratch, "count"), "w+b",
              buffering=0) as file:
        bench.run(Command(argv), None,
                  Command(["wc", "-c"], stdout=file.fileno()))
        file.seek(0)
        arrived = int(file.read(64) or 0)
    if arrived != size:
        raise CommandFailed(f"{' '.join(argv)}: {arrived} of {size} bytes "
                            "arrived")


class Beside:
    """Small commands, one after the other, as long as this is entered."""

    def __init__(self, argv):
        self.argv = argv
        self.walls = []
        self.failed = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.work)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def work(self):
        for _ in range(SMALL):
            sample = run(Command(self.argv))
            if self.over.is_set():    # it was not beside it to the end
                break
            self.walls.append(sample.wall_ms)
            self.failed += sample.status != 0
            time.sleep(SMALL_PAUSE)


def with_small(bench, move, target, found):
    def act():
        with Beside(target.warm(bench.dexec, TRUE)) as beside:
            sample = move()
        if beside.failed:
            raise CommandFailed(f"{beside.failed} small commands failed")
        found.append(beside.walls)
        return sample
    return act


def move(bench, argv):
    drain = Command(["cat"])
    return lambda: bench.run(Command(argv), None, drain)


def bulk_part(bench, warm, target):
    size = bench.count(1024, 64) * MIB
    through = Target(target.name, ("-u", "0"))
    warm.start_through_docker(through)
    warm_argv = target.warm(bench.dexec, *source(size))
    cold_argv = target.cold(bench.dexec, *source(size))
    through_argv = through.warm(bench.dexec, *source(size))
    small, small_through = [], []
    check_bytes(bench, warm_argv, size)
    check_bytes(bench, through_argv, size)
    check_bytes(bench, cold_argv, size)
    count = bench.count(8, 2)
    with warm.all_warm(target, 2 * count):
        finished = list(rounds.measured([
            move(bench, cold_argv),
            with_small(bench, move(bench, warm_argv), target, small),
            with_small(bench, move(bench, through_argv), through,
                       small_through)], count, "warm, bulk", warmup=0))
    rates = [[size / MIB / results[way].wall_ms * 1e3 for results in finished]
             for way in range(3)]
    return bulk_figures(size, *rates[:2], small), \
        tables_of_bulk(size, rates, [small, small_through])


def bulk_figures(size, cold, beside, small):
    walls = [wall for one in small for wall in one]
    if not walls:
        raise ProbeError("the bytes flowed faster than one small command")
    moved = f"{size // MIB} MiB"
    return [
        result.at_least(f"{moved} warm with small commands beside it: rate "
                        "over the cold one", stats.paired_ratio(beside, cold),
                        RATE_LIMIT, 3),
        result.at_most(f"the small commands beside {moved}",
                       stats.estimate(walls), SMALL_LIMIT_MS, 2, "ms"),
    ]


def tables_of_bulk(size, rates, smalls):
    names = ["cold", "warm, small ones beside it",
             "warm, through docker, small ones beside it"]
    rows = [[name, table.number(min(rate), 0),
             table.number(stats.median(rate), 0),
             table.number(max(rate), 0)]
            for name, rate in zip(names, rates)]
    lengths = [len(one) for small in smalls for one in small]
    return [
        result.rows(f"{size // MIB} MiB out to a pipe, {len(rates[0])} rounds",
                    ["MiB/s", "min", "median", "max"], rows),
        result.wall_table(
            f"Small commands beside it, {min(lengths)} to {max(lengths)} a "
            "round",
            ["dexec --warm C exec true", "the same, through docker"],
            [[wall for one in small for wall in one] for small in smalls])]


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def look(pids, before=None):
    """{name: (KiB, peak KiB, descriptors)}. Commands that have ended may be
    known to the two a moment longer than to us."""
    if before is not None:
        inside.wait_for(lambda: all(descriptors(pid) <= before[name][2]
                                    for name, pid in pids.items()), PATIENCE)
    return {name: (status_kib(pid, "VmRSS"), status_kib(pid, "VmHWM"),
                   descriptors(pid)) for name, pid in pids.items()}


def soak(bench, warm, target):
    """(how many, {name: what it had at rest before, early, at the end})"""
    early, late = bench.count(500, 50), bench.count(23500, 450)
    pids = {"keeper": only(warm.keepers(), "keeper"),
            "agent": only(agents(bench.docker, bench.container), "agent")}
    seen = [look(pids)]
    for calls in (early, late):
        block = bench.action(["sh", "-c", SOAK, "sh", str(calls),
                              *target.warm(bench.dexec, TRUE)])
        with warm.all_warm(target, calls):
            block()
        seen.append(look(pids, seen[0]))
    return early, early + late, {name: [one[name] for one in seen]
                                 for name in pids}


def growth_figures(calls, found):
    figures = []
    for name, (_, early, end) in found.items():
        memory, opened = end[0] - early[0], end[2] - early[2]
        figures += [
            result.figure(f"{name}, {calls} commands: growth of its memory",
                          f"at most {GROWTH_LIMIT_KIB} KiB", f"{memory} KiB",
                          memory <= GROWTH_LIMIT_KIB),
            result.figure(f"{name}, {calls} commands: growth of its "
                          "descriptors", "none", str(opened), opened <= 0)]
    return figures


def soak_part(bench, warm, target):
    early, calls, found = soak(bench, warm, target)
    largest = max(seen[1] for seen in found["agent"])
    figures = [*growth_figures(calls, found), result.figure(
        f"the agent's memory, the most in {calls} commands",
        f"less than {AGENT_LIMIT_KIB} KiB", f"{largest} KiB",
        largest < AGENT_LIMIT_KIB)]
    cells = [[f"{name}, {when}", *map(str, values)]
             for name, seen in found.items()
             for when, values in zip(("at first", f"after {early}",
                                      f"after {calls}"), seen)]
    return figures, [result.rows(
        "One connection", ["", "memory, KiB", "the most so far, KiB",
                           "descriptors"], cells)]


def measure(bench):
    if os.geteuid() != 0:
        raise ProbeError("it takes root to see processes in containers")
    target = Target(bench.container)
    with Connections(bench) as warm:
        warm.start(target)
        bulk, bulk_tables = bulk_part(bench, warm, target)
        warm.clear()
        warm.start(target)
        soaked, soak_tables = soak_part(bench, warm, target)
    return result.section([*bulk, *soaked], [*bulk_tables, *soak_tables],
                          notes=[NOTE, SOAK_NOTE])
