/* SPDX-License-Identifier: ISC */
/*
 * The relay: a destination that breaks, a stream that ends, and first bytes
 * that are held back.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "unit-relay.h"

static void
a_full_disk_is_told_once_and_the_rest_dropped(void **state)
{
	struct rig *f = *state;
	int full = open("/dev/full", O_WRONLY);

	rig_prepare(f, 300000);
	rig_start(f, full);
	rig_carry(f, 4096, 1);
	assert_int_equal(f->broken, 1);
	assert_int_equal(f->cause, ENOSPC);
	assert_int_equal(f->ended, 1);
	assert_int_equal(f->relay.pending.len, 0);
	close(full);
}

static void
a_closed_reader_is_told_once_and_the_rest_dropped(void **state)
{
	struct rig *f = *state;
	int out = rig_start_to_pipe(f);

	file_close(&f->read_end);
	rig_prepare(f, 300000);
	rig_carry(f, 4096, 1);
	assert_int_equal(f->broken, 1);
	assert_int_equal(f->cause, EPIPE);
	assert_int_equal(f->ended, 1);
	close(out);
}

/* `tail -f | grep -q`: nothing more comes, and yet it has to end. */
static void
a_reader_that_leaves_is_noticed_in_silence(void **state)
{
	struct rig *f = *state;
	int out = rig_start_to_pipe(f);
	int64_t deadline = clock_now() + DEADLINE_MS;

	assert_int_equal(write(f->write_end, "x", 1), 1);
	while (f->got.len == 0 && clock_now() < deadline) {
		rig_turn(f);
		rig_receive(f, 1);
	}
	file_close(&f->read_end);
	while (f->broken == 0 && clock_now() < deadline)
		rig_turn(f);
	assert_int_equal(f->broken, 1);
	assert_int_equal(f->cause, EPIPE);
	for (int i = 0; i < 20; i++)
		rig_turn(f);
	assert_int_equal(f->broken, 1);
	assert_int_equal(f->ended, 0);
	close(out);
}

/* A reader that has not been given anything may still be on its way. */
static void
a_reader_that_had_nothing_yet_is_no_break(void **state)
{
	struct rig *f = *state;
	int out;

	f->relay.hooks.hold = rig_hold_h;
	out = rig_start_to_pipe(f);
	file_close(&f->read_end);
	assert_int_equal(write(f->write_end, "h", 1), 1);
	while (f->relay.held.len == 0)
		rig_turn(f);
	for (int i = 0; i < 20; i++)
		rig_turn(f);
	assert_int_equal(f->broken, 0);
	close(out);
}

static void
draining_ends_while_others_hold_the_pipe(void **state)
{
	struct rig *f = *state;
	int out = rig_start_to_pipe(f), other = dup(f->write_end);
	int64_t deadline = clock_now() + DEADLINE_MS;

	rig_prepare(f, 50000);
	assert_int_equal(write(f->write_end, f->sent.data, 50000), 50000);
	file_close(&f->write_end);
	relay_drain(&f->relay);
	while (f->got.len < 50000 && clock_now() < deadline) {
		rig_receive(f, 65536);
		rig_turn(f);
	}
	rig_assert_all_arrived(f);
	assert_int_equal(f->relay.in.fd, -1);
	close(other);
	close(out);
}

static void
draining_waits_for_a_full_destination(void **state)
{
	struct rig *f = *state;
	int out = rig_start_to_pipe(f), other;
	int64_t deadline = clock_now() + DEADLINE_MS;
	size_t at = 0;
	ssize_t n;

	rig_prepare(f, 4 * MIB);
	do {
		n = write(f->write_end, f->sent.data + at, 4096);
		at += n > 0 ? (size_t)n : 0;
		rig_turn(f);
	} while (n > 0);
	f->sent.len = at;
	other = dup(f->write_end);
	relay_drain(&f->relay);
	for (int i = 0; i < 20; i++)
		rig_turn(f);
	assert_int_equal(f->ended, 0);
	while (f->got.len < f->sent.len && clock_now() < deadline) {
		rig_receive(f, 3000);
		rig_turn(f);
	}
	rig_assert_all_arrived(f);
	close(other);
	close(out);
}

static void
draining_twice_or_never_started_is_harmless(void **state)
{
	struct rig *f = *state;
	struct relay never = { 0 };
	int out = rig_start_to_pipe(f);

	relay_drain(&never);
	relay_clear(&never);
	relay_drain(&f->relay);
	relay_drain(&f->relay);
	assert_int_equal(f->ended, 1);
	close(out);
}

/* Whoever waits for us to end waits no longer for a reader that does not. */
static void
what_is_abandoned_is_read_and_dropped(void **state)
{
	struct rig *f = *state;
	int out = rig_start_to_pipe(f);
	int64_t deadline = clock_now() + DEADLINE_MS;
	char chunk[4096] = { 0 };
	unsigned long steps;

	while (f->relay.in.active && clock_now() < deadline) {
		if (write(f->write_end, chunk, sizeof(chunk)) == -1)
			assert_int_equal(errno, EAGAIN);
		rig_turn(f);
	}
	steps = f->relay.steps;
	assert_true(steps > 0);
	relay_abandon(&f->relay);
	while (write(f->write_end, chunk, sizeof(chunk)) == -1 &&
	    clock_now() < deadline)
		rig_turn(f);
	file_close(&f->write_end);
	while (f->ended == 0 && clock_now() < deadline)
		rig_turn(f);
	assert_int_equal(f->ended, 1);
	assert_int_equal(f->broken, 0);
	assert_int_equal(f->relay.pending.len, 0);
	close(out);
}

static void
what_is_held_to_the_end_waits_for_a_verdict(void **state)
{
	struct rig *f = *state;
	int out;

	f->relay.hooks.hold = rig_hold_h;
	out = rig_start_to_pipe(f);
	buf_add_text(&f->sent, "hhh");
	assert_int_equal(write(f->write_end, "hhh", 3), 3);
	file_close(&f->write_end);
	while (f->ended == 0)
		rig_turn(f);
	rig_receive(f, 100);
	assert_int_equal(f->got.len, 0);
	assert_string_equal(buf_text(&f->relay.held), "hhh");
	assert_false(f->relay.delivered);
	relay_release(&f->relay);
	rig_receive(f, 100);
	rig_assert_all_arrived(f);
	relay_release(&f->relay);
	rig_receive(f, 100);
	rig_assert_all_arrived(f);
	close(out);
}

static void
what_is_judged_harmless_flows_on_in_order(void **state)
{
	struct rig *f = *state;
	int out;

	f->relay.hooks.hold = rig_hold_h;
	out = rig_start_to_pipe(f);
	rig_prepare(f, 200000);
	memset(f->sent.data, 'h', 1000);
	f->sent.data[1000] = 'x';
	rig_carry(f, 100, 65536);
	rig_assert_all_arrived(f);
	assert_int_equal(f->relay.held.len, 0);
	assert_true(f->relay.delivered);
	close(out);
}

static void
patience_with_the_judge_ends(void **state)
{
	struct rig *f = *state;
	int64_t begun = clock_now();
	int out;

	f->relay.hooks.hold = rig_hold_h;
	out = rig_start_to_pipe(f);
	assert_int_equal(write(f->write_end, "hh", 2), 2);
	rig_expect(f, 2);
	assert_true(clock_now() - begun >= RIG_PATIENCE);
	assert_int_equal(write(f->write_end, "hh", 2), 2);
	rig_expect(f, 4);
	assert_string_equal(buf_text(&f->got), "hhhh");
	close(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(a_full_disk_is_told_once_and_the_rest_dropped),
		RIG_TEST(a_closed_reader_is_told_once_and_the_rest_dropped),
		RIG_TEST(a_reader_that_leaves_is_noticed_in_silence),
		RIG_TEST(a_reader_that_had_nothing_yet_is_no_break),
		RIG_TEST(draining_ends_while_others_hold_the_pipe),
		RIG_TEST(draining_waits_for_a_full_destination),
		RIG_TEST(draining_twice_or_never_started_is_harmless),
		RIG_TEST(what_is_abandoned_is_read_and_dropped),
		RIG_TEST(what_is_held_to_the_end_waits_for_a_verdict),
		RIG_TEST(what_is_judged_harmless_flows_on_in_order),
		RIG_TEST(patience_with_the_judge_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
