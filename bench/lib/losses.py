# SPDX-License-Identifier: ISC
"""Take away what a running dexec stands on, and see when it ends."""

import contextlib
import os
import signal
import subprocess
import time

from lib import container
from lib.live import Live

ENGINE_SH = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), "tests", "lib", "engine.sh")
COMMAND = ("sh", "-c", "echo ready; sleep 100000; true")

# docker's words, all before the container's name.
WORDS = {
    "container killed": ("kill",),
    "container stopped": ("stop", "-t", "1"),
    "container removed": ("rm", "-f"),
    "container restarted": ("restart", "-t", "0"),
}


def until_end(argv, act):
    """(ms from before `act` until it has ended, its status)"""
    with Live(argv) as live:
        live.until_ready()
        begun = time.perf_counter()
        doing = act()
        ended, status = live.ended()
        if doing is not None:
            doing.wait()
    return (ended - begun) * 1e3, status


def start_docker(bench, *words):
    return subprocess.Popen([bench.docker, *words], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL)


def started(docker, image):
    """A container to be lost."""
    return container.docker(docker, "run", "-d", "--init", "--pull=never",
                            "--network=none",
                            f"--label=dexec.bench={os.getpid()}", image,
                            "sleep", "1000000")


def container_losses(bench):
    """{what happened: (times in ms, statuses)}; the fleet removes what is left
    of the containers."""
    bench.fleet.names(1)
    found = {name: ([], []) for name in WORDS}
    for _ in range(bench.count(5, 1)):
        for name, words in WORDS.items():
            lost = started(bench.docker, bench.fleet.image)
            took, status = until_end(
                [bench.dexec, lost, *COMMAND],
                lambda w=words, c=lost: start_docker(bench, *w, c))
            found[name][0].append(took)
            found[name][1].append(status)
    return found


def engine_sh(*words, environment=None):
    """engine.sh's output; EngineError with what it said."""
    done = subprocess.run(["bash", ENGINE_SH, *words], capture_output=True,
                          text=True, check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        raise container.EngineError(done.stderr.strip() or "engine.sh failed")
    return done.stdout.strip()


@contextlib.contextmanager
def own_engine(folder):
    """The engine that docker finds meanwhile is one that may be broken."""
    before = os.environ.get("DOCKER_HOST")
    try:
        os.environ["DOCKER_HOST"] = engine_sh("start", folder)
        yield
    finally:
        if before is None:
            os.environ.pop("DOCKER_HOST", None)
        else:
            os.environ["DOCKER_HOST"] = before
        with contextlib.suppress(container.EngineError):
            engine_sh("stop", folder)


def lose_engine(bench, folder, number, image):
    lost = started(bench.docker, image)
    with open(os.path.join(folder, "pid"), encoding="ascii") as file:
        pid = file.read().strip()
    took = until_end([bench.dexec, lost, *COMMAND],
                     lambda: os.kill(int(pid), number))
    engine_sh("halt", folder, "KILL")
    engine_sh("restart", folder)
    return took


def engine_losses(bench):
    """(the same, notes), on an engine of our own."""
    found = {"engine killed": ([], []), "engine stopped": ([], [])}
    folder = os.path.join(bench.scratch, "e")
    image = f"dexec-bench-{os.getpid()}-lost:1"
    try:
        with own_engine(folder):
            container.make_image(bench.docker, image)
            for _ in range(bench.count(3, 1)):
                for name, number in (("engine killed", signal.SIGKILL),
                                     ("engine stopped", signal.SIGTERM)):
                    took, status = lose_engine(bench, folder, number, image)
                    found[name][0].append(took)
                    found[name][1].append(status)
    except container.EngineError as error:
        said = str(error).splitlines()[0]
        return {}, ["The loss of the engine was not measured: no engine could "
                    f"be started for it ({said.replace(folder, 'DIR')})."]
    return found, []
