# SPDX-License-Identifier: ISC
"""What runs in a container, seen from outside, without an exec that would run
there itself. The container's own /proc is reached through the root directory
of its first process: proc(5), /proc/pid/root."""

import os
import time

from lib import container
from lib.measure import ProbeError

# One container is looked at every millisecond, 50 every fiftieth of a second:
# looking must not take the time of what is looked at.
PAUSE = 0.001
PAUSE_EACH = 0.0004


class Inside:
    """The container must run on this machine, and we must be root."""

    def __init__(self, docker, name):
        pid = container.docker(docker, "inspect", "-f", "{{.State.Pid}}", name,
                               limit=60)
        self.proc = f"/proc/{pid}/root/proc"
        if not is_first(pid):
            raise ProbeError("the container's processes cannot be seen from "
                             "here: it takes root, and an engine on this "
                             "machine")
        self.rest = self.count()

    def count(self):
        """Zombies count, and so does what dexec itself runs in there."""
        return sum(name.isdigit() for name in os.listdir(self.proc))


def is_first(pid):
    """It is process 1 of a namespace below ours: not just any process that
    happens to have the number."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii",
                  errors="replace") as status:
            numbers = [line.split()[1:] for line in status
                       if line.startswith("NSpid:")]
        os.listdir(f"/proc/{pid}/root/proc")
    except OSError:
        return False
    return bool(numbers) and len(numbers[0]) > 1 and numbers[0][-1] == "1"


def wait_for(reached, seconds, pause=PAUSE):
    """The time (of perf_counter) when it was, or None when it never was."""
    limit = time.perf_counter() + seconds
    while not reached():
        if time.perf_counter() > limit:
            return None
        time.sleep(pause)
    return time.perf_counter()


def pause_for(insides):
    return max(PAUSE, PAUSE_EACH * len(insides))


def until_more(insides, more, seconds=60):
    """Wait until each has that many processes above those at rest."""
    if wait_for(lambda: all(inside.count() >= inside.rest + more
                            for inside in insides), seconds,
                pause_for(insides)) is None:
        raise ProbeError("the processes to be ended did not start")


def until_rest(insides, seconds):
    """The time when nothing was left in any, or None."""
    left = list(insides)

    def nothing_left():
        # What has come to rest stays so: nobody starts anything there.
        left[:] = [inside for inside in left if inside.count() > inside.rest]
        return not left
    return wait_for(nothing_left, seconds, pause_for(insides))
