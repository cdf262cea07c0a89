# SPDX-License-Identifier: ISC
"""Containers by the hundred, all alike: started when they are first asked for,
a few at a time, and gone when the run is over."""

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor

from lib import container

AT_A_TIME = 4
# A removal can cross a start that was on its way when we were interrupted.
SWEEPS = 3
REMOVED_AT_ONCE = 25

# The first N of them carry the label of N, so that one filter, or one
# selector, finds as many as are wanted.
SIZES = (5, 10, 20, 50, 100, 300)


def label(size):
    """The label of the first `size`; its value is the run's own."""
    return f"dexec.bench.{size}={os.getpid()}"


def label_options(number):
    """For `docker run`, of the number-th container, counted from 1."""
    options = [f"--label=dexec.bench={os.getpid()}"]
    options += [f"--label={label(size)}" for size in SIZES if number <= size]
    return options


class Fleet:
    """Use as a context manager; `names` may be called again and again."""

    def __init__(self, docker, files=None):
        self.docker = docker
        self.files = files or {}      # path in the image: content
        self.image = f"dexec-bench-{os.getpid()}-fleet:1"
        self.started = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for _ in range(SWEEPS):
            with contextlib.suppress(container.EngineError):
                if not self.remove_all():
                    break
        with contextlib.suppress(container.EngineError):
            if self.started:
                container.docker(self.docker, "rmi", "-f", self.image)

    def remove_all(self):
        """How many there were."""
        ids = container.docker(
            self.docker, "ps", "-aq", "--filter",
            f"label=dexec.bench={os.getpid()}").split()
        for first in range(0, len(ids), REMOVED_AT_ONCE):
            container.docker(self.docker, "rm", "-f",
                             *ids[first:first + REMOVED_AT_ONCE])
        return len(ids)

    def start(self, number):
        name = f"dexec-bench-{os.getpid()}-{number}"
        container.docker(
            self.docker, "run", "-d", "--init", "--pull=never",
            "--network=none", "--name", name, *label_options(number),
            self.image, "sleep", "1000000")
        return name

    def names(self, count):
        """The names of the first `count`, all of them running."""
        if not self.started:
            container.make_image(self.docker, self.image, self.files)
        missing = range(len(self.started) + 1, count + 1)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            self.started += pool.map(self.start, missing)
        return self.started[:count]
