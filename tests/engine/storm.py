#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The storm: thousands of execs with output of random sizes on both streams; every byte and every status is compared,
and afterwards nothing may be left over: no process here or in the container, no temporary file, no descriptor.

$DEXEC_TEST_STORM says how many in a row, and how many sixteen at a time ("2000 300"); $DEXEC_TEST_SEED repeats a storm.
With DEXEC_TEST_WARM=1 they go through a warm connection, which is left by nothing either when it is told to stop.
"""

import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

SIXTEEN = 16
LARGEST = 4 << 20
FILES = 4  # of random bytes in the container, as many for each stream
SAMPLE = 40  # in one of so many, what docker inherits is looked at
LIMIT = 120  # seconds for one exec
SCRIPT = 'head -c "$1" "/tmp/random$2" & head -c "$3" "/tmp/random$4" >&2; wait; exit "$5"'

# A docker that notes which descriptors it has, but for 0, 1, 2 and that of looking, and is the real one then.
NOTING_DOCKER = '''#!/usr/bin/python3 -IS
import os, sys
for fd in os.listdir('/proc/self/fd'):
    try:
        if int(fd) > 2 and '/proc/' not in os.readlink('/proc/self/fd/' + fd):
            with open({notes!r}, 'a') as notes:
                notes.write(fd + ' ' + os.readlink('/proc/self/fd/' + fd) + '\\n')
    except FileNotFoundError:
        pass
os.execv({docker!r}, ['docker'] + sys.argv[1:])
'''


def docker(*words, **more):
    return subprocess.run(['docker', *words], check=True, stdout=subprocess.PIPE, **more).stdout


def instrumented(program):
    with open(program, 'rb') as file:
        text = file.read()
    return not text.startswith(b'\x7fELF') or b'__asan_init' in text


class Storm:
    """A container with random bytes, a place for what dexec may leave, and the ways to call it."""

    def __init__(self, place):
        self.dexec = os.path.realpath(os.environ.get('DEXEC', './dexec'))
        self.container = f'dexec-test-storm-{os.getpid()}-{time.time_ns()}'
        self.mark = f'DEXEC_TEST_MARK={self.container}'
        self.place, self.notes = place, place + '/notes'
        self.warm = os.environ.get('DEXEC_TEST_WARM') == '1'
        self.random = [random.randbytes(LARGEST) for _ in range(FILES)]
        self.environment = self.make_environment()
        self.noting = {**self.environment, 'DEXEC_DOCKER': self.make_noting_docker()}

    def make_environment(self):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith('DEXEC_') or name == 'DEXEC_LIBEXEC_DIR'}
        for name in 'HOME', 'TMPDIR', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR':
            kept[name] = f'{self.place}/{name}'
            os.mkdir(kept[name], 0o700)
        if self.warm:
            kept['DEXEC_WARM'] = '1'
        name, value = self.mark.split('=')
        return {**kept, name: value}

    def make_noting_docker(self):
        path = self.place + '/docker'
        with open(path, 'w', encoding='utf-8') as file:
            file.write(NOTING_DOCKER.format(notes=self.notes, docker=shutil.which('docker')))
        os.chmod(path, 0o755)
        return path

    def start(self):
        docker('run', '--detach', '--init', '--pull', 'never', '--name', self.container, 'dexec-busybox:1')
        for i, content in enumerate(self.random):
            docker('exec', '-i', self.container, 'sh', '-c', f'cat >/tmp/random{i}', input=content)
        self.before = processes_inside(self.container)
        if self.warm:
            for environment in self.environment, self.noting:
                self.connection('start', environment)

    def connection(self, action, environment):
        return subprocess.run([self.dexec, self.container, 'warm', action], check=True, env=environment, timeout=LIMIT,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout.decode()

    def served(self):
        """How many commands the connections have served."""
        return sum(int(line.split()[4]) for line in self.connection('status', self.environment).splitlines()[1:])

    def stop(self):
        subprocess.run(['docker', 'rm', '--force', self.container], check=False, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def one(self, number):
        """One exec; returns None, or what was wrong with it."""
        sizes, files = (random_size(), random_size()), random.choices(range(FILES), k=2)
        status = random.choice((0, 0, 0, 1, 3, 255))
        options = random.choice(([], [], [], ['--disable_stream']))
        argv = [self.dexec, *options, self.container, 'sh', '-c', SCRIPT, 'sh', str(sizes[0]), str(files[0]),
                str(sizes[1]), str(files[1]), str(status)]
        environment = self.noting if number % SAMPLE == 0 else self.environment
        call = random.choice((call_with_pipes, call_with_pipes, call_with_files))
        got = call(argv, environment)
        wrong = [f'status {got[0]}, not {status}'] if got[0] != status else []
        for stream in range(2):
            wrong += compare(('stdout', 'stderr')[stream], got[1 + stream],
                             memoryview(self.random[files[stream]])[:sizes[stream]])
        return f'exec {number} ({call.__name__} {options} {sizes}): ' + '; '.join(wrong) if wrong else None


def random_size():
    """From nothing to the largest; each power of two is as likely as the next."""
    return min(int(2 ** random.uniform(-2, 22.01)), LARGEST)


def compare(stream, got, expected):
    if got == expected:
        return []
    at = next((i for i, (a, b) in enumerate(zip(got, expected)) if a != b), min(len(got), len(expected)))
    return [f'{stream}: {len(got)} bytes of {len(expected)}, other than they should be from byte {at}: {got[at:at+80]!r}']


def call_with_pipes(argv, environment):
    result = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False,
                            timeout=LIMIT)
    return result.returncode, result.stdout, result.stderr


def call_with_files(argv, environment):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        result = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment, check=False,
                                timeout=LIMIT)
        out.seek(0)
        err.seek(0)
        return result.returncode, out.read(), err.read()


def processes_here(mark):
    """Those that bear our mark: whatever dexec has started, and its guards."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/environ', 'rb') as file:
                if mark.encode() in file.read():
                    found.append(pid)
        except OSError:
            pass
    return found


def processes_inside(container):
    lines = docker('top', container, '-eo', 'pid,stat,args').decode().splitlines()[1:]
    return sorted(line.split(None, 2)[2] for line in lines)


def settled(look, wanted):
    """What look() finds when it has become as wanted, or after five seconds."""
    end = time.monotonic() + 5
    while (found := look()) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    return found


class Tap:
    def __init__(self, plan):
        self.number = self.failed = 0
        print(f'1..{plan}', flush=True)

    def result(self, name, wrong):
        self.number += 1
        self.failed += bool(wrong)
        print(f'{"not ok" if wrong else "ok"} {self.number} {name}')
        for line in wrong[:8]:
            print(f'#   {line}')
        sys.stdout.flush()


def rage(storm, tap, in_a_row, at_once):
    wrong = [storm.one(n) for n in range(in_a_row)]
    tap.result(f'storm: {in_a_row} execs in a row, every byte and status right', list(filter(None, wrong)))
    with concurrent.futures.ThreadPoolExecutor(SIXTEEN) as pool:
        wrong = list(pool.map(storm.one, range(at_once)))
    tap.result(f'storm: {at_once} execs, {SIXTEEN} at a time, every byte and status right', list(filter(None, wrong)))
    if storm.warm:
        served = storm.served()
        tap.result('storm: all of them went through a connection',
                   [] if served == in_a_row + at_once else [f'{served} of {in_a_row + at_once}'])
        storm.connection('stop', storm.environment)
    tap.result('storm: no process is left here', settled(lambda: processes_here(storm.mark), []))
    after = settled(lambda: processes_inside(storm.container), storm.before)
    tap.result('storm: no process is left in the container', [] if after == storm.before else after)
    tap.result('storm: no temporary file is left', os.listdir(storm.environment['TMPDIR']))
    leaked = []
    if os.path.exists(storm.notes):
        with open(storm.notes, encoding='utf-8') as file:
            leaked = file.read().splitlines()
    tap.result('storm: docker inherits no descriptor of ours', leaked)


def main():
    if os.environ.get('DEXEC_TEST_ENGINE') != '1':
        print('1..0 # SKIP no docker engine: DEXEC_TEST_ENGINE is not 1')
        return 0
    seed = int(os.environ.get('DEXEC_TEST_SEED', time.time_ns() % 1000000))
    random.seed(seed)
    print(f'# seed {seed}')
    with tempfile.TemporaryDirectory(prefix='dexec-storm.') as place:
        storm = Storm(place)
        usual = '50 32' if instrumented(storm.dexec) else '2000 300'
        counts = [int(word) for word in os.environ.get('DEXEC_TEST_STORM', usual).split()]
        tap = Tap(6 + storm.warm)
        try:
            storm.start()
            rage(storm, tap, *counts)
        finally:
            storm.stop()
    return 1 if tap.failed else 0


sys.exit(main())
