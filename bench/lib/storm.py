# SPDX-License-Identifier: ISC
"""Commands through a warm connection while it is taken away, again and again:
what each of them did is counted by what it wrote, in a directory that all the
containers share with us."""

import itertools
import os
import random
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass

from lib.warm import Target

CLIENTS = 6               # at a time; one of them with endless commands
LIMIT = 60                # seconds for one call
ENDLESS_S = "1"           # what --timeout gives those
PAUSES = ("0", "0", "0.05")

# $1 is the call's own number, $2 how long it lasts.
SCRIPT = 'read name </etc/hostname; echo "$name" >>"/log/$1"; sleep "$2"; ' \
         'echo "done $1"'


@dataclass
class Called:
    """One call, as its caller saw it."""
    number: int
    begun: float
    ended: float
    status: int | None        # None: it did not end
    output: bytes
    said: bytes
    endless: bool = False


@dataclass
class Span:
    """How long a container had the name, at the most."""
    identifier: str
    begun: float
    ended: float | None = None


def call(argv):
    """(begun, ended, status, stdout, stderr)"""
    begun = time.perf_counter()
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False, timeout=LIMIT)
        what = (done.returncode, done.stdout, done.stderr)
    except subprocess.TimeoutExpired as error:
        what = (None, error.stdout or b"", error.stderr or b"")
    return (begun, time.perf_counter(), *what)


class Load:
    """Clients that call without a pause as long as this is entered."""

    def __init__(self, dexec, name, log):
        self.dexec = dexec
        self.target = Target(name)
        self.log = log
        self.numbers = itertools.count(1)
        self.called = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(client == 0,))
                        for client in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def argv(self, number, endless):
        options = ["--warm", *(["--timeout", ENDLESS_S] if endless else [])]
        pause = "100000" if endless else random.choice(PAUSES)
        return self.target.argv(self.dexec, "exec", "sh", "-c", SCRIPT, "sh",
                                str(number), pause, options=options)

    def work(self, endless):
        while not self.over.is_set():
            number = next(self.numbers)
            self.called.append(Called(number, *call(self.argv(number, endless)),
                                      endless=endless))

    def ran_in(self, number):
        """The containers that it ran in, by the names they have inside."""
        try:
            with open(os.path.join(self.log, str(number)),
                      encoding="ascii", errors="replace") as file:
                return file.read().split()
        except FileNotFoundError:
            return []


def is_right(called, host, spans):
    """The container had the name at some moment of the call."""
    return any(span.identifier.startswith(host) and
               span.begun <= called.ended and
               (span.ended is None or span.ended >= called.begun)
               for span in spans)


def is_silent(called, runs):
    """It is said to have done what it has not."""
    if called.status != 0:
        return False
    return not runs or called.endless or \
        called.output != b"done %d\n" % called.number


def judge(load, spans):
    """(how often what went wrong, how often which status)"""
    wrong = Counter()
    for called in load.called:
        runs = load.ran_in(called.number)
        wrong["twice"] += len(runs) > 1
        wrong["elsewhere"] += any(not is_right(called, host, spans)
                                  for host in runs)
        wrong["silent"] += is_silent(called, runs)
        wrong["hung"] += called.status is None
    return wrong, Counter(called.status for called in load.called)
