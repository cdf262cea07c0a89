# SPDX-License-Identifier: ISC
"""Warm connections of the benchmark's own: nobody else's are used or ended, and
nothing of them is left."""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass

from lib import container, inside
from lib.bench import CommandFailed
from lib.measure import Command, ProbeError, run

PATIENCE = 15
SERVED, KEEPER, WAY = 4, 2, 7     # columns of `warm status`
UNSEEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                      "tests", "lib", "unseen")


@dataclass(frozen=True)
class Target:
    """What dexec is told to reach, with the options that say where."""
    name: str
    options: tuple = ()

    def argv(self, dexec, *words, options=()):
        return [dexec, *self.options, *options, self.name, *words]

    def warm(self, dexec, *command):
        return self.argv(dexec, "exec", *command, options=["--warm"])

    def cold(self, dexec, *command):
        return self.argv(dexec, "exec", *command)


class Connections:
    """All that dexec starts in here have one directory, by which they are
    found: a keeper is nobody's child. Use as a context manager."""

    def __init__(self, bench):
        self.bench = bench
        self.directory = tempfile.mkdtemp(prefix="w", dir=bench.scratch)
        self.before = os.environ.get("XDG_RUNTIME_DIR")
        self.mark = f"XDG_RUNTIME_DIR={self.directory}\0".encode()

    def __enter__(self):
        os.environ["XDG_RUNTIME_DIR"] = self.directory
        return self

    def __exit__(self, *_):
        try:
            self.clear()
        except ProbeError as error:
            print(f"run: {error}", file=sys.stderr)
        if self.before is None:
            os.environ.pop("XDG_RUNTIME_DIR", None)
        else:
            os.environ["XDG_RUNTIME_DIR"] = self.before

    def processes(self):
        """Of this machine, those with our mark: {pid: argv}. The dead that
        nobody has waited for have none."""
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            if int(pid) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                if self.mark in read(f"/proc/{pid}/environ") + b"\0":
                    found[int(pid)] = argv_of(pid)
        return found

    def keepers(self):
        return [pid for pid, argv in self.processes().items()
                if os.path.basename(argv[0]) == b"dexec-keeper"]

    def children(self, word):
        """The docker programs that keepers run: `exec`, the connection itself,
        or `events`."""
        keepers = self.keepers()
        return [pid for pid, argv in self.processes().items()
                if word.encode() in argv and parent(pid) in keepers]

    def start(self, target):
        self.bench.run(Command(target.argv(self.bench.dexec, "warm", "start")))

    def start_through_docker(self, target):
        """By a keeper that sees no agent: one that has no shortcut."""
        self.bench.run(Command([UNSEEN, *target.argv(self.bench.dexec, "warm",
                                                     "start")]))
        if all(row[WAY] != "docker" for row in self.status(target)):
            raise ProbeError("the keeper has found the agent all the same")

    def status(self, target):
        """The rows of `warm status`."""
        text = self.bench.output(target.argv(self.bench.dexec, "warm",
                                             "status"))
        return [line.split() for line in text.splitlines()[1:]]

    def is_open(self, target):
        return run(Command(target.argv(self.bench.dexec, "warm",
                                       "status"))).status == 0

    def served(self, target):
        return sum(int(row[SERVED]) for row in self.status(target))

    @contextlib.contextmanager
    def all_warm(self, target, calls):
        """A call that ran cold, which it may, would not be what we measure."""
        before = self.served(target)
        yield
        served = self.served(target) - before
        if served < calls:
            raise CommandFailed(f"only {served} of {calls} calls went through "
                                "the warm connection")

    def end_keepers(self):
        """What is still there some time after they were told to end."""
        for pid in self.keepers():
            kill(pid, signal.SIGTERM)
        gone = inside.wait_for(lambda: not self.processes(), PATIENCE)
        return {} if gone is not None else self.processes()

    def clear(self):
        """End them all and remove their sockets; nothing is left."""
        left = self.end_keepers()
        for pid in left:
            kill(pid, signal.SIGKILL)
        shutil.rmtree(os.path.join(self.directory, "dexec"),
                      ignore_errors=True)
        if left:
            words = sorted({os.path.basename(argv[0]).decode(errors="replace")
                            for argv in left.values()})
            raise ProbeError(f"still there {PATIENCE} s after the keepers were "
                             f"told to end: {', '.join(words)}")


def kill(pid, number):
    """Nothing happens to one that has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def argv_of(pid):
    return read(f"/proc/{pid}/cmdline").split(b"\0")


def parent(pid):
    """0 when there is none any more."""
    try:
        # Behind the name, which is in brackets and may have any.
        return int(read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[1])
    except OSError:
        return 0


def first_process(docker, name):
    return int(container.docker(docker, "inspect", "-f", "{{.State.Pid}}", name,
                                limit=60))


def agents(docker, name):
    """The agents in a container, by their numbers out here."""
    space = os.readlink(f"/proc/{first_process(docker, name)}/ns/pid")
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if (os.readlink(f"/proc/{pid}/ns/pid") == space and
                    os.path.basename(argv_of(pid)[0]).startswith(b".dexec-")):
                found.append(int(pid))
    return found


def only(pids, what):
    if len(pids) != 1:
        raise ProbeError(f"there should be one {what}, and there are "
                         f"{len(pids)}")
    return pids[0]
