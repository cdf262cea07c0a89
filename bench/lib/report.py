# SPDX-License-Identifier: ISC
"""RESULTS.md, drawn from what the sections left in results.json. Pure: plain
data in, text out."""

from lib import table

INTRODUCTION = """\
# Measured results

Written by `make bench`; do not edit. Every comparison is made in turn, pair by
pair, with the order changed from pair to pair, and said as the median with the
95 % interval of the median in brackets (order statistics, no outlier dropped).
Whether a figure is met is judged by the median, so an interval that reaches
over the limit leaves it open.
"""

REPRODUCE = """\
## How to reproduce

    make bench                          # everything, about 40 minutes
    make bench BENCH_QUICK=1            # a glance, not for the record
    DEXEC=./dexec bench/run startup     # one section; the others are kept
    bench/run --list                    # the sections

It takes a running engine (`DOCKER_HOST` as usual), a docker client,
busybox-static, python3-docker, gnuplot, clustershell, parallel and
openssh-server, and wants a machine with nothing else to do. It makes two images
and up to 301 containers and removes them. How a command ends, and the agent of
a warm connection, are seen in the container's /proc, which takes root and an
engine on the same machine. A dexec that is not installed finds its keeper and
agent by `DEXEC_LIBEXEC_DIR`. The samples are in `results.json`.
"""


def verdict(met):
    return {True: "yes", False: "**no**", None: table.DASH}[met]


def figure_rows(sections, found):
    rows = []
    for section in sections:
        entry = found.get(section.NAME, {"failed": "not run yet"})
        if "failed" in entry:
            rows.append([section.TITLE, "", "not measured", "**no**"])
            continue
        rows += [[figure["what"], figure["asked"], figure["measured"],
                  verdict(figure["met"])] for figure in entry["figures"]]
    return rows


def figures_part(sections, found):
    head = ["figure", "asked", "measured", "met?"]
    return table.markdown(head, figure_rows(sections, found)) + "\n"


def when(entry):
    quick = ", a **quick** run with too few samples" if entry["quick"] else ""
    return (f"Measured on {entry['date']}{quick}; load average before: "
            f"{entry['load']}.")


def section_part(section, entry, show_machine):
    parts = [f"## {section.TITLE}\n", when(entry) + "\n"]
    if show_machine:
        parts.append(f"Machine: {entry['machine']}.\n")
    if "failed" in entry:
        parts.append(f"Not measured: {entry['failed']}\n")
        return "\n".join(parts)
    parts += [note + "\n" for note in entry.get("notes", [])]
    if "picture" in entry:
        parts.append(f"![{section.TITLE}]({entry['picture']})\n")
    for part in entry["tables"]:
        parts.append(f"{part['title']}:\n")
        parts.append(table.markdown(part["head"], part["rows"]) + "\n")
    return "\n".join(parts)


def render(sections, found):
    """The whole page; sections give order and titles, found the content."""
    shown = [section for section in sections if section.NAME in found]
    machines = sorted({found[section.NAME]["machine"] for section in shown})
    parts = [INTRODUCTION]
    if len(machines) == 1:
        parts.append(f"Machine: {machines[0]}.\n")
    parts.append(figures_part(sections, found))
    parts += [section_part(section, found[section.NAME], len(machines) > 1)
              for section in shown]
    parts.append(REPRODUCE)
    return "\n".join(parts)


def for_terminal(sections, found):
    """The first table alone."""
    return table.plain(["figure", "asked", "measured", "met?"],
                       figure_rows(sections, found))
