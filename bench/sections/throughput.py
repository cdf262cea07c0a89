# SPDX-License-Identifier: ISC
"""One GiB through dexec and through docker exec, out and in."""

import contextlib
import os
import tempfile
from dataclasses import dataclass

from lib import result, rounds, stats, table
from lib.bench import CommandFailed, column
from lib.measure import Command, watch_peak

NAME = "throughput"
TITLE = "One GiB"

RATE_LIMIT = 0.97
STREAMED_LIMIT_MIB = 4
BUFFERED_LIMIT_MIB = 8
MIB = 2 ** 20
DRAIN = Command(["cat"])

NOTE = """\
The pipe is read by cat, which throws away what it reads; the time ends when
both have ended. Before the measured rounds each way runs once with the bytes
counted. dexec's own CPU and peak memory are told as under "Own CPU and
memory"; the guard process that dexec starts for commands longer than half a
second is not in them. docker's are what wait4 says of it. Each round runs
docker exec twice: its rate over its own says how far apart two runs of the
same thing are on this machine."""


def room_for(size):
    """A directory in memory if it has room for the file, else on disk."""
    shm = "/dev/shm"
    with contextlib.suppress(OSError):
        room = os.statvfs(shm)
        if room.f_bavail * room.f_frsize > size * 3 // 2:
            return shm
    return None


class Files:
    """The file that is written and the one that is read. Neither has a name,
    so an interrupted run leaves nothing behind. Unbuffered, because commands
    move the offsets."""

    def __init__(self, size):
        folder = room_for(size)
        self.place = "in memory (tmpfs)" if folder else "on disk"
        self.output = tempfile.TemporaryFile(dir=folder, buffering=0)
        self.input = tempfile.TemporaryFile(dir=folder, buffering=0)
        # Sparse: reading it costs no disk and little memory.
        self.input.truncate(size)

    def fresh_output(self):
        self.output.truncate(0)
        self.output.seek(0)
        return self.output.fileno()

    def fresh_input(self):
        self.input.seek(0)
        return self.input.fileno()

    def output_size(self):
        return os.fstat(self.output.fileno()).st_size

    def output_number(self):
        """The output, when it is a number."""
        self.output.seek(0)
        return int(self.output.read(64) or 0)


class ToPipe:
    """A path that the bytes take: `move` is measured, `count` says how many
    arrive at the end of it."""

    def __init__(self, bench, files):
        self.bench = bench
        self.files = files

    def move(self, argv, watch=None):
        return self.bench.run(Command(argv), watch, DRAIN)

    def count(self, argv):
        reader = Command(["wc", "-c"], stdout=self.files.fresh_output())
        self.bench.run(Command(argv), None, reader)
        return self.files.output_number()


class ToFile(ToPipe):
    def move(self, argv, watch=None):
        return self.bench.run(
            Command(argv, stdout=self.files.fresh_output()), watch)

    def count(self, argv):
        self.move(argv)
        return self.files.output_size()


class FromFile(ToPipe):
    def move(self, argv, watch=None):
        return self.bench.run(
            Command(argv, stdin=self.files.fresh_input()), watch)

    def count(self, argv):
        # The last word is the script that reads inside the container.
        self.bench.run(Command([*argv[:-1], "wc -c"],
                               stdin=self.files.fresh_input(),
                               stdout=self.files.fresh_output()))
        return self.files.output_number()


@dataclass
class Case:
    """A path and the two commands that are compared on it."""
    title: str
    path: ToPipe
    dexec: list
    docker: list
    buffered: bool = False    # its rate is reported, but no rate is asked of it


def source(size):
    blocks = f"if=/dev/zero bs=64k count={size // 65536}"
    return ["sh", "-c", f"dd {blocks} 2>/dev/null"]


def cases(bench, size):
    files = Files(size)
    out = source(size)
    drain = ["sh", "-c", "cat >/dev/null"]
    docker = bench.by_docker(*out)
    return [
        Case("out to a pipe", ToPipe(bench, files), bench.by_dexec(*out),
             docker),
        Case(f"out to a file {files.place}", ToFile(bench, files),
             bench.by_dexec(*out), docker),
        Case("in by -i from a file", FromFile(bench, files),
             bench.by_dexec(*drain, exec_options=["-i"]),
             bench.by_docker(*drain, options=["-i"])),
        Case("out to a pipe, --disable_stream", ToPipe(bench, files),
             bench.by_dexec(*out, options=["--disable_stream"]), docker,
             buffered=True),
    ]


def check_bytes(case, size):
    """Also the warm-up. A fast way that loses bytes is no way."""
    for argv in (case.dexec, case.docker):
        arrived = case.path.count(argv)
        if arrived != size:
            raise CommandFailed(f"{' '.join(argv)}: {arrived} of {size} bytes "
                                f"arrived ({case.title})")


def measure_case(bench, case, size):
    check_bytes(case, size)
    actions = [lambda: case.path.move(case.dexec, watch_peak),
               lambda: case.path.move(case.docker),
               lambda: case.path.move(case.docker)]
    return list(rounds.measured(actions, bench.count(12, 6), case.title,
                                warmup=0))


def rates(finished, index, size):
    """MiB/s."""
    return [size / MIB / wall * 1e3 for wall in column(finished, index)]


def rate_figures(case, size, dexec, docker, again):
    ratio = stats.paired_ratio(dexec, docker)
    moved = f"{size // MIB} MiB {case.title}:"
    what = f"{moved} dexec's rate over docker exec's"
    own = table.with_interval(stats.paired_ratio(again, docker), 3)
    yardstick = result.figure(f"{moved} docker exec's rate over its own",
                              table.DASH, own, None)
    if case.buffered:
        return [result.figure(what, table.DASH,
                              table.with_interval(ratio, 3), None), yardstick]
    return [result.at_least(what, ratio, RATE_LIMIT, 3), yardstick]


def own_peaks(finished):
    return [results[0].own["peak_kib"] / 1024 for results in finished]


def case_rows(case, finished, size):
    """One row for dexec, one for docker exec."""
    own_cpu = stats.median([r[0].own["cpu_ms"] for r in finished])
    docker_cpu = stats.median([r[1].user_ms + r[1].sys_ms for r in finished])
    docker_peak = max(r[1].max_rss_kib for r in finished) / 1024
    cells = []
    for name, index, cpu, peak in (
            ("dexec", 0, own_cpu, max(own_peaks(finished))),
            ("docker exec", 1, docker_cpu, docker_peak)):
        rate = rates(finished, index, size)
        cells.append([f"{case.title}: {name}", table.number(min(rate), 0),
                      table.number(stats.median(rate), 0),
                      table.number(max(rate), 0), table.number(cpu / 1e3),
                      table.number(peak)])
    return cells


def peak_figure(name, peaks, limit):
    return result.largest(f"dexec's own peak memory, {name}", peaks, limit, 2,
                          "MiB")


def measure(bench):
    size = bench.count(1024, 64) * MIB
    figures, rows, peaks = [], [], {True: [], False: []}
    for case in cases(bench, size):
        finished = measure_case(bench, case, size)
        figures += rate_figures(case, size, *(rates(finished, index, size)
                                              for index in range(3)))
        peaks[case.buffered] += own_peaks(finished)
        rows += case_rows(case, finished, size)
    figures.append(peak_figure(f"{size // MIB} MiB streamed", peaks[False],
                               STREAMED_LIMIT_MIB))
    figures.append(peak_figure(f"{size // MIB} MiB buffered", peaks[True],
                               BUFFERED_LIMIT_MIB))
    head = ["", "min MiB/s", "median MiB/s", "max MiB/s", "own CPU, s",
            "own peak, MiB"]
    return result.section(figures, [result.rows(
        f"{size // MIB} MiB, {len(finished)} rounds each", head, rows)],
        notes=[NOTE])
