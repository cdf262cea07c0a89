# SPDX-License-Identifier: ISC
"""The sections of `bench/run`, in the order of the report.

A section is a module with NAME (its word on the command line), TITLE, and
measure(bench), which returns lib.result.section(...). To add one: write the
module and add it to ALL.
"""

from sections import own, startup, thousand, throughput, ways

ALL = (startup, ways, own, throughput, thousand)
