# SPDX-License-Identifier: ISC
"""A warm connection whose parts are killed under load."""

import contextlib
import glob
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

from lib import container, result, table
from lib.inside import Inside, wait_for
from lib.measure import ProbeError
from lib.storm import CLIENTS, Load, Span, call, judge
from lib.warm import Connections, Target, agents, kill

NAME = "warm_faults"
TITLE = "Warm connections: 100 faults under load"

OPEN_PATIENCE = 10
REST_PATIENCE = 15
LOOK_PAUSE = 0.02
ANSWER = 60               # seconds for docker
THAW_AFTER = 5
ENGINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                      "tests", "lib", "engine.sh")
FIRST_TWO = 2             # processes of a container at rest: init and sleep

NOTE = f"""\
{CLIENTS} clients call `dexec --warm C` without a pause; each of their commands
writes the name of its container into a file of its own, in a directory that all
the containers share, and one client's commands never end by themselves (they
have --timeout 1). Meanwhile, in random order and after random times, one part
after the other is lost: the keeper, the agent, the docker client of the
connection or the one that follows the events is killed by KILL; the container
is restarted, is paused and unpaused, is removed and made anew under the same
name, or is renamed, goes on running, and another gets its name. An engine that
tests/lib/engine.sh has started is also ended by KILL and started again, and the
container with it. Before each
fault the connection is waited for, and after each the next call has to work
(the loss of the agent is over when the docker client that led to it has ended).
A wrong container is one that did not have the name at any time of the call.
Lost silently is a command that dexec says has ended well and that has not run,
or whose output has not come. Left over is what is still there {REST_PATIENCE} s
after the load: here, keepers but one, and anything when that one was told to
end; in the containers, all but their first two processes and the agent."""


class Faults:
    """The container of the storm, and what happens to it."""

    def __init__(self, bench, warm, log):
        self.bench = bench
        self.warm = warm
        self.log = log
        self.name = f"dexec-bench-{os.getpid()}-storm"
        self.target = Target(self.name)
        self.spans = []
        self.old = []         # renamed, and still there
        self.left = 0         # processes in those when they were removed
        self.thawed = 0       # times that the engine could not do it
        self.kinds = {
            "keeper killed": lambda: self.kill(self.warm.keepers()),
            "agent killed": self.kill_agents,
            "docker exec killed": self.kill_clients,
            "docker events killed":
                lambda: self.kill(self.warm.children("events")),
            "restarted": lambda: self.docker("restart", "-t", "0", self.name),
            "paused": self.pause,
            "recreated": self.recreate,
            "renamed": self.rename,
        }
        engine = own_engine()
        if engine is not None:
            self.kinds["engine restarted"] = lambda: self.restart(engine)

    def docker(self, *words, limit=ANSWER):
        return container.docker(self.bench.docker, *words, limit=limit)

    def agents(self):
        return agents(self.bench.docker, self.name)

    @staticmethod
    def kill(pids):
        for pid in pids:
            kill(pid, signal.SIGKILL)

    def until_told(self, clients):
        """Until the keeper has the news (it has waited for the client that has
        ended): a call that begins before that is one of those under way."""
        wait_for(lambda: not any(os.path.exists(f"/proc/{client}")
                                 for client in clients),
                 OPEN_PATIENCE, LOOK_PAUSE)

    def kill_agents(self):
        clients = set(self.warm.children("exec"))
        self.kill(self.agents())
        self.until_told(clients)

    def kill_clients(self):
        clients = set(self.warm.children("exec"))
        self.kill(clients)
        self.until_told(clients)

    def create(self):
        begun = time.perf_counter()
        identifier = self.docker(
            "run", "-d", "--init", "--pull=never", "--network=none",
            "--name", self.name, f"--label=dexec.bench={os.getpid()}",
            "-v", f"{self.log}:/log", self.bench.fleet.image, "sleep",
            "1000000")
        self.spans.append(Span(identifier, begun))

    def pause(self):
        self.docker("pause", self.name)
        time.sleep(random.uniform(0, 0.5))
        self.unpause()

    def unpause(self):
        """An exec that an engine begins while it pauses is frozen half way,
        and some engines let unpause wait for the end of that. Thawed behind
        its back, the container is paused for some engines for ever."""
        if self.goes_on():
            return
        self.thawed += thaw(self.spans[-1].identifier)
        if not self.goes_on():
            self.recreate()

    def goes_on(self):
        try:
            self.docker("unpause", self.name, limit=THAW_AFTER)
        except container.EngineError as error:
            return "is not paused" in str(error)
        return True

    def recreate(self):
        self.docker("rm", "-f", self.name)
        self.spans[-1].ended = time.perf_counter()
        self.create()

    def rename(self):
        self.remove_old()
        name = f"{self.name}-{len(self.spans)}"
        self.docker("rename", self.name, name)
        self.spans[-1].ended = time.perf_counter()
        self.old.append(name)
        self.create()

    def restart(self, engine):
        """What ran ends with it, and is started again."""
        running = self.docker("ps", "-q").split()
        # The mark of our connections is none of the engine's.
        unmarked = {**os.environ, "XDG_RUNTIME_DIR": ""}
        subprocess.run([ENGINE, "halt", engine, "KILL"], check=True)
        subprocess.run([ENGINE, "restart", engine], check=True, env=unmarked,
                       stdout=subprocess.DEVNULL)
        self.docker("start", *running)

    def remove_old(self):
        """By now nobody should be in there any more."""
        for name in self.old:
            self.left += self.left_in(name, 0)
            self.docker("rm", "-f", name)
        self.old = []

    def remove(self):
        """Whatever state it is in."""
        thaw(self.spans[-1].identifier)
        for name in (self.name, *self.old):
            with contextlib.suppress(container.EngineError):
                self.docker("rm", "-f", name)

    def left_in(self, name, wanted):
        """Processes that are there too long, above the first two and so
        many."""
        seen = Inside(self.bench.docker, name)
        most = FIRST_TWO + wanted
        wait_for(lambda: seen.count() <= most, REST_PATIENCE, LOOK_PAUSE)
        if seen.count() > most:
            print(f"run: left in {name}:\n"
                  f"{self.docker('top', name, '-eo', 'pid,lstart,args')}",
                  file=sys.stderr)
        return max(0, seen.count() - most)

    def next_call(self):
        """None, or what went wrong with it."""
        _, _, status, _, said = call(self.target.warm(self.bench.dexec,
                                                      "true"))
        if status == 0:
            return None
        return f"status {status}: {said.decode(errors='replace').strip()}"


def own_engine():
    """The directory of the engine in use, if it may be restarted; or None."""
    place = os.path.dirname(os.environ.get("DOCKER_HOST", "").removeprefix(
        "unix://"))
    return place if os.path.exists(f"{place}/.dexec-engine") else None


def thaw(identifier):
    """Behind the engine's back. 1, or 0 when there is nothing to thaw."""
    found = 0
    for name, word in (("freezer.state", "THAWED"), ("cgroup.freeze", "0")):
        for path in glob.glob(f"/sys/fs/cgroup/**/*{identifier}*/{name}",
                              recursive=True):
            with contextlib.suppress(OSError):
                with open(path, "w", encoding="ascii") as file:
                    file.write(word)
                found = 1
    return found


def strike(faults, kinds):
    """(how many hit an open connection, [(kind, what went wrong with the next
    call)])"""
    hit, failed = Counter(), []
    for number, kind in enumerate(kinds, 1):
        if sys.stderr.isatty():
            print(f"\r\033[Kfaults: {number}/{len(kinds)} {kind}", end="",
                  file=sys.stderr, flush=True)
        hit[kind] += wait_for(lambda: faults.warm.is_open(faults.target),
                              OPEN_PATIENCE, LOOK_PAUSE) is not None
        time.sleep(random.uniform(0, 0.1))
        faults.kinds[kind]()
        wrong = faults.next_call()
        if wrong is not None:
            failed.append((kind, wrong))
            print(f"run: after '{kind}': {wrong}", file=sys.stderr)
    return hit, failed


def left_over(faults):
    """(here, in the containers)"""
    faults.remove_old()
    warm = faults.warm
    wait_for(lambda: len(warm.keepers()) <= 1, REST_PATIENCE, LOOK_PAUSE)
    here = max(0, len(warm.keepers()) - 1)
    there = faults.left + faults.left_in(faults.name, 1)
    return here + len(warm.end_keepers()), \
        there + faults.left_in(faults.name, 0)


def storm(bench, warm, seed):
    log = os.path.join(bench.scratch, "log")
    os.mkdir(log)
    bench.fleet.names(1)
    faults = Faults(bench, warm, log)
    faults.create()
    kinds = list(faults.kinds) * 13
    random.seed(seed)
    kinds = kinds[:bench.count(100, 16)]
    random.shuffle(kinds)
    try:
        warm.start(faults.target)
        with Load(bench.dexec, faults.name, log) as load:
            hit, failed = strike(faults, kinds)
        wrong, statuses = judge(load, faults.spans)
        here, there = left_over(faults)
    finally:
        faults.remove()
    wrong.update(next=len(failed), here=here, there=there)
    return Counter(kinds), hit, failed, wrong, statuses, faults.thawed


def figures(count, calls, wrong):
    what = {"twice": "commands run twice",
            "elsewhere": "commands in a wrong container",
            "silent": "commands lost silently",
            "hung": "calls that did not end",
            "next": "next calls that did not work",
            "here": "processes left over here",
            "there": "processes left over in the containers"}
    return [result.figure(f"{count} faults, {calls:,} calls: {text}", "none",
                          str(wrong[key]), wrong[key] == 0)
            for key, text in what.items()]


def status_row(statuses):
    return [["did not end" if status is None else str(status), str(calls)]
            for status, calls in sorted(statuses.items(),
                                        key=lambda item: -item[1])]


def measure(bench):
    if os.geteuid() != 0:
        raise ProbeError("it takes root to see processes in containers")
    seed = random.randrange(10 ** 6)
    with Connections(bench) as warm:
        kinds, hit, failed, wrong, statuses, thawed = storm(bench, warm, seed)
    notes = [NOTE]
    if thawed:
        notes.append(f"The engine could not unpause {thawed} times, because it "
                     "waited for an exec that it had frozen half way; the "
                     "container was thawed by its cgroup, and made anew where "
                     "the engine would not believe that.")
    rows = [[kind, str(count), str(hit[kind]),
             str(sum(kind == name for name, _ in failed))]
            for kind, count in kinds.items()]
    return result.section(
        figures(sum(kinds.values()), sum(statuses.values()), wrong),
        [result.rows(f"Faults (seed {seed})",
                     ["", "times", "with the connection there",
                      "next call failed"], rows),
         result.rows("Statuses of the calls", ["status", "calls"],
                     status_row(statuses))],
        notes=notes, samples={"next_failed": failed})
