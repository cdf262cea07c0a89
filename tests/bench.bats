#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The benchmark's own arithmetic, and its command line.

# shellcheck disable=SC2154 # from the Makefile
bench=$top_srcdir/bench

@test "bench: medians, intervals and ratios are what they should be" {
	/usr/bin/python3 "$bench/test_stats.py"
}

@test "bench: two commands in turn, with a table and both exports" {
	cd "$BATS_TEST_TMPDIR"
	run "$bench/benchmark" -c1 true -c2 'sleep 0.01' -n 6 --warmup 1 \
	    --export-json out.json --export-csv out.csv
	[ "$status" -eq 0 ]
	[[ $output == *median* && $output == *ratio* ]]
	/usr/bin/python3 -m json.tool out.json >/dev/null
	[ -s out.csv ]
}

@test "bench: a command that fails is told and fails the run" {
	run "$bench/benchmark" -c1 false -c2 true -n 2 --warmup 0
	[ "$status" -eq 1 ]
}
