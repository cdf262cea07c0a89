# SPDX-License-Identifier: ISC
"""What dexec adds to the shortest docker exec there is."""

from lib import result, rounds, stats
from lib.bench import column

NAME = "startup"
TITLE = "Start-up"

RATIO_LIMIT = 1.02
APART_LIMIT_MS = 1.5
PAIRS = 60

NOTE = """\
The engine's own noise is larger than the figure asked, and 60 pairs do not
average it away. So ten series of 60 are run and the figures are those of all
pairs together; the series are shown too. Each round runs docker exec a second
time: what docker exec seems to differ from itself by is noise."""


def against(bench, argvs, count, label):
    """One list of wall times an argv, run in turn."""
    actions = [bench.action(argv) for argv in argvs]
    finished = list(rounds.measured(actions, count, label))
    return [column(finished, index) for index in range(len(argvs))]


def figures(dexec, docker):
    name = f"start-up, {len(dexec)} pairs: dexec C exec true"
    return [
        result.at_most(f"{name} over docker exec C true",
                       stats.paired_ratio(dexec, docker), RATIO_LIMIT, 3),
        result.at_most(f"{name} minus docker exec C true",
                       stats.paired_difference(dexec, docker),
                       APART_LIMIT_MS, 2, "ms"),
    ]


def series(dexec, docker):
    """The comparison of each PAIRS pairs."""
    return [(f"pairs {first + 1} to {first + PAIRS}",
             dexec[first:first + PAIRS], docker[first:first + PAIRS])
            for first in range(0, len(dexec), PAIRS)]


def engine_tables(dexec, docker, again):
    return [
        result.wall_table("With the engine",
                          ["dexec C exec true", "docker exec C true",
                           "docker exec C true, again"],
                          [dexec, docker, again]),
        result.comparisons("Pair by pair, dexec against docker exec",
                           [("all pairs", dexec, docker),
                            *series(dexec, docker)]),
        result.comparisons("Pair by pair, docker exec against itself",
                           [("all pairs", again, docker),
                            *series(again, docker)]),
    ]


def alone_tables(bench):
    """With `true` in docker's place the engine's time is gone together with
    its noise, and what dexec adds stays."""
    dexec, nothing = against(
        bench, [bench.by_dexec("true", options=["--docker", "true"]),
                ["true"]], bench.count(300, 30), "start-up, no engine")
    return [
        result.wall_table("Without it, the program true in docker's place",
                          ["dexec --docker true C exec true", "true"],
                          [dexec, nothing]),
        result.comparisons("Pair by pair, dexec --docker true against true",
                           [("all pairs", dexec, nothing)]),
    ]


def measure(bench):
    argvs = [bench.by_dexec("true"), bench.by_docker("true"),
             bench.by_docker("true")]
    walls = against(bench, argvs, bench.count(10 * PAIRS, 10), "start-up")
    dexec, docker, again = walls
    return result.section(
        figures(dexec, docker),
        [*engine_tables(dexec, docker, again), *alone_tables(bench)],
        notes=[NOTE],
        samples={"dexec": result.rounded(dexec),
                 "docker": result.rounded(docker),
                 "docker_again": result.rounded(again)})
