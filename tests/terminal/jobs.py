#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Under a shell with job control: Ctrl-C, Ctrl-Z, fg, bg, and who has the
terminal and its modes."""
import os
import termios

import tap
from case import SLOW, StandinCase

ECHO = termios.ECHO
SPINNER = "[|/\u2800-\u28ff] box: "


class Jobs(StandinCase):
    def setUp(self):
        super().setUp()
        self.orders("exec", "mark('up'); wait('go'); out('later\\n'); end(0)")

    def prompt(self):
        """The shell is at its prompt again, with its own modes."""
        t = self.terminal
        t.until(lambda: t.lines()[-1] == "$" and t.foreground() == t.pid,
                "no prompt")

    def answers(self):
        """What the screen shows behind the first command line."""
        return "\n".join(self.terminal.lines()[1:])

    def answer(self, line, pattern):
        """What the shell says to LINE."""
        self.terminal.send(line + "\r")
        return self.terminal.shows(pattern)

    def leave(self):
        self.terminal.send("exit\r")
        self.terminal.finish()

    def interrupt(self, status):
        self.orders("exec", "mark('up'); wait('go'); end(%d)" % status)
        self.orders("sweep", "mark('go'); swept(hit=1)")
        t = self.bash()
        t.send('"$dexec" box sleep 9; echo went on\r')
        self.await_file("up")
        t.send("\x03")
        self.prompt()
        return t

    def test_interrupt(self):
        "Ctrl-C: the shell sees us die by INT, and gives up the whole line"
        self.interrupt(130)
        self.assertNotIn("went on", self.answers())
        self.answer("echo status $?", "^status 130$")
        self.assertIn("2-sweep", self.calls())
        with open(self.path("calls/2-sweep/argv"), "rb") as file:
            self.assertEqual(file.read().split(b"\0")[-3:-1],
                             [b"INT", b"follow"])
        self.leave()

    def test_size(self):
        "-t: docker is told of the window's size again, which it may have lost"
        self.orders("exec", "signal.signal(signal.SIGWINCH, lambda *_: "
                            "mark('told')); mark('up'); wait('told'); end(7)")
        self.bash()
        self.terminal.send('"$dexec" -it box sh\r')
        self.await_file("told")
        self.prompt()
        self.answer("echo status $?", "^status 7$")
        self.leave()

    def test_interrupt_handled(self):
        "Ctrl-C: a command that ends well in spite of it lets the line go on"
        self.interrupt(0)
        self.assertIn("went on", self.answers())
        self.leave()

    def test_interrupt_twice(self):
        "Ctrl-C: the second time TERM, the third time KILL"
        self.orders("exec", "mark('up'); wait('go'); end(137)")
        self.orders("sweep", "swept(hit=1, left=1, main=1)")
        self.orders("sweep.3", "mark('go'); swept(hit=1)")
        t = self.bash()
        t.send('"$dexec" box stubborn\r')
        self.await_file("up")
        for n in (1, 2, 3):
            t.send("\x03")
            self.await_file("calls/%d-sweep" % (n + 1))
        t.shows("Killed")
        self.prompt()
        self.answer("echo status $?", "^status 137$")
        self.leave()

    def test_stop(self):
        "Ctrl-Z: stops us, the shell prompts, fg goes on where it was"
        if SLOW > 1:
            return  # valgrind does not stop by TSTP
        self.orders("exec", "out('first\\n'); mark('up'); wait('go');"
                    "out('later\\n'); wait('end'); end(4)")
        t = self.bash()
        t.send('"$dexec" box x\r')
        t.shows(SPINNER + "x")
        t.send("\x1a")
        t.shows("Stopped")
        self.prompt()
        self.assertNotRegex("\n".join(t.lines()), SPINNER)
        # What comes meanwhile waits for us.
        self.mark("go")
        self.answer("echo here", "^here$")
        self.assertNotIn("later", t.lines())
        t.send("fg\r")
        t.shows("^later$")
        t.shows(SPINNER + "x")
        self.mark("end")
        self.prompt()
        self.assertNotRegex("\n".join(t.lines()), SPINNER)
        self.answer("echo status $?", "^status 4$")
        self.leave()

    def test_stop_many(self):
        "Ctrl-Z with several: stops us, fg goes on with all of them"
        if SLOW > 1:
            return  # valgrind does not stop by TSTP
        self.lists("web-1", "web-2")
        self.orders("exec", "wait('go'); out('later\\n'); wait('end'); end(4)")
        t = self.bash()
        t.send('"$dexec" "web-*" x\r')
        t.shows("0/2 done")
        t.send("\x1a")
        t.shows("Stopped")
        self.prompt()
        self.assertNotIn("0/2 done", "\n".join(t.lines()))
        self.mark("go")
        self.answer("echo here", "^here$")
        self.assertNotIn("later", self.answers())
        t.send("fg\r")
        t.shows("^web-1: later$")
        t.shows("^web-2: later$")
        t.shows("0/2 done")
        self.mark("end")
        self.prompt()
        self.assertNotIn("0/2 done", "\n".join(t.lines()))
        self.answer("echo status $?", "^status 4$")
        self.leave()

    def test_stop_twice(self):
        "Ctrl-Z: and again after fg, and then bg"
        if SLOW > 1:
            return  # valgrind does not stop by TSTP
        t = self.bash()
        t.send('"$dexec" box x\r')
        self.await_file("up")
        for _ in range(3):
            t.shows(SPINNER + "x")
            t.send("\x1a")
            self.prompt()
            self.assertNotRegex("\n".join(t.lines()), SPINNER)
            t.send("clear; fg\r")
        t.shows(SPINNER + "x")
        t.send("\x1a")
        self.prompt()
        t.send("clear; bg\r")
        self.prompt()
        self.mark("go")
        t.shows("later$")
        self.answer("wait; echo waited", "^waited$")
        self.leave()

    def test_stop_interrupt(self):
        "Ctrl-Z: stopped, then killed by TERM and continued: we end by TERM"
        if SLOW > 1:
            return  # valgrind does not stop by TSTP
        self.orders("exec", "mark('up'); wait('go'); end(143)")
        self.orders("sweep", "mark('go'); swept(hit=1)")
        t = self.bash()
        t.send('"$dexec" box x\r')
        t.shows(SPINNER + "x")
        t.send("\x1a")
        self.prompt()
        t.send("kill %1; fg\r")
        t.shows("Terminated")
        self.prompt()
        self.leave()

    def test_background_stdin(self):
        "background: -i with a terminal as stdin runs on, and reads after fg"
        self.orders("exec", "mark('up')\n"
                    "while chunk := os.read(0, 4096):\n"
                    "    out('got ' + chunk.decode())\n"
                    "end(0)")
        t = self.bash()
        t.send('"$dexec" -i box cat &\r')
        self.await_file("up")
        t.watch(0.4 * SLOW)  # longer than it takes to look for our turn
        self.answer("jobs", r"^\[1\]\+? +Running")
        t.send("fg\r")
        t.shows(r"cat$")
        t.send("hello\r")
        t.shows("^got hello$")
        t.send("\x04")
        self.prompt()
        self.answer("echo status $?", "^status 0$")
        self.leave()

    def test_foreground_stdin(self):
        "stdin: a terminal line by line, and Ctrl-D ends it"
        self.orders("exec", "keep_stdin(); end(5)")
        t = self.dexec("-i", "box", "cat")
        t.send("one\r")
        t.send("two\r\x04")
        self.assertEqual(t.finish(), "exit 5")
        with open(self.path("stdin")) as file:
            self.assertEqual(file.read(), "one\ntwo\n")

    def test_modes(self):
        "modes: the same before, during and after"
        t = self.bash()
        t.send('sh -c \'"$dexec" box x; :\'\r')
        t.until(lambda: t.foreground() != t.pid, "no job")
        before = t.modes()
        self.await_file("up")
        t.shows(SPINNER + "x")
        self.assertEqual(t.modes(), before)
        self.mark("go")
        self.prompt()
        self.leave()

    def test_other_modes(self):
        "modes: what a pager has set while we ran is left alone"
        t = self.shell('"$dexec" box x | { stty -echo </dev/tty;'
                       'cat >/dev/null; : >read; '
                       'until [ -e leave ]; do sleep 0.01; done; '
                       'stty echo </dev/tty; }')
        self.await_file("up")
        t.until(lambda: not t.modes()[3] & ECHO, "echo stays on")
        self.mark("go")
        self.await_file("read")
        self.assertFalse(t.modes()[3] & ECHO)
        self.mark("leave")
        self.assertEqual(t.finish(), "exit 0")

    def test_modes_changed_by_docker(self):
        "modes: put back when a docker with the terminal leaves them changed"
        self.orders("exec", "os.system('stty raw -echo <&1'); end(0)")
        t = self.shell('"$dexec" -it box x; : >after;'
                       'until [ -e leave ]; do sleep 0.01; done')
        before = t.modes()
        self.await_file("after")
        self.assertEqual(t.modes(), before)
        self.mark("leave")
        t.finish()

    def test_tty_group(self):
        "-it: docker is in the foreground group and has the terminal itself"
        self.orders("exec", "mark('up'); wait('go'); end(0)")
        t = self.dexec("-it", "box", "x")
        self.await_file("up")
        about = self.about("1-exec")
        self.assertEqual(int(about["group"]), t.pid)
        self.assertEqual(t.foreground(), t.pid)
        self.mark("go")
        self.assertEqual(t.finish(), "exit 0")

    def lend(self, question, setup="", late=False):
        """docker asks something at the terminal, as ssh does."""
        self.orders("exec", "wait('ask')\n"
                    "tty = os.open('/dev/tty', os.O_RDWR)\n"
                    "old = termios.tcgetattr(tty)\n" + setup +
                    "os.write(tty, b'" + question + "')\n"
                    "text = os.read(tty, 100)\n"
                    "termios.tcsetattr(tty, termios.TCSADRAIN, old)\n"
                    "mark('said', text); out('later\\n'); wait('go'); end(6)")
        t = self.bash()
        before = t.modes()
        t.send('"$dexec" box x\r')
        if late:
            t.shows(SPINNER + "x")
        self.mark("ask")
        # What is drawn already stays in front of it.
        t.shows(("" if late else "^") + question)
        # It takes a while to find an answer.
        t.watch(SLOW)
        self.assertTrue(t.lines()[-1].endswith(question))
        t.send("secret\r")
        self.await_file("said")
        with open(self.path("said")) as file:
            self.assertEqual(file.read(), "secret\n")
        t.shows("later$")
        t.until(lambda: t.foreground() != int(self.about("1-exec")["group"]),
                "the terminal does not come back")
        t.shows(SPINNER + "x")
        self.mark("go")
        self.prompt()
        self.assertEqual(t.modes(), before)
        self.answer("echo status $?", "^status 6$")
        self.leave()

    def test_lend(self):
        "lent: docker asks a question at the terminal, and gets the answer"
        self.lend("Sure?")

    def test_lend_late(self):
        "lent: what docker asks behind the spinner's sign is not erased"
        self.lend("Sure?", late=True)

    def test_lend_secret(self):
        "lent: docker asks for a secret, which is not echoed"
        self.lend("Passphrase:", "new = termios.tcgetattr(tty)\n"
                  "new[3] &= ~termios.ECHO\n"
                  "termios.tcsetattr(tty, termios.TCSADRAIN, new)\n")
        self.assertNotIn("secret", "\n".join(self.terminal.lines()))


if __name__ == "__main__":
    tap.main()
