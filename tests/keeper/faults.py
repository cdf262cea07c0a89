#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A keeper when things go wrong, on a real engine: whoever was taken is told, nothing runs twice, nothing is left."""

import fcntl
import os
import signal
import sys
import termios
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'terminal'))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tap  # noqa: E402
from keeper import (DECLINED, FORGET, KEEPER, LOST, START, STARTED, TAKEN, WITH_STDIN, Call, Container, Place,  # noqa: E402
                    alive, children, docker, frame, start, status_of, struct, wait_until)

# A docker whose agent is played by the script in $AGENT.
FALSE_DOCKER = '''#!/bin/bash
case " $* " in
*" exec -i "*--unlink*) exec -a "${@: -2:1}" /usr/bin/python3 -c "$AGENT" ;;
esac
exec docker "$@"
'''
AGENT = '''
import os, struct, sys
def frame(kind, payload=b'', channel=1):
    os.write(1, struct.pack('>IBBH', channel, kind, 0, len(payload)) + payload)
def hear():
    header = b''
    while len(header) < 8:
        header += os.read(0, 8 - len(header)) or sys.exit()
    channel, kind, high, low = struct.unpack('>IBBH', header)
    left = high << 16 | low
    while left:
        left -= len(os.read(0, left))
    return kind
NONE = 0xffffffff
def greet(to=NONE, of=NONE, version=2):
    frame(1, struct.pack('>5I', version, 7, 0, to, of), 0)
'''


def chain(pid):
    """A process and all that come from it."""
    found, new = set(), [pid]
    while new:
        pid = new.pop()
        found.add(pid)
        new += list(children(pid))
    return found


def unread(pid):
    """Bytes that wait in the pipes which the process has."""
    place = '/proc/%d/fd/' % pid
    pipes = {os.readlink(place + fd): place + fd for fd in os.listdir(place)}
    total = 0
    for name, path in pipes.items():
        if name.startswith('pipe:'):
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            total += struct.unpack('i', fcntl.ioctl(fd, termios.FIONREAD, b'\0' * 4))[0]
            os.close(fd)
    return total


class Fault(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.clear)
        self.container = self.new_container()

    def new_container(self, *options):
        container = Container(*options)
        self.addCleanup(container.clear)
        return container

    def keeper(self, *options, target=None, **more):
        self.assertEqual(self.place.keeper(target or self.container.name, *options, **more), 'ready\n')
        self.kin = chain(self.place.pids[-1])
        self.assertEqual(len(self.kin), 3)

    def child(self, word):
        """The keeper's docker client with that word."""
        return next(pid for pid, words in children(self.place.pids[-1]).items() if word in words)

    def begin(self, *argv, **more):
        """A command that runs."""
        call = Call(self.place.path, argv or ('sh', '-c', 'echo ran >>/tmp/runs; echo on; sleep 76543 & setsid sleep 76544 & wait'),
                    **more)
        self.addCleanup(call.close)
        call.started()
        if not argv:
            self.assertEqual(os.read(call.stdout, 100), b'on\n')
        return call

    def lost(self, call):
        kind, why = call.end()
        self.assertEqual(kind, LOST, why)
        self.assertIsNone(call.next())
        return why.decode()

    def is_over(self, inside=True):
        """No process of this keeper is left here, and none of its in the container."""
        for pid in self.kin:
            wait_until(lambda pid=pid: not alive(pid), 'the end of process %d' % pid)
        if inside:
            wait_until(lambda: self.container.processes() == [], 'the end of all in the container')

    def serves(self, runs=1):
        """The next keeper does, and what ran did so once."""
        self.keeper()
        self.assertEqual(self.place.run('echo', 'on')[:2], (0, b'on\n'))
        if runs:
            self.assertEqual(self.place.run('cat', '/tmp/runs')[1], b'ran\n' * runs)

    def test_keeper_killed(self):
        """fault: the keeper is killed"""
        self.keeper()
        call = self.begin()
        os.kill(self.place.pids[0], signal.SIGKILL)
        self.assertIsNone(call.next())
        self.is_over()
        self.serves()

    def test_keeper_told(self):
        """fault: the keeper is told to end"""
        self.keeper()
        call = self.begin()
        os.kill(self.place.pids[0], signal.SIGTERM)
        self.assertIn('told to end', self.lost(call))
        self.is_over()
        self.assertEqual(self.place.left(), [])
        self.serves()

    def test_agent_killed(self):
        """fault: the agent is killed"""
        self.keeper()
        call = self.begin()
        agent = next(int(pid) for pid, words in self.container.processes() if '--unlink' in words)
        os.kill(agent, signal.SIGKILL)
        self.assertIn('agent has ended', self.lost(call))
        self.is_over(inside=False)
        self.assertEqual(self.place.left(), [])
        self.serves()

    def test_client_killed(self):
        """fault: the docker client is killed"""
        self.keeper()
        call = self.begin()
        os.kill(self.child('exec'), signal.SIGKILL)
        self.assertIn('docker client was killed', self.lost(call))
        self.is_over()
        self.assertEqual(self.place.left(), [])
        self.serves()

    def test_events_lost(self):
        """fault: the events are lost; what runs comes to its end"""
        self.keeper()
        call = self.begin('sh', '-c', 'read x; echo ran >>/tmp/runs; echo $x', flags=WITH_STDIN)
        os.kill(self.child('events'), signal.SIGKILL)
        wait_until(lambda: self.place.left() == [], 'the end of the socket')
        os.write(call.stdin, b'off\n')
        self.assertEqual(call.output()[0], b'off\n')
        self.assertEqual(status_of(call.end()), 0)
        self.is_over()
        self.serves()

    def test_restart(self):
        """fault: the container is started anew"""
        self.keeper()
        call = self.begin()
        docker('restart', '-t', '0', self.container.id)
        self.lost(call)
        self.is_over()
        self.assertEqual(self.place.left(), [])
        self.serves()

    def test_recreated(self):
        """fault: the container is removed, and there is another one of its name"""
        self.keeper()
        call = self.begin()
        docker('rm', '--force', self.container.id)
        self.lost(call)
        self.is_over(inside=False)
        self.assertEqual(self.place.left(), [])
        self.container.start(self.container.name)
        self.serves(runs=0)
        self.assertEqual(self.place.status()['container'], self.container.id)
        self.assertEqual(self.place.run('cat', '/tmp/runs')[0], 1)

    def test_renamed(self):
        """fault: the container is renamed; what runs comes to its end"""
        self.keeper()
        call = self.begin('sh', '-c', 'read x; echo ran >>/tmp/runs; echo $x', flags=WITH_STDIN)
        docker('rename', self.container.name, self.container.name + '-old')
        wait_until(lambda: self.place.left() == [], 'the end of the socket')
        other = self.new_container()
        docker('rename', other.name, self.container.name)
        self.assertEqual(self.place.keeper(self.container.name), 'ready\n')
        self.assertEqual(self.place.status()['container'], other.id)
        os.write(call.stdin, b'off\n')
        self.assertEqual(call.output()[0], b'off\n')
        self.assertEqual(status_of(call.end()), 0)
        self.is_over()
        self.assertEqual(self.place.run('cat', '/tmp/runs')[0], 1)

    def test_named(self):
        """names: others do not matter where the target is a whole ID"""
        self.keeper(target=self.container.id)
        other = self.new_container()
        docker('rename', other.name, other.name + '-x')
        docker('rm', '--force', other.id)
        self.assertEqual(self.place.run('echo', 'on')[1], b'on\n')

    def test_taken_name(self):
        """names: another container that gets what the target says ends it"""
        prefix = self.container.id[:20]
        self.keeper(target=prefix)
        other = self.new_container()
        docker('rename', other.name, prefix)
        wait_until(lambda: self.place.left() == [], 'the end of the socket')
        self.is_over()

    def test_paused(self):
        """pause: nothing is taken meanwhile, and what runs waits"""
        self.keeper()
        call = self.begin('sh', '-c', 'read x; echo $x', flags=WITH_STDIN)
        docker('pause', self.container.id)
        wait_until(lambda: self.declined_as_paused(), 'the pause')
        os.write(call.stdin, b'off\n')
        docker('unpause', self.container.id)
        self.assertEqual(call.output()[0], b'off\n')
        self.assertEqual(status_of(call.end()), 0)
        wait_until(lambda: not self.declined_as_paused(), 'the end of the pause')
        self.assertEqual(self.place.run('echo', 'on')[1], b'on\n')

    def declined_as_paused(self):
        with Call(self.place.path, ('true',)) as call:
            kind, text = call.next()
            return kind == DECLINED and b'paused' in text

    def test_paused_unseen(self):
        """pause: a command that comes before its event is withdrawn, and does not run later"""
        self.keeper()
        os.kill(self.child('events'), signal.SIGSTOP)
        agent = next(int(pid) for pid, words in self.container.processes() if '--unlink' in words)
        docker('pause', self.container.id)
        argv = 'sh', '-c', 'echo ran >>/tmp/late'
        with Call(self.place.path, argv) as call:
            call.expect(TAKEN)
            self.assertIn(b'paused', call.expect(LOST))
        # Both lie there, and the agent may go on.
        there = len(frame(START, start(argv)) + frame(FORGET))
        wait_until(lambda: unread(agent) == there, 'the withdrawal at the agent')
        docker('unpause', self.container.id)
        os.kill(self.child('events'), signal.SIGCONT)
        wait_until(lambda: not self.declined_as_paused(), 'the end of the pause')
        wait_until(lambda: self.place.status()['running'] == '0', 'the end of the command')
        self.assertEqual(self.place.run('cat', '/tmp/late')[1:], (b'', b"cat: can't open '/tmp/late': No such file or directory\n"))

    def test_killed_early(self):
        """start: a keeper that is killed while it starts leaves no process"""
        end, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.execv(KEEPER, [KEEPER, '--ready', str(os.dup(theirs)), '--', self.place.path, 'k', self.container.name])
        os.waitpid(pid, 0)
        os.close(theirs)
        wait_until(lambda: self.starting() is not None, 'the keeper')
        keeper = self.starting()
        self.kin = chain(keeper)
        os.kill(keeper, signal.SIGKILL)
        self.assertEqual(os.read(end, 100), b'')
        os.close(end)
        self.is_over()

    def starting(self):
        """The keeper of this place, by its words, when it has a child."""
        for name in os.listdir('/proc'):
            try:
                with open('/proc/%s/cmdline' % name, 'rb') as file:
                    if self.place.path.encode() in file.read().split(b'\0') and children(int(name)):
                        return int(name)
            except (OSError, ValueError):
                continue
        return None

    def hostile(self, script):
        """A keeper of an agent that does what the script says after HELLO."""
        program = self.place.directory + '/docker'
        with open(program, 'w', encoding='ascii') as file:
            file.write(FALSE_DOCKER)
        os.chmod(program, 0o755)
        env = {**os.environ, 'AGENT': AGENT + script}
        return self.place.keeper(self.container.name, '--docker', program, env=env)

    def test_hostile(self):
        """hostile: an agent that breaks the rules is not listened to"""
        for script in ('frame(7, b"\\0" * 4, 2)', 'frame(7, b"\\0" * 5)', 'frame(9, b"x")', 'greet()', 'frame(21, b"", 0)',
                       'frame(200)', 'frame(7, b"\\0" * 4); frame(14, b"\\0" * 9)',
                       'frame(7, b"\\0" * 4); frame(9); frame(9, b"x")', 'frame(16, b"\\0\\0")'):
            said = self.hostile('greet()\nhear()\n' + script + '\nwhile True: hear()')
            self.assertEqual(said, 'ready\n')
            pid = self.place.pids[-1]
            with Call(self.place.path, ('true',)) as call:
                call.expect(TAKEN)
                message = call.next()
                if message[0] == STARTED:
                    call.output()
                    message = call.next()
                self.assertEqual(message[0], LOST, script)
                self.assertIn(b'protocol', message[1])
            wait_until(lambda pid=pid: not alive(pid), 'the end of the keeper')
        os.unlink(self.place.directory + '/docker')
        self.assertEqual(self.place.left(), [])

    def test_hostile_greeting(self):
        """hostile: an agent of another version, or one that ends, is a failure"""
        self.assertIn('protocol', self.hostile('greet(version=3)\nwhile True: hear()'))
        self.assertRegex(self.hostile('sys.stderr.write("no \\33[1m luck\\n"); sys.exit(3)'), r'\Afailed: .*no \\033\[1m luck\n\Z')
        self.assertEqual(docker('diff', self.container.id).count('dexec'), 0)

    def test_hostile_offer(self):
        """hostile: what an agent offers as a pipe and is none is not opened"""
        named = self.place.directory + '/fifo'
        os.mkfifo(named)
        for offer in ('os.open("/dev/null", os.O_RDWR)', 'os.open("%s", os.O_RDWR)' % named,
                      'os.open("%s/file", os.O_RDWR | os.O_CREAT)' % self.place.directory, '4711', '0xfffffffe'):
            script = 'a = %s\ngreet(a, os.pipe()[1])\nassert hear() == 3\nframe(7, b"\\0" * 4)\n' % offer
            self.assertEqual(self.hostile(script + 'frame(9); frame(10); frame(16, b"\\0\\7")\nwhile True: hear()'), 'ready\n')
            self.assertEqual(self.place.status()['way'], 'docker')
            self.assertEqual(self.place.run('true')[0], 7)
            os.kill(self.place.pids[-1], signal.SIGTERM)
            wait_until(lambda pid=self.place.pids[-1]: not alive(pid), 'the end of the keeper')
        self.assertEqual(self.hostile('greet(os.pipe()[0], os.pipe()[1])\nassert hear() == 21\nsys.exit()'),
                         'failed: the way to the agent: the agent has ended (docker exec: status 0)\n')

    def test_deaf(self):
        """hostile: an agent that answers nothing is given up"""
        self.assertEqual(self.hostile('greet()\nwhile True: hear()'), 'ready\n')
        with Call(self.place.path, ('true',)) as call:
            call.expect(TAKEN)
            self.assertIn(b'does not answer', call.expect(LOST))

    def test_output_before_loss(self):
        """loss: what had come before is delivered first"""
        self.hostile('greet()\nhear(); frame(7, b"\\0" * 4)\nfor _ in range(8): frame(9, b"x" * 65000)\n')
        with Call(self.place.path, ('true',)) as call:
            call.started()
            self.assertEqual(len(call.output()[0]), 8 * 65000)
            self.assertEqual(call.next()[0], LOST)


if __name__ == '__main__':
    tap.main(engine=True)
