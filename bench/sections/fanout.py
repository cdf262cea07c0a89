# SPDX-License-Identifier: ISC
"""`true` in many containers, by dexec and by what else can do that."""

import os
import shutil

from lib import result, rounds, stats
from lib.bench import column
from lib.fleet import label

NAME = "fanout"
TITLE = "The same in many containers"

SIZES = (5, 10, 20, 50)
XARGS_LIMIT = 1.0
OTHERS_LIMIT = 0.9
DEXEC, DEXEC16, XARGS = "dexec", "dexec -j16", "xargs -P16"
CLUSH, PARALLEL = "clush -f16", "parallel -j16"
OTHERS = {CLUSH: "clush", PARALLEL: "parallel"}

NOTE = """\
All of them ask docker once which containers have a label, and run `true` in
each: `dexec @label:L true`, with as many at a time as it takes by itself and
with `-j16`; `docker ps -q | xargs -P16 -I{} docker exec {} true`; `clush -R
exec -f16 -w NAMES docker exec %h true`; `docker ps -q | parallel -j16 docker
exec {} true`. A round runs them all, in turn."""

# $1 is the label, $2 the docker program.
SCRIPTS = {
    XARGS: '"$2" ps -q --filter "label=$1" |'
           ' xargs -P16 -I{} "$2" exec {} true',
    CLUSH: 'names=$("$2" ps --filter "label=$1" --format "{{.Names}}" |'
           ' paste -sd,)\n'
           'exec clush -R exec -f16 -w "$names" "$2" exec %h true',
    PARALLEL: '"$2" ps -q --filter "label=$1" |'
              ' parallel --will-cite -j16 "$2" exec {} true',
}


def installed():
    """(what can be run, notes on what cannot)"""
    names, notes = [DEXEC, DEXEC16, XARGS], []
    for name, program in OTHERS.items():
        if shutil.which(program):
            names.append(name)
        else:
            notes.append(f"{program} was not installed, its row is left out.")
    return names, notes


def argv_of(bench, name, size):
    if name == DEXEC:
        return [bench.dexec, "-q", f"@label:{label(size)}", "true"]
    if name == DEXEC16:
        return [bench.dexec, "-q", "-j16", f"@label:{label(size)}", "true"]
    return ["sh", "-c", SCRIPTS[name], "sh", label(size), bench.docker]


def measure_size(bench, names, size):
    """Wall times by name."""
    bench.fleet.names(size)
    actions = [bench.action(argv_of(bench, name, size)) for name in names]
    finished = list(rounds.measured(actions, bench.count(12, 2),
                                    f"{size} containers", warmup=1))
    return {name: column(finished, index) for index, name in enumerate(names)}


def figures(size, walls):
    limits = {XARGS: XARGS_LIMIT, CLUSH: OTHERS_LIMIT, PARALLEL: OTHERS_LIMIT}
    return [result.at_most(f"{size} containers: {way} over {name}",
                           stats.paired_ratio(walls[way], walls[name]), limit)
            for way in (DEXEC, DEXEC16)
            for name, limit in limits.items() if name in walls]


def tables(size, walls):
    return [
        result.wall_table(f"{size} containers", list(walls),
                          list(walls.values()), 0),
        result.comparisons(
            f"{size} containers, round by round",
            [(f"{way} against {name}", walls[way], walls[name])
             for way in (DEXEC, DEXEC16)
             for name in (XARGS, CLUSH, PARALLEL) if name in walls]),
    ]


def curves(names, found):
    return {"label": "number of containers",
            "curves": [{"name": name,
                        "points": [[size, stats.estimate(walls[name])]
                                   for size, walls in found.items()]}
                       for name in names]}


def measure(bench):
    names, notes = installed()
    # xargs and parallel would read the reader's own settings.
    os.environ["PARALLEL_HOME"] = bench.scratch
    found = {size: measure_size(bench, names, size)
             for size in (SIZES if not bench.quick else SIZES[:2])}
    largest = max(found)
    return result.section(
        figures(largest, found[largest]),
        [part for size, walls in found.items() for part in tables(size, walls)],
        notes=[NOTE, *notes], curves=curves(names, found),
        samples={str(size): {name: result.rounded(wall, 1)
                             for name, wall in walls.items()}
                 for size, walls in found.items()})
