#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""mount.py DIRECTORY MOUNTPOINT SERVER [ARGS...]

Mount DIRECTORY of the world that SERVER runs in, by sshfs, which speaks with it
through pipes.  Ends when it is unmounted, with the server's status."""

import subprocess
import sys


def options():
    """Later versions refuse links that could lead out of the mount, unless
    they are told that the server is trusted; earlier ones do not know that."""
    known = subprocess.run(['sshfs', '--help'], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, check=False).stdout
    if b'no_contain_symlinks' in known:
        return 'passive,no_contain_symlinks'
    return 'passive'


def main(directory, mountpoint, *server):
    served = subprocess.Popen(server, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    mounted = subprocess.Popen(
        ['sshfs', '-f', '-o', options(), ':' + directory, mountpoint],
        stdin=served.stdout, stdout=served.stdin)
    # The server is to see the end of sshfs, which does not stay to hear how
    # its last CLOSE went: the answer may be written all the same.
    served.stdin.close()
    return mounted.wait() or served.wait()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
