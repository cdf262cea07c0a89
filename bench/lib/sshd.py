# SPDX-License-Identifier: ISC
"""An sshd on the loopback interface, and an `ssh` that finds it: what `docker
-H ssh://` takes. All of it lies in one directory and ends with the benchmark."""

import contextlib
import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess

from lib import container, inside

SBIN = "/usr/sbin:/usr/local/sbin:/sbin"
PRIVILEGE_SEPARATION = "/run/sshd"
PATIENCE = 10

SERVER = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile {folder}/sshd.pid
StrictModes no
UsePAM no
MaxStartups 100
MaxSessions 100
SetEnv {environment}
"""

CLIENT = """\
Host *
IdentityFile {folder}/user
IdentitiesOnly yes
UserKnownHostsFile {folder}/known
BatchMode yes
LogLevel ERROR
"""


def key(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path],
                   check=True, stdin=subprocess.DEVNULL)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def write(path, text, mode=0o600):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def remote_environment(folder, docker):
    """So that docker on the other side is ours and finds our engine, and no
    start-up file of the user's shell takes part, which can be slow."""
    words = [f"PATH={os.path.dirname(docker)}:/usr/local/bin:/usr/bin:/bin",
             f"HOME={folder}/home"]
    if os.environ.get("DOCKER_HOST"):
        words.append(f"DOCKER_HOST={os.environ['DOCKER_HOST']}")
    return " ".join(f'"{word}"' for word in words)


def configure(folder, docker, port):
    key(f"{folder}/host")
    key(f"{folder}/user")
    with open(f"{folder}/host.pub", encoding="ascii") as file:
        write(f"{folder}/known", f"[127.0.0.1]:{port} {file.read()}")
    write(f"{folder}/sshd_config", SERVER.format(
        folder=folder, port=port, environment=remote_environment(
            folder, docker)))
    write(f"{folder}/ssh_config", CLIENT.format(folder=folder))
    os.makedirs(f"{folder}/bin")
    write(f"{folder}/bin/ssh",
          f"#!/bin/sh\nexec {shlex.quote(shutil.which('ssh'))} "
          f"-F {shlex.quote(folder)}/ssh_config \"$@\"\n", 0o755)


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def privilege_separation():
    """The directory that sshd wants of root, where it is missing."""
    ours = os.geteuid() == 0 and not os.path.isdir(PRIVILEGE_SEPARATION)
    if ours:
        os.mkdir(PRIVILEGE_SEPARATION, 0o755)
    try:
        yield
    finally:
        if ours:
            os.rmdir(PRIVILEGE_SEPARATION)


@contextlib.contextmanager
def replaced(**values):
    """Variables of our environment, for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def end(server):
    """With the sessions, which are its children's: they end with the
    connections."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextlib.contextmanager
def loopback(folder, docker):
    """The address to give to docker's -H while it is there."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:{SBIN}")
    if program is None or shutil.which("ssh") is None:
        raise container.EngineError("no sshd and ssh here")
    port = free_port()
    os.mkdir(folder, 0o700)
    os.mkdir(f"{folder}/home", 0o700)
    configure(folder, docker, port)
    with privilege_separation():
        server = subprocess.Popen(
            [program, "-D", "-f", f"{folder}/sshd_config", "-E",
             f"{folder}/log"], stdin=subprocess.DEVNULL,
            start_new_session=True)
        try:
            if inside.wait_for(lambda: answers(port), PATIENCE) is None:
                raise container.EngineError("sshd does not answer")
            with replaced(PATH=f"{folder}/bin:{os.environ['PATH']}",
                          HOME=f"{folder}/home"):
                user = pwd.getpwuid(os.geteuid()).pw_name
                yield f"ssh://{user}@127.0.0.1:{port}"
        finally:
            end(server)
