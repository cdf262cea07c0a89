# SPDX-License-Identifier: ISC
"""What the benchmark programs share: measuring, statistics, tables, the report."""
