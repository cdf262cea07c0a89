# SPDX-License-Identifier: ISC
"""A dexec that runs while we do something to it."""

import contextlib
import fcntl
import os
import pty
import signal
import subprocess
import termios
import threading
import time

from lib.measure import ProbeError

# After so many seconds more we kill it.
PATIENCE = 20


class Live:
    """A process in a session of its own, its standard output in a pipe, or
    with all of its streams on a terminal."""

    def __init__(self, argv, terminal=False):
        self.begun = time.perf_counter()
        self.output, theirs = pty.openpty() if terminal else os.pipe()
        with open(os.devnull, "r+b") as null:
            self.process = subprocess.Popen(
                argv, stdout=theirs, start_new_session=True,
                stdin=theirs if terminal else null,
                stderr=theirs if terminal else null,
                preexec_fn=own_terminal if terminal else None)
        os.close(theirs)
        self.over = None      # the time when it was
        self.watcher = threading.Thread(target=self.watch)
        self.watcher.start()

    def watch(self):
        """The end is noticed at once, whatever else is being looked at."""
        self.process.wait()
        self.over = time.perf_counter()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close_output()
        self.process.kill()   # nothing happens to one that has ended
        self.watcher.join()

    def until_ready(self):
        """Wait for the word that the command prints."""
        seen = b""
        while b"ready" not in seen:
            with contextlib.suppress(OSError):   # a terminal at its end
                more = os.read(self.output, 4096)
                if more:
                    seen += more
                    continue
            raise ProbeError("the command ended before it was ready")

    def until_age(self, seconds):
        time.sleep(max(0, self.begun + seconds - time.perf_counter()))

    def close_output(self):
        if self.output >= 0:
            os.close(self.output)
        self.output = -1

    def signal(self, number):
        os.kill(self.process.pid, number)

    def ended(self):
        """The time when it was, and its status as of a shell."""
        self.watcher.join(PATIENCE)
        self.process.kill()
        self.watcher.join()
        code = self.process.returncode
        return self.over, 128 - code if code < 0 else code


def own_terminal():
    # What a terminal's end does to a session: only as its own terminal.
    fcntl.ioctl(1, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
