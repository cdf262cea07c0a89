# SPDX-License-Identifier: ISC
"""Run several things in turn, so that none has the machine to itself."""

import itertools
import sys


def orders(count):
    """The orders of rounds, for ever: 01 10 10 01 for two. Over 2*count rounds
    each comes as often in each place, and before as often as after each
    other."""
    start = 0
    while True:
        order = [(start + place) % count for place in range(count)]
        yield order
        yield order[::-1]
        start += 1


def in_turn(actions, count, balanced=False):
    """Yield one list of results a round, in the order of the actions. With
    balanced they are run in changing order, so that neither the place in the
    round nor what ran before favours one. A generator: what is finished stays
    with the caller when a round is interrupted."""
    same = list(range(len(actions)))
    plan = orders(len(actions)) if balanced else itertools.repeat(same)
    for order in itertools.islice(plan, count):
        results = [None] * len(actions)
        for index in order:
            results[index] = actions[index]()
        yield results


def with_progress(rounds, count, label):
    """The same rounds, counted on stderr if that is a terminal."""
    show = sys.stderr.isatty()
    try:
        for number, results in enumerate(rounds, 1):
            if show:
                print(f"\r{label}: {number}/{count} ", end="",
                      file=sys.stderr, flush=True)
            yield results
    finally:
        if show:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def measured(actions, count, label, warmup=2):
    """What a section does: some rounds thrown away, then balanced rounds with
    their progress shown."""
    for _ in in_turn(actions, warmup):
        pass
    yield from with_progress(in_turn(actions, count, balanced=True), count,
                             label)
