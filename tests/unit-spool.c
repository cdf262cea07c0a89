/* SPDX-License-Identifier: ISC */
/* The spool: several streams, in the order they came, at any size. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "run/spool.h"

#define MIB (1024 * 1024)

/* Replay both streams into one file: their order shows. */
static void
replay_merged(const struct spool *s, struct buf *got)
{
	int fd = file_temporary(), to[] = { fd, fd, fd }, stream;
	off_t size;

	assert_int_equal(spool_replay(s, to, &stream), 0);
	size = lseek(fd, 0, SEEK_END);
	assert_int_equal(pread(fd, buf_reserve(got, (size_t)size),
	    (size_t)size, 0), size);
	got->len = (size_t)size;
	close(fd);
}

static void
order_is_kept_between_streams(void **state)
{
	BUF_AUTO struct buf got = { 0 };
	struct spool s;

	(void)state;
	assert_int_equal(spool_open(&s), 0);
	assert_int_equal(fcntl(s.fd, F_GETFD), FD_CLOEXEC);
	for (int i = 0; i < 26; i++) {
		char line[] = { (char)('a' + i), '\n' };

		assert_int_equal(spool_add(&s, 1 + i % 2, line, 2), 0);
	}
	replay_merged(&s, &got);
	assert_int_equal(got.len, 52);
	for (int i = 0; i < 26; i++)
		assert_int_equal(got.data[2 * i], 'a' + i);
	spool_close(&s);
	spool_close(&s);
	assert_int_equal(s.fd, -1);
}

static void
each_stream_goes_to_its_own(void **state)
{
	int out = file_temporary(), err = file_temporary(), stream;
	int to[] = { -1, out, err };
	struct spool s;
	char text[8] = "";

	(void)state;
	assert_int_equal(spool_open(&s), 0);
	assert_int_equal(spool_replay(&s, to, &stream), 0);
	spool_add(&s, 1, "one", 3);
	spool_add(&s, 2, "zwei", 4);
	spool_add(&s, 2, "", 0);
	spool_add(&s, 1, "1", 1);
	assert_int_equal(spool_replay(&s, to, &stream), 0);
	assert_int_equal(pread(out, text, 8, 0), 4);
	assert_memory_equal(text, "one1", 4);
	assert_int_equal(pread(err, text, 8, 0), 4);
	assert_memory_equal(text, "zwei", 4);
	spool_close(&s);
	close(out);
	close(err);
}

static char
pattern(size_t i)
{
	return (char)(i * 7 + i / 251);
}

/* Through a pipe of its own, in portions that a pipe holds. */
static void
take_pattern(struct spool *s, int stream, size_t size)
{
	size_t at = 0, sent = 0;
	char chunk[50000];
	int ends[2];
	ssize_t n;

	assert_int_equal(file_pipe(ends, 0), 0);
	while (at < size) {
		size_t part = size - sent < sizeof(chunk) ? size - sent :
		    sizeof(chunk);

		for (size_t i = 0; i < part; i++)
			chunk[i] = pattern(sent + i);
		if (part > 0)
			assert_int_equal(write(ends[1], chunk, part), part);
		sent += part;
		while ((n = spool_take(s, stream, ends[0])) > 0)
			at += (size_t)n;
		assert_int_equal(n, -1);
		assert_int_equal(errno, EAGAIN);
	}
	close(ends[1]);
	assert_int_equal(spool_take(s, stream, ends[0]), 0);
	close(ends[0]);
}

static void
some_mebibytes_come_back_as_they_were(void **state)
{
	static const size_t sizes[] = { 1, 4096, 65536, 65537, 5 * MIB + 3 };
	BUF_AUTO struct buf got = { 0 };
	size_t total = 0, at = 0;
	struct spool s;

	(void)state;
	assert_int_equal(spool_open(&s), 0);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		take_pattern(&s, i % 2 ? 1 : 2, sizes[i]);
		total += sizes[i];
	}
	replay_merged(&s, &got);
	assert_int_equal(got.len, total);
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t j = 0; j < sizes[i]; j++)
			if (got.data[at++] != pattern(j))
				fail_msg("byte %zu of part %zu", j, i);
	spool_close(&s);
}

/* Read with a cursor; how many pieces it took. */
static size_t
read_all(const struct spool *s, int only, struct buf *got, struct buf *whose)
{
	SPOOL_CURSOR_AUTO struct spool_cursor c = { 0 };
	const char *bytes;
	size_t pieces = 0;
	int stream;
	ssize_t n;

	spool_read(&c, s, only);
	for (; (n = spool_next(&c, &bytes, &stream)) > 0; pieces++) {
		assert_true(n <= SPOOL_CHUNK);
		buf_add(got, bytes, (size_t)n);
		for (ssize_t i = 0; whose != NULL && i < n; i++)
			buf_add_byte(whose, (char)('0' + stream));
	}
	assert_int_equal(n, 0);
	assert_int_equal(spool_next(&c, &bytes, &stream), 0);
	assert_null(c.window);
	return pieces;
}

static void
a_cursor_reads_all_or_one_stream(void **state)
{
	BUF_AUTO struct buf all = { 0 }, whose = { 0 }, one = { 0 }, two = { 0 };
	struct spool s;

	(void)state;
	assert_int_equal(spool_open(&s), 0);
	assert_int_equal(read_all(&s, SPOOL_ALL, &all, NULL), 0);
	spool_add(&s, 2, "", 0);
	spool_add(&s, 1, "one", 3);
	spool_add(&s, 2, "zwei", 4);
	spool_add(&s, 1, "", 0);
	spool_add(&s, 1, "1", 1);
	assert_int_equal(read_all(&s, SPOOL_ALL, &all, &whose), 3);
	assert_string_equal(all.data, "onezwei1");
	assert_string_equal(whose.data, "11122221");
	read_all(&s, 1, &one, NULL);
	assert_string_equal(one.data, "one1");
	read_all(&s, 2, &two, NULL);
	assert_string_equal(two.data, "zwei");
	assert_int_equal(read_all(&s, 3, &two, NULL), 0);
	spool_close(&s);
}

/* Headers and runs that lie across the ends of windows, everywhere. */
static void
a_cursor_loses_nothing_where_windows_meet(void **state)
{
	static char run[70000];
	struct buf want[3] = { { 0 } }, got[3] = { { 0 } };
	struct spool s;

	(void)state;
	assert_int_equal(spool_open(&s), 0);
	for (size_t i = 0; i < sizeof(run); i++)
		run[i] = pattern(i);
	for (size_t i = 0; i < 4000; i++) {
		int stream = i % 3 == 0 ? 2 : 1;
		size_t len = i % 500 == 0 ? sizeof(run) - i : i % 97;

		assert_int_equal(spool_add(&s, stream, run + i, len), 0);
		buf_add(&want[stream], run + i, len);
		buf_add(&want[0], run + i, len);
	}
	for (int i = 0; i < 3; i++) {
		read_all(&s, i == 0 ? SPOOL_ALL : i, &got[i], NULL);
		assert_int_equal(got[i].len, want[i].len);
		assert_memory_equal(got[i].data, want[i].data, want[i].len);
		buf_clear(&got[i]);
		buf_clear(&want[i]);
	}
	spool_close(&s);
}

static void
a_cursor_goes_on_where_more_is_added(void **state)
{
	SPOOL_CURSOR_AUTO struct spool_cursor c = { 0 };
	const char *bytes;
	struct spool s;
	int stream;

	(void)state;
	assert_int_equal(spool_open(&s), 0);
	spool_add(&s, 1, "a", 1);
	spool_read(&c, &s, SPOOL_ALL);
	assert_int_equal(spool_next(&c, &bytes, &stream), 1);
	assert_int_equal(spool_next(&c, &bytes, &stream), 0);
	spool_add(&s, 2, "bc", 2);
	assert_int_equal(spool_next(&c, &bytes, &stream), 2);
	assert_memory_equal(bytes, "bc", 2);
	assert_int_equal(stream, 2);
	/* Cut short under us. */
	spool_add(&s, 2, "def", 3);
	assert_int_equal(ftruncate(s.fd, s.size - 3), 0);
	assert_int_equal(spool_next(&c, &bytes, &stream), -1);
	assert_int_equal(errno, EIO);
	spool_close(&s);
}

static void
a_broken_destination_is_named(void **state)
{
	int null = open("/dev/null", O_WRONLY);
	int full = open("/dev/full", O_WRONLY), ends[2], stream = 42;
	struct spool s;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(spool_open(&s), 0);
	assert_int_equal(file_pipe(ends, -1), 0);
	close(ends[0]);
	spool_add(&s, 1, "x", 1);
	assert_int_equal(spool_replay(&s, (int[]){ -1, full, -1 }, &stream),
	    -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(stream, 1);
	assert_int_equal(spool_replay(&s, (int[]){ -1, ends[1], -1 },
	    &stream), -1);
	assert_int_equal(errno, EPIPE);
	spool_add(&s, 2, "x", 1);
	assert_int_equal(spool_replay(&s, (int[]){ -1, null, full },
	    &stream), -1);
	assert_int_equal(stream, 2);
	/* A file that has been cut short under us. */
	assert_int_equal(ftruncate(s.fd, 4), 0);
	assert_int_equal(spool_replay(&s, (int[]){ -1, full, -1 }, &stream),
	    -1);
	assert_int_equal(stream, -1);
	spool_close(&s);
	close(null);
	close(full);
	close(ends[1]);
}

static void
a_directory_that_takes_no_file_is_an_error(void **state)
{
	struct spool s;

	(void)state;
	setenv("TMPDIR", "/nonexistent", 1);
	assert_int_equal(spool_open(&s), -1);
	assert_int_equal(errno, ENOENT);
	spool_close(&s);
	unsetenv("TMPDIR");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_kept_between_streams),
		cmocka_unit_test(each_stream_goes_to_its_own),
		cmocka_unit_test(some_mebibytes_come_back_as_they_were),
		cmocka_unit_test(a_cursor_reads_all_or_one_stream),
		cmocka_unit_test(a_cursor_loses_nothing_where_windows_meet),
		cmocka_unit_test(a_cursor_goes_on_where_more_is_added),
		cmocka_unit_test(a_broken_destination_is_named),
		cmocka_unit_test(a_directory_that_takes_no_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
