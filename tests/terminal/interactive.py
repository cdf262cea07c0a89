#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""-it, -t and shell on a real engine: whose terminal it is, and how it is
left."""
import os
import re
import signal
import subprocess
import time

import tap
from case import SLOW, Case, until
from terminal import Timeout

DEBIAN = "dexec-test-terminal-debian-%d" % os.getpid()
BUSYBOX = "dexec-test-terminal-busybox-%d" % os.getpid()


def docker(*words):
    return subprocess.run(["docker", *words], check=True, text=True,
                          capture_output=True).stdout


def setUpModule():
    for name, image in ((DEBIAN, "dexec-debian:1"),
                        (BUSYBOX, "dexec-busybox:1")):
        docker("run", "-d", "--init", "--pull", "never", "--name", name, image)


def tearDownModule():
    docker("rm", "-f", DEBIAN, BUSYBOX)


def processes(container):
    """The command lines of all that runs in the container."""
    return docker("top", container, "-eo", "pid,args").split("\n")[1:-1]


class Interactive(Case):
    def open(self, *words, **size):
        """bash in the Debian image, at its prompt."""
        t = self.dexec("-it", "-e", "PS1=> ", DEBIAN, *words, "bash",
                       "--norc", **size)
        t.shows("^>$")
        return t

    def answer(self, line, pattern):
        self.terminal.send(line + "\r")
        return self.terminal.shows(pattern)

    def prompt(self):
        self.terminal.until(lambda: self.terminal.lines()[-1] == ">",
                            "no prompt")

    def alive(self, word):
        return [line for line in processes(DEBIAN) if word in line]

    def gone(self, word, since):
        """Nothing with WORD is left, within a second."""
        until(lambda: not self.alive(word), word + " is left")
        # A second is promised; docker top takes its time as well, and the
        # machine may be busy.
        self.assertLess(time.monotonic() - since, 7.5 * SLOW)

    def test_terminal(self):
        "-it: the command has a terminal, and what is typed reaches it"
        t = self.open()
        self.answer("tty", "^/dev/pts/")
        t.send("exit 7\r")
        self.assertEqual(t.finish(), "exit 7")

    def test_size(self):
        "-it: the window's size arrives, and so does its change"
        t = self.open(rows=33, columns=77)
        # An engine before API 1.42 gets the size after the start, and docker
        # gives up where that fails ten times; it tries again when it is told.
        try:
            self.answer("until stty size | grep '33 77'; do sleep .05; done",
                        "^33 77$")
        except Timeout:
            with open("/proc/%d/task/%d/children" % (t.pid, t.pid)) as file:
                os.kill(int(file.read().split()[0]), signal.SIGWINCH)
            t.shows("^33 77$")
        t.resize(21, 66)
        self.answer("until stty size | grep '21 66'; do sleep .05; done",
                    "^21 66$")
        t.send("exit\r")
        self.assertEqual(t.finish(), "exit 0")

    def test_interrupt(self):
        "-it: Ctrl-C ends the command inside, not us"
        t = self.open()
        t.send("sleep 4711\r")
        t.until(lambda: self.alive("sleep 4711"), "no sleep")
        t.send("\x03")
        self.prompt()
        self.answer("echo status $?", "^status 130$")
        self.assertFalse(self.alive("sleep 4711"))
        t.send("exit 3\r")
        self.assertEqual(t.finish(), "exit 3")

    def test_detach(self):
        "-it: the detach keys leave the command running, and the modes well"
        t, before = self.job("", DEBIAN, "sleep 4712")
        t.send("\x10\x11")
        t.shows("read escape sequence")
        self.leave(before, "1")
        self.assertTrue(self.alive("sleep 4712"))

    def test_detach_keys(self):
        "-it: --detach-keys changes them, and ctrl-p is the command's"
        t = self.dexec("-it", "--detach-keys", "ctrl-x,x", DEBIAN, "sh", "-c",
                       "stty raw -echo; echo up; head -c 2 | od -An -tx1")
        t.shows("^up")
        t.send("\x10\x11")
        t.shows("10 11")
        self.assertEqual(t.finish(), "exit 0")

    def job(self, options, container, command):
        """A shell that runs `dexec -it`, and the modes before.

        The shell tells the status, and lives until leave()."""
        t = self.shell('"$dexec" -it %s %s sh -c "echo up; %s"; '
                       'echo "ended $?"; until [ -e leave ]; '
                       'do sleep 0.01; done' % (options, container, command),
                       columns=120)
        before = t.modes()
        t.shows("^up")
        return t, before

    def leave(self, before, status):
        t = self.terminal
        t.shows("^ended %s$" % status)
        self.assertEqual(t.modes(), before)
        with open(self.path("leave"), "w"):
            pass
        t.finish()

    def signalled(self, find, signo, status):
        """The modes are back, and nothing is left, when a process of ours
        gets a signal."""
        t, before = self.job("", DEBIAN, "sleep 4713")
        self.assertNotEqual(t.modes(), before)
        since = time.monotonic()
        os.kill(find(t.pid), signo)
        self.leave(before, status)
        self.gone("4713", since)

    def children(self, pid):
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            return [int(word) for word in file.read().split()]

    def child(self, pid):
        """The first child: of the shell dexec, of dexec docker."""
        return self.children(pid)[0]

    def test_modes_exit(self):
        "-it: the modes are as before, after an exit"
        _, before = self.job("", DEBIAN, "exit 7")
        self.leave(before, "7")

    def test_modes_term(self):
        "-it: the modes are as before, after TERM to dexec"
        self.signalled(self.child, signal.SIGTERM, "143")

    def test_modes_hup(self):
        "-it: the modes are as before, after HUP to dexec"
        self.signalled(self.child, signal.SIGHUP, "129")

    def test_modes_client(self):
        "-it: the modes are as before, after KILL to docker"
        self.signalled(lambda pid: self.child(self.child(pid)),
                       signal.SIGKILL, "125")

    def test_modes_killed(self):
        "-it: the modes come back, and nothing is left, after KILL to dexec"
        t, before = self.job("", DEBIAN, "sleep 4719")
        # The guard, which does it, is there after half a second.
        dexec = self.child(t.pid)
        t.until(lambda: len(self.children(dexec)) == 2, "no guard")
        since = time.monotonic()
        os.kill(dexec, signal.SIGKILL)
        t.shows("ended 137$")
        t.until(lambda: t.modes() == before, "the modes stay")
        self.gone("4719", since)

    def test_modes_timeout(self):
        "-it: the modes are as before, after a timeout"
        _, before = self.job("--timeout 600ms", DEBIAN, "sleep 4716")
        self.leave(before, "124")
        self.gone("4716", time.monotonic())

    def test_modes_container(self):
        "-it: the modes are as before, after the container is killed"
        name = BUSYBOX + "-killed"
        docker("run", "-d", "--init", "--pull", "never", "--name", name,
               "dexec-busybox:1")
        self.addCleanup(docker, "rm", "-f", name)
        t, before = self.job("", name, "sleep 4714")
        docker("kill", name)
        t.shows("stopped while the command ran")
        self.leave(before, "125")

    def test_hang_up(self):
        "-it: when the terminal is closed, nothing is left in the container"
        t = self.open()
        t.send("sleep 4715 & sleep 4715\r")
        t.until(lambda: len(self.alive("sleep 4715")) == 2, "no sleep")
        since = time.monotonic()
        t.hang_up()
        self.gone("4715", since)
        self.gone("bash --norc", since)
        until(t.ended, "dexec does not end")

    def test_hang_up_plain(self):
        "plain: when the terminal is closed, nothing is left in the container"
        t = self.dexec(DEBIAN, "sh", "-c", "echo up; sleep 4717")
        t.shows("^up")
        since = time.monotonic()
        t.hang_up()
        self.gone("4717", since)
        until(t.ended, "dexec does not end")

    def test_no_terminal(self):
        "-it: with no terminal as stdin it is -i, with a note"
        t = self.shell('echo typed | "$dexec" -it %s sh -c '
                       '"cat; tty; exit 4"' % DEBIAN)
        self.assertEqual(t.finish(), "exit 4")
        self.assertIn("typed", t.lines())
        self.assertIn("not a tty", t.lines())
        self.assertRegex(t.lines()[0], "^dexec: .*no terminal.*without -t$")

    def test_tty_alone(self):
        "-t: the command has a terminal, and ours keeps its modes"
        t = self.dexec("-t", DEBIAN, "sh", "-c",
                       "test -t 1 && echo yes; sleep .3; exit 5")
        before = t.modes()
        t.shows("^yes$")
        self.assertEqual(t.modes(), before)
        self.assertEqual(t.finish(), "exit 5")

    def test_not_found(self):
        "-it: a program that is not there is 127"
        t = self.dexec("-it", DEBIAN, "nosuch")
        self.assertEqual(t.finish(), "exit 127")

    def test_plain_interrupt(self):
        "plain: Ctrl-C ends the tree inside, and the shell's line with it"
        t = self.bash(columns=200)
        t.send('"$dexec" %s sh -c "sleep 4718 & echo up; sleep 4718"; '
               'echo went on\r' % DEBIAN)
        t.shows("^up$")
        since = time.monotonic()
        t.send("\x03")
        t.until(lambda: t.lines()[-1] == "$", "no prompt")
        # What was typed is there as well, and twice where the shell was slow.
        self.assertFalse({"went on", "^Cwent on"} & set(t.lines()))
        self.gone("4718", since)
        t.send("exit\r")
        t.finish()


class Shell(Case):
    def answer(self, line, pattern):
        self.terminal.send(line + "\r")
        return self.terminal.shows(pattern)

    def test_bash(self):
        "shell: bash in Debian, on a terminal"
        t = self.dexec(DEBIAN, "shell")
        self.answer('echo "is $BASH_VERSION"', "is [0-9]")
        self.answer("tty", "^/dev/pts/")
        t.send("exit 6\r")
        self.assertEqual(t.finish(), "exit 6")

    def test_ash(self):
        "shell: ash in busybox"
        t = self.dexec(BUSYBOX, "shell")
        self.answer("echo is $0", "is ash$")
        t.send("exit 0\r")
        self.assertEqual(t.finish(), "exit 0")

    def test_user(self):
        "shell: the user's own, where the image says so"
        t = self.dexec("-e", "SHELL=/bin/dash", DEBIAN, "shell")
        self.answer("echo is $0", r"is /bin/dash$")
        t.send("exit 0\r")
        self.assertEqual(t.finish(), "exit 0")

    def test_stdin(self):
        "shell: no terminal where stdin is none"
        t = self.shell('echo "tty; exit 8" | "$dexec" %s shell' % DEBIAN)
        self.assertEqual(t.finish(), "exit 8")
        self.assertIn("not a tty", t.lines())

    def test_stdout(self):
        "shell: no terminal where stdout is none"
        t = self.shell('"$dexec" %s shell >file' % DEBIAN)
        t.send("tty; exit 9\r")
        self.assertEqual(t.finish(), "exit 9")
        with open(self.path("file")) as file:
            self.assertEqual(file.read(), "not a tty\n")

    def test_arguments(self):
        "shell: its arguments are the shell's"
        t = self.dexec(DEBIAN, "shell", "-c", "echo is $0 $1", "a", "b")
        self.assertEqual(t.finish(), "exit 0")
        self.assertTrue(re.search("^is a b$", "\n".join(t.lines()), re.M))


if __name__ == "__main__":
    tap.main(engine=True)
