#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What a keeper does while all is well, on a real engine."""

import hashlib
import os
import random
import signal
import stat
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'terminal'))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tap  # noqa: E402
from keeper import (CALL, DECLINED, DETACH, END, FINISH, FOLLOW, REFUSED, SIGNAL, STARTED, STATUS, STOP, SWEPT,  # noqa: E402
                    TAKEN, TTY, WINSIZE, WITH_STDIN, Call, Container, Place, alive, children, docker, frame, start,
                    status_of, struct, subprocess, wait_until)

SOAK = int(os.environ.get('DEXEC_TEST_SOAK', '1500'))  # commands in a row


def descriptors(pid):
    return len(os.listdir('/proc/%d/fd' % pid))


def memory(pid):
    """KiB that it has in memory."""
    with open('/proc/%d/status' % pid, encoding='ascii') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('VmRSS'))


def agents(container):
    """Agents that run in the container, by their pids on this machine."""
    return [int(pid) for pid, words in container.processes() if '--unlink' in words]


class Kept(unittest.TestCase):
    """One container and one keeper for all tests."""
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.container = Container()
        cls.place = Place()
        said = cls.place.keeper(cls.container.name, *cls.options)
        assert said == 'ready\n', said

    @classmethod
    def tearDownClass(cls):
        cls.place.clear()
        cls.container.clear()

    def call(self, *argv, **more):
        call = Call(self.place.path, argv, **more)
        self.addCleanup(call.close)
        return call

    def run_in(self, *argv, **more):
        return self.place.run(*argv, **more)


class Commands(Kept):
    def test_status(self):
        """commands: status and both outputs are the command's own"""
        self.assertEqual(self.run_in('sh', '-c', 'echo out; echo err >&2; exit 7'), (7, b'out\n', b'err\n'))

    def test_signal(self):
        """commands: an end by a signal is told as such"""
        self.assertEqual(self.run_in('sh', '-c', 'kill -9 $$')[0], 137)

    def test_refused(self):
        """commands: one that is not there is refused, with errno"""
        call = self.call('no-such-command')
        call.expect(TAKEN)
        self.assertEqual(call.expect(REFUSED), struct.pack('>I', 2))
        self.assertIsNone(call.next())

    def test_stdin(self):
        """commands: stdin comes to its end"""
        self.assertEqual(self.run_in('cat', give=b'a\0b\n'), (0, b'a\0b\n', b''))

    def test_large(self):
        """bytes: 16 MiB there and back are the same"""
        data = random.randbytes(16 << 20)
        status, out, err = self.run_in('sh', '-c', 'tee /dev/stderr', give=data)
        self.assertEqual((status, len(out), len(err)), (0, len(data), len(data)))
        self.assertTrue(out == data and err == data)

    def test_sizes(self):
        """bytes: output of any size is whole"""
        for size in 0, 1, 4087, 4088, 4089, 8191, 8192, 65535, 65536, 65537, 524288, 524289, 3000001:
            status, out, _ = self.run_in('head', '-c', str(size), '/dev/zero')
            self.assertEqual((status, len(out)), (0, size))

    def test_many(self):
        """bytes: of 24 clients at once each gets its own"""
        wrong = []

        def client(number):
            for turn in range(6):
                data = random.randbytes(random.choice((1, 100, 70000, 700000)))
                got = self.run_in('sh', '-c', 'cat; exit %d' % (number + turn), give=data)
                if got != (number + turn, data, b''):
                    wrong.append((number, turn, len(data), got[0], len(got[1]), got[2]))

        threads = [threading.Thread(target=client, args=(i,)) for i in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_slow_reader(self):
        """windows: who does not read stops nobody else"""
        slow = [self.call('sh', '-c', 'head -c 3000000 /dev/zero') for _ in range(3)]
        for call in slow:
            call.started()
        self.assertEqual(self.run_in('echo', 'quick')[:2], (0, b'quick\n'))
        self.assertEqual(len(self.run_in('head', '-c', '4000000', '/dev/zero')[1]), 4000000)
        for call in slow:
            self.assertEqual(len(call.output()[0]), 3000000)
            self.assertEqual(status_of(call.end()), 0)

    def test_unread_stdin(self):
        """windows: a command that does not read stops nobody else"""
        call = self.call('sleep', '1000', flags=WITH_STDIN)
        call.started()
        call.give(b'x' * 1000000)
        self.assertEqual(self.run_in('cat', give=b'y' * 300000)[1], b'y' * 300000)
        call.sweep(signal.SIGKILL, FINISH)
        self.assertEqual(status_of(call.end()), 137)

    def test_stdin_closed(self):
        """stdin: whoever gives is told that nobody takes"""
        call = self.call('sh', '-c', 'exec <&-; sleep 1000', flags=WITH_STDIN)
        call.started()
        with self.assertRaises(BrokenPipeError):
            while True:
                os.write(call.stdin, b'x' * 65536)

    def test_end_is_last(self):
        """end: it comes behind all output"""
        call = self.call('sh', '-c', 'head -c 4000000 /dev/zero')
        call.started()
        call.socket.settimeout(1)
        with self.assertRaises(TimeoutError):
            call.next()
        call.socket.settimeout(60)
        self.assertEqual(len(call.output()[0]), 4000000)
        self.assertEqual(status_of(call.end()), 0)

    def test_detach(self):
        """detach: it is started, and that was all"""
        call = self.call('sh', '-c', 'echo ran >>/tmp/detached; sleep 2', flags=DETACH)
        call.expect(TAKEN)
        call.expect(STARTED)
        self.assertIsNone(call.next())
        wait_until(lambda: self.run_in('cat', '/tmp/detached')[1] == b'ran\n', 'the detached command')

    def test_environment(self):
        """start: environment and directory"""
        self.assertEqual(self.run_in('sh', '-c', 'echo $A; pwd', env=('A=1 2',), directory='/tmp')[1], b'1 2\n/tmp\n')

    def test_terminal(self):
        """terminal: its size, and another one"""
        call = self.call('sh', '-c', 'stty size; read x; stty size', flags=TTY | WITH_STDIN, rows=11, columns=22)
        call.started()
        self.assertEqual(os.read(call.stdout, 100), b'11 22\r\n')
        call.send(WINSIZE, struct.pack('>HH', 33, 44))
        os.write(call.stdin, b'\n')
        self.assertIn(b'33 44', call.output()[0])
        self.assertEqual(status_of(call.end()), 0)

    def test_sweeps(self):
        """sweeps: they come through, and are answered in order"""
        call = self.call('sh', '-c', 'trap "echo got" USR1; echo on; while :; do sleep 0.1; done')
        call.started()
        self.assertEqual(os.read(call.stdout, 100), b'on\n')
        call.sweep(signal.SIGUSR1, SIGNAL)
        hit, left, main = struct.unpack('>IIB', call.expect(SWEPT))
        self.assertTrue(hit >= 1 and left >= 1 and main == 1)
        call.sweep(signal.SIGTERM, FINISH)
        call.sweep(signal.SIGKILL, FINISH)
        message = call.end()
        self.assertIn(status_of(message), (137, 143))

    def test_client_goes(self):
        """clients: with one that goes the tree goes"""
        call = self.call('sh', '-c', 'sleep 54321 & setsid sleep 54322 & echo on; wait')
        call.started()
        self.assertEqual(os.read(call.stdout, 100), b'on\n')
        call.close()
        wait_until(lambda: not any('5432' in words for _, words in self.container.processes()), 'the end of the tree')
        wait_until(lambda: self.place.status()['running'] == '0', 'the end of the command')

    def test_broken_stdout(self):
        """clients: one that reads no more may sweep"""
        call = self.call('yes')
        call.started()
        os.read(call.stdout, 100)
        os.close(call.stdout)
        call.stdout = -1
        self.assertEqual(self.run_in('echo', 'on')[1], b'on\n')
        call.sweep(signal.SIGPIPE, FOLLOW)
        self.assertEqual(status_of(call.end()), 128 + signal.SIGPIPE)

    def test_small_steps(self):
        """clients: a call may come byte by byte"""
        with Call(self.place.path) as call:
            encoded = start(['true'], DETACH)
            message = frame(CALL, struct.pack('>I', 19) + b'dexec 1\nkeeper test' + encoded)
            for i in range(len(message)):
                call.socket.sendall(message[i:i + 1])
            call.expect(TAKEN)
            call.expect(STARTED)


class Strangers(Kept):
    """What is not right is not served, and does no harm."""

    def tearDown(self):
        self.assertEqual(self.run_in('echo', 'on')[1], b'on\n')

    def test_other_key(self):
        """keys: another one is declined"""
        self.assertEqual(self.place.declines(key=b'dexec 1\nanother'), 'another key')

    def test_status_needs_no_key(self):
        """keys: status is for any of this user"""
        self.assertEqual(self.place.ask(STATUS, b'')[0], STATUS)

    def test_pipes(self):
        """pipes: none, too few, and what is no pipe are declined"""
        self.assertIn('pipes', self.place.declines(pipes=False))
        with Call(self.place.path) as call:
            call.call(start(['true'], WITH_STDIN), TTY)
            self.assertIn(b'pipes', call.expect(DECLINED))

    def test_starts(self):
        """starts: what is none is declined"""
        good = start(['true'])
        for bad in good[:-1], good + b'\0', b'', good[:12], good[:8] + b'\xff' * 8 + good[16:]:
            with Call(self.place.path) as call:
                call.call(bad)
                self.assertIn(b'start', call.expect(DECLINED))

    def test_noise(self):
        """frames: what is none ends the connection"""
        for noise in (b'\xff' * 100, frame(99), frame(END), frame(CALL, b'\0\0'), frame(CALL, b'\xff' * 8),
                      frame(STATUS, channel=3), b'\0\0\0\0\2\xff\xff\xff'):
            with Call(self.place.path) as call:
                call.socket.sendall(noise)
                message = call.next()
                self.assertTrue(message is None or message[0] == DECLINED, message)

    def test_noise_later(self):
        """frames: a client that breaks the rules later loses its command"""
        for noise in frame(WINSIZE, b'\0' * 4), frame(TAKEN), b'\xff' * 8, struct.pack('>IBBH2s', 0, 13, 0, 2, b'\0\7'):
            call = self.call('sleep', '65432')
            call.started()
            call.socket.sendall(noise)
            self.assertIsNone(call.next())
        wait_until(lambda: self.place.status()['running'] == '0', 'the end of the commands')

    def test_many_connections(self):
        """connections: many that say nothing do no harm"""
        calls = [Call(self.place.path) for _ in range(300)]
        self.assertEqual(self.run_in('echo', 'on')[1], b'on\n')
        for call in calls:
            call.close()


class Process(Kept):
    def test_socket(self):
        """socket: nobody else may connect to it"""
        mode = os.stat(self.place.path).st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertEqual(sorted(os.listdir(self.place.directory)), ['socket', 'socket.lock'])

    def test_process(self):
        """process: its own session, no terminal, no directory, no files of others"""
        pid = self.place.pids[0]
        self.assertEqual(os.getsid(pid), pid)
        self.assertEqual(os.readlink('/proc/%d/cwd' % pid), '/')
        for fd in range(3):
            self.assertEqual(os.readlink('/proc/%d/fd/%d' % (pid, fd)), '/dev/null')
        links = [os.readlink('/proc/%d/fd/%s' % (pid, fd)) for fd in os.listdir('/proc/%d/fd' % pid)]
        self.assertEqual([link for link in links if link.startswith('/') and link != '/dev/null' and
                          link != self.place.path + '.lock'], [])

    def test_status(self):
        """status: what it says of itself"""
        status = self.place.status()
        self.assertEqual(status['container'], self.container.id)
        self.assertEqual((status['version'], status['way']), ('2', 'docker' if os.getuid() else 'shortcut'))
        served = int(status['served'])
        call = self.call('sleep', '1000')
        call.started()
        status = self.place.status()
        self.assertEqual((int(status['served']), status['running'], status['idle_ms']), (served + 1, '1', '0'))
        self.assertIn(int(status['agent_pid']), range(1, 1000))

    def test_second(self):
        """start: where one serves, another one goes"""
        first = self.place.pid()
        self.assertEqual(self.place.keeper(self.container.name), 'ready\n')
        self.assertEqual(self.place.pid(), first)
        self.assertEqual(len(agents(self.container)), 1)

    def test_soak(self):
        """soak: no descriptor and no memory is lost"""
        pid = self.place.pids[0]
        agent = agents(self.container)[0]

        def work(n):
            for _ in range(n):
                self.run_in('true')
        work(300)
        before = descriptors(pid), descriptors(agent)
        kib = memory(pid), memory(agent)
        work(SOAK)
        # The last client's connection may be about to be closed.
        deadline = time.monotonic() + 20
        while (descriptors(pid), descriptors(agent)) > before and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertLessEqual(descriptors(pid), before[0])
        self.assertLessEqual(descriptors(agent), before[1])
        self.assertLess(memory(pid), kib[0] + 200)
        self.assertLess(memory(agent), kib[1] + 200)
        print('# keeper %d KiB, agent %d KiB' % (memory(pid), memory(agent)))


class Starting(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.clear)

    def container(self, *options, **more):
        container = Container(*options, **more)
        self.addCleanup(container.clear)
        return container

    def works(self, container, *options, residue=''):
        self.assertEqual(self.place.keeper(container.name, *options), 'ready\n')
        self.assertEqual([line for line in docker('diff', container.id).splitlines() if 'dexec' in line], [])

    def test_at_once(self):
        """start: of sixteen at once one serves"""
        container = self.container()
        threads = [threading.Thread(target=self.place.keeper, args=(container.name,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(self.place.pids)), 1)
        self.assertEqual(len(agents(container)), 1)
        self.place.pids = self.place.pids[:1]

    def test_stale(self):
        """start: a socket where nobody listens is replaced"""
        container = self.container()
        self.works(container)
        os.kill(self.place.pids[0], signal.SIGKILL)
        wait_until(lambda: not alive(self.place.pids[0]), 'the end of the keeper')
        self.assertEqual(self.place.left(), ['socket'])
        self.works(container)
        self.assertEqual(self.place.run('echo', 'on')[1], b'on\n')

    def test_user(self):
        """user: commands run as that user, and the agent's file is gone"""
        self.works(self.container(), '-u', '1000:1000')
        self.assertEqual(self.place.run('id', '-u')[1], b'1000\n')

    def test_no_user(self):
        """user: one that there is not"""
        said = self.place.keeper(self.container().name, '-u', 'nobody-there')
        self.assertIn('nobody-there', said)

    def test_read_only(self):
        """delivery: a root file system that may only be read"""
        self.works(self.container('--read-only', '--cap-drop', 'ALL'))
        self.assertEqual(self.place.run('sh', '-c', 'ls -a /dev')[1].count(b'dexec'), 0)

    def test_read_only_user(self):
        """delivery: the same for a user"""
        self.works(self.container('--read-only'), '-u', '1000')
        self.assertEqual(self.place.run('sh', '-c', 'id -u; ls -a /dev')[1].count(b'dexec'), 0)

    def test_scratch(self):
        """delivery: an image with nothing in it"""
        container = self.container(image='dexec-scratch:1', command=('/probe', 'sleep', '1000000'), init=False)
        self.works(container, '-u', '1000')
        self.place.run('/probe')

    def test_failures(self):
        """failures: they are said, and nothing is left"""
        container = self.container()
        empty = self.place.directory + '/empty'
        os.mkdir(empty)
        for why, target, options, env in (
                ('such', 'no-such-container', (), {}),
                ('cannot run', container.name, ('--docker', 'no-such-docker'), {}),
                ('cannot run', container.name, ('--docker', '/nowhere/docker'), {}),
                ('put there', container.name, (), {'DEXEC_LIBEXEC_DIR': empty}),
                ('daemon', container.name, ('-H', 'unix:///nowhere.sock'), {})):
            said = self.place.keeper(target, *options, env={**os.environ, **env})
            self.assertRegex(said, r'\Afailed: .*%s.*\n\Z' % why)
        os.rmdir(empty)
        # Why the last one failed, for those who come next.
        self.assertEqual(self.place.left(), ['socket.why'])
        self.assertEqual(agents(container), [])

    def test_machine(self):
        """failures: an engine of another kind of machine"""
        program = self.place.directory + '/docker'
        with open(program, 'w', encoding='ascii') as file:
            file.write('#!/bin/sh\n[ "$1" = version ] && echo linux/vax && exit\nexec docker "$@"\n')
        os.chmod(program, 0o755)
        container = self.container()
        self.assertEqual(self.place.keeper(container.name, '--docker', program).split(',')[0],
                         'failed: the engine is linux/vax')
        self.assertEqual(docker('diff', container.id).count('dexec'), 0)
        os.unlink(program)

    def test_stopped(self):
        """failures: a container that does not run, or is paused"""
        container = self.container()
        docker('pause', container.id)
        self.assertIn('paused', self.place.keeper(container.name))
        docker('unpause', container.id)
        docker('kill', container.id)
        self.assertIn('does not run', self.place.keeper(container.name))

    def test_usage(self):
        """usage: what makes no sense is told at once"""
        for words in ([], ['--', 'socket', 'k', 't'], ['--', '/s', 'k'], ['--', '/s', 'k', 't', 'more'], ['--idle', 'x']):
            result = subprocess.run([os.environ['DEXEC_LIBEXEC_DIR'] + '/dexec-keeper', *words], stderr=subprocess.PIPE,
                                    check=False)
            self.assertEqual(result.returncode, 125)
            self.assertTrue(result.stderr.startswith(b'dexec-keeper: '))

    def test_idle(self):
        """idle: it ends, and nothing is left"""
        container = self.container()
        end, theirs = os.pipe()
        self.assertEqual(self.place.keeper(container.name, '--idle', '1500'), 'ready\n')
        os.close(end)
        os.close(theirs)
        pid = self.place.pids[0]
        with Call(self.place.path, ['sh', '-c', 'echo on; sleep 2.5; echo off']) as call:
            call.started()
            self.assertEqual(call.output()[0], b'on\noff\n')
            self.assertEqual(status_of(call.end()), 0)
        kin = list(children(pid))
        wait_until(lambda: not alive(pid), 'the end of the keeper')
        self.assertEqual(self.place.left(), [])
        self.assertEqual(agents(container), [])
        for child in kin:
            wait_until(lambda child=child: not alive(child), 'the end of its children')

    def test_stop(self):
        """stop: what runs comes to its end, and nothing more is taken"""
        container = self.container()
        self.works(container)
        pid = self.place.pids[0]
        with Call(self.place.path, ['sh', '-c', 'echo on; read x; echo off'], flags=WITH_STDIN) as call:
            call.started()
            self.assertEqual(os.read(call.stdout, 100), b'on\n')
            silent = Call(self.place.path)
            self.assertIsNone(self.place.ask(STOP))
            self.assertEqual(self.place.left(), [])
            silent.expect(DECLINED)
            silent.close()
            os.write(call.stdin, b'\n')
            self.assertEqual(call.output()[0], b'off\n')
            self.assertEqual(status_of(call.end()), 0)
        wait_until(lambda: not alive(pid), 'the end of the keeper')
        self.assertEqual(agents(container), [])

    def test_upgrade(self):
        """upgrade: another version takes over, and what runs comes to its end"""
        container = self.container()
        self.works(container)
        with Call(self.place.path, ['sh', '-c', 'read x; echo off'], flags=WITH_STDIN) as call:
            call.started()
            newer = b'dexec 2\nkeeper test'
            self.place.declines(key=newer)
            self.assertEqual(self.place.left(), [])
            self.assertEqual(self.place.keeper(container.name, key=newer), 'ready\n')
            self.assertEqual(self.place.run('echo', 'new', key=newer)[1], b'new\n')
            os.write(call.stdin, b'\n')
            self.assertEqual(call.output()[0], b'off\n')
            self.assertEqual(status_of(call.end()), 0)
        wait_until(lambda: not alive(self.place.pids[0]), 'the end of the older keeper')
        self.assertEqual(self.place.left(), ['socket'])


if __name__ == '__main__':
    tap.main(engine=True)
