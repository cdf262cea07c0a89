# SPDX-License-Identifier: ISC
"""Run one command and say what it cost.

A command is a `Command`: its argv and where its three streams go. `run`
measures it from outside, children included; a watch (`watch_cpu`,
`watch_peak`) adds what the process itself used, its children left out.
"""

import ctypes
import os
import signal
import time
from dataclasses import dataclass, field, replace

# Python ignores these and an ignored signal stays ignored across exec, which
# would make `| head` behave differently under the benchmark.
RESTORED_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ)

# From <linux/ptrace.h>; see ptrace(2).
PTRACE_CONT = 7
PTRACE_SEIZE = 0x4206
PTRACE_LISTEN = 0x4208
PTRACE_O_TRACEEXIT = 0x40
PTRACE_EVENT_EXIT = 6
PTRACE_EVENT_STOP = 128


@dataclass(frozen=True)
class Command:
    """argv and three descriptors; None means /dev/null."""
    argv: list
    stdin: int | None = None
    stdout: int | None = None
    stderr: int | None = None


@dataclass
class Sample:
    """One run. CPU time and memory are wait4's: they include the children the
    command waited for, the memory being that of the largest one."""
    wall_ms: float
    user_ms: float
    sys_ms: float
    max_rss_kib: int
    status: int               # of the shell: 128+n for a signal
    own: dict = field(default_factory=dict)   # what a watch saw


class ProbeError(Exception):
    """The process cannot be looked at; the text says why."""


def file_actions(command):
    actions = []
    for target, source in enumerate((command.stdin, command.stdout,
                                     command.stderr)):
        if source is None:
            mode = os.O_RDONLY if target == 0 else os.O_WRONLY
            actions.append((os.POSIX_SPAWN_OPEN, target, os.devnull, mode, 0))
        else:
            actions.append((os.POSIX_SPAWN_DUP2, source, target))
    return actions


def spawn(command):
    """Start it; OSError when there is no such program."""
    return os.posix_spawnp(command.argv[0], command.argv, os.environ,
                           file_actions=file_actions(command),
                           setsigdef=RESTORED_SIGNALS)


def end(pid):
    """The benchmark is being interrupted: do not leave the command behind."""
    try:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def shell_status(wait_status):
    code = os.waitstatus_to_exitcode(wait_status)
    return 128 - code if code < 0 else code


def run(command, watch=None):
    """Run to the end and measure. `watch(pid)` may look at the process while
    it runs and when it is dead; what it returns is the sample's `own`."""
    started = time.perf_counter_ns()
    pid = spawn(command)
    try:
        own = watch(pid) if watch else {}
        _, status, usage = os.wait4(pid, 0)
    except BaseException:
        end(pid)
        raise
    return Sample(
        wall_ms=(time.perf_counter_ns() - started) / 1e6,
        user_ms=usage.ru_utime * 1e3,
        sys_ms=usage.ru_stime * 1e3,
        max_rss_kib=usage.ru_maxrss,
        status=shell_status(status),
        own=own)


def run_piped(command, reader, watch=None):
    """Run with stdout in a pipe to a reader process; the time ends when both
    have ended, like that of a pipeline in a shell."""
    read_end, write_end = os.pipe()
    started = time.perf_counter_ns()
    try:
        reader_pid = spawn(replace(reader, stdin=read_end))
        os.close(read_end)
        read_end = -1
        result = run(replace(command, stdout=write_end), watch)
    finally:
        for descriptor in (read_end, write_end):
            if descriptor >= 0:
                os.close(descriptor)
    os.waitpid(reader_pid, 0)
    result.wall_ms = (time.perf_counter_ns() - started) / 1e6
    return result


def rss_floor_kib():
    """No max_rss below this can be told: until it execs, a spawned child
    shares our memory, and the kernel counts that into the child's peak."""
    return status_kib("self", "VmHWM")


def status_kib(pid, key):
    """A field of /proc/PID/status that is in kB."""
    with open(f"/proc/{pid}/status", encoding="ascii",
              errors="replace") as status:
        for line in status:
            if line.startswith(key + ":"):
                return int(line.split()[1])
    raise ProbeError(f"no {key} in /proc/{pid}/status")


def own_cpu_ms(pid):
    """CPU time of the process itself, in user and kernel, children left out,
    to the nanosecond. It can be read while the process is a zombie. First
    field of schedstat: Documentation/scheduler/sched-stats.rst. It is the main
    thread's, and dexec has one thread."""
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as stat:
            return int(stat.read().split()[0]) / 1e6
    except (OSError, IndexError, ValueError) as error:
        raise ProbeError(f"cannot read /proc/PID/schedstat: {error}") from error


def watch_cpu(pid):
    """Looks at the process after its death and before it is reaped, so that
    the run itself is undisturbed."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return {"cpu_ms": own_cpu_ms(pid)}


def watch_peak(pid):
    """Also the peak memory of the process itself. ptrace stops it once, at
    the very end, when its memory is still there: sampling would miss a short
    peak."""
    ptrace(PTRACE_SEIZE, pid, PTRACE_O_TRACEEXIT)
    peak = wait_for_exit_stop(pid)
    return {"peak_kib": peak, **watch_cpu(pid)}


def ptrace(request, pid, data):
    function = ctypes.CDLL(None, use_errno=True).ptrace
    function.restype = ctypes.c_long
    function.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                         ctypes.c_void_p]
    if function(request, pid, None, data) == -1:
        reason = os.strerror(ctypes.get_errno())
        raise ProbeError(f"cannot trace the process: {reason}")


def wait_for_exit_stop(pid):
    """Let the process run until it is about to exit; its peak in KiB. Signals
    on their way to it are passed on."""
    while True:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            raise ProbeError("it was killed before it could be looked at")
        event = status >> 16
        if event == PTRACE_EVENT_EXIT:
            peak = status_kib(pid, "VmHWM")
            ptrace(PTRACE_CONT, pid, None)
            return peak
        if event == PTRACE_EVENT_STOP:
            stopped = os.WSTOPSIG(status) != signal.SIGTRAP
            ptrace(PTRACE_LISTEN if stopped else PTRACE_CONT, pid, None)
        else:
            ptrace(PTRACE_CONT, pid, os.WSTOPSIG(status) or None)
