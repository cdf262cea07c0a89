# SPDX-License-Identifier: ISC
"""How long a command takes through a warm connection."""

import os

from lib import result, rounds, sshd, stats, table
from lib.bench import column
from lib.container import EngineError
from lib.fleet import label
from lib.inside import Inside, until_rest
from lib.measure import Command, ProbeError
from lib.warm import Connections, Target, first_process

NAME = "warm"
TITLE = "Warm connections: how long a command takes"

FASTER_LIMIT = 30
FLOOR_LIMIT = 1
SOON_MS, SOON_LIMIT = 5, 99
SIXTEEN, RATE_LIMIT = 16, 600
SSH_LIMIT = 50
MANY, MANY_LIMIT_MS = 20, 40
FIRST_LIMIT = 1.05
TRUE = "/bin/true"

# Sixteen processes by xargs: a client in Python would be what is measured.
SCRIPT = 'calls=$1; shift; seq "$calls" | xargs -n1 -P16 -- "$@"'

NOTE = """\
The connection is started before by `dexec C warm start`, and afterwards it is
asked how many commands it has served, so that none that ran cold is counted as
a warm one. The time is that of the whole process. `nsenter -t PID -a` enters
all namespaces of the container from the host as root and runs the same program:
the least that an exec without an engine costs. Sixteen at a time are started by
`xargs -P16`. For ssh:// an sshd on the loopback interface is started for the
run; docker makes its usual connections to it for each call.

Keeper and agent speak by the agent's own pipes where the keeper sees the agent,
as root does here. Through docker: by a keeper that sees none, as it is for other
users. That of ssh:// is such a one, for its engine would be another
machine's."""

FIRST_NOTE = """\
The first call: before each, warm or cold, all keepers are ended, what they
started is waited for until it is gone, here and in the container, and the
sockets are removed. Only the call is timed; the keeper that the warm one leaves
behind starts up meanwhile."""


def floor(bench):
    pid = first_process(bench.docker, bench.container)
    return ["nsenter", "-t", str(pid), "-a", TRUE]


def single(bench, warm, target):
    """[dexec --warm, docker exec, nsenter, dexec --warm through docker], walls
    in ms."""
    warmup, count = 2, bench.count(200, 10)
    # Of another user, if only by name: another connection.
    through = Target(target.name, ("-u", "0"))
    warm.start_through_docker(through)
    actions = [bench.action(argv) for argv in (
        target.warm(bench.dexec, TRUE), bench.by_docker(TRUE), floor(bench),
        through.warm(bench.dexec, TRUE))]
    with warm.all_warm(target, 2 * (warmup + count)):
        finished = list(rounds.measured(actions, count, "warm", warmup))
    return [column(finished, index) for index in range(len(actions))]


def single_part(bench, warm, target):
    dexec, docker, nsenter, through = walls = single(bench, warm, target)
    names = ["dexec --warm C exec true", "docker exec C true",
             "nsenter -t PID -a true", "dexec --warm, through docker"]
    return [
        result.at_least("docker exec C true over dexec --warm C exec true",
                        stats.paired_ratio(docker, dexec), FASTER_LIMIT, 1,
                        "times"),
        result.at_most("dexec --warm C exec true over nsenter",
                       stats.paired_ratio(dexec, nsenter), FLOOR_LIMIT, 3),
    ], [
        result.wall_table("One command, in turn", names, walls),
        result.comparisons("Round by round", [
            ("dexec --warm against docker exec", dexec, docker),
            ("dexec --warm against nsenter", dexec, nsenter),
            ("dexec --warm, through docker, against docker exec", through,
             docker),
            ("dexec --warm, through docker, against nsenter", through,
             nsenter)]),
    ], {"dexec": result.rounded(dexec), "docker": result.rounded(docker),
        "nsenter": result.rounded(nsenter),
        "through": result.rounded(through)}


def loop_part(bench, warm, target):
    """One after the other."""
    calls = bench.count(1000, 50)
    call = bench.action(target.warm(bench.dexec, TRUE))
    with warm.all_warm(target, calls):
        walls = [call().wall_ms for _ in range(calls)]
    share = 100 * sum(wall < SOON_MS for wall in walls) / calls
    what = f"{calls} warm calls in a loop: under {SOON_MS} ms"
    figure = result.figure(what, f"at least {SOON_LIMIT} %",
                           f"{table.number(share, 1)} %", share >= SOON_LIMIT)
    return figure, result.wall_table(
        f"{calls} calls, one after the other", ["dexec --warm C exec true"],
        [walls])


def sixteen_part(bench, warm, target):
    """Calls a second, of several blocks."""
    calls, blocks = bench.count(1000, 100), bench.count(8, 2)
    # xargs adds a number, which true does not mind.
    block = bench.action(["sh", "-c", SCRIPT, "sh", str(calls),
                          *target.warm(bench.dexec, TRUE)])
    with warm.all_warm(target, calls * blocks):
        rates = [calls / block().wall_ms * 1e3 for _ in range(blocks)]
    return result.at_least(
        f"{SIXTEEN} warm clients at a time, calls a second",
        stats.estimate(rates), RATE_LIMIT, 0)


def ssh_walls(bench, warm):
    """[dexec --warm, docker exec], over ssh."""
    count = bench.count(20, 3)
    with sshd.loopback(os.path.join(bench.scratch, "s"),
                       bench.docker) as host:
        target = Target(bench.container, ("-H", host))
        actions = [
            bench.action(target.warm(bench.dexec, TRUE)),
            bench.action([bench.docker, "-H", host, "exec", bench.container,
                          TRUE])]
        try:
            warm.start_through_docker(target)
            with warm.all_warm(target, 1 + count):
                finished = list(rounds.measured(actions, count, "ssh", 1))
        finally:
            # Before the sshd that it goes through.
            warm.clear()
    return [column(finished, index) for index in range(len(actions))]


def ssh_part(bench, warm):
    what = "docker -H ssh:// exec over dexec -H ssh:// --warm"
    try:
        dexec, docker = ssh_walls(bench, warm)
    except EngineError as error:
        return [result.figure(what, f"at least {SSH_LIMIT} times",
                              f"not measured: {error}", False)], []
    return [result.at_least(what, stats.paired_ratio(docker, dexec),
                            SSH_LIMIT, 1, "times")], \
        [result.wall_table(f"{len(dexec)} calls each over ssh, in turn",
                           ["dexec -H ssh://... --warm C exec true",
                            "docker -H ssh://... exec C true"],
                           [dexec, docker])]


def many_part(bench, warm):
    size = bench.count(MANY, 5)
    names = bench.fleet.names(size)
    target = Target(f"@label:{label(size)}")
    warm.start(target)
    count, warmup = bench.count(40, 4), 2
    ask = [bench.docker, "ps", "-q", "--filter", f"label={label(size)}"]
    # The names alone take docker's answer, too, that they are there.
    actions = [bench.action(argv) for argv in (
        [bench.dexec, "-q", "--warm", target.name, TRUE],
        [bench.dexec, "-q", "--warm", ",".join(names), TRUE],
        [bench.dexec, "-q", target.name, TRUE], ask)]
    with warm.all_warm(target, 2 * size * (warmup + count)):
        finished = list(rounds.measured(actions, count, "warm, many", warmup))
    walls = [column(finished, index) for index in range(len(actions))]
    return result.at_most(
        f"{size} containers: dexec --warm @label:L true",
        stats.estimate(walls[0]), MANY_LIMIT_MS, 1, "ms"), \
        result.wall_table(f"{size} containers, in turn", [
            "dexec --warm @label:L true", "dexec --warm NAME,... true",
            "dexec @label:L true", "docker ps"], walls)


def first_call(bench, warm, rest, argv):
    """From nothing, each time."""
    def act():
        warm.clear()
        if until_rest([rest], 20) is None:
            raise ProbeError("something is left in the container when its "
                             "keeper has ended")
        return bench.run(Command(argv))
    return act


def first_part(bench, warm, target):
    warm.clear()
    rest = Inside(bench.docker, bench.container)
    actions = [first_call(bench, warm, rest, argv)
               for argv in (target.warm(bench.dexec, TRUE),
                            target.cold(bench.dexec, TRUE))]
    finished = list(rounds.measured(actions, bench.count(60, 4), "first call"))
    warm.clear()
    first, cold = column(finished, 0), column(finished, 1)
    names = ["dexec --warm C exec true, the first", "dexec C exec true"]
    return result.at_most(
        "the first call with --warm, no connection yet, over a cold call",
        stats.paired_ratio(first, cold), FIRST_LIMIT, 3), [
            result.wall_table("The first call, in turn", names, [first, cold]),
            result.comparisons("Round by round", [
                ("first warm against cold", first, cold)])]


def measure(bench):
    target = Target(bench.container)
    with Connections(bench) as warm:
        warm.start(target)
        figures, tables, samples = single_part(bench, warm, target)
        soon, walls = loop_part(bench, warm, target)
        together = sixteen_part(bench, warm, target)
        over_ssh, ssh_tables = ssh_part(bench, warm)
        many, many_table = many_part(bench, warm)
        first, first_tables = first_part(bench, warm, target)
    return result.section(
        [*figures, soon, together, *over_ssh, many, first],
        [*tables, walls, *ssh_tables, many_table, *first_tables],
        notes=[NOTE, FIRST_NOTE], samples=samples)
