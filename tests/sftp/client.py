# SPDX-License-Identifier: ISC
"""A client of the SSH File Transfer Protocol, version 3, for tests.

Written from draft-ietf-secsh-filexfer-02 and OpenSSH's PROTOCOL, not from our
own sources."""

import collections
import os
import select
import struct
import subprocess
import time

LIMIT = 60          # seconds; nothing takes that long

INIT, VERSION, OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT, SETSTAT, FSETSTAT, \
    OPENDIR, READDIR, REMOVE, MKDIR, RMDIR, REALPATH, STAT, RENAME, \
    READLINK, SYMLINK = range(1, 21)
STATUS, HANDLE, DATA, NAME, ATTRS = range(101, 106)
EXTENDED, EXTENDED_REPLY = 200, 201

OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, BAD_MESSAGE = range(6)
OP_UNSUPPORTED = 8

FOR_READ, FOR_WRITE, APPEND, CREAT, TRUNC, EXCL = 1, 2, 4, 8, 16, 32

SIZE, OWNER, PERMISSIONS, TIMES = 1, 2, 4, 8

Attributes = collections.namedtuple(
    'Attributes', 'flags size uid gid permissions atime mtime')
Entry = collections.namedtuple('Entry', 'name longname attributes')


class Status(Exception):
    """A STATUS that is not OK."""

    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code
        self.text = text


class Ended(Exception):
    """The server has nothing more to say."""


def string(value):
    if isinstance(value, str):
        value = os.fsencode(value)
    return struct.pack('>I', len(value)) + value


def attributes(size=None, owner=None, permissions=None, times=None):
    flags, rest = 0, b''
    if size is not None:
        flags |= SIZE
        rest += struct.pack('>Q', size)
    if owner is not None:
        flags |= OWNER
        rest += struct.pack('>II', *owner)
    if permissions is not None:
        flags |= PERMISSIONS
        rest += struct.pack('>I', permissions)
    if times is not None:
        flags |= TIMES
        rest += struct.pack('>II', *times)
    return struct.pack('>I', flags) + rest


class Reader:
    """The fields of a reply."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def number(self, form):
        value, = struct.unpack_from('>' + form, self.data, self.at)
        self.at += struct.calcsize('>' + form)
        return value

    def bytes(self):
        length = self.number('I')
        value = self.data[self.at:self.at + length]
        assert len(value) == length
        self.at += length
        return value

    def attributes(self):
        flags = self.number('I')
        size = self.number('Q') if flags & SIZE else None
        uid, gid = (self.number('I'), self.number('I')) \
            if flags & OWNER else (None, None)
        permissions = self.number('I') if flags & PERMISSIONS else None
        atime, mtime = (self.number('I'), self.number('I')) \
            if flags & TIMES else (None, None)
        return Attributes(flags, size, uid, gid, permissions, atime, mtime)

    def end(self):
        assert self.at == len(self.data), 'bytes behind a reply'


class Client:
    def __init__(self, argv, greet=True, **kw):
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **kw)
        self.to, self.of = self.process.stdin, self.process.stdout
        os.set_blocking(self.to.fileno(), False)
        os.set_blocking(self.of.fileno(), False)
        self.buffer = bytearray()
        self.ended = False
        self.id = 0
        self.extensions = {}
        if greet:
            self.greet()

    # ---- bytes

    def take(self):
        data = os.read(self.of.fileno(), 1 << 20)
        self.buffer += data
        self.ended = not data

    def wait(self, to, deadline):
        """Until there is room for, or news from, the server."""
        left = deadline - time.monotonic()
        assert left > 0, 'the server does nothing'
        of = [] if self.ended else [self.of]
        return select.select(of, to, [], left)[:2]

    def put(self, data):
        """All of it, though the server answers meanwhile."""
        deadline = time.monotonic() + LIMIT
        view = memoryview(data)
        while view:
            of, to = self.wait([self.to], deadline)
            if of:
                self.take()
            if to:
                try:
                    view = view[os.write(self.to.fileno(), view):]
                except BlockingIOError:
                    pass

    def get(self, n):
        deadline = time.monotonic() + LIMIT
        while len(self.buffer) < n:
            if self.ended:
                raise Ended(bytes(self.buffer))
            if self.wait([], deadline)[0]:
                self.take()
        data = bytes(self.buffer[:n])
        del self.buffer[:n]
        return data

    # ---- packets

    def send(self, kind, payload):
        self.put(struct.pack('>IB', 1 + len(payload), kind) + payload)

    def receive(self):
        """Type and what is behind it."""
        length, = struct.unpack('>I', self.get(4))
        data = self.get(length)
        return data[0], data[1:]

    def greet(self):
        self.send(INIT, struct.pack('>I', 3))
        kind, data = self.receive()
        assert kind == VERSION
        reader = Reader(data)
        assert reader.number('I') == 3
        while reader.at < len(data):
            name = reader.bytes()
            self.extensions[name] = reader.bytes()

    def ask(self, kind, payload):
        """Send a request: its id."""
        self.id += 1
        self.send(kind, struct.pack('>I', self.id) + payload)
        return self.id

    def answer(self, number, wanted):
        """The next reply, which must be that to NUMBER and of a type WANTED."""
        kind, data = self.receive()
        reader = Reader(data)
        assert reader.number('I') == number, 'an answer to something else'
        if kind == STATUS:
            code, text = reader.number('I'), reader.bytes()
            reader.bytes()
            reader.end()
            if wanted != STATUS or code != OK:
                raise Status(code, text)
        else:
            assert kind == wanted, 'a reply of type %d' % kind
        return reader

    def call(self, kind, payload, wanted=STATUS):
        return self.answer(self.ask(kind, payload), wanted)

    # ---- requests

    def open(self, name, flags, given=attributes()):
        return self.call(OPEN, string(name) + struct.pack('>I', flags) + given,
                         HANDLE).bytes()

    def close(self, handle):
        self.call(CLOSE, string(handle))

    def read(self, handle, offset, length):
        return self.call(READ, string(handle) + struct.pack(
            '>QI', offset, length), DATA).bytes()

    def write(self, handle, offset, data):
        self.call(WRITE, string(handle) + struct.pack('>Q', offset) +
                  string(data))

    def attributes(self, kind, what):
        reader = self.call(kind, string(what), ATTRS)
        found = reader.attributes()
        reader.end()
        return found

    def lstat(self, name):
        return self.attributes(LSTAT, name)

    def stat(self, name):
        return self.attributes(STAT, name)

    def fstat(self, handle):
        return self.attributes(FSTAT, handle)

    def opendir(self, name):
        return self.call(OPENDIR, string(name), HANDLE).bytes()

    def readdir(self, handle):
        """One piece."""
        reader = self.call(READDIR, string(handle), NAME)
        found = [Entry(reader.bytes(), reader.bytes(), reader.attributes())
                 for _ in range(reader.number('I'))]
        reader.end()
        return found

    def list(self, name):
        """All pieces."""
        handle = self.opendir(name)
        pieces = []
        while True:
            try:
                pieces.append(self.readdir(handle))
            except Status as status:
                assert status.code == EOF
                break
        self.close(handle)
        return pieces

    def name(self, kind, name):
        reader = self.call(kind, string(name), NAME)
        assert reader.number('I') == 1
        found = reader.bytes()
        reader.bytes()
        reader.attributes()
        reader.end()
        return found

    def extended(self, name, payload, wanted=STATUS):
        return self.call(EXTENDED, string(name + '@openssh.com') + payload,
                         wanted)

    # ---- the end

    def end(self):
        """Close our side: its exit status, when it has said all."""
        self.to.close()
        return self.drain()

    def drain(self):
        deadline = time.monotonic() + LIMIT
        while not self.ended:
            if self.wait([], deadline)[0]:
                self.take()
        return self.process.wait(LIMIT)

    def put_away(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.to.close()
        self.of.close()
