# SPDX-License-Identifier: ISC
"""Statistics of timings. Pure: lists of numbers in, numbers out.

Timings have a long right tail, so everything is said in medians, and the
intervals are distribution-free: they are order statistics of the sample, with
the coverage taken from the binomial distribution. Nothing is drawn at random,
so the same samples always give the same report.
"""

import math


def quantile(values, q):
    """The q-quantile (0..1), interpolated between the two nearest samples."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("quantile of no values")
    place = q * (len(ordered) - 1)
    low = math.floor(place)
    high = math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values):
    return quantile(values, 0.5)


def mean(values):
    return math.fsum(values) / len(values)


def summary(values):
    """The row of a table: n, min, median, mean, p95, max."""
    return {
        "n": len(values),
        "min": min(values),
        "median": median(values),
        "mean": mean(values),
        "p95": quantile(values, 0.95),
        "max": max(values),
    }


def interval_rank(count, level=0.95):
    """The largest k for which the k-th smallest and the k-th largest of count
    samples hold the median between them with at least this probability; 0
    when even the smallest and the largest do not (fewer than 6 at 95 %)."""
    # Outside the interval means that fewer than k samples lie on one side of
    # the median; each side has probability 1/2, so both tails are equal.
    allowed = (1 - level) / 2 * 2 ** count
    tail = 0
    for k in range(1, count // 2 + 1):
        tail += math.comb(count, k - 1)
        if tail > allowed:
            return k - 1
    return count // 2


def median_interval(values, level=0.95):
    """(low, high) around the median, or None when there are too few samples."""
    rank = interval_rank(len(values), level)
    if rank == 0:
        return None
    ordered = sorted(values)
    return ordered[rank - 1], ordered[-rank]


def estimate(values):
    """The median with its interval: what every comparison is reported as."""
    return {"median": median(values), "interval": median_interval(values),
            "n": len(values)}


def paired_ratio(first, second):
    """first/second, pair by pair. A pair ran side by side, so what slowed the
    machine down for a while slowed both and cancels out."""
    return estimate([a / b for a, b in zip(first, second, strict=True)])


def paired_difference(first, second):
    """first-second, pair by pair, in the unit of the input."""
    return estimate([a - b for a, b in zip(first, second, strict=True)])
