# SPDX-License-Identifier: ISC
"""dodo, with a container whose files are mounted."""

import os
import subprocess

from lib import result, rounds, stats
from lib.bench import CommandFailed, column
from lib.warm import Connections, Target

NAME = "dodo"
TITLE = "dodo"

WARM_LIMIT_MS = 5
TRUE = "true"

NOTE = """\
A session with transport docker, its files mounted by sshfs; dodo runs in the
root of the mount. The time is that of the whole process, and all but the first
go through the warm connection, which is asked afterwards how many those
were."""


class Session:
    """One of the benchmark's own, active as long as it is entered."""

    def __init__(self, bench):
        self.bench = bench
        self.program = os.path.join(os.path.dirname(bench.dexec), "dockerdo")
        self.work = os.path.join(bench.scratch, "work")
        self.name = f"dexec-bench-{os.getpid()}-dodo"
        self.before = dict(os.environ)

    def dockerdo(self, *words):
        done = subprocess.run([self.program, *words], cwd=self.work,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              check=False)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise CommandFailed(f"dockerdo {words[0]}: {said}")
        return done.stdout.decode().strip()

    def __enter__(self):
        home = os.path.join(self.bench.scratch, "home")
        os.makedirs(home)
        os.makedirs(self.work)
        os.environ["HOME"] = home
        activate = self.dockerdo("init", "--transport", "docker", "--image",
                                 self.bench.fleet.image, "--container",
                                 self.name, "bench")
        os.environ["DOCKERDO_SESSION_DIR"] = os.path.dirname(activate)
        self.dockerdo("run")
        return self

    def __exit__(self, *_):
        try:
            self.dockerdo("stop")
            self.dockerdo("rm", "--force", "--delete")
        finally:
            os.environ.clear()
            os.environ.update(self.before)


def measure(bench):
    bench.fleet.names(1)
    with Connections(bench) as warm, Session(bench) as session:
        target = Target(session.name)
        dodo = [session.program, "exec", TRUE]
        here = os.getcwd()
        os.chdir(os.path.join(session.work, "container"))
        try:
            count = bench.count(200, 10)
            actions = [bench.action(dodo),
                       bench.action(target.warm(bench.dexec, TRUE)),
                       bench.action([bench.docker, "exec", session.name,
                                     TRUE])]
            warm.start(target)
            with warm.all_warm(target, 2 * count):
                finished = list(rounds.measured(actions, count, "dodo"))
        finally:
            os.chdir(here)
    walls = [column(finished, index) for index in range(len(actions))]
    return result.section([result.at_most(
        "dodo true, warm", stats.estimate(walls[0]), WARM_LIMIT_MS, 2, "ms")],
        [result.wall_table("One command, in turn", [
            "dodo true", "dexec --warm C exec true", "docker exec C true"],
            walls)], notes=[NOTE])
