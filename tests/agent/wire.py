# SPDX-License-Identifier: ISC
"""The keeper's side of a warm connection, as a test needs it."""

import os
import select
import struct
import subprocess
import time

(HELLO, CALL, START, DECLINED, TAKEN, REFUSED, STARTED, STDIN, STDOUT, STDERR,
 CREDIT, STDIN_CLOSED, SWEEP, SWEPT, WINSIZE, END, FORGET) = range(1, 18)
SHORTCUT = 21
WITH_STDIN, WITH_TTY, DETACHED = 1, 2, 4
SIGNAL, FOLLOW, FINISH = range(3)
WINDOW_OUT, WINDOW_IN, DATA_MAX = 512 * 1024, 128 * 1024, 64 * 1024

LIMIT = 30      # seconds that anything may take before a test fails


def frame(channel, kind, payload=b''):
    return struct.pack('>II', channel, kind << 24 | len(payload)) + payload


def start(argv, env=(), cookie='', directory='', flags=0, size=(0, 0)):
    words = [cookie, directory, *env, *argv]
    return struct.pack('>IHHII', flags, *size, len(env), len(argv)) + b''.join(
        os.fsencode(w) + b'\0' for w in words)


class Lost(Exception):
    """The connection has ended, or nothing came in time."""


class Channel:
    """What is known of one command."""

    def __init__(self, number):
        self.number = number
        self.pid = self.errno = self.end = None
        self.data = {STDOUT: bytearray(), STDERR: bytearray()}
        self.eof = set()
        self.swept = []
        self.stdin_closed = False
        self.credit = WINDOW_IN         # to send
        self.withheld = {STDOUT: 0, STDERR: 0}
        self.greedy = True              # give credit for all that comes
        self.frames = []                # kinds, in order

    @property
    def out(self):
        return bytes(self.data[STDOUT])

    @property
    def err(self):
        return bytes(self.data[STDERR])

    @property
    def over(self):
        return self.end is not None or self.errno is not None


class Agent:
    """An agent, and the channels of its connection."""

    def __init__(self, argv, keep=True, **kw):
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            **kw)
        self.to, self.of = self.process.stdin.fileno(), \
            self.process.stdout.fileno()
        self.bytes = b''
        self.channels = {}
        self.last = 0
        self.before = None              # the way that it came by
        self.keep = keep                # what comes, in channels
        self.hello = None
        self.switched = False
        self.wait(lambda: self.hello is not None)

    def switch(self):
        """Go on with the pipes that it offers."""
        place = '/proc/%d/fd/' % self.process.pid
        ends = (os.open(place + str(self.hello[3]), os.O_WRONLY),
                os.open(place + str(self.hello[4]), os.O_RDONLY))
        self.send(0, SHORTCUT)
        self.before = self.to, self.of
        self.to, self.of = ends
        self.wait(lambda: self.switched)

    def write(self, data):
        """Write it, unless the agent has ended meanwhile."""
        try:
            while data:
                data = data[os.write(self.to, data):]
        except BrokenPipeError:
            pass

    def send(self, channel, kind, payload=b''):
        self.write(frame(channel, kind, payload))

    def start(self, argv, **kw):
        self.last += 1
        self.channels[self.last] = c = Channel(self.last)
        if isinstance(argv, str):
            argv = ['sh', '-c', argv]
        self.send(c.number, START, start(argv, **kw))
        return c

    def feed(self, c, data):
        """Send it all as stdin, as the credit allows."""
        while data and not c.stdin_closed and not c.over:
            self.wait(lambda: c.credit > 0 or c.stdin_closed or c.over)
            n = min(len(data), c.credit, DATA_MAX)
            if n > 0:
                self.send(c.number, STDIN, data[:n])
                c.credit -= n
                data = data[n:]

    def give(self, c, stream, n):
        self.send(c.number, CREDIT,
                  struct.pack('>BI', 1 if stream == STDOUT else 2, n))

    def sweep(self, c, signo, mode):
        self.send(c.number, SWEEP, bytes([signo, mode]))

    def swept(self, c, signo, mode):
        """Sweep, and wait for what comes of it: hit, left, main."""
        n = len(c.swept)
        self.sweep(c, signo, mode)
        self.wait(lambda: len(c.swept) > n)
        return c.swept[n]

    def take(self, c, kind, payload):
        c.frames.append(kind)
        if c.over:
            raise AssertionError('frame %d after the end' % kind)
        if kind == STARTED:
            c.pid, = struct.unpack('>I', payload)
        elif kind == REFUSED:
            c.errno, = struct.unpack('>I', payload)
        elif kind in (STDOUT, STDERR):
            self.take_data(c, kind, payload)
        elif kind == CREDIT:
            stream, n = struct.unpack('>BI', payload)
            assert stream == 0
            c.credit += n
            assert c.credit <= WINDOW_IN
        elif kind == STDIN_CLOSED:
            c.stdin_closed = True
        elif kind == SWEPT:
            c.swept.append(struct.unpack('>IIB', payload))
        elif kind == END:
            c.end = tuple(payload)
            assert len(c.end) == 2
        else:
            raise AssertionError('frame %d' % kind)

    def take_data(self, c, kind, payload):
        assert kind not in c.eof, 'data after its end'
        if not payload:
            c.eof.add(kind)
            return
        c.withheld[kind] += len(payload)
        assert c.withheld[kind] <= WINDOW_OUT, 'more than the window'
        if self.keep:
            c.data[kind] += payload
        if c.greedy and c.withheld[kind] >= WINDOW_OUT // 4:
            self.give(c, kind, c.withheld[kind])
            c.withheld[kind] = 0

    def frames(self):
        """The whole frames among the bytes that came."""
        at, data = 0, self.bytes
        while len(data) - at >= 8:
            channel, rest = struct.unpack_from('>II', data, at)
            n = rest & 0xffffff
            if len(data) - at - 8 < n:
                break
            yield channel, rest >> 24, data[at + 8:at + 8 + n]
            at += 8 + n
        self.bytes = data[at:]

    def turn(self, timeout):
        """Take what comes within TIMEOUT seconds: whether something did."""
        if not select.select([self.of], [], [], timeout)[0]:
            return False
        data = os.read(self.of, 1 << 20)
        if not data:
            raise Lost('end of the connection')
        self.bytes += data
        for channel, kind, payload in list(self.frames()):
            if channel == 0 and kind == SHORTCUT:
                assert self.before is not None and not self.switched
                self.switched = True
            elif channel == 0:
                assert kind == HELLO and self.hello is None
                self.hello = struct.unpack('>5I', payload)
            else:
                self.take(self.channels[channel], kind, payload)
        return True

    def wait(self, until, limit=LIMIT):
        deadline = time.monotonic() + limit
        while not until():
            left = deadline - time.monotonic()
            if left <= 0:
                raise Lost('nothing came in time')
            self.turn(left)

    def finish(self, *channels):
        self.wait(lambda: all(c.over for c in channels))
        return channels[0]

    def run(self, argv, **kw):
        return self.finish(self.start(argv, **kw))

    def close(self):
        """End the connection and wait for the agent."""
        self.process.stdin.close()
        rc = self.process.wait(LIMIT)
        self.process.stdout.close()
        self.close_shortcut()
        return rc

    def close_shortcut(self):
        if self.before is not None:
            os.close(self.to)
            os.close(self.of)
            self.before = None
