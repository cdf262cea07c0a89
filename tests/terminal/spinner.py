#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The spinner: when it is drawn, how, and that it is always gone."""
import os
import re
import signal
import time

import tap
from case import SLOW, StandinCase

ERASE = b"\r\x1b[K"
BRAILLE = "[\u280b\u2819\u2839\u2838\u283c\u2834\u2826\u2827\u2807\u280f]"
FRAME = re.compile(rb"\r(\x1b\[36m)?[^\x1b\r\n]{1,3}(\x1b\[m)? "
                   rb"[^\x1b\r\n\x00-\x1f]* \d+s\x1b\[K")
# Which of several a stand-in is; they come in any order.
WHO = ("who = [w[11:] for w in sys.argv if w.startswith('DEXEC_NAME=')][0];")
QUIET = 0.6 * SLOW  # s: three times the silence that brings a spinner


class Drawing(StandinCase):
    def setUp(self):
        super().setUp()
        self.orders("exec", "mark('up'); wait('go'); end(3)")

    def finish_clean(self, ending="exit 3"):
        """The command ends; nothing of the spinner is left."""
        self.mark("go")
        self.assertEqual(self.terminal.finish(), ending)
        self.assertEqual(self.terminal.lines(), [""])
        self.assertTrue(self.terminal.raw.endswith(ERASE))

    def test_label(self):
        "spinner: shows the command and the time, and is erased at the end"
        t = self.dexec("box", "sleep", "9")
        t.shows("^%s box: sleep 9 0s$" % BRAILLE)
        t.shows("^%s box: sleep 9 1s$" % BRAILLE)
        self.finish_clean()

    def test_waiting(self):
        "spinner: shows what is waited for, and is erased before the command"
        self.orders("inspect", "out('box created - - - 0 CMD  %2Fbox\\n')")
        self.orders("events", "wait('start'); out('1795651300000000001 box "
                    "start box\\n1795651301000000001 box health_status%3A+"
                    "healthy box\\n'); wait('never')")
        self.mark("go")
        t = self.dexec("--wait=healthy", "box", "sleep", "9")
        t.shows("^%s box: waiting until it is healthy 1s$" % BRAILLE)
        self.mark("start")
        self.finish_clean()

    def test_quick(self):
        "spinner: a command that ends at once leaves no byte on the terminal"
        # The stand-in itself takes too long for that on some machines.
        with open(self.path("quick"), "w") as file:
            file.write("#!/bin/sh\n")
        os.chmod(self.path("quick"), 0o755)
        self.env["DEXEC_DOCKER"] = self.path("quick")
        # On a busy machine it may take 200 ms to end at once.
        for _ in range(20):
            begin = time.monotonic()
            t = self.dexec("box", "true")
            self.assertEqual(t.finish(), "exit 0")
            if time.monotonic() - begin < 0.2:
                self.assertEqual(t.raw, b"")
                return
        self.fail("no command ended within 200 ms")

    def test_patience(self):
        "spinner: nothing is drawn in the first 200 ms"
        # Before the start: what delays us later must not count as dexec's.
        begin = time.monotonic()
        t = self.dexec("box", "sleep")
        t.until(lambda: t.raw, "no spinner")
        self.assertGreaterEqual(time.monotonic() - begin, 0.19)
        self.finish_clean()

    def test_frames(self):
        "spinner: a reader never sees a part of a frame"
        t = self.dexec("box", "sleep")
        t.until(lambda: len(t.chunks) >= 15, "no frames")
        for chunk in t.chunks:
            self.assertEqual(FRAME.sub(b"", chunk), b"")
        signs = [chunk.split(b" ")[0] for chunk in t.chunks]
        self.assertGreaterEqual(len(set(signs)), 10)
        self.finish_clean()

    def test_ascii(self):
        "spinner: plain ASCII outside UTF-8, whatever the label holds"
        self.env["LC_ALL"] = "C"
        t = self.dexec("box", "echo", "gr\u00fcn")
        t.shows(r"^[|/\\-] box: echo gr.* 0s$")
        self.assertLess(max(t.raw), 0x80)
        self.finish_clean()

    def test_hostile(self):
        "spinner: hostile words are shown printable"
        t = self.dexec("box", "a\x1b]0;t\x07\nb", os.fsdecode(b"\xff\x9b31m"),
                       "\u202e")
        t.shows("box: ")
        t.until(lambda: len(t.chunks) >= 3, "no frames")
        for chunk in t.chunks:
            self.assertEqual(FRAME.sub(b"", chunk), b"")
        self.assertNotIn(b"\xff", t.raw)
        self.assertNotIn(b"\n", t.raw)
        self.finish_clean()

    def narrow(self, columns, *words):
        t = self.dexec("box", *words, columns=columns)
        t.until(lambda: len(t.chunks) >= 4, "no frames")
        self.assertEqual(len(t.lines()), 1, t.describe())
        self.assertRegex(t.lines()[0], r"%s .*\d+s$" % BRAILLE)
        self.finish_clean()

    def test_narrow(self):
        "spinner: one line on a terminal of 20 columns"
        self.narrow(20, "a-long-name-of-a-command", "with", "arguments")

    def test_very_narrow(self):
        "spinner: one line on a terminal of 8 columns"
        self.narrow(8, "a-long-name-of-a-command")

    def test_wide(self):
        "spinner: one line where letters are two columns wide"
        self.narrow(30, "\u6f22\u5b57" * 20)

    def test_long(self):
        "spinner: a label longer than the line is cut"
        self.narrow(80, "x" * 3000)

    def test_output(self):
        "spinner: gone before output, back after a silence behind a newline"
        self.orders("exec", "wait('one'); out('line\\n'); wait('two');"
                    "err('error\\n'); wait('go'); end(3)")
        t = self.dexec("box", "x")
        t.shows("box: x")
        self.mark("one")
        t.until(lambda: b"line" in t.raw, "no output")
        self.assertIn(ERASE + b"line\r\n", t.raw)
        t.until(lambda: t.lines()[0] == "line" and len(t.lines()) == 2,
                "no spinner again")
        self.mark("two")
        t.until(lambda: b"error" in t.raw, "no output")
        self.assertIn(ERASE + b"error\r\n", t.raw)
        t.until(lambda: len(t.lines()) == 3, "no spinner again")
        self.mark("go")
        self.assertEqual(t.finish(), "exit 3")
        self.assertEqual(t.lines(), ["line", "error"])

    def test_many(self):
        "progress: done, failed, running and the slowest of several, in a line"
        self.lists("web-1", "web-2", "web-3")
        self.orders("exec", WHO + "mark('up-' + who); wait(who);"
                    "end(7 if who == 'web-2' else 0)")
        t = self.dexec("-j", "2", "web-*", "x")
        t.shows("^%s 0/3 done, 2 running, slowest web-1 \\d+s$" % BRAILLE)
        self.mark("web-2")
        t.shows("^%s 1/3 done, 1 failed, 2 running, slowest web-1 \\d+s$"
                % BRAILLE)
        self.await_file("up-web-3")
        self.mark("web-1")
        t.shows("^%s 2/3 done, 1 failed, 1 running, slowest web-3 \\d+s$"
                % BRAILLE)
        self.mark("web-3")
        self.assertEqual(t.finish(), "exit 7")
        self.assertEqual(t.lines(), ["dexec: 2 ok, 1 failed: web-2 (7)"])

    def test_many_output(self):
        "progress: gone before a line of one of several, and back behind it"
        self.lists("web-1", "web-2")
        self.orders("exec", WHO + "wait('one' if who == 'web-1' else 'go');"
                    "out('line\\n' if who == 'web-1' else ''); wait('go')")
        t = self.dexec("web-*", "x")
        t.shows("0/2 done")
        self.mark("one")
        t.shows("^web-1: line$")
        t.until(lambda: len(t.lines()) == 2 and "0/2 done" in t.lines()[1],
                "no progress again")
        self.mark("go")
        self.assertEqual(t.finish(), "exit 0")
        self.assertEqual(t.lines(), ["web-1: line", "dexec: 2 ok"])

    def test_unfinished(self):
        "spinner: never on an unfinished line, nor over it"
        self.orders("exec", "wait('one'); out('half'); wait('two');"
                    "out(' line\\n'); wait('go'); end(3)")
        t = self.dexec("box", "x")
        t.shows("box: x")
        self.mark("one")
        t.shows("^half$")
        before = t.raw
        t.watch(QUIET)
        self.assertEqual(t.raw, before)
        self.mark("two")
        t.shows("^half line$")
        t.shows("box: x")
        self.mark("go")
        t.finish()
        self.assertEqual(t.lines(), ["half line"])

    def test_file(self):
        "spinner: drawn while stdout goes to a file, as unfinished as may be"
        self.orders("exec", "out('half'); wait('one'); err('note\\n');"
                    "wait('go'); end(3)")
        t = self.shell('exec "$dexec" box x >file')
        t.shows("box: x")
        self.mark("one")
        t.until(lambda: t.lines()[0] == "note" and len(t.lines()) == 2,
                "no spinner again")
        self.mark("go")
        t.finish()
        self.assertEqual(t.lines(), ["note"])
        with open(self.path("file")) as file:
            self.assertEqual(file.read(), "half")

    def test_color(self):
        "spinner: coloured on a terminal, unless it is forbidden"
        for env, option, coloured in (
                ({}, [], True),
                ({"NO_COLOR": "1"}, [], False),
                ({"NO_COLOR": "1"}, ["--color=always"], True),
                ({}, ["--color=never"], False),
                ({"CLICOLOR": "0"}, [], False),
                ({"NO_COLOR": ""}, [], True)):
            with self.subTest(env=env, option=option):
                saved = dict(self.env)
                self.env.update(env)
                t = self.dexec(*option, "box", "x")
                t.shows("box: x")
                self.assertEqual(b"\x1b[36m" in t.raw, coloured)
                self.finish_clean()
                os.unlink(self.path("go"))
                self.env = saved


class Ways(StandinCase):
    """Every way out leaves a clean line."""

    def spin(self, *words, status=143):
        self.orders("exec", "mark('up'); wait('go'); end(%d)" % status)
        self.orders("sweep", "mark('go'); swept(hit=1)")
        t = self.dexec(*words, "box", "sleep", "9")
        t.shows("box: sleep 9")
        return t

    def ends(self, ending, *lines):
        self.assertEqual(self.terminal.finish(), ending)
        self.assertEqual(self.terminal.lines(), list(lines) or [""])

    def test_interrupt(self):
        "way out: Ctrl-C"
        t = self.spin(status=130)
        t.send("\x03")
        self.ends("signal INT")

    def test_term(self):
        "way out: TERM"
        t = self.spin()
        os.kill(t.pid, signal.SIGTERM)
        self.ends("signal TERM")

    def test_hup(self):
        "way out: HUP"
        t = self.spin(status=129)
        os.kill(t.pid, signal.SIGHUP)
        self.ends("signal HUP")

    def test_timeout(self):
        "way out: timeout"
        self.spin("--timeout", "500ms")
        self.ends("exit 124", "dexec: box: timed out")

    def test_launch(self):
        "way out: launch failure"
        self.orders("exec", "wait('go'); out('OCI runtime exec failed: "
                    "exec failed: unable to start container process: exec: "
                    "\"nosuch\": permission denied: unknown\\r\\n'); end(126)")
        t = self.dexec("box", "nosuch")
        t.shows("box: nosuch")
        self.mark("go")
        self.ends("exit 126",
                  'dexec: box: exec: "nosuch": permission denied')

    def test_lost(self):
        "way out: the container stops"
        self.orders("exec", "wait('go'); end(137)")
        self.orders("inspect", "out('exited 2020-01-01T00:00:00Z 137\\n')")
        t = self.dexec("box", "x")
        t.shows("box: x")
        self.mark("go")
        self.ends("exit 125",
                  "dexec: container box stopped while the command ran")

    def test_client(self):
        "way out: docker dies"
        self.orders("exec", "wait('go'); die('KILL')")
        t = self.dexec("box", "x")
        t.shows("box: x")
        self.mark("go")
        self.assertEqual(t.finish(), "exit 125")
        self.assertRegex("".join(t.lines()).replace(" ", ""),
                             "^dexec:.*killedbysignal9")


class Never(StandinCase):
    """Where nothing shall be drawn: no escape sequence at all."""

    def setUp(self):
        super().setUp()
        self.orders("exec", "mark('up'); wait('go'); end(0)")

    def nothing(self):
        self.await_file("up")
        self.terminal.watch(QUIET)
        self.mark("go")
        self.assertEqual(self.terminal.finish(), "exit 0")
        self.assertNotIn(b"\x1b", self.terminal.raw)

    def test_ci(self):
        "no spinner: with CI"
        self.env["CI"] = "true"
        self.dexec("box", "x")
        self.nothing()

    def test_dumb(self):
        "no spinner: with TERM=dumb"
        self.env["TERM"] = "dumb"
        self.dexec("box", "x")
        self.nothing()

    def test_no_term(self):
        "no spinner: without TERM"
        del self.env["TERM"]
        self.dexec("box", "x")
        self.nothing()

    def test_quiet(self):
        "no spinner: with -q"
        self.dexec("-q", "box", "x")
        self.nothing()

    def test_disabled(self):
        "no spinner: with --disable_spinner"
        self.dexec("--disable_spinner", "box", "x")
        self.nothing()

    def test_environment(self):
        "no spinner: with DEXEC_DISABLE_SPINNER"
        self.env["DEXEC_DISABLE_SPINNER"] = "1"
        self.dexec("box", "x")
        self.nothing()

    def test_tty(self):
        "no spinner: with -t"
        self.dexec("-t", "box", "x")
        self.nothing()

    def test_interactive_tty(self):
        "no spinner: with -it"
        self.dexec("-it", "box", "x")
        self.nothing()

    def test_detach(self):
        "no spinner: with -d"
        self.dexec("-d", "box", "x")
        self.nothing()

    def test_stderr(self):
        "no spinner: where stderr is no terminal"
        self.shell('exec "$dexec" box x 2>file')
        self.nothing()
        self.assertEqual(os.path.getsize(self.path("file")), 0)

    def test_background(self):
        "no spinner: in the background, and there is one in the foreground"
        t = self.bash()
        t.send('"$dexec" box x &\r')
        self.await_file("up")
        t.watch(QUIET)
        self.assertNotRegex("\n".join(t.lines()), BRAILLE)
        t.send("fg\r")
        t.shows("%s box: x" % BRAILLE)
        self.mark("go")
        t.until(lambda: t.lines()[-1] == "$", "no prompt")
        self.assertNotRegex("\n".join(t.lines()), BRAILLE)
        t.send("exit\r")
        t.finish()


if __name__ == "__main__":
    tap.main()
