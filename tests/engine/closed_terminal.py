#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Run a program on a terminal of its own, and close that terminal, as a window is closed.

    closed_terminal.py NAME TEXT PROGRAM [ARGS...]

The terminal is closed when TEXT has been printed to it. NAME.status, NAME.ms are written as by status.py (the time is
that from the closing to the program's end); NAME.screen is what the terminal has shown.
"""

import os
import pty
import signal
import sys
import time

LIMIT = 120  # seconds; then the program is killed


def show_until(terminal, text, file):
    seen = b''
    while text not in seen:
        part = os.read(terminal, 65536)
        seen += part
        file.write(part)
        file.flush()


def main():
    name, text, argv = sys.argv[1], os.fsencode(sys.argv[2]), sys.argv[3:]
    child, terminal = pty.fork()
    if child == 0:
        for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.execv(argv[0], argv)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(LIMIT)
    with open(name + '.screen', 'wb') as screen:
        try:
            show_until(terminal, text, screen)
        except OSError:
            print(f'ended before it has shown {text!r}', file=sys.stderr)
    begun = time.monotonic()
    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with open(name + '.ms', 'w', encoding='ascii') as file:
        print(int((time.monotonic() - begun) * 1000), file=file)
    with open(name + '.status', 'w', encoding='ascii') as file:
        print(f'exit {status}' if status >= 0 else f'signal {-status}', file=file)


main()
