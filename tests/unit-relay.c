/* SPDX-License-Identifier: ISC */
/*
 * The relay: bytes arrive whole and in order whatever the two ends do, memory
 * does not grow, and nobody's flags are changed.
 */
#include "unit.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "run/spool.h"
#include "unit-relay.h"

static void
bytes_survive_every_pace(void **state)
{
	static const struct {
		size_t size, put, get;
	} cases[] = {
		{ 0, 1, 1 }, { 1, 1, 1 }, { 300, 1, 1 }, { 70000, 70000, 511 },
		{ 20000, 13, 4096 }, { 3 * MIB + 7, MIB, MIB },
		{ MIB, 65536, 3000 }, { MIB, 4095, 65536 },
	};
	struct rig *f;
	int out;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		rig_set_up((void **)&f);
		rig_prepare(f, cases[i].size);
		out = rig_start_to_pipe(f);
		rig_carry(f, cases[i].put, cases[i].get);
		rig_assert_all_arrived(f);
		close(out);
		rig_tear_down((void **)&f);
	}
}

/* Nobody reads: the writer has to wait, and we hold next to nothing. */
static void
a_slow_reader_makes_the_writer_wait(void **state)
{
	struct rig *f = *state;
	int out = rig_start_to_pipe(f);
	size_t taken = 0;
	char chunk[4096] = { 0 };
	ssize_t n;

	for (int i = 0; i < 2000; i++) {
		n = write(f->write_end, chunk, sizeof(chunk));
		if (n > 0)
			taken += (size_t)n;
		else if (i > 200)
			break;
		rig_turn(f);
	}
	assert_true(taken < MIB);
	assert_true(f->relay.pending.len <= 128 * 1024);
	assert_false(f->relay.in.active);
	close(out);
}

static void
flags_of_the_destination_are_left_alone(void **state)
{
	struct rig *f = *state;
	int out = rig_start_to_pipe(f), flags = fcntl(out, F_GETFL);

	rig_prepare(f, 300000);
	rig_carry(f, 65536, 4096);
	rig_assert_all_arrived(f);
	assert_int_equal(fcntl(out, F_GETFL), flags);
	close(out);
}

static void
a_nonblocking_destination_loses_nothing(void **state)
{
	struct rig *f = *state;
	int out = rig_start_to_pipe(f), flags;

	set_nonblock(out);
	flags = fcntl(out, F_GETFL);
	rig_prepare(f, 300000);
	rig_carry(f, 65536, 700);
	rig_assert_all_arrived(f);
	assert_int_equal(fcntl(out, F_GETFL), flags);
	close(out);
}

static void
a_socket_loses_nothing(void **state)
{
	struct rig *f = *state;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	f->read_end = ends[0];
	set_nonblock(f->read_end);
	rig_prepare(f, MIB + 1);
	rig_start(f, ends[1]);
	rig_carry(f, 65536, 3000);
	rig_assert_all_arrived(f);
	assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
	close(ends[1]);
}

/* A file, opened with FLAGS, that begins with "begin". */
static int
open_file(char path[], int flags)
{
	int fd;

	strcpy(path, "/tmp/unit-relay.XXXXXX");
	fd = mkstemp(path);
	assert_int_not_equal(fd, -1);
	assert_int_equal(file_write(fd, "begin", 5), 0);
	close(fd);
	fd = open(path, flags);
	assert_int_not_equal(fd, -1);
	unlink(path);
	return fd;
}

static void
carry_to_file(struct rig *f, int flags)
{
	char path[40], begin[5];
	int fd = open_file(path, flags);

	if (!(flags & O_APPEND))
		lseek(fd, 5, SEEK_SET);
	rig_prepare(f, 2 * MIB + 3);
	rig_start(f, fd);
	rig_carry(f, 100000, 1);
	assert_int_equal(lseek(fd, 0, SEEK_END), f->sent.len + 5);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(read(fd, begin, 5), 5);
	assert_memory_equal(begin, "begin", 5);
	f->read_end = fd;
	while (f->got.len < f->sent.len)
		rig_receive(f, MIB);
	rig_assert_all_arrived(f);
}

static void
a_file_is_written_from_where_it_stands(void **state)
{
	carry_to_file(*state, O_RDWR);
}

static void
a_file_opened_to_append_is_appended_to(void **state)
{
	carry_to_file(*state, O_RDWR | O_APPEND);
}

static void
what_comes_is_delivered_as_it_comes(void **state)
{
	struct rig *f = *state;
	int out = rig_start_to_pipe(f);

	for (size_t i = 1; i <= 20; i++) {
		assert_int_equal(write(f->write_end, "line\n", 5), 5);
		rig_expect(f, 5 * i);
	}
	assert_true(f->relay.delivered);
	close(out);
}

static void
a_terminal_is_announced_and_lines_are_known(void **state)
{
	struct rig *f = *state;
	int terminal;

	assert_int_equal(openpty(&f->read_end, &terminal, NULL, NULL, NULL),
	    0);
	set_nonblock(f->read_end);
	rig_start(f, terminal);
	assert_true(f->relay.at_line_start);
	assert_int_equal(write(f->write_end, "ab", 2), 2);
	rig_expect(f, 2);
	assert_false(f->relay.at_line_start);
	assert_true(f->before >= 1);
	assert_int_equal(f->before, f->after);
	assert_int_equal(write(f->write_end, "\n", 1), 1);
	rig_expect(f, 4);
	assert_true(f->relay.at_line_start);
	assert_int_equal(fcntl(terminal, F_GETFL) & O_NONBLOCK, 0);
	close(terminal);
}

static void
a_spool_takes_all_held_or_not(void **state)
{
	struct rig *f = *state;
	struct spool spool;
	int ends[2], to[2] = { -1, -1 }, failed;
	char path[40];

	assert_int_equal(spool_open(&spool), 0);
	assert_int_equal(file_pipe(ends, 0), 0);
	f->relay.stream = 1;
	f->relay.hooks.hold = rig_hold_h;
	f->write_end = ends[1];
	set_nonblock(f->write_end);
	rig_prepare(f, 3 * MIB);
	memset(f->sent.data, 'h', 10);
	relay_start_spool(&f->relay, &f->loop, ends[0], &spool);
	rig_carry(f, 65536, 1);
	to[1] = open_file(path, O_RDWR | O_TRUNC);
	assert_int_equal(spool_replay(&spool, to, &failed), 0);
	lseek(to[1], 0, SEEK_SET);
	f->read_end = to[1];
	while (f->got.len < f->sent.len)
		rig_receive(f, MIB);
	rig_assert_all_arrived(f);
	spool_close(&spool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_survive_every_pace),
		RIG_TEST(a_slow_reader_makes_the_writer_wait),
		RIG_TEST(flags_of_the_destination_are_left_alone),
		RIG_TEST(a_nonblocking_destination_loses_nothing),
		RIG_TEST(a_socket_loses_nothing),
		RIG_TEST(a_file_is_written_from_where_it_stands),
		RIG_TEST(a_file_opened_to_append_is_appended_to),
		RIG_TEST(what_comes_is_delivered_as_it_comes),
		RIG_TEST(a_terminal_is_announced_and_lines_are_known),
		RIG_TEST(a_spool_takes_all_held_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
