# SPDX-License-Identifier: ISC
"""A client of dexec-keeper, and containers to try it on."""

import array
import os
import select
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

(HELLO, CALL, START, DECLINED, TAKEN, REFUSED, STARTED, STDIN, STDOUT, STDERR, CREDIT, STDIN_CLOSED, SWEEP, SWEPT, WINSIZE,
 END, FORGET, LOST, STATUS, STOP) = range(1, 21)
WITH_STDIN, TTY, DETACH = 1, 2, 4
SIGNAL, FOLLOW, FINISH = 0, 1, 2
LIMIT = 60  # seconds, after which a test has failed
KEEPER = os.path.join(os.environ.get('DEXEC_LIBEXEC_DIR', '.'), 'dexec-keeper')
KEY = b'dexec 1\nkeeper test'


def docker(*words, check=True, **more):
    """Its stdout."""
    return subprocess.run(['docker', *words], check=check, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          **more).stdout.decode()


def wait_until(true, what):
    """Look again and again; whoever waits for nothing fails by the limit."""
    end = time.monotonic() + LIMIT
    while not true():
        if time.monotonic() > end:
            raise AssertionError('waited in vain: ' + what)
        select.select([], [], [], 0.01)


def frame(kind, payload=b'', channel=0):
    return struct.pack('>IBBH', channel, kind, len(payload) >> 16, len(payload) & 0xffff) + payload


def start(argv, flags=0, cookie='', directory='', env=(), rows=0, columns=0):
    text = ''.join(word + '\0' for word in (cookie, directory, *env, *argv))
    return struct.pack('>IHHII', flags, rows, columns, len(env), len(argv)) + text.encode()


class Call:
    """One connection; with ARGV a command on it."""

    def __init__(self, path, argv=None, *, flags=0, key=KEY, pipes=True, **more):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT)
        self.socket.connect(path)
        self.data = b''
        self.stdin = self.stdout = self.stderr = -1
        self.said = []
        if argv is not None:
            self.call(start(argv, flags, **more), flags, key, pipes)

    def call(self, encoded, flags=0, key=KEY, pipes=True):
        theirs = []
        if not flags & DETACH and pipes:
            if flags & WITH_STDIN:
                end, self.stdin = os.pipe()
                theirs.append(end)
            self.stdout, end = os.pipe()
            theirs.append(end)
            if not flags & TTY:
                self.stderr, end = os.pipe()
                theirs.append(end)
        message = frame(CALL, struct.pack('>I', len(key)) + key + encoded)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', theirs))] if theirs else []
        sent = self.socket.sendmsg([message], rights)
        # It may be over by now, and the connection closed.
        if sent < len(message):
            self.socket.sendall(message[sent:])
        for end in theirs:
            os.close(end)

    def send(self, kind, payload=b''):
        self.socket.sendall(frame(kind, payload))

    def sweep(self, signal, mode):
        self.send(SWEEP, bytes([signal, mode]))

    def read(self, n):
        while len(self.data) < n:
            got = self.socket.recv(65536)
            if not got:
                return None
            self.data += got
        taken, self.data = self.data[:n], self.data[n:]
        return taken

    def next(self):
        """The next message, or None at the end."""
        try:
            header = self.read(8)
        except ConnectionResetError:
            return None
        if header is None:
            return None
        _, kind, high, low = struct.unpack('>IBBH', header)
        message = kind, self.read(high << 16 | low)
        self.said.append(message)
        return message

    def expect(self, *kinds):
        """The payload of the next message, which is of one of these kinds."""
        message = self.next()
        assert message is not None and message[0] in kinds, (message, kinds)
        return message[1]

    def started(self):
        self.expect(TAKEN)
        return struct.unpack('>I', self.expect(STARTED))[0]

    def give(self, data):
        """All of DATA to its stdin, and the end of it."""
        fd, self.stdin = self.stdin, -1

        def run():
            try:
                with os.fdopen(fd, 'wb') as file:
                    file.write(data)
            except BrokenPipeError:
                pass
        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def output(self):
        """Both, to their ends."""
        got = {fd: [] for fd in (self.stdout, self.stderr) if fd != -1}
        open_ends = list(got)
        while open_ends:
            for fd in select.select(open_ends, [], [], LIMIT)[0]:
                chunk = os.read(fd, 1 << 20)
                got[fd].append(chunk)
                if not chunk:
                    open_ends.remove(fd)
        return b''.join(got.get(self.stdout, [])), b''.join(got.get(self.stderr, []))

    def end(self):
        """What it said behind all else, but for SWEPTs."""
        message = self.next()
        while message is not None and message[0] == SWEPT:
            message = self.next()
        assert message is not None, self.said
        return message

    def close(self):
        self.socket.close()
        for fd in self.stdin, self.stdout, self.stderr:
            if fd != -1:
                os.close(fd)
        self.stdin = self.stdout = self.stderr = -1

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.close()


def status_of(message):
    """As a shell says it."""
    kind, payload = message
    assert kind == END, message
    return payload[1] if payload[0] == 0 else 128 + payload[1]


class Place:
    """A directory with a socket in it, and the keepers that are started for it."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix='dexec-keeper-test-')
        self.path = self.directory + '/socket'
        self.pids = []

    def keeper(self, target, *options, key=KEY, program=(KEEPER,), env=None):
        """Start one and wait; what it said of itself."""
        end, theirs = os.pipe()
        subprocess.run([*program, '--ready', str(theirs), *options, '--', self.path, key.decode(), target], check=True,
                       pass_fds=(theirs,), env=env)
        os.close(theirs)
        with os.fdopen(end) as file:
            said = file.read()
        if said == 'ready\n':
            self.pids.append(self.pid(key))
        return said

    def run(self, *argv, give=None, **more):
        """A command to its end: status, stdout, stderr."""
        flags = more.pop('flags', 0) | (WITH_STDIN if give is not None else 0)
        with Call(self.path, argv, flags=flags, **more) as call:
            call.started()
            thread = call.give(give) if give is not None else None
            output = call.output()
            status = status_of(call.end())
            if thread is not None:
                thread.join()
            return status, *output

    def ask(self, kind, key=KEY):
        with Call(self.path) as call:
            call.send(kind, key)
            return call.next()

    def status(self, key=KEY):
        kind, payload = self.ask(STATUS, key)
        assert kind == STATUS, kind
        return dict(line.split(' ', 1) for line in payload.decode().splitlines())

    def pid(self, key=KEY):
        return int(self.status(key)['pid'])

    def declines(self, *argv, **more):
        """Why this is declined."""
        with Call(self.path, argv or ['true'], **more) as call:
            return call.expect(DECLINED).decode()

    def left(self):
        """Files beside the lock."""
        return [name for name in os.listdir(self.directory) if not name.endswith('.lock')]

    def clear(self):
        for pid in self.pids:
            try:
                os.kill(pid, 15)
            except ProcessLookupError:
                pass
        for pid in self.pids:
            wait_until(lambda pid=pid: not alive(pid), 'the end of keeper %d' % pid)
        shutil.rmtree(self.directory)


def state(pid):
    """Of a process of this machine, as proc(5) names it; None: there is none."""
    try:
        with open('/proc/%d/stat' % pid, encoding='ascii', errors='replace') as file:
            return file.read().rsplit(')', 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def alive(pid):
    return state(pid) not in (None, 'Z', 'X')


def children(pid):
    """Of a process of this machine, with their words."""
    found = {}
    for name in os.listdir('/proc'):
        try:
            if not name.isdigit():
                continue
            with open('/proc/%s/stat' % name, encoding='ascii', errors='replace') as file:
                parent = int(file.read().rsplit(')', 1)[1].split()[1])
            if parent == pid:
                with open('/proc/%s/cmdline' % name, 'rb') as file:
                    found[int(name)] = file.read().decode(errors='replace').split('\0')[:-1]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


class Container:
    """A container of the test's own."""
    count = 0

    def __init__(self, *options, image='dexec-busybox:1', command=('sleep', '1000000'), init=True):
        Container.count += 1
        self.name = 'keeper-test-%d-%d' % (os.getpid(), Container.count)
        self.options, self.image, self.command, self.init = options, image, command, init
        self.start(self.name)

    def start(self, name):
        self.id = docker('run', '--detach', *(['--init'] if self.init else []), '--pull', 'never', '--name', name,
                         *self.options, self.image, *self.command).strip()

    def processes(self):
        """Words of all that run in it but its first ones."""
        lines = docker('top', self.id, '-eo', 'pid,args').splitlines()[1:]
        return [line.split(None, 1) for line in lines if not any(
            word in line for word in ('docker-init', '/sbin/docker-init', ' '.join(self.command)))]

    def clear(self):
        docker('rm', '--force', self.id, check=False)
