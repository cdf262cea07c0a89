# SPDX-License-Identifier: ISC
"""The pictures: grouped bars, or curves, with their intervals, drawn by
gnuplot."""

import subprocess

COLOURS = ("#9e9e9e", "#1565c0", "#64b5f6", "#ef6c00", "#7cb342")

SETTINGS = """\
set terminal svg noenhanced size 820,440 font 'sans-serif,13' background 'white'
set ylabel 'wall time in ms: median and its 95 % interval'
set yrange [0:*]
set grid ytics
set xtics scale 0
set key outside top center horizontal reverse Left
"""

BARS = """\
set style data histogram
set style histogram errorbars gap 1 linewidth 1
set style fill solid noborder
set boxwidth 0.9
set errorbars linecolor rgb 'black'
"""


class ChartError(Exception):
    """There is no picture; the text says why."""


def quoted(text):
    """A gnuplot string in single quotes, where only the quote is special."""
    return "'" + text.replace("'", "''") + "'"


def triple(value):
    """An estimate as gnuplot wants it: the middle, then both ends."""
    middle = value["median"]
    low, high = value["interval"] or (middle, middle)
    return [str(middle), str(low), str(high)]


def data_line(group):
    fields = [f'"{group["group"]}"']
    for value in group["values"]:
        fields += triple(value)
    return " ".join(fields)


def curves_script(found):
    """Pure: the gnuplot commands for lib.result's `curves`."""
    lines = [SETTINGS + f"set xlabel {quoted(found['label'])}"]
    for index, curve in enumerate(found["curves"]):
        lines.append(f"$data{index} << EOD")
        lines += [" ".join([str(place), *triple(value)])
                  for place, value in curve["points"]]
        lines.append("EOD")
    places = [place for place, _ in found["curves"][0]["points"]]
    lines.append(f"set xtics ({', '.join(map(str, places))})")
    lines.append(f"set xrange [0:{max(places) * 1.05:g}]")
    plots = [f"$data{index} using 1:2:3:4 title {quoted(curve['name'])} "
             "with yerrorlines pointtype 7 pointsize 0.5 linewidth 1.5 "
             f"linecolor rgb '{COLOURS[index % len(COLOURS)]}'"
             for index, curve in enumerate(found["curves"])]
    lines.append("plot " + ", \\\n     ".join(plots))
    return "\n".join(lines) + "\n"


def bars_script(bars):
    """Pure: the gnuplot commands for lib.result's `bars`."""
    lines = [SETTINGS + BARS + "$data << EOD"]
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


def can_draw(entry):
    return "bars" in entry or "curves" in entry


def draw(entry, path):
    """The picture of a section that has one."""
    script = (bars_script(entry["bars"]) if "bars" in entry
              else curves_script(entry["curves"]))
    try:
        done = subprocess.run(["gnuplot", "-"], input=script, text=True,
                              capture_output=True, check=False)
    except OSError as error:
        raise ChartError(f"cannot run gnuplot: {error.strerror}") from error
    if done.returncode != 0:
        raise ChartError(f"gnuplot: {done.stderr.strip()}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(done.stdout)
