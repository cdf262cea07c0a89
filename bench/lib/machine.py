# SPDX-License-Identifier: ISC
"""The machine in neutral words: what matters to the numbers, no names."""

import os
import re

from lib import container


def memory_gib():
    with open("/proc/meminfo", encoding="ascii") as info:
        return int(re.search(r"MemTotal:\s+(\d+)", info.read())[1]) / 2 ** 20


def plain_version(text):
    """The number alone: a vendor's suffix says nothing here."""
    found = re.match(r"\d+(\.\d+)*", text)
    return found[0] if found else "unknown"


def docker_versions(docker):
    line = container.docker(docker, "version", "--format",
                            "{{.Client.Version}} {{.Server.Version}}")
    return [plain_version(word) for word in line.split()]


def describe(docker):
    """Raises EngineError when there is no engine to talk to."""
    system = os.uname()
    client, engine = docker_versions(docker)
    return (f"{len(os.sched_getaffinity(0))} cores ({system.machine}), "
            f"{memory_gib():.0f} GiB of memory, {system.sysname} "
            f"{plain_version(system.release)}, docker client {client}, "
            f"engine {engine}")


def load():
    """The load average of the last minute."""
    return round(os.getloadavg()[0], 1)


def is_script(path):
    """A build that is not installed may be a wrapper script, whose start-up
    and memory are not the program's."""
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False
