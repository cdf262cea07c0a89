#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The agent of a warm connection: what it promises to the keeper, on this
machine and in containers."""

import errno
import hashlib
import os
import re
import shutil
import signal
import struct
import tempfile
import unittest

import case
import wire
from wire import (DETACHED, FINISH, FOLLOW, SIGNAL, STARTED, STDERR, STDOUT,
                  WITH_STDIN, WITH_TTY)

import tap

TERM, INT, KILL, HUP, USR1 = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL,
                              signal.SIGHUP, signal.SIGUSR1)
EXIT, SIGNALED = 0, 1


class Starts:
    def test_hello(self):
        "hello: version, process and user come first"
        version, pid, uid = self.agent.hello[:3]
        self.assertEqual(version, 2)
        self.assertEqual(uid, 0 if self.environment is None else os.getuid())
        c = self.agent.run('echo $PPID')
        self.assertEqual(int(c.out), pid)

    def test_status(self):
        "end: the command's own status, or its signal"
        for status in (0, 1, 42, 127, 255):
            self.assertEqual(self.agent.run('exit %d' % status).end,
                             (EXIT, status))
        for signo in (INT, TERM, KILL, USR1):
            self.assertEqual(self.agent.run('kill -%d $$' % signo).end,
                             (SIGNALED, signo))

    def test_streams(self):
        "output: stdout and stderr apart, every byte as it was"
        c = self.agent.run(r"printf 'a\000\377\r\n'; printf 'b\001' >&2")
        self.assertEqual((c.out, c.err), (b'a\0\xff\r\n', b'b\1'))
        self.assertEqual(c.frames[0], STARTED)

    def test_words(self):
        "start: argv is a vector, byte for byte"
        words = ['', ' ', 'a b', '$x', "'", '\n', '*', '\udcff', 'x' * 100000]
        c = self.agent.run(['printf', '<%s>', *words])
        self.assertEqual(c.out, b''.join(
            b'<' + os.fsencode(w) + b'>' for w in words))

    def test_refused(self):
        "start: what cannot be executed is refused with its errno"
        self.agent.run('mkdir -p /tmp/agent-$PPID && cd /tmp/agent-$PPID &&'
                       ' echo exit 3 >plain && cp plain wrong &&'
                       ' chmod 755 wrong && chmod 644 plain')
        place = '/tmp/agent-%d' % self.agent.hello[1]
        for argv, wanted in (
                (['no-such-program'], errno.ENOENT), ([''], errno.ENOENT),
                (['/no/such'], errno.ENOENT), (['./such'], errno.ENOENT),
                (['/tmp'], errno.EACCES), (['plain'], errno.ENOENT),
                ([place + '/plain'], errno.EACCES),
                (['./plain'], errno.EACCES), (['wrong'], errno.EOPNOTSUPP),
                (['./wrong'], errno.ENOEXEC),
                (['/etc/passwd/x'], errno.ENOTDIR)):
            c = self.agent.run(argv, directory=place, env=[
                'PATH=%s:/bin:/usr/bin:.' % place if argv != ['wrong']
                else 'PATH=/nowhere:.'])
            self.assertEqual((argv, c.errno), (argv, wanted))
        self.agent.run(['rm', '-r', place])
        self.assertEqual(self.agent.run(['true']).end, (EXIT, 0))

    def test_directory(self):
        "start: the directory, which a name with a slash begins at"
        run = self.agent.run
        self.assertEqual(run(['pwd'], directory='/usr').out, b'/usr\n')
        self.assertEqual(run(['pwd']).out, self.outside('pwd'))
        self.assertEqual(run(['bin/env'], directory='/').end, (EXIT, 0))
        c = run(['true'], directory='/no/such')
        self.assertEqual(c.errno, errno.EOPNOTSUPP)

    def test_environment(self):
        "start: changes to the environment, the mark, and HOME again"
        c = self.agent.run(['env'], cookie='me', env=[
            'A=1', 'A=2', 'B=', 'C=x=y', 'GIVEN', 'NEVER'])
        found = dict(w.split('=', 1) for w in c.out.decode().splitlines())
        home = self.home
        found.pop('HOSTNAME', None)
        self.assertEqual(found, {
            'A': '2', 'B': '', 'C': 'x=y', 'HOME': home or '/home/of',
            'PATH': found['PATH'], 'DEXEC_ID': 'me'})
        for change in ('HOME', 'HOME='):
            c = self.agent.run('echo "$HOME"', env=[change])
            self.assertEqual(c.out.decode().strip(),
                             home or os.path.expanduser('~root'))
        self.assertEqual(self.agent.run('echo $GIVEN').out, b'yes\n')

    def test_path(self):
        "start: the program is looked up in the PATH that it will have"
        run = self.agent.run
        self.assertEqual(run(['env'], env=['PATH=/nowhere']).errno,
                         errno.ENOENT)
        self.assertEqual(run(['env'], env=['PATH']).errno, errno.ENOENT)
        self.assertEqual(run(['env'], env=['PATH=/x::/usr/bin:/bin']).end,
                         (EXIT, 0))

    def test_process(self):
        "start: a session of its own, no signal ignored or blocked, no more" \
            " descriptors than three"
        c = self.agent.start(['cat', '/proc/self/status', '/proc/self/stat'])
        self.agent.finish(c)
        text = c.out.decode()
        for line in ('SigBlk', 'SigIgn'):
            signals = int(re.search(line + r':\s*(\w+)', text)[1], 16)
            # 32 and 33 are the C library's, which lets nobody set them: they
            # are as whoever started the test has them.
            self.assertEqual(signals & ~(3 << 31), 0)
        stat = text.rpartition(')')[2].split()
        self.assertEqual([int(w) for w in stat[1:4]],
                         [self.agent.hello[1], c.pid, c.pid])
        c = self.agent.run('ls -l /proc/$$/fd; true')
        self.assertEqual([line.split()[8] for line in
                          c.out.decode().splitlines()[1:]
                          if '/fd' not in line],
                         ['0', '1', '2'])
        self.assertIn('0 -> /dev/null', c.out.decode())

    def test_detached(self):
        "detach: started, and no more is told; it outlives the connection"
        cookie = self.cookie()
        c = self.agent.start('echo out; sleep 1000', cookie=cookie,
                             flags=DETACHED)
        self.agent.wait(lambda: c.pid)
        self.assertEqual(self.agent.run(['true']).end, (EXIT, 0))
        self.assertEqual(c.frames, [STARTED])
        self.assertEqual(self.agent.run(['x'], flags=DETACHED).errno,
                         errno.ENOENT)
        for flag in (WITH_TTY, WITH_STDIN):
            c = self.agent.run(['true'], flags=DETACHED | flag)
            self.assertEqual(c.errno, errno.EOPNOTSUPP)
        self.agent.close()
        self.assertGreaterEqual(self.clean(cookie), 1)

    def test_large_start(self):
        "start: an environment of a megabyte"
        env = ['V%d=%s' % (i, 'x' * 100000) for i in range(10)]
        c = self.agent.run('echo ${#V0} ${#V9}', env=env)
        self.assertEqual(c.out, b'100000 100000\n')


class Streams:
    def test_stdin(self):
        "stdin: every byte, and its end"
        data = os.urandom(100000) * 20
        c = self.agent.start(['cat'], flags=WITH_STDIN)
        self.agent.feed(c, data)
        self.assertNotIn(wire.END, c.frames)
        self.agent.send(c.number, wire.STDIN)
        self.agent.finish(c)
        self.assertEqual(c.out, data)

    def test_half_close(self):
        "stdin: its end is not that of the output"
        c = self.agent.start('cat >/dev/null; echo late', flags=WITH_STDIN)
        self.agent.feed(c, b'x')
        self.agent.send(c.number, wire.STDIN)
        self.assertEqual(self.agent.finish(c).out, b'late\n')

    def test_stdin_unread(self):
        "stdin: what nobody reads holds nobody up"
        c = self.agent.start(['sleep', '1000'], flags=WITH_STDIN)
        # The pipe takes some, and is given credit for; no more than that.
        sent = 0
        while sent < 4 * wire.WINDOW_IN and c.credit > 0:
            self.agent.send(c.number, wire.STDIN, b'x' * 4096)
            c.credit -= 4096
            sent += 4096
            if c.credit == 0:
                self.agent.run(['true'])
        self.assertLessEqual(sent, 2 * wire.WINDOW_IN)
        self.assertEqual(self.agent.run('echo hi').out, b'hi\n')
        self.agent.send(c.number, wire.FORGET)
        self.agent.finish(c)

    def test_stdin_closed(self):
        "stdin: it is told when nobody reads it any more"
        c = self.agent.start('exec <&-; echo up; sleep 1000',
                             flags=WITH_STDIN)
        self.agent.wait(lambda: c.stdin_closed)
        self.agent.send(c.number, wire.STDIN, b'x' * 65536)
        self.agent.send(c.number, wire.STDIN)
        self.assertEqual(self.agent.run('echo hi').out, b'hi\n')
        self.agent.send(c.number, wire.FORGET)
        self.agent.finish(c)

    def test_stdin_and_end(self):
        "stdin: a command that reads some of it ends at once"
        c = self.agent.start('read x; echo "$x"', flags=WITH_STDIN)
        self.agent.feed(c, b'one\ntwo\n' + b'x' * 100000)
        self.assertEqual(self.agent.finish(c).out, b'one\n')

    def test_no_stdin(self):
        "stdin: /dev/null where none is asked for; what comes is dropped"
        c = self.agent.start('cat; echo end')
        self.agent.send(c.number, wire.STDIN, b'x')
        self.assertEqual(self.agent.finish(c).out, b'end\n')

    def test_bulk(self):
        "output: thirty megabytes, and not a byte wrong"
        n = 4000000
        c = self.agent.run(['seq', '1', str(n)])
        wanted = hashlib.sha256()
        for i in range(1, n, 10000):
            wanted.update(b''.join(b'%d\n' % k for k in range(i, i + 10000)))
        self.assertEqual(hashlib.sha256(c.out).digest(), wanted.digest())

    def test_window(self):
        "output: no more than the window, and nobody waits for a slow reader"
        slow = self.agent.start('seq 1 200000; seq 1 200000 >&2')
        slow.greedy = False
        self.agent.wait(lambda: slow.withheld[STDOUT] == wire.WINDOW_OUT)
        fast = self.agent.run(['seq', '1', '200000'])
        whole = fast.out
        self.assertEqual(len(whole), 1288895)
        self.assertIsNone(slow.end)
        slow.greedy = True
        self.agent.give(slow, STDOUT, wire.WINDOW_OUT)
        slow.withheld[STDOUT] = 0
        self.agent.finish(slow)
        self.assertEqual((slow.out, slow.err), (whole, whole))

    def test_withheld_end(self):
        "end: behind the last byte, though the command is long gone"
        c = self.agent.start('head -c 524000 /dev/zero; printf %1000s')
        c.greedy = False
        self.agent.wait(lambda: c.withheld[STDOUT] == wire.WINDOW_OUT)
        self.eventually(lambda: os.path.exists('/proc/%d' % c.pid)
                        if self.environment else
                        b'x' in self.outside('test -e /proc/%d && echo x' %
                                             c.pid), False)
        self.assertIsNone(c.end)
        self.assertEqual(self.agent.swept(c, TERM, FINISH), (0, 0, 0))
        c.withheld[STDOUT] = 0
        self.agent.give(c, STDOUT, wire.WINDOW_OUT)
        self.agent.finish(c)
        self.assertEqual(len(c.out), 525000)

    def test_byte_by_byte(self):
        "output: by credits of one byte"
        c = self.agent.start('head -c 524288 /dev/zero; echo 0123456789')
        c.greedy = False
        self.agent.wait(lambda: c.withheld[STDOUT] == wire.WINDOW_OUT)
        c.withheld[STDOUT] = 0
        for n in range(1, 12):
            self.agent.give(c, STDOUT, 1)
            self.agent.wait(lambda n=n: c.withheld[STDOUT] == n)
        self.agent.finish(c)
        self.assertEqual(c.out[-11:], b'0123456789\n')

    def test_closed_outputs(self):
        "output: the end of a stream is told while the command goes on"
        c = self.agent.start('exec >&- 2>&-; read x', flags=WITH_STDIN)
        self.agent.wait(lambda: c.eof == {STDOUT, STDERR})
        self.assertIsNone(c.end)
        self.agent.feed(c, b'x\n')
        self.assertEqual(self.agent.finish(c).end, (EXIT, 0))

    def test_thief(self):
        "output: somebody else reads the pipe, and nobody is held up"
        c = self.agent.start('(exec </proc/self/fd/1; cat >/dev/null) &'
                             ' seq 1 500000; kill $!')
        self.agent.finish(c)
        self.assertEqual(self.agent.run('echo hi').out, b'hi\n')

    def test_many(self):
        "channels: forty at a time, each with its own bytes"
        all_of_them = [self.agent.start('read x; seq $x $((x + 9999));'
                                        ' exit $x', flags=WITH_STDIN)
                       for _ in range(40)]
        for i, c in enumerate(all_of_them):
            self.agent.feed(c, b'%d\n' % i)
        self.agent.finish(*all_of_them)
        for i, c in enumerate(all_of_them):
            self.assertEqual(c.end, (EXIT, i))
            self.assertEqual(c.out, b''.join(
                b'%d\n' % k for k in range(i, i + 10000)))


class Terminals:
    def on_terminal(self, script, **kw):
        return self.up('stty -echo -opost; ' + script,
                       flags=WITH_TTY | WITH_STDIN, **kw)

    def test_terminal(self):
        "terminal: 0, 1 and 2, controlling, from the container's own"
        c = self.agent.run(
            'tty; test -t 0 -a -t 1 -a -t 2 && echo all >/dev/tty;'
            ' echo err >&2; echo $TERM', flags=WITH_TTY)
        lines = c.out.split(b'\r\n')
        self.assertRegex(lines[0], b'^/dev/pts/[0-9]+$')
        self.assertEqual(lines[1:], [b'all', b'err', b'xterm', b''])
        self.assertEqual(c.err, b'')
        c = self.agent.run('echo $TERM', flags=WITH_TTY, env=['TERM=vt52'])
        self.assertEqual(c.out, b'vt52\r\n')

    def test_size(self):
        "terminal: its size, from the start and later"
        c = self.on_terminal('trap "stty size" WINCH; stty size; echo up;'
                             ' while read x; do :; done', size=(11, 22))
        self.assertIn(b'11 22\n', c.out)
        self.agent.send(c.number, wire.WINSIZE, struct.pack('>HH', 33, 44))
        # A shell runs a trap when what it waits for has come.
        self.agent.feed(c, b'\n')
        self.agent.wait(lambda: b'33 44\n' in c.out)
        self.agent.feed(c, b'\4')
        self.agent.finish(c)

    def test_keys(self):
        "terminal: Ctrl-C is a key, and ends what is in the foreground"
        c = self.agent.start(['cat'], flags=WITH_TTY | WITH_STDIN)
        self.agent.feed(c, b'up\n')
        # The echo of the terminal, and cat's, which runs then.
        self.agent.wait(lambda: c.out.count(b'up') == 2)
        self.agent.feed(c, b'\3')
        self.agent.finish(c)
        self.assertEqual(c.end, (SIGNALED, INT))

    def test_stdin_ends(self):
        "terminal: it stays when stdin ends"
        c = self.on_terminal('echo up; read x; echo "got $x"')
        self.agent.feed(c, b'word')
        self.agent.send(c.number, wire.STDIN)
        self.agent.send(c.number, wire.SWEEP, bytes([signal.SIGCONT, SIGNAL]))
        self.agent.wait(lambda: c.swept)
        self.assertIsNone(c.end)
        self.agent.send(c.number, wire.FORGET)
        self.agent.finish(c)

    def test_terminal_bulk(self):
        "terminal: its last bytes are there at the end"
        c = self.agent.run('stty -opost; seq 1 30000', flags=WITH_TTY)
        self.assertEqual(c.out, b''.join(b'%d\n' % i
                                         for i in range(1, 30001)))

    def test_terminal_input(self):
        "terminal: a long paste arrives"
        c = self.on_terminal('stty raw; echo up; head -c 200000 | sha256sum')
        data = b'0123456789' * 20000
        self.agent.feed(c, data)
        self.agent.finish(c)
        self.assertIn(hashlib.sha256(data).hexdigest().encode(), c.out)

    def test_hangup(self):
        "terminal: the end of the connection ends what is on it"
        cookie = self.cookie()
        self.on_terminal('sleep 1000 & echo up; sleep 1000', cookie=cookie)
        self.assertEqual(self.agent.close(), 0)
        self.gone(cookie)


class Ends:
    def test_background(self):
        "end: a child that holds the pipes delays nothing, and lives on"
        cookie = self.cookie()
        c = self.agent.run('sleep 1000 & echo out', cookie=cookie)
        self.assertEqual((c.out, c.end), (b'out\n', (EXIT, 0)))
        self.assertEqual(self.clean(cookie), 1)

    def test_daemon(self):
        "end: a daemon writes on and gets no SIGPIPE; it outlives us"
        cookie = self.cookie()
        go = '/tmp/go-' + cookie
        c = self.agent.run(
            '(while ! test -e %s; do :; done; seq 1 100000; seq 1 9 >&2;'
            ' echo $? >%s.done; exec sleep 1000) & echo out' % (go, go),
            cookie=cookie)
        self.assertEqual((c.out, c.end), (b'out\n', (EXIT, 0)))
        self.outside('>' + go)
        self.eventually(lambda: self.outside(
            'cat %s.done 2>/dev/null' % go), b'0\n')
        self.agent.close()
        self.outside('rm %s*' % go)
        self.assertEqual(self.clean(cookie), 1)

    def test_daemons(self):
        "end: more daemons than we keep pipes of, and no descriptor too many"
        cookie = self.cookie()
        before = self.descriptors()
        for _ in range(80):
            self.agent.run('sleep 1000 &', cookie=cookie)
        self.assertEqual(self.agent.run('echo hi').out, b'hi\n')
        self.eventually(lambda: self.descriptors() <= before + 64, True)
        self.assertEqual(self.clean(cookie), 80)
        self.eventually(self.descriptors, before)

    def descriptors(self):
        # One is counted while the command for it is being started.
        return len(self.agent.run(
            ['ls', '/proc/%d/fd' % self.agent.hello[1]]).out.split())

    def test_descriptors(self):
        "end: nothing is left of a hundred commands"
        before = self.descriptors()
        for i in range(100):
            c = self.agent.start('echo hi', flags=i % 4 & ~DETACHED)
            self.agent.finish(c)
            self.agent.run(['no-such'], flags=i % 4)
        self.eventually(self.descriptors, before)

    def test_orphans(self):
        "orphans: no zombie stays"
        for _ in range(20):
            self.agent.run('(sleep 0.01 &) & :')
        pid = self.agent.hello[1]
        self.eventually(lambda: self.outside(
            'for s in /proc/[0-9]*/stat; do read -r p n s q r <$s &&'
            ' [ "$s $q" = "Z %d" ] && echo $p; done 2>/dev/null' % pid), b'')

    def test_forget(self):
        "forget: the whole tree ends, and nothing is told but the end"
        cookie = self.cookie()
        c = self.up('trap "" TERM HUP INT; (trap "" TERM; setsid sleep 1000;'
                    ' :) & sleep 1000 & echo up; yes', cookie=cookie)
        c.greedy = False
        self.agent.send(c.number, wire.FORGET)
        # What was on its way already.
        self.agent.finish(c)
        self.assertEqual(c.end, (SIGNALED, KILL))
        self.assertEqual(self.bearers(cookie), [])
        self.agent.send(c.number, wire.FORGET)
        self.assertEqual(self.agent.run('echo hi').out, b'hi\n')

    def test_forget_at_once(self):
        "forget: sent right behind the start"
        for _ in range(20):
            c = self.agent.start(['sleep', '1000'])
            self.agent.send(c.number, wire.FORGET)
            self.agent.finish(c)
            self.assertEqual(c.end, (SIGNALED, KILL))

    def test_late(self):
        "channels: what comes too late for a command is for nobody"
        c = self.agent.run(['true'])
        for kind, payload in ((wire.STDIN, b'x'), (wire.STDIN, b''),
                              (wire.CREDIT, b'\1\0\0\0\1'),
                              (wire.SWEEP, b'\x0f\0'), (wire.FORGET, b''),
                              (wire.WINSIZE, b'\0\1\0\1')):
            self.agent.send(c.number, kind, payload)
        self.assertEqual(self.agent.run('echo hi').out, b'hi\n')

    def test_connection(self):
        "connection: its end ends all commands and their trees, and the agent"
        cookies = [self.cookie() for _ in range(5)]
        for cookie in cookies:
            self.up('trap "" TERM; setsid sleep 1000 & sleep 1000 & echo up;'
                    ' sleep 1000', cookie=cookie)
        self.assertEqual(self.agent.close(), 0)
        for cookie in cookies:
            self.gone(cookie)

    def test_reader_gone(self):
        "connection: nobody reads us any more, which ends it as well"
        cookie = self.cookie()
        self.up('echo up; sleep 0.1; yes', cookie=cookie)
        if self.agent.before is None:
            self.agent.process.stdout.close()
        else:
            os.dup2(self.agent.before[1], self.agent.of)
        self.gone(cookie)

    def test_agent_killed(self):
        "agent: when it is killed, the commands die with it"
        cookie = self.cookie()
        self.up('trap "" TERM HUP; echo up; exec sleep 1000', cookie=cookie)
        self.kill_agent(self.agent)
        self.gone(cookie)

    def test_protocol(self):
        "connection: a frame that may not be is its end"
        start = wire.start(['true'])
        for bad in (
                wire.frame(1, 0), wire.frame(1, 99), wire.frame(1, wire.END),
                wire.frame(1, wire.HELLO), wire.frame(1, wire.CALL),
                wire.frame(1, wire.START), wire.frame(0, wire.START, start),
                wire.frame(1, wire.START, start[:-1]),
                wire.frame(1, wire.START, start + b'x'),
                wire.frame(2, wire.START, start),
                wire.frame(2, wire.CREDIT, b'\1'),
                wire.frame(2, wire.CREDIT, b'\0\0\0\0\1'),
                wire.frame(2, wire.CREDIT, b'\3\0\0\0\1'),
                wire.frame(2, wire.WINSIZE, b'\0'),
                wire.frame(2, wire.SWEEP, b'\x0f'),
                wire.frame(2, wire.SWEEP, b'\0\0'),
                wire.frame(2, wire.SWEEP, b'\xff\0'),
                wire.frame(2, wire.SWEEP, b'\x0f\3'),
                wire.frame(2, wire.STDIN, b'x' * 65536) * 6,
                wire.frame(2, wire.STDIN) + wire.frame(2, wire.STDIN, b'x'),
                struct.pack('>II', 1, wire.STDIN << 24 | 65537)):
            agent = self.open()
            cookie = self.cookie()
            agent.last = 1
            c = self.up('echo up; exec sleep 1000', agent=agent,
                        cookie=cookie, flags=WITH_STDIN)
            c.credit -= 1 << 20
            agent.write(bad)
            with self.assertRaises(wire.Lost, msg=bad[:16]):
                agent.wait(lambda: False)
            self.assertEqual(agent.process.wait(wire.LIMIT), 0)
            self.gone(cookie)

    def test_torn(self):
        "connection: frames in pieces of one byte"
        frames = wire.frame(7, wire.START, wire.start(['cat'],
                                                      flags=WITH_STDIN))
        frames += wire.frame(7, wire.STDIN, b'hi') + wire.frame(7, wire.STDIN)
        self.agent.channels[7] = c = wire.Channel(7)
        for byte in frames:
            os.write(self.agent.to, bytes([byte]))
        self.assertEqual(self.agent.finish(c).out, b'hi')


class Sweeps:
    def test_signal(self):
        "sweep: the signal, to every process of the tree"
        c = self.up('trap "echo got" USR1; (trap "echo child" USR1; echo on;'
                    ' while :; do sleep 0.01; done) & wait; while :; do'
                    ' sleep 0.01; done', word=b'on\n', cookie=self.cookie())
        hit, left, main = self.agent.swept(c, USR1, SIGNAL)
        self.assertGreaterEqual(hit, 2)
        self.assertGreaterEqual(left, 2)
        self.assertEqual(main, 1)
        self.agent.wait(lambda: b'got\n' in c.out and b'child\n' in c.out)
        self.agent.send(c.number, wire.FORGET)
        self.agent.finish(c)

    def test_signal_ends(self):
        "sweep: a signal that ends all, and the end comes behind the answer"
        for signo in (TERM, INT, HUP):
            cookie = self.cookie()
            c = self.up('sleep 1000 & echo up; exec sleep 1000',
                        cookie=cookie)
            hit, _, _ = self.agent.swept(c, signo, SIGNAL)
            # A shell's child in the background ignores INT.
            self.assertEqual(hit, 2)
            self.agent.finish(c)
            self.assertEqual(c.end, (SIGNALED, signo))
            self.clean(cookie)

    def test_follow(self):
        "sweep: when the command ends by it, so does the rest"
        cookie = self.cookie()
        c = self.up('(trap "" TERM; echo up; while :; do sleep 1; done) &'
                    ' exec sleep 1000', cookie=cookie)
        hit, left, main = self.agent.swept(c, TERM, FOLLOW)
        self.assertGreaterEqual(hit, 2)
        self.assertEqual((left, main), (0, 0))
        self.agent.finish(c)
        self.assertEqual(c.end, (SIGNALED, TERM))
        self.assertEqual(self.bearers(cookie), [])

    def test_follow_not(self):
        "sweep: when the command takes the signal well, all go on"
        c = self.up('trap "echo got" TERM; (trap "" TERM; echo up; sleep 1000)'
                    ' & while :; do sleep 0.01; done', cookie=self.cookie())
        hit, left, main = self.agent.swept(c, TERM, FOLLOW)
        self.assertGreaterEqual(hit, 2)
        self.assertGreaterEqual(left, 2)
        self.assertEqual(main, 1)
        self.agent.wait(lambda: b'got\n' in c.out)
        self.agent.send(c.number, wire.FORGET)
        self.agent.finish(c)

    def test_finish(self):
        "sweep: finish ends what ignores the signal"
        cookie = self.cookie()
        c = self.up('trap "" TERM; (setsid sh -c \'echo up; sleep 1000; :\')'
                    ' & while :; do sleep 1; done', cookie=cookie)
        _, left, main = self.agent.swept(c, TERM, FINISH)
        self.assertEqual((left, main), (0, 0))
        self.agent.finish(c)
        self.assertEqual(c.end, (SIGNALED, KILL))
        self.assertEqual(self.bearers(cookie), [])

    def test_kill(self):
        "sweep: KILL ends even what forks all the time, and stopped ones"
        cookie = self.cookie()
        c = self.up('(while :; do (sleep 0.01; :) & wait; done) &'
                    ' echo up; kill -STOP $$', cookie=cookie)
        hit, left, main = self.agent.swept(c, KILL, SIGNAL)
        self.assertGreaterEqual(hit, 2)
        self.assertEqual((left, main), (0, 0))
        self.agent.finish(c)
        self.assertEqual(self.bearers(cookie), [])

    def test_escapes(self):
        "sweep: those without the mark, in other sessions, and orphans"
        cookie = self.cookie()
        c = self.up('(env -u DEXEC_ID sh -c \'echo $$; sleep 1000; :\' &'
                    ' setsid sh -c \'echo up; sleep 1000; :\' &) ;'
                    ' sleep 1000; :', cookie=cookie)
        self.agent.wait(lambda: c.out.count(b'\n') == 2)
        unmarked = c.out.replace(b'up\n', b'').decode().strip()
        self.assertTrue(unmarked.isdigit())
        hit, left, main = self.agent.swept(c, KILL, FINISH)
        self.assertGreaterEqual(hit, 3)
        self.assertEqual((left, main), (0, 0))
        self.agent.finish(c)
        self.assertEqual(self.bearers(cookie), [])
        self.eventually(lambda: self.outside(
            'test -e /proc/%s && echo there' % unmarked), b'')

    def test_exec(self):
        "sweep: an orphan that does exec all the time, which hides its mark"
        again = 'exec sh -c "$0" "$0"'
        for _ in range(20):
            cookie = self.cookie()
            c = self.up('(exec >/dev/null; setsid sh -c \'%s\' \'%s\' &);'
                        'echo up; exec sleep 1000' % (again, again),
                        cookie=cookie)
            self.eventually(lambda: len(self.bearers(cookie)), 2)
            self.assertEqual(self.agent.swept(c, TERM, SIGNAL)[0], 2)
            self.agent.finish(c)

    def test_unmarked(self):
        "sweep: without a mark, by descent and session"
        c = self.up('sleep 1000 & echo up; sleep 1000; :')
        hit, left, main = self.agent.swept(c, KILL, FINISH)
        self.assertGreaterEqual(hit, 2)
        self.assertEqual((left, main), (0, 0))
        self.agent.finish(c)

    def test_others(self):
        "sweep: no process of another command, though it has the same mark"
        cookie = self.cookie()
        a = self.up('echo up; read x; echo alive', cookie=cookie,
                    flags=WITH_STDIN)
        b = self.up('sleep 1000 & echo up; sleep 1000', cookie=cookie)
        hit, left, main = self.agent.swept(b, KILL, FINISH)
        self.assertGreaterEqual(hit, 2)
        self.assertEqual((left, main), (0, 0))
        self.agent.finish(b)
        self.agent.feed(a, b'\n')
        self.agent.finish(a)
        self.assertEqual(a.out, b'up\nalive\n')

    def test_queue(self):
        "sweep: each is answered, in order, and nobody else waits for it"
        c = self.up('trap "" TERM; echo up; while :; do sleep 1; done',
                    cookie=self.cookie())
        self.agent.sweep(c, TERM, FINISH)
        self.agent.sweep(c, TERM, SIGNAL)
        other = self.agent.run('echo hi')
        self.assertEqual((other.out, c.swept), (b'hi\n', []))
        self.agent.wait(lambda: len(c.swept) == 2)
        self.assertGreaterEqual(c.swept[0][0], 1)
        self.assertEqual(c.swept[1], (0, 0, 0))
        self.agent.finish(c)
        self.assertEqual(c.frames[-1], wire.END)

    def test_forget_sweep(self):
        "sweep: forgotten meanwhile, it is not answered"
        c = self.up('trap "" TERM; echo up; while :; do sleep 1; done',
                    cookie=self.cookie())
        self.agent.sweep(c, TERM, FINISH)
        self.agent.send(c.number, wire.FORGET)
        self.agent.finish(c)
        self.assertEqual((c.swept, c.end), ([], (SIGNALED, KILL)))

    def test_terminated_handler(self):
        "sweep: what a handler starts does not get the signal itself"
        c = self.up('trap "sh -c \'sleep 0.05; echo cleaned\'; exit 5" TERM;'
                    ' echo up; while :; do sleep 0.01; done',
                    cookie=self.cookie())
        self.agent.swept(c, TERM, SIGNAL)
        self.agent.finish(c)
        self.assertEqual((c.out, c.end), (b'up\ncleaned\n', (EXIT, 5)))


class OnThisMachine(Starts, Streams, Terminals, Ends, Sweeps, case.Case):
    home = None

    def test_unlink(self):
        "agent: it removes its own file, if it is told to"
        with tempfile.TemporaryDirectory() as place:
            copy = os.path.join(place, 'agent')
            shutil.copy(case.AGENT, copy)
            agent = wire.Agent([copy], env=self.environment)
            self.assertTrue(os.path.exists(copy))
            agent.close()
            agent = wire.Agent([copy, '--unlink'], env=self.environment)
            self.assertEqual(os.listdir(place), [])
            self.assertEqual(agent.run('echo hi').out, b'hi\n')
            agent.close()


class ByShortcut(Starts, Streams, Terminals, Ends, Sweeps,
                 case.ShortcutCase):
    home = None

    def ends(self, agent):
        """It ends, and what runs there with it."""
        with self.assertRaises(wire.Lost):
            agent.wait(lambda: False)
        self.assertEqual(agent.process.wait(wire.LIMIT), 0)

    def test_way_before(self):
        "shortcut: the end of the way before is the end of the connection"
        cookie = self.cookie()
        self.up('echo up; sleep 1000', cookie=cookie)
        self.agent.process.stdin.close()
        self.ends(self.agent)
        self.gone(cookie)

    def test_way_itself(self):
        "shortcut: the end of its pipes is the end of the connection"
        cookie = self.cookie()
        self.up('echo up; sleep 1000', cookie=cookie)
        self.agent.close_shortcut()
        self.assertEqual(self.agent.process.wait(wire.LIMIT), 0)
        self.gone(cookie)

    def test_twice(self):
        "shortcut: it is taken once"
        self.agent.send(0, wire.SHORTCUT)
        self.ends(self.agent)

    def test_too_late(self):
        "shortcut: it is withdrawn when the first command comes"
        agent = wire.Agent(self.argv([]), env=self.environment)
        self.addCleanup(self.put_away, agent)
        agent.run(['true'])
        self.assertFalse(os.path.exists('/proc/%d/fd/%d' % (
            agent.process.pid, agent.hello[3])))
        agent.send(0, wire.SHORTCUT)
        self.ends(agent)


class InContainer(Starts, Streams, Terminals, Ends, Sweeps,
                  case.ContainerCase):
    def test_memory(self):
        "agent: less than a megabyte, also with sixteen commands running"
        running = [self.up('echo up; read x', flags=WITH_STDIN)
                   for _ in range(16)]
        status = self.agent.run(
            ['cat', '/proc/%d/status' % self.agent.hello[1]]).out.decode()
        kb = int(status.partition('VmRSS:')[2].split()[0])
        print('# VmRSS with 16 commands: %d KiB' % kb)
        self.assertLess(kb, 1024)
        self.agent.close()
        self.assertEqual(len(running), 16)


class InBusybox(InContainer):
    image = 'dexec-busybox:1'


class InDebian(Starts, Terminals, Sweeps, case.ContainerCase):
    image = 'dexec-debian:1'


class InScratch(case.ContainerCase):
    image = 'dexec-scratch:1'

    def test_scratch(self):
        "scratch: an image with one program and nothing else"
        run = self.agent.run
        self.assertEqual(run(['/probe', 'exit', '7']).end, (EXIT, 7))
        self.assertEqual(run(['/probe', 'args', 'a b']).out, b'a b\n')
        self.assertEqual(len(run(['/probe', 'out', '3000000']).out), 3000000)
        self.assertEqual(run(['sh']).errno, errno.ENOENT)

    def test_scratch_sweep(self):
        "scratch: sweeps and the end of the connection need no shell"
        c = self.agent.start(['/probe', 'sleep', '1000'], cookie='x')
        self.agent.wait(lambda: c.pid)
        self.assertEqual(self.agent.swept(c, TERM, FOLLOW), (1, 0, 0))
        self.agent.finish(c)
        self.assertEqual(c.end, (SIGNALED, TERM))


def load_tests(loader, tests, _):
    """Of the containers' cases only where there are such."""
    classes = [OnThisMachine, ByShortcut]
    if case.ENGINE and case.is_static():
        classes += [InBusybox, InDebian, InScratch]
    return unittest.TestSuite(
        loader.loadTestsFromTestCase(c) for c in classes)


if __name__ == '__main__':
    tap.main()
