# SPDX-License-Identifier: ISC
"""Short commands by the four ways there are."""

import os

from lib import result, rounds, stats
from lib.bench import column

NAME = "ways"
TITLE = "Short commands, four ways"

COMMANDS = (("date",), ("cat", "/etc/resolv.conf"))
FASTER_LIMIT = 4
EXEC_RUN = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "exec_run.py")
NAMES = ("docker exec", "dexec", "dexec --disable_stream",
         "Python, docker-py's exec_run")
DOCKER, DEXEC, BUFFERED, PYTHON = range(4)


def four_ways(bench, command):
    return [
        bench.by_docker(*command),
        bench.by_dexec(*command),
        bench.by_dexec(*command, options=["--disable_stream"]),
        ["/usr/bin/python3", EXEC_RUN, bench.container, *command],
    ]


def measure_command(bench, command):
    """One list of wall times a way."""
    actions = [bench.action(argv) for argv in four_ways(bench, command)]
    finished = list(rounds.measured(actions, bench.count(40, 8),
                                    " ".join(command)))
    return [column(finished, way) for way in range(len(NAMES))]


def figure(command, walls):
    ratio = stats.paired_ratio(walls[PYTHON], walls[DEXEC])
    return result.at_least(
        f"{' '.join(command)}: Python with docker-py's exec_run over dexec",
        ratio, FASTER_LIMIT, 2, "times")


def comparisons(command, walls):
    return result.comparisons(
        f"{' '.join(command)}, round by round",
        [(f"{NAMES[first]} against {NAMES[second]}", walls[first], walls[second])
         for first, second in ((DEXEC, DOCKER), (BUFFERED, DOCKER),
                               (PYTHON, DEXEC), (PYTHON, DOCKER))])


def measure(bench):
    figures, tables, bars, samples = [], [], [], {}
    for command in COMMANDS:
        name = " ".join(command)
        walls = measure_command(bench, command)
        figures.append(figure(command, walls))
        tables.append(result.wall_table(name, NAMES, walls))
        tables.append(comparisons(command, walls))
        bars.append({"group": name,
                     "values": [stats.estimate(wall) for wall in walls]})
        samples[name] = [result.rounded(wall) for wall in walls]
    return result.section(figures, tables, samples=samples,
                          bars={"names": list(NAMES), "groups": bars})
