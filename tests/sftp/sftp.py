#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The server of a container's files: requests over its pipes, on this machine.

What stands between quotes is the name of the test."""

import hashlib
import os
import random
import resource
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'terminal'))

import client as c
import tap

SFTP = os.path.abspath(os.environ.get('DEXEC_SFTP', './dexec-sftp'))
MOST_HANDLES = 512
MOST_PACKET = 256 * 1024 + 1024


class Case(unittest.TestCase):
    """One server a test, in an empty directory of its own."""

    def setUp(self):
        self.place = os.fsencode(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        self.server = self.serve()

    def serve(self, argv=(SFTP,), **kw):
        server = c.Client(list(argv), cwd=self.place, **kw)
        self.addCleanup(server.put_away)
        return server

    def path(self, name):
        return os.path.join(self.place, os.fsencode(name))

    def make(self, name, data=b''):
        with open(self.path(name), 'wb') as file:
            file.write(data)
        return self.path(name)

    def content(self, name):
        with open(self.path(name), 'rb') as file:
            return file.read()

    def refused(self, code, function, *args):
        with self.assertRaises(c.Status) as caught:
            function(*args)
        self.assertEqual(caught.exception.code, code, caught.exception.text)


class Files(Case):
    def test_write_read(self):
        "files: what was written is there, and read again"
        s = self.server
        h = s.open('new', c.FOR_READ | c.FOR_WRITE | c.CREAT)
        s.write(h, 0, b'hello')
        s.write(h, 5, b' world')
        self.assertEqual(self.content('new'), b'hello world')
        self.assertEqual(s.read(h, 0, 100), b'hello world')
        self.assertEqual(s.read(h, 6, 3), b'wor')
        s.close(h)

    def test_end(self):
        "files: fewer bytes than asked for at the end only, then EOF"
        self.make('f', b'x' * 10)
        h = self.server.open('f', c.FOR_READ)
        self.assertEqual(self.server.read(h, 8, 100), b'xx')
        self.assertEqual(self.server.read(h, 3, 0), b'')
        self.refused(c.EOF, self.server.read, h, 10, 1)
        self.refused(c.EOF, self.server.read, h, 1 << 40, 1)
        self.refused(c.FAILURE, self.server.read, h, (1 << 64) - 1, 1)

    def test_broken_off(self):
        "files: what could be read before an error is not thrown away"
        with open('/proc/%d/maps' % self.server.process.pid) as file:
            ends = [int(line.split()[0].split('-')[1], 16)
                    for line in file if 'stack' in line]
        h = self.server.open('/proc/self/mem', c.FOR_READ)
        self.assertEqual(len(self.server.read(h, ends[0] - 10, 5000)), 10)
        self.refused(c.FAILURE, self.server.read, h, ends[0], 1)

    def test_hole(self):
        "files: a write behind the end leaves zeros"
        h = self.server.open('f', c.FOR_WRITE | c.CREAT)
        self.server.write(h, 1 << 33, b'end')
        self.assertEqual(self.server.fstat(h).size, (1 << 33) + 3)
        self.server.close(h)
        h = self.server.open('f', c.FOR_READ)
        self.assertEqual(self.server.read(h, (1 << 33) - 2, 9), b'\0\0end')

    def test_most(self):
        "files: 256 KiB in one request, and what is asked for above is cut"
        data = random.randbytes(256 * 1024)
        h = self.server.open('f', c.FOR_READ | c.FOR_WRITE | c.CREAT)
        self.server.write(h, 0, data)
        self.server.write(h, len(data), b'more')
        self.assertEqual(self.server.read(h, 0, 0xffffffff), data)
        self.assertEqual(self.server.read(h, 1, len(data)), data[1:] + b'm')

    def test_open_flags(self):
        "files: create, truncate, exclusive and append as asked for"
        s = self.server
        self.refused(c.NO_SUCH_FILE, s.open, 'no', c.FOR_WRITE)
        self.make('f', b'old')
        self.refused(c.FAILURE, s.open, 'f',
                     c.FOR_WRITE | c.CREAT | c.EXCL)
        s.close(s.open('f', c.FOR_WRITE | c.CREAT))
        self.assertEqual(self.content('f'), b'old')
        h = s.open('f', c.FOR_WRITE | c.APPEND)
        s.write(h, 0, b' and')
        s.write(h, 0, b' new')
        self.assertEqual(self.content('f'), b'old and new')
        s.close(h)
        s.close(s.open('f', c.FOR_WRITE | c.TRUNC))
        self.assertEqual(self.content('f'), b'')

    def test_access(self):
        "files: opened to read is not to write, and the other way round"
        self.make('f', b'old')
        h = self.server.open('f', c.FOR_READ)
        self.refused(c.FAILURE, self.server.write, h, 0, b'x')
        h = self.server.open('f', c.FOR_WRITE)
        self.refused(c.FAILURE, self.server.read, h, 0, 1)
        self.assertEqual(self.content('f'), b'old')

    def test_modes(self):
        "files: a mode that is asked for is had, else by the umask"
        s = self.serve(umask=0o027)
        s.close(s.open('a', c.FOR_WRITE | c.CREAT,
                       c.attributes(permissions=0o100666)))
        s.close(s.open('b', c.FOR_WRITE | c.CREAT))
        s.call(c.MKDIR, c.string('c') + c.attributes(permissions=0o1777))
        s.call(c.MKDIR, c.string('d') + c.attributes())
        self.assertEqual(
            [stat.S_IMODE(os.stat(self.path(n)).st_mode) for n in 'abcd'],
            [0o666, 0o640, 0o1777, 0o750])

    def test_lost_write(self):
        "files: CLOSE tells of a write that was lost, too"
        h = self.server.open('/dev/full', c.FOR_WRITE)
        self.refused(c.FAILURE, self.server.write, h, 0, b'x')
        self.refused(c.FAILURE, self.server.close, h)
        h = self.server.open('/dev/null', c.FOR_WRITE)
        self.server.write(h, 0, b'x')
        self.server.close(h)

    def test_too_large(self):
        "files: a limit on their size is an error, not the end"
        s = self.serve(preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (1000, 1000)))
        h = s.open('f', c.FOR_WRITE | c.CREAT)
        self.refused(c.FAILURE, s.write, h, 500, b'x' * 1000)
        self.assertEqual(s.fstat(h).size, 1000)
        self.refused(c.FAILURE, s.close, h)

    def test_fifo(self):
        "files: a fifo that nobody else has open holds nothing up"
        os.mkfifo(self.path('fifo'))
        self.refused(c.FAILURE, self.server.open, 'fifo', c.FOR_WRITE)
        h = self.server.open('fifo', c.FOR_READ)
        self.refused(c.FAILURE, self.server.read, h, 0, 1)

    def test_bulk(self):
        "files: 64 MiB of random bytes, in and out, pipelined"
        piece, pieces, window = 32768, 2048, 16
        data = random.randbytes(piece * pieces)
        s = self.server
        h = s.open('bulk', c.FOR_READ | c.FOR_WRITE | c.CREAT)
        asked = []
        for at in range(0, len(data), piece):
            asked.append(s.ask(c.WRITE, c.string(h) + struct.pack('>Q', at) +
                               c.string(data[at:at + piece])))
            if len(asked) == window:
                s.answer(asked.pop(0), c.STATUS)
        for number in asked:
            s.answer(number, c.STATUS)
        s.close(h)
        self.assertEqual(hashlib.sha256(self.content('bulk')).digest(),
                         hashlib.sha256(data).digest())
        h, asked, got = s.open('bulk', c.FOR_READ), [], hashlib.sha256()
        for at in range(0, len(data), piece):
            asked.append(s.ask(c.READ, c.string(h) +
                               struct.pack('>QI', at, piece)))
            if len(asked) == window:
                got.update(s.answer(asked.pop(0), c.DATA).bytes())
        for number in asked:
            got.update(s.answer(number, c.DATA).bytes())
        self.assertEqual(got.digest(), hashlib.sha256(data).digest())
        s.close(h)

    def test_fsync(self):
        "files: fsync"
        h = self.server.open('f', c.FOR_WRITE | c.CREAT)
        self.server.extended('fsync', c.string(h))
        self.refused(c.FAILURE, self.server.extended, 'fsync', c.string('x'))


class Names(Case):
    odd = [b'\xff\xfe', b' ', b'a b', b'new\nline', b'tab\t', b'-rf', b'*',
           b"'\"\\", b'\xc3\xa4', b'x' * 255]

    def test_odd(self):
        "names: bytes that are no text, blanks and newlines, in all requests"
        s = self.server
        for name in self.odd:
            s.call(c.MKDIR, c.string(name) + c.attributes())
            inner = name + b'/' + name
            h = s.open(inner, c.FOR_WRITE | c.CREAT)
            s.write(h, 0, name)
            s.close(h)
            self.assertEqual(self.content(inner), name)
            self.assertEqual(s.lstat(inner).size, len(name))
            other = name[:-1] + b'~'
            s.call(c.SYMLINK, c.string(name) + c.string(name + b'/' + other))
            self.assertEqual(s.name(c.READLINK, name + b'/' + other), name)
            self.assertEqual(s.name(c.REALPATH, inner), self.real(inner))
            self.assertEqual(self.listed(name), {b'.', b'..', name, other})
            s.call(c.REMOVE, c.string(name + b'/' + other))
            s.call(c.REMOVE, c.string(inner))
        self.assertEqual(self.listed(b'.'), {b'.', b'..', *self.odd})

    def real(self, name):
        return os.path.join(os.path.realpath(self.place), name)

    def listed(self, name):
        return {e.name for piece in self.server.list(name) for e in piece}

    def test_too_long(self):
        "names: too long a name is a failure, not the end"
        s = self.server
        self.refused(c.FAILURE, s.lstat, b'x' * 256)
        self.refused(c.FAILURE, s.lstat, b'x/' * 3000)
        self.refused(c.FAILURE, s.name, c.REALPATH, b'x' * 5000)
        self.refused(c.FAILURE, s.name, c.REALPATH, b'./' * 100000 + b'x')
        self.refused(c.NO_SUCH_FILE, s.lstat, b'')

    def test_realpath(self):
        "names: the real path, also of what is not there yet"
        s = self.server
        os.mkdir(self.path('d'))
        os.symlink('d', self.path('l'))
        for name in (b'', b'.', b'./', b'd/..'):
            self.assertEqual(s.name(c.REALPATH, name),
                             os.path.realpath(self.place))
        self.assertEqual(s.name(c.REALPATH, b'l/./new'), self.real(b'd/new'))
        self.assertEqual(s.name(c.REALPATH, b'new'), self.real(b'new'))
        self.assertEqual(s.name(c.REALPATH, b'/'), b'/')
        self.assertEqual(s.name(c.REALPATH, b'/new'), b'/new')
        self.refused(c.NO_SUCH_FILE, s.name, c.REALPATH, b'no/new')
        self.refused(c.NO_SUCH_FILE, s.name, c.REALPATH, b'no/')

    def test_links(self):
        "names: symbolic links, target first, and what they lead to"
        s = self.server
        self.make('f', b'12345')
        s.call(c.SYMLINK, c.string('f') + c.string('l'))
        self.assertEqual(os.readlink(self.path('l')), b'f')
        self.assertTrue(stat.S_ISLNK(s.lstat('l').permissions))
        self.assertEqual(s.stat('l').size, 5)
        self.assertEqual(s.name(c.READLINK, 'l'), b'f')
        self.refused(c.FAILURE, s.name, c.READLINK, 'f')
        self.refused(c.FAILURE, s.call, c.SYMLINK,
                     c.string('f') + c.string('l'))
        s.call(c.SYMLINK, c.string('nowhere') + c.string('d'))
        self.refused(c.NO_SUCH_FILE, s.stat, 'd')
        self.assertEqual(s.lstat('d').size, len('nowhere'))
        s.call(c.SYMLINK, c.string('loop') + c.string('loop'))
        self.refused(c.FAILURE, s.stat, 'loop')
        s.call(c.REMOVE, c.string('l'))
        self.assertEqual(self.content('f'), b'12345')

    def test_hardlink(self):
        "names: a hard link, also of a link itself"
        s = self.server
        self.make('f', b'x')
        s.extended('hardlink', c.string('f') + c.string('g'))
        self.assertTrue(os.path.samefile(self.path('f'), self.path('g')))
        self.refused(c.FAILURE, s.extended, 'hardlink',
                     c.string('f') + c.string('g'))
        os.symlink('f', self.path('l'))
        s.extended('hardlink', c.string('l') + c.string('m'))
        self.assertEqual(os.readlink(self.path('m')), b'f')

    def test_rename(self):
        "names: RENAME replaces nothing, posix-rename does"
        s = self.server
        self.make('a', b'a')
        self.make('b', b'b')
        both = c.string('a') + c.string('b')
        self.refused(c.FAILURE, s.call, c.RENAME, both)
        self.assertEqual((self.content('a'), self.content('b')), (b'a', b'b'))
        s.extended('posix-rename', both)
        self.assertEqual(self.content('b'), b'a')
        s.call(c.RENAME, c.string('b') + c.string('c'))
        self.assertEqual(os.listdir(self.place), [b'c'])
        self.refused(c.NO_SUCH_FILE, s.call, c.RENAME, both)
        self.refused(c.NO_SUCH_FILE, s.extended, 'posix-rename', both)
        os.mkdir(self.path('d'))
        s.call(c.RENAME, c.string('d') + c.string('e'))
        self.refused(c.FAILURE, s.call, c.RENAME,
                     c.string('e') + c.string('e/f'))
        os.symlink('nowhere', self.path('l'))
        self.refused(c.FAILURE, s.call, c.RENAME,
                     c.string('c') + c.string('l'))

    def test_removal(self):
        "names: files and directories are removed each by their request"
        s = self.server
        self.make('f')
        s.call(c.MKDIR, c.string('d') + c.attributes())
        self.make('d/f')
        self.refused(c.FAILURE, s.call, c.REMOVE, c.string('d'))
        self.refused(c.FAILURE, s.call, c.RMDIR, c.string('d'))
        self.refused(c.NO_SUCH_FILE, s.call, c.RMDIR, c.string('f'))
        self.refused(c.FAILURE, s.call, c.MKDIR,
                     c.string('d') + c.attributes())
        s.call(c.REMOVE, c.string('d/f'))
        s.call(c.RMDIR, c.string('d'))
        s.call(c.REMOVE, c.string('f'))
        self.refused(c.NO_SUCH_FILE, s.call, c.REMOVE, c.string('f'))
        self.assertEqual(os.listdir(self.place), [])

    def test_denied(self):
        "names: what is not permitted is said to be denied"
        self.refused(c.PERMISSION_DENIED, self.server.call, c.REMOVE,
                     c.string('/proc/self/stat'))
        self.make('f')
        os.chmod(self.path('f'), 0)
        s = self.serve(user=65534 if os.getuid() == 0 else None)
        self.refused(c.PERMISSION_DENIED, s.open, 'f', c.FOR_READ)
        os.chmod(self.place, 0)
        self.refused(c.PERMISSION_DENIED, s.stat, 'f')
        os.chmod(self.place, 0o700)


class Directories(Case):
    def test_many(self):
        "directories: 10,000 entries, each once, in pieces that sshfs takes"
        names = {b'%04d-\xff' % i + b'x' * (i % 240) for i in range(10000)}
        os.mkdir(self.path('d'))
        for name in names:
            os.close(os.open(self.path(b'd/' + name), os.O_CREAT))
        s = self.server
        h, found = s.opendir('d'), []
        try:
            while True:
                kind, data = self.piece(h)
                self.assertLess(len(data), 128 * 1024 - 100)
                found += data and self.entries(kind, data)
        except c.Status as status:
            self.assertEqual(status.code, c.EOF)
        self.refused(c.EOF, s.readdir, h)
        self.assertEqual(len(found), 10002)
        self.assertEqual(set(found), names | {b'.', b'..'})

    def piece(self, handle):
        s = self.server
        s.ask(c.READDIR, c.string(handle))
        kind, data = s.receive()
        if kind == c.STATUS:
            raise c.Status(struct.unpack_from('>I', data, 4)[0], b'')
        return kind, data

    def entries(self, kind, data):
        self.assertEqual(kind, c.NAME)
        reader = c.Reader(data)
        reader.number('I')
        names = []
        for _ in range(reader.number('I')):
            names.append(reader.bytes())
            reader.bytes()
            reader.attributes()
        reader.end()
        return names

    def test_entries(self):
        "directories: entries have attributes, and a line as of ls -l"
        self.make('file', b'12345')
        os.chmod(self.path('file'), 0o4751)
        os.utime(self.path('file'), (86400 * 365, 86400 * 365))
        os.symlink('file', self.path('link'))
        os.mkdir(self.path('dir'))
        os.chmod(self.path('dir'), 0o1776)
        os.utime(self.path('dir'), (1, 4107542399))
        piece, = self.serve(
            env={'TZ': 'UTC'}).list('.')
        found = {e.name: e for e in piece}
        for name in (b'file', b'link', b'dir', b'..'):
            st = os.lstat(self.path(name))
            self.assertEqual(found[name].attributes, (
                15, st.st_size, st.st_uid, st.st_gid, st.st_mode,
                int(st.st_atime), int(st.st_mtime)))
        line = found[b'file'].longname.split()
        self.assertEqual(line, [
            b'-rwsr-x--x', b'1', b'%d' % os.getuid(),
            b'%d' % os.stat(self.path('file')).st_gid, b'5',
            b'Jan', b'1', b'1971', b'file'])
        self.assertEqual(found[b'dir'].longname[:10], b'drwxrwxrwT')
        self.assertEqual(found[b'dir'].longname.split()[5:8],
                         [b'Feb', b'28', b'2100'])
        self.assertEqual(found[b'link'].longname[:10], b'lrwxrwxrwx')
        today = time.strftime('%b', time.gmtime(
            os.lstat(self.path('link')).st_mtime)).encode()
        line = found[b'link'].longname.split()
        self.assertEqual((line[5], line[7][2:3]), (today, b':'))

    def test_wrong(self):
        "directories: only they can be listed, and they are no files"
        s = self.server
        self.make('f')
        self.refused(c.NO_SUCH_FILE, s.opendir, 'f')
        self.refused(c.NO_SUCH_FILE, s.opendir, 'no')
        h = s.opendir('.')
        self.refused(c.FAILURE, s.read, h, 0, 1)
        self.refused(c.FAILURE, s.write, h, 0, b'')
        self.assertTrue(stat.S_ISDIR(s.fstat(h).permissions))
        h = s.open('f', c.FOR_READ)
        self.refused(c.FAILURE, s.readdir, h)
        self.refused(c.FAILURE, s.open, '.', c.FOR_WRITE)

    def test_gone(self):
        "directories: one that is removed while it is open has no entries"
        os.mkdir(self.path('d'))
        h = self.server.opendir('d')
        os.rmdir(self.path('d'))
        self.refused(c.EOF, self.server.readdir, h)


class Metadata(Case):
    def test_stat(self):
        "metadata: STAT, LSTAT and FSTAT say what stat(2) does"
        self.make('f', b'123')
        st = os.stat(self.path('f'))
        wanted = (15, 3, st.st_uid, st.st_gid, st.st_mode,
                  int(st.st_atime), int(st.st_mtime))
        s = self.server
        self.assertEqual(s.stat('f'), wanted)
        self.assertEqual(s.lstat('f'), wanted)
        self.assertEqual(s.fstat(s.open('f', c.FOR_READ)), wanted)
        for function in (s.stat, s.lstat):
            self.refused(c.NO_SUCH_FILE, function, 'no')
            self.refused(c.NO_SUCH_FILE, function, 'f/no')
        os.utime(self.path('f'), (-5, 1 << 33))
        self.assertEqual(s.stat('f')[-2:], (0, 0xffffffff))

    def check_set(self, kind, what):
        call = self.server.call
        what = c.string(what)
        call(kind, what + c.attributes(size=2))
        call(kind, what + c.attributes(permissions=0o104711))
        call(kind, what + c.attributes(times=(1000, 0xfffffff0)))
        st = os.stat(self.path('f'))
        self.assertEqual((st.st_mode, st.st_size, st.st_atime, st.st_mtime),
                         (0o104711, 2, 1000, 0xfffffff0))
        own = (os.getuid(), os.getgid())
        call(kind, what + c.attributes(7, own, 0o4755, (5, 6)))
        st = os.stat(self.path('f'))
        self.assertEqual(
            (st.st_mode, st.st_size, st.st_atime, st.st_mtime),
            (0o104755, 7, 5, 6))
        call(kind, what + c.attributes())

    def test_setstat(self):
        "metadata: SETSTAT sets each by itself, and all at once"
        self.make('f', b'12345')
        self.check_set(c.SETSTAT, 'f')
        self.refused(c.NO_SUCH_FILE, self.server.call, c.SETSTAT,
                     c.string('no') + c.attributes(permissions=0))
        if os.getuid() == 0:
            self.server.call(c.SETSTAT, c.string('f') +
                             c.attributes(owner=(12, 34)))
            st = os.stat(self.path('f'))
            self.assertEqual((st.st_uid, st.st_gid), (12, 34))

    def test_setstat_link(self):
        "metadata: SETSTAT of a link: its own times, the permissions behind it"
        self.make('f', b'12345')
        os.symlink('f', self.path('l'))
        os.symlink('nowhere', self.path('dangling'))
        os.utime(self.path('f'), (1, 2))
        for name in ('l', 'dangling'):
            own = (os.getuid(), os.getgid())
            self.server.call(c.SETSTAT, c.string(name) +
                             c.attributes(owner=own, times=(7, 8)))
            st = os.lstat(self.path(name))
            self.assertEqual((st.st_atime, st.st_mtime), (7, 8))
        self.assertEqual(os.stat(self.path('f')).st_mtime, 2)
        self.server.call(c.SETSTAT, c.string('l') +
                         c.attributes(size=3, permissions=0o600))
        st = os.stat(self.path('f'))
        self.assertEqual((st.st_size, st.st_mode), (3, 0o100600))

    def test_fsetstat(self):
        "metadata: FSETSTAT does the same to an open file"
        self.make('f', b'12345')
        h = self.server.open('f', c.FOR_READ | c.FOR_WRITE)
        self.check_set(c.FSETSTAT, h)
        h = self.server.open('f', c.FOR_READ)
        self.refused(c.FAILURE, self.server.call, c.FSETSTAT,
                     c.string(h) + c.attributes(size=0))

    def test_lsetstat(self):
        "metadata: lsetstat means the link itself"
        self.make('f', b'12345')
        os.symlink('f', self.path('l'))
        before = os.stat(self.path('f'))
        self.server.extended('lsetstat', c.string('l') +
                             c.attributes(times=(7, 8)))
        st = os.lstat(self.path('l'))
        self.assertEqual((st.st_atime, st.st_mtime), (7, 8))
        self.refused(c.OP_UNSUPPORTED, self.server.extended, 'lsetstat',
                     c.string('l') + c.attributes(size=0))
        self.refused(c.OP_UNSUPPORTED, self.server.extended, 'lsetstat',
                     c.string('l') + c.attributes(permissions=0o600))
        after = os.stat(self.path('f'))
        self.assertEqual(after.st_mtime, before.st_mtime)
        self.assertEqual(after.st_mode, before.st_mode)

    def test_extended_attributes(self):
        "metadata: extended attributes are read over"
        self.make('f')
        given = struct.pack('>III', 0x80000004, 0o600, 2) + \
            c.string('a') + c.string('b') + c.string('c') + c.string('')
        self.server.call(c.SETSTAT, c.string('f') + given)
        self.assertEqual(os.stat(self.path('f')).st_mode, 0o100600)

    def test_statvfs(self):
        "metadata: statvfs and fstatvfs say what statvfs(3) does"
        s = self.server
        self.make('f')
        for name, what in (('statvfs', b'f'), ('statvfs', b'/proc'),
                           ('fstatvfs', s.open('f', c.FOR_READ))):
            reader = s.extended(name, c.string(what), c.EXTENDED_REPLY)
            found = [reader.number('Q') for _ in range(11)]
            reader.end()
            v = os.statvfs(what if what == b'/proc' else self.path('f'))
            self.assertEqual(
                [found[i] for i in (0, 1, 2, 5, 10)],
                [v.f_bsize, v.f_frsize, v.f_blocks, v.f_files, v.f_namemax])
            self.assertEqual(found[9], v.f_flag & 3)
            self.assertLessEqual(abs(found[3] - v.f_bfree), v.f_blocks / 10)
        self.refused(c.NO_SUCH_FILE, s.extended, 'statvfs', c.string('no'),
                     c.EXTENDED_REPLY)


class Handles(Case):
    def test_exhausted(self):
        "handles: where there are no more it is a failure, until one is closed"
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (
                600, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        s = self.serve(preexec_fn=limit)
        handles = []
        with self.assertRaises(c.Status) as caught:
            while len(handles) < 2000:
                handles.append(s.opendir('.'))
        self.assertEqual(caught.exception.code, c.FAILURE)
        self.assertEqual(len(handles), MOST_HANDLES)
        self.assertEqual(len(set(handles)), MOST_HANDLES)
        self.refused(c.FAILURE, s.open, 'f', c.FOR_WRITE | c.CREAT)
        files = os.listdir('/proc/%d/fd' % s.process.pid)
        s.close(handles.pop(100))
        self.assertEqual(len(os.listdir('/proc/%d/fd' % s.process.pid)),
                         len(files) - 1)
        s.close(s.opendir('.'))
        for h in handles:
            s.close(h)

    def test_stale(self):
        "handles: a closed one stays closed, whoever has its place"
        s = self.server
        self.make('f', b'x')
        old = s.open('f', c.FOR_READ)
        s.close(old)
        new = s.open('f', c.FOR_READ)
        for wrong in (old, b'', b'\0' * 8, b'\xff' * 8, new[:-1], new + b'x'):
            self.refused(c.FAILURE, s.read, wrong, 0, 1)
            self.refused(c.FAILURE, s.close, wrong)
        self.assertEqual(s.read(new, 0, 1), b'x')


class Protocol(Case):
    def test_version(self):
        "protocol: the version is 3, and the extensions are told"
        self.assertEqual(self.server.extensions, {
            b'posix-rename@openssh.com': b'1', b'statvfs@openssh.com': b'2',
            b'fstatvfs@openssh.com': b'2', b'hardlink@openssh.com': b'1',
            b'fsync@openssh.com': b'1', b'lsetstat@openssh.com': b'1'})
        s = self.serve(greet=False)
        s.send(c.INIT, struct.pack('>I', 6) + c.string('a') + c.string('b'))
        self.assertEqual(s.receive()[1][:4], struct.pack('>I', 3))

    def test_unsupported(self):
        "protocol: what is not known is said to be unsupported"
        for kind in (0, 2, 21, 22, 99, 101, 105, 201, 255):
            self.refused(c.OP_UNSUPPORTED, self.server.call, kind, b'junk')
        for name in ('x', 'statvfs2', ''):
            self.refused(c.OP_UNSUPPORTED, self.server.extended, name,
                         b'junk')
        self.refused(c.OP_UNSUPPORTED, self.server.call, c.EXTENDED,
                     c.string(''))
        self.server.stat('.')

    def test_order(self):
        "protocol: 5,000 requests at once are all answered, in order"
        s = self.server
        self.make('f', b'x')
        h = s.open('f', c.FOR_READ)
        kinds = [(c.STAT, c.string('f'), c.ATTRS),
                 (c.STAT, c.string('no'), c.STATUS),
                 (c.READ, c.string(h) + struct.pack('>QI', 0, 9), c.DATA),
                 (c.REALPATH, c.string('.'), c.NAME),
                 (77, b'', c.STATUS)]
        data = b''
        for i in range(5000):
            kind, payload, _ = kinds[i % 5]
            data += struct.pack('>IBI', 5 + len(payload), kind, i) + payload
        s.put(data)
        for i in range(5000):
            kind, reply = s.receive()
            self.assertEqual((kind, struct.unpack('>I', reply[:4])[0]),
                             (kinds[i % 5][2], i))
        self.assertEqual(s.end(), 0)
        self.assertEqual(s.buffer, b'')

    def test_pieces(self):
        "protocol: a packet may come in pieces of one byte"
        data = struct.pack('>IBI', 5 + 5, c.STAT, 9) + c.string('.')
        for byte in data:
            self.server.put(bytes([byte]))
        kind, reply = self.server.receive()
        self.assertEqual((kind, reply[:4]), (c.ATTRS, b'\0\0\0\x09'))

    def test_end(self):
        "protocol: it ends with its input, and all has been answered"
        s = self.server
        h = s.open('f', c.FOR_WRITE | c.CREAT)
        for i in range(100):
            s.ask(c.WRITE, c.string(h) + struct.pack('>Q', i) + c.string('x'))
        self.assertEqual(s.end(), 0)
        self.assertEqual(self.content('f'), b'x' * 100)
        for i in range(100):
            s.receive()

    def ends(self, data, greet=True):
        """DATA, behind a request that is right, ends it, with nothing said."""
        s = self.serve(greet=greet)
        answers = 0
        if greet:
            s.ask(c.STAT, c.string('.'))
            answers = 1
        s.put(data)
        self.assertEqual(s.drain(), 1, data[:40])
        for _ in range(answers):
            self.assertEqual(s.receive()[0], c.ATTRS)
        self.assertEqual(s.buffer, b'', data[:40])

    def packet(self, kind, payload):
        return struct.pack('>IBI', 5 + len(payload), kind, 1) + payload

    def test_nonsense(self):
        "protocol: a packet that breaks the rules ends it, and does nothing"
        file = self.make('f', b'x')
        name = c.string(file)
        for data in (
                struct.pack('>I', 0),
                struct.pack('>IBI', 4, c.STAT, 1)[:8],
                struct.pack('>I', MOST_PACKET + 1),
                b'GET / HTTP/1.0\r\n\r\n',
                b'\xff' * 100,
                struct.pack('>IBI', 5, c.INIT, 3),
                self.packet(c.REMOVE, name + b'x'),
                self.packet(c.REMOVE, name[:-1]),
                self.packet(c.REMOVE, b''),
                self.packet(c.REMOVE, b'\xff\xff\xff\xff' + file),
                self.packet(c.REMOVE, c.string(file + b'\0')),
                self.packet(c.CLOSE, c.string('no') + b'x'),
                self.packet(c.OPEN, name),
                self.packet(c.SETSTAT, name + b'\x40\0\0\0'),
                self.packet(c.SETSTAT, name + b'\0\0\0\x01\0\0\0\0'),
                self.packet(c.SETSTAT, name + b'\x80\0\0\0\xff\xff\xff\xff'),
                self.packet(c.MKDIR, c.string('new') + c.attributes() + b'x'),
                self.packet(c.EXTENDED, b'\0\0\0\x09'),
                self.packet(c.EXTENDED, c.string('statvfs@openssh.com'))):
            self.ends(data)
        self.assertEqual(os.listdir(self.place), [b'f'])
        self.assertEqual(self.content('f'), b'x')

    def test_greeting(self):
        "protocol: nothing is done before INIT, and INIT has its rules, too"
        self.make('f')
        for data in (self.packet(c.REMOVE, c.string('f')),
                     struct.pack('>IBI', 5, c.INIT, 2),
                     struct.pack('>IB', 1, c.INIT),
                     struct.pack('>IBIB', 6, c.INIT, 3, 0)):
            self.ends(data, greet=False)
        self.assertEqual(os.listdir(self.place), [b'f'])

    def test_cut(self):
        "protocol: an end in the middle of a packet is told by the status"
        s = self.server
        s.put(self.packet(c.STAT, c.string('.'))[:-1])
        self.assertEqual(s.end(), 1)
        self.assertEqual(s.buffer, b'')

    def test_longest(self):
        "protocol: the longest packet is taken"
        h = self.server.open('f', c.FOR_WRITE | c.CREAT)
        rest = MOST_PACKET - 5 - 12 - 12
        self.server.write(h, 0, b'x' * rest)
        self.assertEqual(self.server.fstat(h).size, rest)

    def test_reader_gone(self):
        "protocol: a client that does not listen any more is the end"
        s = self.server
        s.of.close()
        s.ended = True
        s.ask(c.STAT, c.string('.'))
        self.assertEqual(s.process.wait(c.LIMIT), 1)


class Program(Case):
    def run_it(self, *args):
        return subprocess.run([SFTP, *args], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=c.LIMIT, check=False)

    def test_arguments(self):
        "program: other arguments are refused, the version is told"
        for args in (['x'], ['--wait', 'x'], ['']):
            done = self.run_it(*args)
            self.assertEqual((done.returncode, done.stdout), (2, b''))
            self.assertRegex(done.stderr, b'^usage: ')
        done = self.run_it('--version')
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        self.assertRegex(done.stdout, rb'^dexec-sftp .* [0-9.]+\n$')
        done = self.run_it()
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, b'', b''))

    def memory(self, server, what):
        with open('/proc/%d/status' % server.process.pid) as file:
            return int(file.read().partition(what + ':')[2].split()[0])

    def carry(self, server, size):
        """Pieces of SIZE bytes, in and out."""
        h = server.open('f', c.FOR_READ | c.FOR_WRITE | c.CREAT)
        for i in range(64):
            server.write(h, i * size, b'x' * size)
            server.read(h, i * size, size)
        server.close(h)

    def test_memory(self):
        "program: less than a megabyte, whatever it has done"
        if not is_static():
            return
        s = self.server
        self.carry(s, 64 * 1024)    # the most that sshfs asks for
        handles = [s.opendir('/proc') for _ in range(MOST_HANDLES)]
        s.readdir(handles[-1])
        kb = self.memory(s, 'VmHWM')
        print('# VmHWM: %d KiB' % kb)
        self.assertLess(kb, 1024)
        other = self.serve()
        self.carry(other, 256 * 1024)
        kb = self.memory(other, 'RssAnon')
        print('# of its own, with the longest packets: %d KiB' % kb)
        self.assertLess(kb, 700)

    def wait_program(self, argv):
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_wait(self):
        "wait: TERM and INT end it with 0, and nobody else"
        for number in (signal.SIGTERM, signal.SIGINT):
            bystander = self.wait_program(['sleep', '1000'])
            process = self.wait_program([SFTP, '--wait'])
            self.until_asleep(process.pid)
            process.send_signal(number)
            self.assertEqual(process.wait(c.LIMIT), 0)
            self.assertIsNone(bystander.poll())

    def until_asleep(self, pid):
        """It has nothing to wait for but a signal."""
        deadline = time.monotonic() + c.LIMIT
        while time.monotonic() < deadline:
            with open('/proc/%d/status' % pid) as file:
                if 'State:\tS' in file.read():
                    return
        self.fail('it does not wait')


def is_static():
    with open(SFTP, 'rb') as file:
        if file.read(4) != b'\x7fELF':
            return False
    headers = subprocess.run(['readelf', '-lW', SFTP], check=True,
                             stdout=subprocess.PIPE).stdout
    return b'INTERP' not in headers


if __name__ == '__main__':
    tap.main()
