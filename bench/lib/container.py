# SPDX-License-Identifier: ISC
"""The container to measure in: a busybox one, made for the run and removed."""

import contextlib
import io
import os
import shutil
import subprocess
import tarfile

PASSWD = b"root:x:0:0:root:/root:/bin/sh\n"


class EngineError(Exception):
    """The engine did not do as it was told; the text is docker's."""


def docker(program, *args, data=None, limit=None):
    """One line of docker's output; `data` goes to its stdin. `limit`: seconds
    after which it is an error that there is no answer."""
    try:
        done = subprocess.run([program, *args], input=data,
                              capture_output=True, check=False, timeout=limit)
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"{program} {args[0]}: no answer within "
                          f"{limit} s") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise EngineError(f"{program} {args[0]}: {said}")
    return done.stdout.decode(errors="replace").strip()


def find_busybox():
    path = os.environ.get("BUSYBOX") or shutil.which("busybox")
    if path is None:
        raise EngineError("no busybox here: install busybox-static, "
                          "or name a running container with --container")
    return path


def add_file(archive, name, content, mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = mode
    archive.addfile(entry, io.BytesIO(content))


def add_link(archive, name, target):
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.SYMTYPE
    entry.linkname = target
    archive.addfile(entry)


def applets(busybox):
    """All of them: an ordinary image has what dexec looks for, too."""
    listed = subprocess.run([busybox, "--list"], capture_output=True,
                            check=True, text=True)
    return [name for name in listed.stdout.split() if name != "busybox"]


def root_tree(busybox, files):
    """The image's files as a tar archive."""
    packed = io.BytesIO()
    with open(busybox, "rb") as file:
        program = file.read()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        add_file(archive, "bin/busybox", program, 0o755)
        for applet in applets(busybox):
            add_link(archive, f"bin/{applet}", "busybox")
        add_file(archive, "etc/passwd", PASSWD)
        for path, content in files.items():
            add_file(archive, path.lstrip("/"), content)
    return packed.getvalue()


def make_image(program, image, files=None):
    """Busybox, and `files`: their content by their path."""
    docker(program, "import", "-c", "ENV PATH=/bin", "-", image,
           data=root_tree(find_busybox(), files or {}))


@contextlib.contextmanager
def running(program):
    """The name of a running container that is gone afterwards."""
    name = f"dexec-bench-{os.getpid()}"
    image = f"{name}:1"
    try:
        make_image(program, image)
        docker(program, "run", "-d", "--pull=never", "--network=none",
               "--name", name, image, "sleep", "1000000")
        yield name
    finally:
        for command in (["rm", "-f", name], ["rmi", "-f", image]):
            with contextlib.suppress(EngineError):
                docker(program, *command)
