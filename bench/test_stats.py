#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Tests of the statistics, the turn-taking, the checking of lines, the judging
of storms and the measuring itself."""

import os
import signal
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from lib import (chart, fleet, inside, lines, measure,  # noqa: E402
                 result, rounds, stats, storm, table)
from lib.live import Live  # noqa: E402


class Quantiles(unittest.TestCase):
    def test_median_of_odd_and_even(self):
        self.assertEqual(stats.median([3, 1, 2]), 2)
        self.assertEqual(stats.median([4, 1, 2, 3]), 2.5)

    def test_one_value_is_every_quantile(self):
        self.assertEqual(stats.quantile([7], 0.95), 7)

    def test_p95_is_interpolated(self):
        self.assertAlmostEqual(stats.quantile(range(101), 0.95), 95)
        self.assertAlmostEqual(stats.quantile([0, 10], 0.95), 9.5)

    def test_nothing_has_no_quantile(self):
        with self.assertRaises(ValueError):
            stats.quantile([], 0.5)

    def test_summary(self):
        self.assertEqual(stats.summary([1, 2, 6]), {
            "n": 3, "min": 1, "median": 2, "mean": 3, "p95": 5.6, "max": 6})


class Intervals(unittest.TestCase):
    def test_ranks_as_in_the_published_tables(self):
        # Order statistics of a two-sided 95 % interval of the median.
        for count, rank in ((5, 0), (6, 1), (8, 1), (9, 2), (10, 2), (20, 6),
                            (30, 10), (60, 22), (100, 40)):
            self.assertEqual(stats.interval_rank(count), rank, count)

    def test_lower_level_is_narrower(self):
        self.assertGreater(stats.interval_rank(60, 0.5),
                           stats.interval_rank(60, 0.95))

    def test_too_few_have_none(self):
        self.assertIsNone(stats.median_interval([1, 2, 3, 4, 5]))

    def test_six_span_all(self):
        self.assertEqual(stats.median_interval([6, 5, 4, 3, 2, 1]), (1, 6))

    def test_an_outlier_does_not_move_it(self):
        calm = list(range(30))
        self.assertEqual(stats.median_interval(calm),
                         stats.median_interval(calm[:-1] + [10 ** 6]))


class Pairs(unittest.TestCase):
    def test_ratio_and_difference_are_taken_pair_by_pair(self):
        # A machine that slows down tenfold half way: the ratio stays.
        first, second = [2, 4, 20, 40], [1, 2, 10, 20]
        self.assertEqual(stats.paired_ratio(first, second)["median"], 2)
        self.assertEqual(stats.paired_difference(first, second)["median"], 6)

    def test_unequal_lengths_are_refused(self):
        with self.assertRaises(ValueError):
            stats.paired_ratio([1, 2], [1])


class Turns(unittest.TestCase):
    def run_rounds(self, names, count, balanced):
        log = []
        actions = [lambda n=name: log.append(n) or n for name in names]
        results = list(rounds.in_turn(actions, count, balanced))
        return "".join(log), results

    def test_in_turn(self):
        log, results = self.run_rounds("ab", 3, False)
        self.assertEqual(log, "ababab")
        self.assertEqual(results, [["a", "b"]] * 3)

    def test_balanced_results_keep_their_place(self):
        log, results = self.run_rounds("ab", 4, True)
        self.assertEqual(log, "ab" "ba" "ba" "ab")
        self.assertEqual(results, [["a", "b"]] * 4)

    def test_three_take_every_order(self):
        log, _ = self.run_rounds("abc", 6, True)
        self.assertEqual({log[i:i + 3] for i in range(0, 18, 3)},
                         {"abc", "cba", "bca", "acb", "cab", "bac"})

    def test_four_come_as_often_in_each_place(self):
        log, _ = self.run_rounds("abcd", 8, True)
        for place in range(4):
            self.assertEqual(sorted(log[place::4]), list("aabbccdd"))


class Storms(unittest.TestCase):
    """Two containers had the name, one after the other."""

    SPANS = [storm.Span("aaaa1", 0, 10), storm.Span("bbbb2", 9)]

    def called(self, status=0, output=b"done 1\n", endless=False, begun=11):
        return storm.Called(1, begun, begun + 1, status, output, b"", endless)

    def judged(self, called, *hosts):
        with tempfile.TemporaryDirectory() as log:
            load = storm.Load("dexec", "C", log)
            load.called = [called]
            if hosts:
                with open(os.path.join(log, "1"), "w",
                          encoding="ascii") as file:
                    file.writelines(host + "\n" for host in hosts)
            wrong, _ = storm.judge(load, self.SPANS)
        return sorted(what for what, count in wrong.items() if count)

    def test_all_is_well(self):
        self.assertEqual(self.judged(self.called(), "bbbb"), [])
        self.assertEqual(self.judged(self.called(125, b"")), [])

    def test_twice(self):
        self.assertEqual(self.judged(self.called(), "bbbb", "bbbb"), ["twice"])
        self.assertEqual(self.judged(self.called(125), "bbbb", "bbbb"),
                         ["twice"])

    def test_in_a_container_that_had_the_name_before(self):
        self.assertEqual(self.judged(self.called(), "aaaa"), ["elsewhere"])
        self.assertEqual(self.judged(self.called(begun=9.5), "aaaa"), [])

    def test_lost_without_a_word(self):
        self.assertEqual(self.judged(self.called()), ["silent"])
        self.assertEqual(self.judged(self.called(output=b""), "bbbb"),
                         ["silent"])
        self.assertEqual(self.judged(self.called(endless=True), "bbbb"),
                         ["silent"])

    def test_without_an_end(self):
        self.assertEqual(self.judged(self.called(None, b""), "bbbb"), ["hung"])


class Tables(unittest.TestCase):
    def test_columns_line_up(self):
        self.assertEqual(table.plain(["a", "n"], [["long", 1], ["b", 22]]),
                         "a      n\nlong   1\nb     22")

    def test_a_bar_in_a_cell_does_not_end_it(self):
        self.assertIn("a \\| b", table.markdown(["x"], [["a | b"]]))

    def test_interval_is_left_out_when_there_is_none(self):
        self.assertEqual(
            table.with_interval({"median": 1, "interval": None}, 1), "1.0")
        self.assertEqual(
            table.with_interval({"median": 1, "interval": (0, 2)}, 1, "ms"),
            "1.0 [0.0, 2.0] ms")


class Measuring(unittest.TestCase):
    def shell(self, script, **streams):
        return measure.Command(["sh", "-c", script], **streams)

    def test_status_is_the_shells(self):
        self.assertEqual(measure.run(self.shell("exit 3")).status, 3)
        self.assertEqual(measure.run(self.shell("kill -9 $$")).status,
                         128 + signal.SIGKILL)

    def test_no_such_program(self):
        with self.assertRaises(FileNotFoundError):
            measure.run(measure.Command(["/nonexistent/program"]))

    def test_sigpipe_is_not_ignored(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        sample = measure.run(self.shell("echo x; exit 7", stdout=write_end))
        os.close(write_end)
        self.assertEqual(sample.status, 128 + signal.SIGPIPE)

    def test_piped_run_waits_for_the_reader(self):
        read_end, write_end = os.pipe()
        measure.run_piped(self.shell("echo 12345"),
                          measure.Command(["wc", "-c"], stdout=write_end))
        os.close(write_end)
        with os.fdopen(read_end) as counted:
            self.assertEqual(counted.read().strip(), "6")

    def test_own_cpu_leaves_children_out(self):
        busy = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"
        sample = measure.run(self.shell(f"sh -c '{busy}'; true"),
                             measure.watch_cpu)
        everything = sample.user_ms + sample.sys_ms
        self.assertLess(sample.own["cpu_ms"], everything / 2)

    def test_own_peak_is_seen_and_leaves_children_out(self):
        # dd holds one block of 32 MiB. The pause is not waited on: it keeps
        # the process alive until the watch has taken hold of it.
        block = "dd if=/dev/zero of=/dev/null bs=32M count=1"
        child = measure.run(self.shell(f"sleep 0.05; {block}; true"),
                            measure.watch_peak)
        itself = measure.run(self.shell(f"sleep 0.05; exec {block}"),
                             measure.watch_peak)
        self.assertLess(child.own["peak_kib"], 16 * 1024)
        self.assertGreater(itself.own["peak_kib"], 32 * 1024)


class Lines(unittest.TestCase):
    CONTENT = lines.make(2000)

    def check(self, *arrived):
        return lines.check(arrived, self.CONTENT, b": ")

    def named(self, name):
        return [name + b": " + line
                for line in self.CONTENT.splitlines(keepends=True)]

    def test_about_as_long_as_asked_and_always_the_same(self):
        self.assertGreaterEqual(len(self.CONTENT), 2000)
        self.assertLess(len(self.CONTENT), 2500)
        self.assertEqual(self.CONTENT, lines.make(2000))

    def test_each_line_has_its_checksum(self):
        for line in self.CONTENT.splitlines(keepends=True):
            self.assertTrue(lines.is_whole(line))
        self.assertFalse(lines.is_whole(line.replace(b"a", b"b")))

    def test_two_names_mixed_are_whole(self):
        mixed = [line for pair in zip(self.named(b"a"), self.named(b"b"))
                 for line in pair]
        count = len(self.CONTENT.splitlines())
        self.assertEqual(self.check(*mixed), {
            "names": 2, "lines": 2 * count, "bad": 0, "complete": 2})

    def test_a_lost_line(self):
        arrived = self.named(b"a")
        del arrived[3]
        found = self.check(*arrived)
        self.assertEqual((found["bad"], found["lines"]),
                         (1, len(arrived) - 1))

    def test_a_doubled_line(self):
        arrived = self.named(b"a")
        found = self.check(*arrived[:2], *arrived[1:])
        self.assertEqual((found["bad"], found["lines"]), (1, len(arrived)))

    def test_a_torn_line(self):
        first, second, *rest = self.named(b"a")
        found = self.check(first[:30], b"b: x\n", first[30:], second, *rest)
        self.assertGreaterEqual(found["bad"], 3)

    def test_a_lost_end_is_not_complete(self):
        found = self.check(*self.named(b"a")[:-1])
        self.assertEqual((found["bad"], found["complete"]), (0, 0))


class Fleets(unittest.TestCase):
    def test_the_first_carry_the_label_of_each_size_they_are_in(self):
        self.assertIn(f"--label={fleet.label(5)}", fleet.label_options(5))
        self.assertNotIn(f"--label={fleet.label(5)}", fleet.label_options(6))
        self.assertIn(f"--label={fleet.label(300)}", fleet.label_options(300))


class Pictures(unittest.TestCase):
    def test_curves_have_a_block_each_and_all_places(self):
        point = stats.estimate([1, 2, 3, 4, 5, 6])
        script = chart.curves_script({"label": "n", "curves": [
            {"name": "it's", "points": [[5, point], [50, point]]}]})
        self.assertIn("50 3.5 1 6", script)
        self.assertIn("'it''s'", script)
        self.assertIn("set xtics (5, 50)", script)


class Figures(unittest.TestCase):
    def test_the_largest_counts(self):
        self.assertTrue(result.largest("x", [1, 2], 2)["met"])
        self.assertFalse(result.largest("x", [1, 3], 2)["met"])


class Living(unittest.TestCase):
    def test_the_end_is_timed_when_it_is_not_when_asked(self):
        with Live(["sh", "-c", "echo ready; kill -TERM $$"]) as live:
            live.until_ready()
            live.watcher.join()
            ended, status = live.ended()
            self.assertEqual(status, 128 + signal.SIGTERM)
            self.assertEqual(ended, live.over)

    def test_closing_its_terminal_ends_it(self):
        with Live(["sh", "-c", "echo ready; sleep 20; true"], True) as live:
            live.until_ready()
            live.close_output()
            self.assertEqual(live.ended()[1], 128 + signal.SIGHUP)

    def test_one_that_does_not_get_ready_is_told(self):
        with Live(["true"]) as live, self.assertRaises(measure.ProbeError):
            live.until_ready()

    def test_we_are_no_container(self):
        self.assertFalse(inside.is_first(os.getpid()))
        self.assertFalse(inside.is_first(0))

    def test_what_never_comes_is_given_up(self):
        self.assertIsNone(inside.wait_for(lambda: False, 0.01))


if __name__ == "__main__":
    unittest.main()
