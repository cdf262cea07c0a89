/* SPDX-License-Identifier: ISC */
/*
 * The job log: what it writes is what GNU parallel writes, and what it reads
 * back is who succeeded, whoever wrote it.
 */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "fanout/joblog.h"
#include "fanout/result.h"

#define HEADER	"Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\t" \
		"Signal\tCommand\n"

static char true_word[] = "true", sh[] = "sh", dash_c[] = "-c",
    lines[] = "echo 'a\tb'\nfalse";
static char *true_argv[] = { true_word, NULL };
static char *hard_argv[] = { sh, dash_c, lines, NULL };

static char directory[] = "/tmp/unit-joblog.XXXXXX";
static char path[64];

static int
make_directory(void **state)
{
	(void)state;
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/log", directory);
	return 0;
}

static int
remove_directory(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static int
begin_without_log(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void
put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
expect_log(const char *want)
{
	BUF_AUTO struct buf b = { 0 };

	assert_int_equal(file_read(path, 1 << 20, &b), 0);
	assert_string_equal(buf_text(&b), want);
}

static void
open_log(struct joblog *log, bool append, char *const *argv)
{
	ERROR_AUTO struct error e = { 0 };

	assert_int_equal(joblog_open(log, path, append, argv, &e), 0);
}

static const struct result web_3 = { .name = "web-3", .index = 2,
	.started = true, .start = 1795652735070, .elapsed = 61042,
	.sent = 5, .received = 5000000000, .outcome = { .value = 3 } };

static void
lines_are_those_of_parallel(void **state)
{
	struct result killed = web_3, off = { .name = "web-4", .index = 3 };
	struct joblog log = { 0 };

	(void)state;
	killed.name = "far/db";
	killed.index = 11;
	killed.elapsed = 7;
	killed.outcome.kind = OUTCOME_SIGNAL;
	killed.outcome.value = SIGKILL;
	put("an older log, longer than the new one\n");
	open_log(&log, false, true_argv);
	assert_int_equal(fcntl(log.fd, F_GETFD), FD_CLOEXEC);
	assert_true(fcntl(log.fd, F_GETFL) & O_APPEND);
	/* Before anything runs. */
	expect_log(HEADER);
	assert_int_equal(joblog_add(&log, &web_3, NULL), 0);
	assert_int_equal(joblog_add(&log, &off, NULL), 0);
	assert_int_equal(joblog_add(&log, &killed, NULL), 0);
	joblog_close(&log);
	joblog_close(&log);
	expect_log(HEADER
	    "3\tweb-3\t1795652735.070\t    61.042\t5\t5000000000\t3\t0\ttrue\n"
	    "12\tfar/db\t1795652735.070\t     0.007\t5\t5000000000\t0\t9\t"
	    "true\n");
}

static void
a_command_stays_on_one_line(void **state)
{
	struct joblog log = { 0 };
	BUF_AUTO struct buf b = { 0 };
	size_t newlines = 0, tabs = 0;

	(void)state;
	open_log(&log, false, hard_argv);
	assert_int_equal(joblog_add(&log, &web_3, NULL), 0);
	joblog_close(&log);
	assert_int_equal(file_read(path, 1 << 20, &b), 0);
	for (const char *at = b.data; *at != '\0'; at++) {
		newlines += *at == '\n';
		tabs += *at == '\t';
	}
	assert_int_equal(newlines, 2);
	assert_int_equal(tabs, 16);
	assert_non_null(strstr(b.data, "\tsh -c 'echo "));
}

static void
what_cannot_be_written_is_an_error_at_once(void **state)
{
	static const char *const bad[] = { "/nonexistent/log", "/tmp",
	    "/dev/full" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		for (int append = 0; append < 2; append++) {
			ERROR_AUTO struct error e = { 0 };
			struct joblog log = { 0 };

			assert_int_equal(joblog_open(&log, bad[i], append,
			    true_argv, &e), -1);
			assert_non_null(strstr(e.text, bad[i]));
			assert_int_equal(e.status, STATUS_FAILED);
			joblog_close(&log);
		}
	}
	{
		ERROR_AUTO struct error e = { 0 };
		struct joblog log = { 0 };

		open_log(&log, false, true_argv);
		close(log.fd);
		log.fd = open("/dev/full", O_WRONLY);
		assert_int_equal(joblog_add(&log, &web_3, &e), -1);
		assert_non_null(strstr(e.text, "No space left"));
		joblog_close(&log);
	}
}

static void
appending_goes_on_behind_whole_lines(void **state)
{
	MEM_AUTO char *long_line = mem_zero(9001, 1);
	BUF_AUTO struct buf torn = { 0 };
	struct joblog log = { 0 };

	(void)state;
	open_log(&log, true, true_argv);
	joblog_close(&log);
	expect_log(HEADER);
	open_log(&log, true, true_argv);
	joblog_close(&log);
	expect_log(HEADER);
	/* What a full disk left of a line, short or longer than a block. */
	for (int i = 0; i < 2; i++) {
		buf_clear(&torn);
		memset(long_line, 'x', i == 0 ? 3 : 9000);
		buf_addf(&torn, "%s3\tweb-3\t%s", HEADER, long_line);
		put(torn.data);
		open_log(&log, true, true_argv);
		joblog_close(&log);
		expect_log(HEADER);
	}
	put("no newline at all");
	open_log(&log, true, true_argv);
	joblog_close(&log);
	expect_log(HEADER);
}

/* The names, with blanks between; "-1: text" for an error. */
static char *
read_back(const char *text, size_t len, char *const *argv)
{
	ERROR_AUTO struct error e = { 0 };
	struct joblog_past past = { 0 };
	struct buf b = { 0 };

	if (joblog_parse(&past, text, len, "/x/log", argv, &e) == -1)
		buf_addf(&b, "-1: %s", e.text);
	for (size_t i = 0; i < past.succeeded.n; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", past.succeeded.v[i]);
	joblog_past_clear(&past);
	joblog_past_clear(&past);
	return buf_steal(&b);
}

#define LINE(name, exitval, signal, command) \
	"7\t" name "\t1795652735.714\t     0.069\t0\t4\t" exitval "\t" signal \
	"\t" command "\n"
#define BAD	"/x/log:2: not a line of a job log"

static void
a_log_says_who_succeeded(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "" },
		{ HEADER, "" },
		{ HEADER LINE("b", "0", "0", "true")
		    LINE("a", "0", "0", "true"), "a b" },
		{ HEADER LINE("a", "1", "0", "true")
		    LINE("b", "0", "9", "true") LINE("c", "-1", "15", "true")
		    LINE("d", "00", "0", "true"), "d" },
		/* The latest line counts. */
		{ HEADER LINE("a", "0", "0", "true")
		    LINE("b", "1", "0", "true") LINE("a", "1", "0", "true")
		    LINE("b", "0", "0", "true"), "b" },
		/* ... of this command. */
		{ HEADER LINE("a", "0", "0", "true")
		    LINE("a", "1", "0", "false") LINE("b", "0", "0", "truer")
		    LINE("c", "0", "0", "tru") LINE("d", "0", "0", ""), "a" },
		{ HEADER LINE("a", "0", "0", "true") HEADER
		    LINE("b", "0", "0", "true"), "a b" },
		/* One that was not finished, and is not taken for whole. */
		{ HEADER LINE("a", "0", "0", "true")
		    "8\tb\t1.000\t     0.069\t0\t4\t0\t0\ttrue", "a" },
		{ HEADER LINE("a", "0", "0", "true") "8\tb", "a" },
		{ "nonsense\n", "-1: /x/log:1: not a line of a job log" },
		{ "Seq\tHost", "-1: /x/log:1: not a line of a job log" },
		{ HEADER "\n", "-1: " BAD },
		{ HEADER "1\tb\t1.0\t1.0\t0\t0\t0\t0\n", "-1: " BAD },
		{ HEADER LINE("a", "", "0", "true"), "-1: " BAD },
		{ HEADER LINE("a", "-", "0", "true"), "-1: " BAD },
		{ HEADER LINE("a", "zero", "0", "true"), "-1: " BAD },
		{ HEADER LINE("a", "0", " 0", "true"), "-1: " BAD },
		{ HEADER LINE("", "0", "0", "true"), "-1: " BAD },
		{ HEADER LINE("a", "0", "0", "true") "x\n",
		    "-1: /x/log:3: not a line of a job log" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		MEM_AUTO char *got = read_back(rows[i].text,
		    strlen(rows[i].text), true_argv);

		wrong += differs_text(rows[i].want, got, rows[i].want);
	}
	assert_int_equal(wrong, 0);
}

/* As version 20221122 wrote it, with a newline (NUL), a tab, a timeout. */
static void
logs_of_parallel_itself_are_read(void **state)
{
	static const char text[] = HEADER
	    "1\t:\t1795652735.714\t     0.069\t0\t4\t0\t0\tprintf 1; sleep 1\n"
	    "2\t:\t1795652738.458\t     0.018\t0\t4\t0\t0\techo 'b\tc'\n"
	    "1\t:\t1795652739.141\t     2.039\t0\t0\t-1\t15\tsleep 5\n"
	    "1\t:\t1795652737.614\t     0.040\t0\t0\t0\t9\tkill -9 $$ a\n"
	    "3\tremote\t1795652740.1\t     0.000\t0\t2\t0\t0\techo 'a\0b' x\n"
	    "4\tremote\t1795652740.1\t     0.000\t0\t2\t0\t0\ttrue\n";
	MEM_AUTO char *got = read_back(text, sizeof(text) - 1, true_argv);

	(void)state;
	assert_string_equal(got, "remote");
}

static void
what_was_written_is_read_back(void **state)
{
	static const char *const names[] = { "web-1", "web-10", "web-2",
	    "far/web-1", "odd\tname\n", "back\\slash" };
	struct joblog_past past = { 0 };
	struct joblog log = { 0 };
	ERROR_AUTO struct error e = { 0 };

	(void)state;
	assert_int_equal(joblog_read(&past, path, hard_argv, &e), 0);
	assert_false(joblog_succeeded(&past, "web-1"));
	for (int round = 0; round < 2; round++) {
		open_log(&log, round > 0, hard_argv);
		for (size_t i = 0; i < COUNT(names); i++) {
			struct result r = web_3;

			r.name = names[i];
			r.outcome.value = (i + (size_t)round) % 3 == 0;
			assert_int_equal(joblog_add(&log, &r, &e), 0);
		}
		joblog_close(&log);
	}
	assert_int_equal(joblog_read(&past, path, hard_argv, &e), 0);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(joblog_succeeded(&past, names[i]),
		    (i + 1) % 3 != 0);
	assert_false(joblog_succeeded(&past, "web"));
	joblog_past_clear(&past);
	assert_int_equal(joblog_read(&past, path, true_argv, &e), 0);
	assert_int_equal(past.succeeded.n, 0);
	joblog_past_clear(&past);
}

static void
a_log_that_cannot_be_read_is_an_error(void **state)
{
	ERROR_AUTO struct error e = { 0 };
	struct joblog_past past = { 0 };

	(void)state;
	assert_int_equal(joblog_read(&past, "/tmp", true_argv, &e), -1);
	assert_non_null(strstr(e.text, "/tmp: Is a directory"));
	put("x\n");
	assert_int_equal(truncate(path, JOBLOG_LIMIT + 1), 0);
	assert_int_equal(joblog_read(&past, path, true_argv, &e), -1);
	assert_non_null(strstr(e.text, "too large"));
	joblog_past_clear(&past);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_are_those_of_parallel,
		    begin_without_log),
		cmocka_unit_test_setup(a_command_stays_on_one_line,
		    begin_without_log),
		cmocka_unit_test_setup(
		    what_cannot_be_written_is_an_error_at_once,
		    begin_without_log),
		cmocka_unit_test_setup(appending_goes_on_behind_whole_lines,
		    begin_without_log),
		cmocka_unit_test(a_log_says_who_succeeded),
		cmocka_unit_test(logs_of_parallel_itself_are_read),
		cmocka_unit_test_setup(what_was_written_is_read_back,
		    begin_without_log),
		cmocka_unit_test_setup(a_log_that_cannot_be_read_is_an_error,
		    begin_without_log),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
