# SPDX-License-Identifier: ISC
"""What a section gets: the two programs, the container, and how to run them."""

import os
from dataclasses import dataclass, replace

from lib import measure
from lib.fleet import Fleet


class CommandFailed(Exception):
    """A measured command failed, which leaves nothing to compare."""


@dataclass
class Bench:
    dexec: str                # path of the program under test
    docker: str               # the docker program it is compared with
    container: str
    scratch: str              # a directory for the section's files
    fleet: Fleet              # more containers, for those who need many
    quick: bool = False

    def by_docker(self, *command, options=()):
        return [self.docker, "exec", *options, self.container, *command]

    def by_dexec(self, *command, options=(), exec_options=()):
        return [self.dexec, *options, self.container, "exec", *exec_options,
                *command]

    def count(self, full, quick):
        """How many runs."""
        return quick if self.quick else full

    def run(self, command, watch=None, reader=None):
        """measure.run, with a failing command's own words as the error."""
        # Unbuffered: the offset is shared with the command.
        with open(os.path.join(self.scratch, "stderr"), "w+b",
                  buffering=0) as errors:
            command = replace(command, stderr=errors.fileno())
            try:
                sample = (measure.run_piped(command, reader, watch) if reader
                          else measure.run(command, watch))
            except OSError as error:
                raise CommandFailed(
                    f"cannot run {command.argv[0]}: {error.strerror}"
                ) from error
            if sample.status != 0:
                errors.seek(0)
                said = errors.read(500).decode(errors="replace").strip()
                raise CommandFailed(f"{' '.join(command.argv)}: status "
                                    f"{sample.status}: {said}")
        return sample

    def output(self, argv):
        """What it prints, as text."""
        with open(os.path.join(self.scratch, "stdout"), "w+b",
                  buffering=0) as out:
            self.run(measure.Command(argv, stdout=out.fileno()))
            out.seek(0)
            return out.read().decode(errors="replace")

    def action(self, argv, watch=None):
        """A callable for rounds.in_turn; output goes to /dev/null."""
        return lambda: self.run(measure.Command(argv), watch)


def column(finished, index, what=lambda sample: sample.wall_ms):
    """One action's values out of finished rounds."""
    return [what(results[index]) for results in finished]
