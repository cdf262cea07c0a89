# SPDX-License-Identifier: ISC
"""The picture: grouped bars with their intervals, drawn by gnuplot."""

import subprocess

COLOURS = ("#9e9e9e", "#1565c0", "#64b5f6", "#ef6c00")

SETTINGS = """\
set terminal svg noenhanced size 820,440 font 'sans-serif,13' background 'white'
set style data histogram
set style histogram errorbars gap 1 linewidth 1
set style fill solid noborder
set boxwidth 0.9
set ylabel 'wall time in ms: median and its 95 % interval'
set yrange [0:*]
set grid ytics
set xtics scale 0
set errorbars linecolor rgb 'black'
set key outside top center horizontal reverse Left
"""


class ChartError(Exception):
    """There is no picture; the text says why."""


def quoted(text):
    """A gnuplot string in single quotes, where only the quote is special."""
    return "'" + text.replace("'", "''") + "'"


def data_line(group):
    fields = [f'"{group["group"]}"']
    for value in group["values"]:
        middle = value["median"]
        low, high = value["interval"] or (middle, middle)
        fields += [str(middle), str(low), str(high)]
    return " ".join(fields)


def script(bars):
    """Pure: the gnuplot commands for lib.result's `bars`."""
    lines = [SETTINGS + "$data << EOD"]
    lines += [data_line(group) for group in bars["groups"]]
    lines.append("EOD")
    # The groups stand at 0, 1, ...
    lines.append(f"set xrange [-0.6:{len(bars['groups']) - 0.4:.1f}]")
    plots = []
    for index, name in enumerate(bars["names"]):
        first = 2 + 3 * index
        plots.append(f"$data using {first}:{first + 1}:{first + 2}:xtic(1) "
                     f"title {quoted(name)} "
                     f"linecolor rgb '{COLOURS[index % len(COLOURS)]}'")
    lines.append("plot " + ", \\\n     ".join(plots))
    return "\n".join(lines) + "\n"


def draw(bars, path):
    try:
        done = subprocess.run(["gnuplot", "-"], input=script(bars), text=True,
                              capture_output=True, check=False)
    except OSError as error:
        raise ChartError(f"cannot run gnuplot: {error.strerror}") from error
    if done.returncode != 0:
        raise ChartError(f"gnuplot: {done.stderr.strip()}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(done.stdout)
