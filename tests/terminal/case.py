# SPDX-License-Identifier: ISC
"""Test cases with a scratch directory, a terminal, and a docker."""
import hashlib
import os
import shutil
import signal
import tempfile
import time
import unittest

from terminal import LIMIT, Terminal, Timeout

HERE = os.path.dirname(os.path.realpath(__file__))
STANDIN = os.path.join(os.path.dirname(HERE), "standin", "docker")
DEXEC = os.path.realpath(os.environ.get("DEXEC", "dexec"))
KEPT = ("PATH", "DEXEC_LIBEXEC_DIR", "DOCKER_HOST", "ASAN_OPTIONS",
        "UBSAN_OPTIONS", "LSAN_OPTIONS")


def is_script(path):
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


# How much longer than usual things may take: under valgrind dexec is a script.
SLOW = 10 if is_script(DEXEC) else 1


def until(condition, what):
    limit = time.monotonic() + LIMIT
    while not (result := condition()):
        if time.monotonic() > limit:
            raise Timeout(what)
        time.sleep(0.002)
    return result


class Case(unittest.TestCase):
    """Each test has its own directory, HOME and environment."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="dexec-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.env = {name: os.environ[name] for name in KEPT
                    if name in os.environ}
        self.env.update(HOME=self.dir, XDG_CONFIG_HOME=self.dir,
                        XDG_RUNTIME_DIR=self.dir, TMPDIR=self.dir,
                        LC_ALL="C.UTF-8", TERM="xterm-256color",
                        PS1="$ ", dexec=DEXEC)
        self.terminal = None

    def path(self, name):
        return os.path.join(self.dir, name)

    def run_on_terminal(self, argv, rows=24, columns=80):
        self.terminal = Terminal(argv, self.env, self.dir, rows, columns)
        self.addCleanup(self.terminal.clear)
        return self.terminal

    def dexec(self, *words, **size):
        return self.run_on_terminal([DEXEC, *words], **size)

    def shell(self, line, **size):
        """A line for sh, where $dexec is the program."""
        return self.run_on_terminal(["sh", "-c", line], **size)

    def bash(self, **size):
        """An interactive shell with job control, at its prompt."""
        t = self.run_on_terminal(["bash", "--norc", "--noprofile", "-i"],
                                 **size)
        t.send("bind 'set enable-bracketed-paste off'; clear\r")
        t.until(lambda: t.lines() == ["$"], "no prompt")
        return t


class StandinCase(Case):
    """With the stand-in docker; see there for orders and calls."""

    def setUp(self):
        super().setUp()
        for name in ("calls", "orders"):
            os.mkdir(self.path(name))
        self.env.update(STANDIN=self.dir, DEXEC_DOCKER=STANDIN)
        self.addCleanup(self.end_standins)

    def orders(self, kind, text):
        with open(self.path("orders/" + kind), "w") as file:
            file.write(text)

    def lists(self, *names):
        """What docker ps says: these run."""
        lines = ("%s %s image Up+2+hours        \\n" %
                 (hashlib.sha256(name.encode()).hexdigest(), name)
                 for name in names)
        self.orders("ps", "out('%s')" % "".join(lines))

    def mark(self, name):
        with open(self.path(name), "w"):
            pass

    def await_file(self, name):
        self.terminal.until(lambda: os.path.exists(self.path(name)),
                            "no file " + name)

    def await_text(self, name):
        path = self.path(name)
        self.terminal.until(lambda: os.path.exists(path) and
                            os.path.getsize(path) > 0, "no text in " + name)

    def calls(self):
        return sorted(os.listdir(self.path("calls")),
                      key=lambda name: int(name.split("-")[0]))

    def about(self, call):
        with open(self.path("calls/%s/about" % call)) as file:
            return dict(line.rstrip("\n").split(" ", 1) for line in file)

    def end_standins(self):
        for call in self.calls():
            pid = int(self.about(call)["pid"])
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as file:
                    ours = os.fsencode(STANDIN) in file.read()
                if ours:
                    os.kill(pid, signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                pass
