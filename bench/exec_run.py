#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The way that dexec replaces: a Python process that runs a command by
docker-py's exec_run and streams its output. Used as `exec_run.py CONTAINER
COMMAND [ARGS...]`; takes DOCKER_HOST from the environment. Package
python3-docker."""

import sys

import docker


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: exec_run.py CONTAINER COMMAND [ARGS...]")
    client = docker.from_env()
    container = client.containers.get(sys.argv[1])
    _, output = container.exec_run(sys.argv[2:], stream=True)
    for chunk in output:
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
