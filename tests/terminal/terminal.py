# SPDX-License-Identifier: ISC
"""A terminal with a program on it, seen as a person sees it."""
import fcntl
import os
import re
import select
import signal
import struct
import termios
import time

import pyte

LIMIT = 20  # s: nothing is waited for longer


class Timeout(AssertionError):
    pass


class Terminal:
    """Runs ARGV as the leader of a new session on a new pty.

    raw is all that came, chunks the same in the pieces in which it was read,
    screen what it looks like.
    """

    def __init__(self, argv, env, cwd, rows=24, columns=80):
        self.raw = b""
        self.chunks = []
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.status = None
        self.master, slave = os.openpty()
        self.resize(rows, columns)
        self.pid = os.fork()
        if self.pid == 0:
            self.become(argv, env, cwd, slave)
        os.close(slave)
        os.set_blocking(self.master, False)

    def become(self, argv, env, cwd, slave):
        try:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(slave, fd)
            os.closerange(3, 1024)
            for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGHUP,
                           signal.SIGQUIT, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            os.chdir(cwd)
            os.execvpe(argv[0], argv, env)
        finally:
            os._exit(99)

    def resize(self, rows, columns):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
        self.screen.resize(rows, columns)

    def send(self, text):
        os.write(self.master, text.encode() if isinstance(text, str) else text)

    def pump(self, seconds):
        """Take what comes within SECONDS; False when nothing did."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            chunk = os.read(self.master, 65536)
        except OSError:  # EIO: nobody has the terminal open
            time.sleep(min(seconds, 0.002))
            return False
        self.raw += chunk
        self.chunks.append(chunk)
        self.stream.feed(chunk)
        return True

    def until(self, condition, what):
        """Watch the terminal until CONDITION() is true."""
        limit = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > limit:
                raise Timeout("%s\n%s" % (what, self.describe()))
            self.pump(0.005)

    def describe(self):
        return "on the screen:\n%s\nraw: %r" % (
            "\n".join(self.lines()), self.raw[-1500:])

    def lines(self):
        """The screen's lines, without blanks at their ends and at its."""
        return "\n".join(line.rstrip() for line in
                         self.screen.display).rstrip().split("\n")

    def shows(self, pattern):
        """Wait until a line of the screen matches."""
        found = []

        def look():
            found[:] = [m for line in self.lines()
                        if (m := re.search(pattern, line))]
            return found
        self.until(look, "no %r" % pattern)
        return found[-1]

    def watch(self, seconds):
        """Watch for SECONDS, for what shall not happen."""
        limit = time.monotonic() + seconds
        while (left := limit - time.monotonic()) > 0:
            self.pump(left)

    def modes(self):
        return termios.tcgetattr(self.master)

    def foreground(self):
        return os.tcgetpgrp(self.master)

    def ended(self):
        """Its waitpid status is known."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid != 0:
                self.status = status
        return self.status is not None

    def finish(self):
        """Wait for its end: "exit N" or "signal NAME"."""
        self.until(self.ended, "it does not end")
        while self.pump(0):
            pass
        if os.WIFSIGNALED(self.status):
            return "signal " + signal.Signals(
                os.WTERMSIG(self.status)).name[3:]
        return "exit %d" % os.WEXITSTATUS(self.status)

    def hang_up(self):
        """Close the terminal, as its window would."""
        if self.master != -1:
            os.close(self.master)
            self.master = -1

    def clear(self):
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            self.status = os.waitpid(self.pid, 0)[1]
        self.hang_up()
