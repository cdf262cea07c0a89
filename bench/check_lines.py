#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Read many targets' lines on standard input and say what arrived, as JSON.

    check_lines.py FILE SEPARATOR

FILE has what each target printed, SEPARATOR stands between name and line."""

import json
import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from lib import lines  # noqa: E402

with open(sys.argv[1], "rb") as file:
    EXPECTED = file.read()
print(json.dumps(lines.check(sys.stdin.buffer, EXPECTED,
                             sys.argv[2].encode())))
