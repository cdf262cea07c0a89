# SPDX-License-Identifier: ISC
"""A thousand calls one after the other."""

from lib import result, rounds, table

NAME = "thousand"
TITLE = "A thousand calls"

BLOCK = 10


def block(bench, argv):
    """The wall time in ms of one block of calls."""
    call = bench.action(argv)
    return lambda: sum(call().wall_ms for _ in range(BLOCK))


def measure(bench):
    blocks = bench.count(100, 6)
    calls = blocks * BLOCK
    finished = list(rounds.measured(
        [block(bench, bench.by_dexec("true")),
         block(bench, bench.by_docker("true"))], blocks, "blocks of 10",
        warmup=0))
    dexec = [walls[0] for walls in finished]
    docker = [walls[1] for walls in finished]
    names = ["dexec C exec true", "docker exec C true"]
    totals = [[name, calls, table.number(sum(walls) / 1e3),
               table.number(sum(walls) / calls)]
              for name, walls in zip(names, (dexec, docker))]
    more = sum(dexec) / sum(docker)
    return result.section(
        [result.figure(f"{calls} calls, dexec's total over docker exec's",
                       table.DASH, table.number(more, 3), None)],
        [result.rows(f"{calls} calls each, in blocks of {BLOCK} in turn",
                     ["", "calls", "total, s", "a call, ms"], totals),
         result.wall_table(f"A block of {BLOCK}", names, [dexec, docker]),
         result.comparisons("Block by block",
                            [("dexec against docker exec", dexec, docker)])],
        samples={"dexec_blocks": result.rounded(dexec),
                 "docker_blocks": result.rounded(docker)})
