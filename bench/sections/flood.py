# SPDX-License-Identifier: ISC
"""Many containers that print much, all at once, line by line."""

import json
import os
import shutil
import tempfile

from lib import result, stats, table
from lib.bench import CommandFailed
from lib.fleet import label
from lib.measure import Command, watch_cpu, watch_peak
from lib.rounds import measured

NAME = "flood"
TITLE = "100 containers printing 10 MiB each"

FILE = "/flood"
PEAK_LIMIT_MIB = 16
CPU_LIMIT = 0.25
CHECK = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "check_lines.py")

NOTE = """\
Each container prints the same 10 MiB of numbered lines with checksums. The
output goes to a pipe, whose reader takes the names off and compares every line
with the one that has to come next from that container: a line that is torn,
lost, doubled or changed is one that does not fit. CPU and memory are those of
the process alone, as under "Own CPU and memory": dexec's without the docker
clients, GNU parallel's without them and without the processes it forks. GNU
parallel runs as `parallel -j16 --tag --line-buffer docker exec {} cat FILE`
with the names on its standard input.

The engine gives what a command has printed two seconds from the command's end
to be fetched, then closes the stream; its log says `stream copy error ... file
already closed`. Where the reader is slow at the very end, as it can be for all
at a time on a busy machine, that costs the last 64 KiB or so, and docker exec
alone loses them as well. Lines lost in this way count as lost here."""

PARALLEL = ('"$2" ps -q --filter "label=$1" >"$3"\n'
            'exec parallel --will-cite -j16 --tag --line-buffer '
            '"$2" exec {} cat ' + FILE + ' <"$3"')


class Way:
    """A command, what stands behind a name, and what to look at."""

    def __init__(self, name, argv, separator, watch):
        self.name = name
        self.argv = argv
        self.separator = separator
        self.watch = watch


def ways(bench, size):
    target = f"@label:{label(size)}"
    found = [Way(f"dexec -j{jobs}",
                 [bench.dexec, "-q", f"-j{jobs}", target, "cat", FILE], ": ",
                 watch_peak) for jobs in (16, size)]
    if shutil.which("parallel"):
        names = os.path.join(bench.scratch, "names")
        found.append(Way("parallel -j16 --tag --line-buffer",
                         ["bash", "-c", PARALLEL, "bash", label(size),
                          bench.docker, names], "\t", watch_cpu))
    return found


def action(bench, way, expected):
    """Run it with its lines checked: (sample, counts)."""
    def run():
        with tempfile.TemporaryFile() as said:
            sample = bench.run(
                Command(way.argv), way.watch,
                Command(["/usr/bin/python3", CHECK, expected, way.separator],
                        stdout=said.fileno()))
            said.seek(0)
            return sample, json.load(said)
    return run


def require_complete(way, size, lines, counts):
    """GNU parallel's lines are checked as well: it has to do the same."""
    if counts["complete"] != size or counts["lines"] != size * lines:
        raise CommandFailed(f"{way.name}: {counts['complete']} of {size} "
                            f"outputs arrived whole, {counts['bad']} lines bad")


def figures(found, size):
    dexec = [name for name in found if name.startswith("dexec")]
    rows = [result.largest(f"{size} containers printing: own peak memory of "
                           f"{name}", found[name]["peak"], PEAK_LIMIT_MIB, 2,
                           "MiB") for name in dexec]
    others = [name for name in found if name not in dexec]
    rows += [result.at_most(
        f"{size} containers printing: own CPU of {name} over that of {other}",
        stats.paired_ratio(found[name]["cpu"], found[other]["cpu"]), CPU_LIMIT)
        for other in others for name in dexec]
    bad = sum(sum(found[name]["bad"]) for name in dexec)
    lines = sum(sum(found[name]["lines"]) for name in dexec)
    rows.append(result.figure(
        f"{size} containers printing: lines torn or lost by dexec", "none",
        f"{bad} of {lines:,}", bad == 0))
    return rows


def row(name, values):
    peak = table.number(max(values["peak"])) if values["peak"] else table.DASH
    return [name, table.number(stats.median(values["wall"]) / 1e3, 1),
            table.number(stats.median(values["cpu"]) / 1e3), peak,
            f"{sum(values['lines']):,}", sum(values["bad"])]


def collect(bench, size, expected, lines):
    """By way: lists of wall, cpu, peak, lines, bad."""
    all_ways = ways(bench, size)
    found = {way.name: {"wall": [], "cpu": [], "peak": [], "lines": [],
                        "bad": []} for way in all_ways}
    actions = [action(bench, way, expected) for way in all_ways]
    for results in measured(actions, bench.count(3, 1), "flood", warmup=0):
        for way, (sample, counts) in zip(all_ways, results):
            values = found[way.name]
            values["wall"].append(sample.wall_ms)
            values["cpu"].append(sample.own["cpu_ms"])
            if "peak_kib" in sample.own:
                values["peak"].append(sample.own["peak_kib"] / 1024)
            values["lines"].append(counts["lines"])
            lost = size * lines - counts["lines"]
            values["bad"].append(max(counts["bad"], lost))
            if not way.name.startswith("dexec"):
                require_complete(way, size, lines, counts)
    return found


def measure(bench):
    size = bench.count(100, 10)
    bench.fleet.names(size)
    expected = os.path.join(bench.scratch, "flood")
    content = bench.fleet.files[FILE]
    with open(expected, "wb") as file:
        file.write(content)
    found = collect(bench, size, expected, content.count(b"\n"))
    notes = [NOTE] + ([] if shutil.which("parallel") else
                      ["parallel was not installed, its row is left out."])
    head = ["", "wall s, median", "own CPU s, median", "own peak MiB, max",
            "lines right", "lines bad"]
    return result.section(
        figures(found, size),
        [result.rows(f"{size} containers, {len(content) / 2 ** 20:.0f} MiB "
                     "each, prefixed, to a pipe", head,
                     [row(name, values) for name, values in found.items()])],
        notes=notes,
        samples={name: {key: result.rounded(values[key], 2)
                        for key in ("wall", "cpu", "peak")}
                 for name, values in found.items()})
