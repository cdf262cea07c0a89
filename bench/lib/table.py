# SPDX-License-Identifier: ISC
"""Tables and numbers as text."""

DASH = "–"


def cell_widths(head, rows):
    return [max(len(str(row[i])) for row in [head, *rows])
            for i in range(len(head))]


def plain(head, rows):
    """Columns for a terminal: the first to the left, numbers to the right."""
    widths = cell_widths(head, rows)
    lines = []
    for row in [head, *rows]:
        cells = [str(row[0]).ljust(widths[0])]
        cells += [str(c).rjust(w) for c, w in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(head, rows):
    # A column of a bar inside a cell would end the cell.
    lines = ["| " + " | ".join(head) + " |",
             "|---" + "|---:" * (len(head) - 1) + "|"]
    for row in rows:
        cells = [str(cell).replace("|", "\\|") for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def number(value, digits=2):
    return f"{value:.{digits}f}"


def with_interval(estimate, digits=2, unit=""):
    """`1.013 [1.004, 1.021]`; the interval is missing below six samples."""
    text = number(estimate["median"], digits)
    if estimate["interval"] is not None:
        low, high = estimate["interval"]
        text += f" [{number(low, digits)}, {number(high, digits)}]"
    return text + (f" {unit}" if unit else "")


SUMMARY_HEAD = ["min", "median", "mean", "p95", "max"]


def summary_cells(summary, digits=2):
    return [number(summary[key], digits) for key in SUMMARY_HEAD]
