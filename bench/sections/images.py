# SPDX-License-Identifier: ISC
"""What dockerutils adds to docker, and how fast it carries an image."""

import contextlib
import os
import shlex
import subprocess
import tarfile

from lib import container, result, rounds, sshd, stats, table
from lib.bench import column
from lib.measure import Command, watch_peak

NAME = "images"
TITLE = "dockerutils: running and transferring images"

RUN_LIMIT_MS = 3
SECTIONS = 10000
PARSE_LIMIT_MS = 50
IMAGE_MIB = 500
CHANGE_MIB = 1
TRANSFER_LIMIT = 0.7
MEMORY_LIMIT_MIB = 8

NOTE = """\
run-image's own time: the program `true` stands in docker's place, for
run-image and alone, in pairs. The configuration of 10,000 sections is read by
run-image --print, in turn with one of a single section. The image transferred
holds files of this machine's /usr; it goes through an sshd on loopback into a
second engine, and is removed there after each run. Both ways start as many
processes side by side as they have stages, on the same two processors. The
small change is a layer of 1 MiB above that image, which is there by then."""

CONFIG = """\
[base]
name = base
cmd = true
"""

FILLER = """\
[run{0}]
volumes = -v /tmp:/tmp
network = host
"""

ENGINE = os.path.join(os.path.dirname(__file__), os.pardir, os.pardir,
                      "tests", "lib", "engine.sh")


def utils(bench):
    return os.path.join(os.path.dirname(bench.dexec), "dockerutils")


def make_project(bench, name, runs):
    """A project with one image, and so many more sections."""
    folder = os.path.join(bench.scratch, name)
    os.makedirs(f"{folder}/docker/base")
    with open(f"{folder}/docker/base/Dockerfile", "w",
              encoding="ascii") as file:
        file.write("FROM scratch\n")
    with open(f"{folder}/docker/dockerutils.cfg", "w",
              encoding="ascii") as file:
        file.write(CONFIG)
        file.writelines(FILLER.format(number) for number in range(runs))
    return folder


def run_image(bench, folder, *options):
    return [utils(bench), "run-image", "-C", folder, *options, "base"]


def pairs(bench, first, second, count, label):
    finished = list(rounds.measured(
        [bench.action(first), bench.action(second)], count, label))
    return column(finished, 0), column(finished, 1)


def measure_small(bench):
    small = make_project(bench, "small", 1)
    large = make_project(bench, "large", SECTIONS)
    count = bench.count(200, 20)
    running = pairs(bench, run_image(bench, small, "--docker", "true"),
                    ["true"], count, "run-image")
    reading = pairs(bench, run_image(bench, large, "--print"),
                    run_image(bench, small, "--print"), count, "sections")
    return running, reading


# ---- transfer

@contextlib.contextmanager
def second_engine(bench):
    """Its address; it is gone afterwards."""
    folder = os.path.join(bench.scratch, "engine")
    try:
        yield subprocess.run(["bash", ENGINE, "start", folder], check=True,
                             stdout=subprocess.PIPE,
                             text=True).stdout.strip()
    finally:
        subprocess.run(["bash", ENGINE, "stop", folder], check=False)


def some_files(limit):
    """Paths of ordinary files, together a little less than LIMIT bytes."""
    for folder, below, names in os.walk("/usr"):
        below.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            size = os.path.getsize(path)
            if size <= limit:
                limit -= size
                yield path


def make_image(bench, image, size):
    """Of one layer."""
    archive = os.path.join(bench.scratch, "image.tar")
    with tarfile.open(archive, "w") as packed:
        for path in some_files(size):
            packed.add(path, recursive=False)
    container.docker(bench.docker, "import", archive, image, limit=600)
    os.unlink(archive)


def make_change(bench, image, changed):
    """The image with a small layer above."""
    path = os.path.join(bench.scratch, "change")
    with open(path, "wb") as file:
        file.write(os.urandom(CHANGE_MIB << 20))
    made = container.docker(bench.docker, "create", image, "/none", limit=60)
    container.docker(bench.docker, "cp", path, f"{made}:/change", limit=60)
    container.docker(bench.docker, "commit", made, changed, limit=60)
    container.docker(bench.docker, "rm", made, limit=60)


def own_way(bench, image, host):
    """The pipeline that a user would type."""
    return ["sh", "-c", f"{shlex.quote(bench.docker)} save {image} | gzip | "
            f"ssh {host} 'gunzip | docker load'"]


def once(bench, argv, remote, image):
    sample = bench.run(Command(argv))
    container.docker(bench.docker, "-H", remote, "rmi", image, limit=600)
    return sample


def peak_mib(bench, argv, remote, image):
    sample = bench.run(Command(argv), watch_peak)
    container.docker(bench.docker, "-H", remote, "rmi", image, limit=600)
    return sample.own["peak_kib"] / 1024


@contextlib.contextmanager
def far_side(bench, remote):
    """An sshd whose docker is the second engine's."""
    folder = os.path.join(bench.scratch, "sshd")
    with contextlib.ExitStack() as stack:
        with sshd.replaced(DOCKER_HOST=remote):
            address = stack.enter_context(
                sshd.loopback(folder, bench.docker))
        host, _, port = address.removeprefix("ssh://").rpartition(":")
        with open(f"{folder}/ssh_config", "a", encoding="ascii") as config:
            config.write(f"Port {port}\n")
        yield host


def ours(bench, image, host):
    return [utils(bench), "transfer-image", image, host]


def measure_ways(bench, image, remote, host):
    """Times of transfer-image and of the pipeline, and transfer-image's
    memory."""
    mine = ours(bench, image, host)
    theirs = own_way(bench, image, host)
    peak = peak_mib(bench, mine, remote, image)
    finished = list(rounds.measured(
        [lambda: once(bench, mine, remote, image),
         lambda: once(bench, theirs, remote, image)],
        bench.count(6, 2), "transfer", warmup=1))
    return (column(finished, 0), column(finished, 1)), peak


def measure_change(bench, image, remote, host):
    """Times of all of it and, that being there, of a small change to it."""
    changed = f"{image}-changed"
    make_change(bench, image, changed)

    def change():
        sample = once(bench, ours(bench, changed, host), remote, changed)
        container.docker(bench.docker, "-H", remote, "rmi", image, limit=600)
        return sample

    try:
        count = bench.count(4, 1)
        finished = list(rounds.with_progress(rounds.in_turn(
            [lambda: bench.run(Command(ours(bench, image, host))), change],
            count), count, "change"))
    finally:
        container.docker(bench.docker, "rmi", "-f", changed)
    return column(finished, 0), column(finished, 1)


def measure_transfer(bench):
    image = f"dexec-bench-transfer-{os.getpid()}:1"
    make_image(bench, image, bench.count(IMAGE_MIB, 20) << 20)
    try:
        with second_engine(bench) as remote, far_side(bench, remote) as host:
            return (measure_ways(bench, image, remote, host),
                    measure_change(bench, image, remote, host))
    finally:
        with contextlib.suppress(container.EngineError):
            container.docker(bench.docker, "rmi", "-f", image)


def measure(bench):
    running, reading = measure_small(bench)
    (transfer, peak), change = measure_transfer(bench)
    saved = stats.paired_ratio(*reversed(change))
    figures = [
        result.at_most("run-image minus docker run, of the same argv",
                       stats.paired_difference(*running), RUN_LIMIT_MS, 2,
                       "ms"),
        result.at_most(f"a configuration of {SECTIONS} sections minus one of "
                       "one", stats.paired_difference(*reading),
                       PARSE_LIMIT_MS, 1, "ms"),
        result.at_most(f"transfer-image of {IMAGE_MIB} MiB over docker save | "
                       "gzip | ssh", stats.paired_ratio(*transfer),
                       TRANSFER_LIMIT),
        result.figure("its memory", f"at most {MEMORY_LIMIT_MIB} MiB",
                      f"{table.number(peak, 1)} MiB",
                      peak <= MEMORY_LIMIT_MIB),
        result.figure(f"a change of {CHANGE_MIB} MiB to an image of "
                      f"{IMAGE_MIB} MiB that is there, over all of it", "",
                      table.with_interval(saved, 2), None)]
    tables = [
        result.wall_table("Small ones", ["run-image", "true", "10,000 "
                          "sections", "one section"], [*running, *reading]),
        result.wall_table("Transfers", ["transfer-image",
                          "docker save | gzip | ssh"], transfer, 0),
        result.wall_table("A small change", ["all of it", "the change"],
                          change, 0)]
    return result.section(figures, tables, notes=[NOTE], samples={
        "running": [result.rounded(wall) for wall in running],
        "reading": [result.rounded(wall, 1) for wall in reading],
        "transfer": [result.rounded(wall, 0) for wall in transfer],
        "change": [result.rounded(wall, 0) for wall in change]})
