/* SPDX-License-Identifier: ISC */
/* What a warm connection speaks: frames, starts, and descriptors on their way. */
#include "unit.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "wire/frame.h"
#include "wire/message.h"
#include "wire/passing.h"
#include "wire/start.h"

static void
give(struct frame_reader *r, const void *bytes, size_t n)
{
	const char *at = bytes;
	size_t room, part;
	uint8_t *space;

	while (n > 0) {
		space = frame_reader_space(r, &room);
		assert_non_null(space);
		assert_true(room >= 4096);
		part = n < room ? n : room;
		memcpy(space, at, part);
		frame_reader_filled(r, part);
		at += part;
		n -= part;
	}
}

static void
numbers_are_big_endian(void **state)
{
	uint8_t header[FRAME_HEADER], bytes[4];

	(void)state;
	frame_put16(bytes, 0xfe01);
	assert_memory_equal(bytes, "\xfe\x01", 2);
	assert_int_equal(frame_get16(bytes), 0xfe01);
	frame_put32(bytes, 0xfedc0123);
	assert_memory_equal(bytes, "\xfe\xdc\x01\x23", 4);
	assert_int_equal(frame_get32(bytes), 0xfedc0123);
	frame_header(header, 0x81020304, MESSAGE_STDOUT, 0x010203);
	assert_memory_equal(header, "\x81\2\3\4\x09\1\2\3", 8);
}

static void
every_type_has_a_limit_or_is_none(void **state)
{
	uint8_t header[FRAME_HEADER];
	struct frame f;

	(void)state;
	for (int type = 0; type < 256; type++) {
		struct frame_reader r = { 0 };
		int32_t limit = message_limit((uint8_t)type);

		assert_int_equal(limit != -1,
		    type >= MESSAGE_HELLO && type <= MESSAGE_SHORTCUT);
		frame_header(header, 1, (uint8_t)type, (uint32_t)(limit + 1));
		give(&r, header, sizeof(header));
		errno = 0;
		assert_int_equal(frame_next(&r, &f), -1);
		assert_int_equal(errno, EPROTO);
		assert_int_equal(frame_next(&r, &f), -1);
		frame_reader_clear(&r);
		if (limit == -1)
			continue;
		/* As long as it may be, it is waited for. */
		frame_header(header, 1, (uint8_t)type, (uint32_t)limit);
		give(&r, header, sizeof(header));
		assert_int_equal(frame_next(&r, &f), 0);
		/* And nothing was set aside for what is only promised. */
		assert_true(r.room <= 64 * 1024);
		frame_reader_clear(&r);
	}
}

static void
frames_come_in_any_pieces(void **state)
{
	static const char text[] = "0123456789";
	struct frame_writer w = { 0 };
	struct frame f;

	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(frame_put(&w, i, MESSAGE_STDIN, text, i), 0);
	for (size_t piece = 1; piece < 40; piece++) {
		struct frame_reader r = { 0 };
		uint32_t seen = 0;

		for (size_t at = 0; at < frame_waiting(&w); at += piece) {
			size_t left = frame_waiting(&w) - at;

			give(&r, w.data + at, piece < left ? piece : left);
			while (frame_next(&r, &f) == 1) {
				assert_int_equal(f.channel, seen);
				assert_int_equal(f.type, MESSAGE_STDIN);
				assert_int_equal(f.length, seen);
				assert_memory_equal(f.payload, text, seen);
				seen++;
			}
		}
		assert_int_equal(seen, 10);
		frame_reader_clear(&r);
		frame_reader_clear(&r);
	}
	frame_writer_clear(&w);
}

static void
a_large_frame_gives_its_memory_back(void **state)
{
	char *large = calloc(1, WIRE_START_MAX);
	struct frame_writer w = { 0 };
	struct frame_reader r = { 0 };
	struct frame f;

	(void)state;
	assert_non_null(large);
	assert_int_equal(frame_put(&w, 1, MESSAGE_START, large,
	    WIRE_START_MAX), 0);
	give(&r, w.data, frame_waiting(&w));
	assert_int_equal(frame_next(&r, &f), 1);
	assert_int_equal(f.length, WIRE_START_MAX);
	assert_int_equal(frame_next(&r, &f), 0);
	assert_true(r.room <= 256 * 1024);
	errno = 0;
	assert_int_equal(frame_put(&w, 1, MESSAGE_START, large,
	    (size_t)WIRE_START_MAX + 1), -1);
	assert_int_equal(errno, EMSGSIZE);
	frame_reader_clear(&r);
	frame_writer_clear(&w);
	free(large);
}

static void
a_full_pipe_takes_the_rest_later(void **state)
{
	static char bytes[WIRE_DATA_MAX];
	struct frame_writer w = { 0 };
	struct frame_reader r = { 0 };
	struct frame f;
	int ends[2], frames = 0, written;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(frame_put(&w, 7, MESSAGE_STDOUT, bytes,
		    sizeof(bytes)), 0);
	while ((written = frame_write(&w, ends[1])) == 0 || frames < 10) {
		size_t room;
		uint8_t *space = frame_reader_space(&r, &room);
		ssize_t n = read(ends[0], space, room);

		assert_true(n > 0);
		frame_reader_filled(&r, (size_t)n);
		while (frame_next(&r, &f) == 1)
			frames++;
	}
	assert_int_equal(written, 1);
	assert_int_equal(frames, 10);
	assert_int_equal(frame_waiting(&w), 0);
	close(ends[0]);
	assert_int_equal(frame_put(&w, 7, MESSAGE_END, bytes, 2), 0);
	assert_int_equal(frame_write(&w, ends[1]), -1);
	assert_int_equal(errno, EPIPE);
	close(ends[1]);
	frame_reader_clear(&r);
	frame_writer_clear(&w);
}

static const char *const env[] = { "A=1", "B", "C=\n\377", NULL };
static const char *const argv[] = { "printf", "", "a b", NULL };
static char *const nothing[] = { NULL };

/* As exec(3) wants them. */
static char *const *
words(const char *const *v)
{
	return (char *const *)(uintptr_t)v;
}

static void
a_start_is_what_it_was(void **state)
{
	const struct start s = { .flags = START_STDIN | START_TTY,
	    .rows = 24, .columns = 80, .cookie = "cookie",
	    .directory = "/a b", .env = words(env), .argv = words(argv) };
	size_t n = start_size(&s);
	uint8_t *bytes = malloc(n + 1);
	struct start got;

	(void)state;
	assert_non_null(bytes);
	start_encode(&s, bytes);
	assert_int_equal(start_decode(&got, bytes, n), 0);
	assert_int_equal(got.flags, s.flags);
	assert_int_equal(got.rows, 24);
	assert_int_equal(got.columns, 80);
	assert_string_equal(got.cookie, "cookie");
	assert_string_equal(got.directory, "/a b");
	for (size_t i = 0; i < COUNT(env) - 1; i++)
		assert_string_equal(got.env[i], env[i]);
	assert_null(got.env[COUNT(env) - 1]);
	for (size_t i = 0; i < COUNT(argv) - 1; i++)
		assert_string_equal(got.argv[i], argv[i]);
	assert_null(got.argv[COUNT(argv) - 1]);
	start_clear(&got);
	start_clear(&got);
	/* Any less is no start, nor is any more. */
	for (size_t less = 0; less < n; less++)
		assert_int_equal(start_decode(&got, bytes, less), -1);
	bytes[n] = '\0';
	assert_int_equal(start_decode(&got, bytes, n + 1), -1);
	assert_int_equal(errno, EPROTO);
	free(bytes);
}

static void
a_start_with_false_counts_is_none(void **state)
{
	const struct start s = { .cookie = "", .directory = "",
	    .env = nothing, .argv = words(argv) };
	static const uint32_t counts[] = { 0, 1, 2, 4, 5, 0x7fffffff,
	    0x80000000, 0xffffffff };
	uint8_t bytes[64];
	struct start got;

	(void)state;
	assert_true(start_size(&s) <= sizeof(bytes));
	start_encode(&s, bytes);
	for (size_t e = 0; e < COUNT(counts); e++)
		for (size_t a = 0; a < COUNT(counts); a++) {
			frame_put32(bytes + 8, counts[e]);
			frame_put32(bytes + 12, counts[a]);
			/* 3 words, of which one at least is of argv. */
			if (counts[a] > 0 && counts[e] + counts[a] == 3 &&
			    counts[e] <= 3)
				continue;
			assert_int_equal(start_decode(&got, bytes,
			    start_size(&s)), -1);
			assert_int_equal(errno, EPROTO);
		}
}

static void
descriptors_arrive(void **state)
{
	int pair[2], ends[2], fds[PASSING_MOST];
	char bytes[16] = { 0 };
	size_t n = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(passing_send(pair[0], "hello", 5, ends, 2), 0);
	assert_int_equal(passing_receive(pair[1], bytes, sizeof(bytes), fds,
	    &n), 5);
	assert_string_equal(bytes, "hello");
	assert_int_equal(n, 2);
	assert_true(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(read(ends[0], bytes, sizeof(bytes)), 1);
	/* Two have come: another two are one too many. */
	assert_int_equal(passing_send(pair[0], "y", 1, ends, 2), 0);
	assert_int_equal(passing_receive(pair[1], bytes, sizeof(bytes), fds,
	    &n), -1);
	assert_int_equal(errno, EPROTO);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	for (int i = 0; i < 2; i++)
		close(ends[i]);
	close(pair[1]);
	assert_int_equal(passing_send(pair[0], "z", 1, NULL, 0), -1);
	assert_int_equal(errno, EPIPE);
	close(pair[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(every_type_has_a_limit_or_is_none),
		cmocka_unit_test(frames_come_in_any_pieces),
		cmocka_unit_test(a_large_frame_gives_its_memory_back),
		cmocka_unit_test(a_full_pipe_takes_the_rest_later),
		cmocka_unit_test(a_start_is_what_it_was),
		cmocka_unit_test(a_start_with_false_counts_is_none),
		cmocka_unit_test(descriptors_arrive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
