# SPDX-License-Identifier: ISC
"""results.json: what was measured, section by section."""

import json
import os


class StoreError(Exception):
    """The file cannot be read or written; the text says why."""


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {path}: {error}") from error


def write_whole(path, text):
    """Under a temporary name first, so that an interrupted write leaves the
    old file."""
    temporary = f"{path}.new"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def on_one_line(values):
    return isinstance(values, list) and all(
        not isinstance(value, (list, dict)) for value in values)


def dump(value, indent=""):
    """JSON with a list of plain values on one line, so that a new run is a
    short diff."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        lines = [f"{inner}{json.dumps(key)}: {dump(item, inner)}"
                 for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + "\n" + indent + "}"
    if isinstance(value, list) and not on_one_line(value):
        lines = [inner + dump(item, inner) for item in value]
        return "[\n" + ",\n".join(lines) + "\n" + indent + "]"
    return json.dumps(value, ensure_ascii=False)


def save(path, found):
    write_whole(path, dump(found) + "\n")
