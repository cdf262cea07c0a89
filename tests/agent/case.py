# SPDX-License-Identifier: ISC
"""Where an agent is tested: on this machine, and in containers."""

import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(
    os.path.abspath(__file__)), '..', 'terminal'))

import wire

AGENT = os.path.abspath(os.environ.get('DEXEC_AGENT', './dexec-agent'))
ENGINE = os.environ.get('DEXEC_TEST_ENGINE') == '1'


def is_static():
    """It needs no dynamic linker, so that it runs in any image."""
    headers = subprocess.run(['readelf', '-lW', AGENT], check=True,
                             stdout=subprocess.PIPE).stdout
    return b'INTERP' not in headers


class Case(unittest.TestCase):
    """One agent a test; ENVIRONMENT is what it has."""
    path = '/usr/local/bin:/usr/bin:/bin'
    environment = {'PATH': path, 'HOME': '/home/of', 'GIVEN': 'yes'}

    def argv(self, options):
        return [AGENT, *options]

    def open(self, *options, **kw):
        agent = wire.Agent(self.argv(options), env=self.environment, **kw)
        self.addCleanup(self.put_away, agent)
        return agent

    def setUp(self):
        self.cookies = 0
        self.agent = self.open()

    def put_away(self, agent):
        for file in (agent.process.stdin, agent.process.stdout):
            file.close()
        agent.close_shortcut()
        try:
            agent.process.wait(wire.LIMIT)
        except subprocess.TimeoutExpired:
            agent.process.kill()
            agent.process.wait()
            raise

    def cookie(self):
        self.cookies += 1
        return '%d-%s-%d' % (os.getpid(), self.id(), self.cookies)

    def up(self, script, word=b'up\n', agent=None, **kw):
        """Start SCRIPT and wait until it has said WORD."""
        agent = agent or self.agent
        c = agent.start(script, **kw)
        agent.wait(lambda: word in c.out or c.over)
        self.assertIsNone(c.errno)
        return c

    def outside(self, script):
        """Run SCRIPT where the agent is, but not by it: its output."""
        return subprocess.run(['sh', '-c', script], check=False,
                              stdout=subprocess.PIPE).stdout

    def bearers(self, cookie):
        """The processes that have COOKIE."""
        return [path.split(b'/')[2] for path in self.outside(
            'grep -l "DEXEC_ID=%s" /proc/[0-9]*/environ 2>/dev/null'
            % cookie).split()]

    def eventually(self, what, wanted):
        """WHAT() becomes WANTED; it is asked again and again."""
        ends = wire.time.monotonic() + wire.LIMIT
        found = what()
        while found != wanted and wire.time.monotonic() < ends:
            found = what()
        self.assertEqual(found, wanted)

    def clean(self, cookie):
        """Kill the bearers: how many there were."""
        found = self.bearers(cookie)
        if found:
            self.outside('kill -9 %s' % b' '.join(found).decode())
        return len(found)

    def gone(self, cookie):
        self.eventually(lambda: self.bearers(cookie), [])

    def kill_agent(self, agent):
        os.kill(agent.hello[1], signal.SIGKILL)


class ShortcutCase(Case):
    """The same through the pipes that the agent offers."""

    def open(self, *options, **kw):
        agent = super().open(*options, **kw)
        agent.switch()
        return agent


class ContainerCase(Case):
    """The same in a container of IMAGE."""
    image = None
    environment = None
    container = None
    home = '/root'

    @classmethod
    def setUpClass(cls):
        cls.container = 'agent-test-%d-%s' % (
            os.getpid(), cls.image.partition(':')[0])
        cls.docker('run', '--detach', '--init', '--pull', 'never',
                   '--env', 'GIVEN=yes', '--name', cls.container, cls.image)
        cls.addClassCleanup(cls.docker, 'rm', '--force', cls.container)
        cls.docker('cp', AGENT, cls.container + ':/dexec-agent')

    @classmethod
    def docker(cls, *args):
        return subprocess.run(['docker', *args], check=True,
                              stdout=subprocess.PIPE).stdout

    def argv(self, options):
        return ['docker', 'exec', '-i', self.container, '/dexec-agent',
                *options]

    def outside(self, script):
        return self.docker('exec', self.container, 'sh', '-c',
                           script + '; true')

    def kill_agent(self, agent):
        self.docker('exec', self.container, 'sh', '-c',
                    'kill -9 %d' % agent.hello[1])
