#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Many channels over one agent, in a random order of everything, against what
each command by itself would have done.  DEXEC_TEST_SEED repeats a run."""

import os
import random
import signal
import sys
import time

import case
import wire
from wire import STDERR, STDOUT, WITH_STDIN, WITH_TTY

AT_ONCE = 24
SECONDS = float(os.environ.get('DEXEC_TEST_MODEL', 8))
LEAST = 40      # commands, however slow the machine is


def lines(first, last):
    return b''.join(b'%d\n' % i for i in range(first, last + 1))


class Script:
    """A command, what is done to it, and what must come of that."""
    flags = 0
    stdin = b''
    end = (0, 0)
    out = err = b''
    errno = None

    def __init__(self, agent, dice):
        self.agent, self.dice = agent, dice
        self.hurries = False    # time is up: in large pieces
        self.channel = None
        self.at = 0             # of stdin
        self.closed = False
        self.acted = False

    def argv(self):
        raise NotImplementedError

    def start(self, cookie):
        self.channel = self.agent.start(self.argv(), cookie=cookie,
                                        flags=self.flags)
        self.channel.greedy = False

    def step(self):
        """Do one thing, or nothing."""
        c = self.channel
        self.dice.choice([self.feed, self.feed, self.pay, self.pay,
                          self.act])(c)

    def piece(self):
        n = self.dice.choice([1, 10, 1000, 60000, 1 << 20])
        return 1 << 20 if self.hurries else n

    def feed(self, c):
        if not self.flags & WITH_STDIN or self.closed:
            return
        n = min(len(self.stdin) - self.at, c.credit, wire.DATA_MAX,
                self.piece())
        if n > 0:
            self.agent.send(c.number, wire.STDIN,
                            self.stdin[self.at:self.at + n])
            c.credit -= n
            self.at += n
        elif self.at == len(self.stdin):
            self.agent.send(c.number, wire.STDIN)
            self.closed = True

    def pay(self, c):
        for stream in (STDOUT, STDERR):
            n = min(c.withheld[stream], self.piece())
            if n > 0:
                self.agent.give(c, stream, n)
                c.withheld[stream] -= n

    def act(self, c):
        self.acted = True

    def wrong(self):
        c = self.channel
        found = (c.errno, c.end, c.out, c.err)
        wanted = (self.errno, None if self.errno else self.end, self.out,
                  self.err)
        return [(type(self).__name__, c.number, c.frames[-5:], [
            x if not isinstance(x, bytes) or len(x) < 50 else
            (len(x), x[:20], x[-20:]) for x in found + wanted])] \
            if found != wanted else []


class Writes(Script):
    def argv(self):
        a, n, m = (self.dice.choice([1, 30, 3000, 200000]) for _ in range(3))
        status = self.dice.randrange(256)
        self.out, self.err = lines(a, a + n), lines(a, a + m)
        self.end = (0, status)
        return 'seq %d %d & seq %d %d >&2; wait; exit %d' % (
            a, a + n, a, a + m, status)


class Copies(Script):
    flags = WITH_STDIN

    def argv(self):
        self.stdin = self.out = self.dice.randbytes(
            self.dice.choice([0, 1, 5000, 300000, 2000000]))
        return ['cat']


class OnTerminal(Script):
    flags = WITH_STDIN | WITH_TTY

    def argv(self):
        n = self.dice.choice([1, 500, 50000])
        self.stdin = self.dice.randbytes(n)
        # It would be the terminal's own affair before that.
        self.ready = b'up\n'
        self.out = self.ready + self.stdin
        return 'stty raw -echo; echo up; exec head -c %d' % n

    def feed(self, c):
        if c.out.startswith(self.ready):
            super().feed(c)


class ReadsALine(Script):
    flags = WITH_STDIN

    def argv(self):
        self.stdin = b'first\n' + self.dice.randbytes(400000)
        self.out = b'first\n'
        return 'read x; echo "$x"'


class IsNot(Script):
    errno = 2

    def argv(self):
        return ['no-such-program']


class IsSwept(Script):
    def argv(self):
        signo = self.dice.choice([signal.SIGTERM, signal.SIGINT,
                                  signal.SIGKILL])
        self.signo, self.end = signo, (1, signo)
        return ['sleep', '1000']

    def act(self, c):
        if not self.acted:
            self.agent.sweep(c, self.signo, self.dice.randrange(3))
        self.acted = True

    def wrong(self):
        hits = [hit for hit, _, _ in self.channel.swept]
        return super().wrong() + ([('hits', hits)] if hits != [1] else [])


class IsForgotten(Script):
    end = (1, signal.SIGKILL)

    def argv(self):
        return 'trap "" TERM; yes & yes >&2'

    def act(self, c):
        if not self.acted:
            self.agent.send(c.number, wire.FORGET)
        self.acted = True

    def wrong(self):
        c = self.channel
        return [] if c.end == self.end and not c.swept else [(c.end, c.swept)]


KINDS = [Writes, Writes, Copies, Copies, OnTerminal, ReadsALine, IsNot,
         IsSwept, IsForgotten]


def play(agent, dice, cookie):
    """What was wrong, and how many there were."""
    ends = time.monotonic() + SECONDS
    news = time.monotonic()
    live, wrong, n = [], [], 0
    while live or n < LEAST:
        now = time.monotonic()
        if now > news + wire.LIMIT:
            return wrong + [('stuck', type(s).__name__, s.channel.frames)
                            for s in live], n
        if len(live) < AT_ONCE and dice.random() < 0.2 and (
                n < LEAST or now < ends):
            n += 1
            live.append(dice.choice(KINDS)(agent, dice))
            live[-1].start('%s-%d' % (cookie, n))
        for script in dice.sample(live, min(3, len(live))):
            script.hurries = now > ends
            if not script.channel.over:
                script.step()
        if agent.turn(0 if dice.random() < 0.9 else 0.002):
            news = now
        for script in [s for s in live if s.channel.over]:
            wrong += script.wrong()
            live.remove(script)
    return wrong, n


def bearers(cookie):
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/environ' % pid, 'rb') as file:
                if b'DEXEC_ID=%s-' % cookie.encode() in file.read():
                    found.append(pid)
        except OSError:
            pass
    return found


def main():
    seed = int(os.environ.get('DEXEC_TEST_SEED', time.time_ns() % 1000000))
    cookie = 'model-%d-%d' % (os.getpid(), seed)
    agent = wire.Agent([case.AGENT])
    print('# seed %d' % seed)
    print('1..2')
    wrong, n = play(agent, random.Random(seed), cookie)
    for line in wrong[:9]:
        print('#', line)
    print('%s 1 - model: each channel has its own bytes and end'
          % ('not ok' if wrong else 'ok'))
    print('# %d commands' % n)
    fine = agent.close() == 0 and not bearers(cookie)
    print('%s 2 - model: nothing is left' % ('ok' if fine else 'not ok'))
    return 0 if fine and not wrong else 1


if __name__ == '__main__':
    sys.exit(main())
