#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Run a program and tell how it ended, as no shell can: by an exit status or by a signal.

    status.py NAME PROGRAM [ARGS...]

writes the process id to NAME.pid as soon as the program runs, and "exit N" or "signal N" to NAME.status when it has
ended; NAME.ms is how long that took. Signals are at their default in the program, whatever a test harness ignores.
Each file appears complete or not at all. When status.py itself is ended by TERM, so is the program; and after a minute
($STATUS_LIMIT, in seconds), which no test takes: NAME.status is "hangs" then.
"""

import os
import signal
import subprocess
import sys
import time


def put(name, text):
    with open(name + '.new', 'w', encoding='ascii') as file:
        file.write(f'{text}\n')
    os.rename(name + '.new', name)


def default_signals():
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_DFL)
        except OSError:  # those that the C library keeps for itself
            pass
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def in_words(status):
    if status is None:
        return 'hangs'
    return f'exit {status}' if status >= 0 else f'signal {-status}'


def main():
    name, argv = sys.argv[1], sys.argv[2:]
    for suffix in ('.pid', '.status', '.ms'):
        if os.path.exists(name + suffix):
            os.unlink(name + suffix)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a whole group may get one; ours is to wait
    begun = time.monotonic()
    with subprocess.Popen(argv, restore_signals=False, preexec_fn=default_signals) as child:
        signal.signal(signal.SIGTERM, lambda *_: child.kill())
        put(name + '.pid', child.pid)
        # What it inherited is not held open by us: the end of a stream shall be seen by whom it concerns.
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        try:
            status = child.wait(int(os.environ.get('STATUS_LIMIT', '60')))
        except subprocess.TimeoutExpired:
            child.kill()
            status = None
    put(name + '.ms', int((time.monotonic() - begun) * 1000))
    put(name + '.status', in_words(status))


main()
