# SPDX-License-Identifier: ISC
"""The sections of `bench/run`, in the order of the report.

A section is a module with NAME (its word on the command line), TITLE, and
measure(bench), which returns lib.result.section(...). To add one: write the
module and add it to ALL.
"""

from sections import (dodo, ending, fanout, flood, images, interrupt, own,
                      select, startup, thousand, throughput, warm, warm_faults,
                      warm_load, ways)

# Those that want many containers come last, the most of them at the end:
# what has been started for one is there for the next.
ALL = (startup, ways, own, throughput, thousand, warm, warm_load,
       warm_faults, dodo, images, ending, fanout, interrupt, flood, select)
