# SPDX-License-Identifier: ISC
"""What the dexec process itself uses for one exec, docker left out."""

from lib import result, rounds, stats, table
from lib.bench import column
from lib.measure import watch_cpu, watch_peak

NAME = "own"
TITLE = "Own CPU and memory"

CPU_LIMIT_MS = 2
PEAK_LIMIT_MIB = 3

NOTE = """\
Of the dexec process alone, in an exec against the engine. The time is the
first field of /proc/PID/schedstat (user and kernel, in ns), read when the
process is dead and not yet reaped; it includes loading the program and
starting docker, and leaves docker out, which wait4 would count in. The memory
is VmHWM of /proc/PID/status, the largest resident set it ever had, shared
libraries included, read in a ptrace stop at its exit. Time and memory are read
in separate runs, so that the stop does not cost time that is measured."""


def peak_mib(sample):
    return sample.own["peak_kib"] / 1024


def cpu_ms(sample):
    return sample.own["cpu_ms"]


def measure_argv(bench, argv, label):
    actions = [bench.action(argv, watch_cpu), bench.action(argv, watch_peak)]
    finished = list(rounds.measured(actions, bench.count(60, 10), label))
    return column(finished, 0, cpu_ms), column(finished, 1, peak_mib)


def measure(bench):
    cpu, peak = measure_argv(bench, bench.by_dexec("true"), "own cost")
    buffered_cpu, buffered_peak = measure_argv(
        bench, bench.by_dexec("true", options=["--disable_stream"]),
        "own cost, buffered")
    rows = [[name, *table.summary_cells(stats.summary(values))]
            for name, values in (
                ("CPU, ms", cpu),
                ("peak memory, MiB", peak),
                ("CPU with --disable_stream, ms", buffered_cpu),
                ("peak memory with --disable_stream, MiB", buffered_peak))]
    return result.section(
        [result.at_most("dexec's own CPU for one exec", stats.estimate(cpu),
                        CPU_LIMIT_MS, 2, "ms"),
         result.at_most("dexec's own peak memory for one exec",
                        stats.estimate(peak), PEAK_LIMIT_MIB, 2, "MiB")],
        [result.rows("dexec C exec true", ["", *table.SUMMARY_HEAD], rows)],
        notes=[NOTE],
        samples={"cpu_ms": result.rounded(cpu),
                 "peak_mib": result.rounded(peak)})
