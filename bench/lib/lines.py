# SPDX-License-Identifier: ISC
"""Numbered lines with checksums, and what became of them on the way. Pure."""

import random
import zlib

PAYLOAD = b"abcdefghijklmnopqrstuvwxyz0123456789" * 12


def make_line(number, length):
    """`number payload checksum`; the checksum is of all before it."""
    words = b"%08d %s" % (number, PAYLOAD[:length])
    return b"%s %08x\n" % (words, zlib.crc32(words))


def make(size, seed=1):
    """Lines of about `size` bytes in all, of changing length; the same for
    the same seed."""
    chance = random.Random(seed)
    lines, total = [], 0
    while total < size:
        lines.append(make_line(len(lines), chance.randrange(20, 400)))
        total += len(lines[-1])
    return b"".join(lines)


def is_whole(line):
    """Its checksum is right."""
    words, _, checksum = line.rstrip(b"\n").rpartition(b" ")
    return checksum == b"%08x" % zlib.crc32(words)


def check(stream, expected, separator):
    """What arrived on `stream`, an iterable of lines, each a name, the
    separator and a line: each name has to have all the expected lines, in
    order and byte for byte. Returns counts; `lines` are those that fit."""
    wanted = expected.splitlines(keepends=True)
    index = {}
    right = bad = 0
    for line in stream:
        name, _, rest = line.partition(separator)
        number = index.get(name, 0)
        if number < len(wanted) and rest == wanted[number]:
            index[name] = number + 1
            right += 1
        elif is_whole(rest) and rest in wanted:
            # Whole, but not its turn: what lies between is lost.
            index[name] = wanted.index(rest) + 1
            bad += 1
        else:
            bad += 1
    return {"names": sum(1 for count in index.values() if count),
            "lines": right, "bad": bad,
            "complete": sum(count == len(wanted) for count in index.values())}
