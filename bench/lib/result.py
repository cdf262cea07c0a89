# SPDX-License-Identifier: ISC
"""What a section hands back, as plain data: it is kept as JSON, and the report
is drawn from that, so that one section can be measured again alone."""

from lib import stats, table


def section(figures, tables, **more):
    """more: `notes` (paragraphs), `bars` or `curves` (for the picture),
    `samples`."""
    return {"figures": figures, "tables": tables, **more}


def figure(what, asked, measured, met):
    """One row of the first table; met is None where nothing was asked."""
    return {"what": what, "asked": asked, "measured": measured, "met": met}


def at_most(what, estimate, limit, digits=2, unit=""):
    return figure(what, f"at most {limit:g} {unit}".strip(),
                  table.with_interval(estimate, digits, unit),
                  estimate["median"] <= limit)


def at_least(what, estimate, limit, digits=2, unit=""):
    return figure(what, f"at least {limit:g} {unit}".strip(),
                  table.with_interval(estimate, digits, unit),
                  estimate["median"] >= limit)


def largest(what, values, limit, digits=2, unit=""):
    """Where the limit is on every run, so that there is no interval."""
    return figure(what, f"at most {limit:g} {unit}".strip(),
                  f"{table.number(max(values), digits)} {unit}".strip(),
                  max(values) <= limit)


def rows(title, head, cells):
    return {"title": title, "head": head, "rows": cells}


def wall_table(title, names, columns, digits=2):
    """The usual table: min ... max of each, in ms."""
    return rows(title, ["ms", *table.SUMMARY_HEAD],
                [[name, *table.summary_cells(stats.summary(values), digits)]
                 for name, values in zip(names, columns)])


def rounded(values, digits=3):
    """Samples for the record."""
    return [round(value, digits) for value in values]


def comparisons(title, entries):
    """entries: (what, first, second); each row says first/second and
    first-second in ms."""
    cells = [[what, table.with_interval(stats.paired_ratio(first, second), 3),
              table.with_interval(stats.paired_difference(first, second))]
             for what, first, second in entries]
    return rows(title, ["median [95 % interval]", "ratio", "difference, ms"],
                cells)
