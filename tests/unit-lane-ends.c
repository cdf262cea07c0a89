/* SPDX-License-Identifier: ISC */
/*
 * Lanes: an outlet that breaks, streams that end or are cut off, first bytes
 * that are held back, and no room for a long line.
 */
#include "unit.h"

#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "unit-lane.h"

#define PATIENCE	300	/* ms */

static int
hold_h(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 'h')
			return 0;
	return PATIENCE;
}

static void
assert_got(const struct lanes *f, const char *want)
{
	assert_string_equal(buf_text(&f->got), want);
}

static void
a_lane_that_nobody_uses_yet_is_told_later(void **state)
{
	struct lanes *f = *state;
	struct lane lane;

	lane_open(&lane, &f->outlet, NULL);
	lanes_add(f);
	file_close(&f->read_end);
	source_text(&f->sources[0], "line\n");
	LANES_UNTIL(f, f->broken > 0);
	assert_int_equal(lane_add(&lane, "late\n", 5), -1);
	assert_int_equal(errno, EPIPE);
	lane_clear(&lane);
}

static void
a_reader_that_leaves_is_told_to_all_once(void **state)
{
	struct lanes *f = *state;
	struct source *s;

	for (int i = 0; i < 5; i++)
		lanes_add(f);
	source_text(&f->sources[0], "line\nunfinished");
	LANES_UNTIL(f, f->outlet.steps > 0);
	file_close(&f->read_end);
	LANES_UNTIL(f, f->broken > 0);
	for (int i = 0; i < 5; i++) {
		source_fill(&f->sources[i], 'x', 300000);
		while (f->sources[i].put < f->sources[i].sent.len)
			source_put(&f->sources[i], MIB), lanes_turn(f);
		file_close(&f->sources[i].write_end);
		LANES_UNTIL(f, f->sources[i].ended > 0);
	}
	for (s = f->sources; s < f->sources + f->count; s++) {
		assert_int_equal(s->broken, 1);
		assert_int_equal(s->cause, EPIPE);
		assert_int_equal(s->ended, 1);
	}
	assert_int_equal(f->broken, 1);
	assert_int_equal(f->cause, EPIPE);
	assert_true(outlet_drained(&f->outlet));
	assert_int_equal(f->outlet.pending.room, 0);
}

/* Also those that wait for room, or for a long line to be delivered. */
static void
a_break_ends_all_waiting(void **state)
{
	struct lanes *f = *state;

	for (int i = 0; i < 30; i++)
		source_fill(lanes_add(f), i % 3 ? '\n' : 'x', 500000);
	source_fill(&f->sources[0], '\n', 1);
	for (int turn = 0; turn < 100; turn++) {
		for (int i = 0; i < 30; i++)
			source_put(&f->sources[i], MIB);
		lanes_turn(f);
	}
	file_close(&f->sources[0].write_end);
	relay_drain(&f->sources[0].relay);
	relay_drain(&f->sources[1].relay);
	file_close(&f->read_end);
	for (int i = 0; i < 30; i++) {
		LANES_UNTIL(f, f->sources[i].broken == 1);
		if (i > 1)
			assert_int_equal(f->sources[i].ended, 0);
	}
	LANES_UNTIL(f, f->sources[0].ended && f->sources[1].ended);
}

static void
what_is_held_to_the_end_waits_for_a_verdict(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add_held(f, hold_h);

	source_text(s, "hhh");
	file_close(&s->write_end);
	LANES_UNTIL(f, s->ended);
	assert_false(s->relay.delivered);
	assert_string_equal(buf_text(&s->relay.held), "hhh");
	assert_true(outlet_drained(&f->outlet));
	relay_release(&s->relay);
	relay_release(&s->relay);
	assert_false(outlet_drained(&f->outlet));
	LANES_UNTIL(f, outlet_drained(&f->outlet));
	lanes_receive(f, 100);
	assert_got(f, "0 hhh\n");
}

static void
what_is_judged_harmless_flows_on_in_order(void **state)
{
	struct lanes *f = *state;
	struct source *a = lanes_add_held(f, hold_h);

	source_text(a, "hhhx\nhh\nlast");
	lanes_carry(f, 1, 100);
	assert_got(f, "0 hhhx\n0 hh\n0 last\n");
	assert_true(a->relay.delivered);
}

static void
patience_with_the_judge_ends(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add_held(f, hold_h);

	source_text(s, "hh");
	LANES_UNTIL(f, s->lane.line.len == 2);
	lanes_carry(f, 1, 100);
	assert_got(f, "0 hh\n");
}

/* Whether the command was started at all is worth knowing even then. */
static void
what_is_held_is_judged_though_the_outlet_broke(void **state)
{
	struct lanes *f = *state;
	struct source *held = lanes_add_held(f, hold_h), *other = lanes_add(f);

	source_text(held, "h");
	source_text(other, "line\n");
	LANES_UNTIL(f, f->outlet.steps > 0 && held->relay.held.len == 1);
	file_close(&f->read_end);
	LANES_UNTIL(f, other->broken);
	assert_int_equal(held->broken, 0);
	source_text(held, "h");
	file_close(&held->write_end);
	LANES_UNTIL(f, held->ended);
	assert_string_equal(buf_text(&held->relay.held), "hh");
	relay_release(&held->relay);
	assert_int_equal(held->broken, 1);
	assert_int_equal(held->cause, EPIPE);
}

static void
draining_ends_while_others_hold_the_pipe(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add(f);

	source_fill(s, 'x', 50000);
	source_put(s, 50000);
	relay_drain(&s->relay);
	assert_int_equal(s->ended, 1);
	while (f->got.len < 50003) {
		LANES_UNTIL(f, f->outlet.steps > 0);
		lanes_receive(f, 65536);
	}
	assert_string_equal(f->got.data + 49998, "xxxx\n");
}

static void
draining_waits_for_room(void **state)
{
	struct lanes *f = *state;
	struct source *full = lanes_add(f), *s = lanes_add(f);
	int64_t deadline = clock_now() + DEADLINE_MS;

	for (int i = 0; i < 400000; i++)
		buf_add_text(&full->sent, "0123456789\n");
	while (lane_has_room(&full->lane)) {
		source_put(full, 65536);
		lanes_turn(f);
	}
	source_text(s, "last");
	relay_drain(&s->relay);
	for (int i = 0; i < 20; i++)
		lanes_turn(f);
	assert_int_equal(s->ended, 0);
	assert_int_equal(s->lane.line.len, 0);
	while (strstr(buf_text(&f->got), "1 last\n") == NULL) {
		lanes_receive(f, 65536);
		lanes_turn(f);
		assert_true(clock_now() < deadline);
	}
	assert_int_equal(s->ended, 1);
}

/* The one long line is half out when its stream is cut off. */
static void
what_is_abandoned_leaves_whole_lines(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add(f), *other = lanes_add(f);
	int64_t deadline = clock_now() + DEADLINE_MS;
	char *end;

	source_fill(s, 'x', 3 * MIB);
	buf_add_text(&s->sent, "\nnever\n");
	while (s->put < s->sent.len) {
		source_put(s, MIB);
		lanes_turn(f);
	}
	LANES_UNTIL(f, s->lane.sent > 0 && s->lane.delivering);
	source_text(other, "other\n");
	lanes_receive(f, 1000);
	assert_ptr_equal(f->outlet.holder, &s->lane.writer);
	relay_abandon(&s->relay);
	while (strstr(buf_text(&f->got), "1 other\n") == NULL) {
		lanes_receive(f, 65536);
		lanes_turn(f);
		assert_true(clock_now() < deadline);
	}
	end = strchr(f->got.data, '\n');
	assert_string_equal(end, "\n1 other\n");
	assert_true(end - f->got.data < 2 * MIB);
	assert_int_equal(strspn(f->got.data + 2, "x"), end - f->got.data - 2);
	assert_int_equal(s->broken, 0);
}

/* Those that wait go on when one of them is no more. */
static void
who_is_cleared_holds_up_nobody(void **state)
{
	struct lanes *f = *state;

	for (int i = 0; i < 4; i++) {
		source_fill(lanes_add(f), 'x', 400000);
		source_fill(&f->sources[i], '\n', 1);
	}
	for (int turn = 0; turn < 100; turn++) {
		for (int i = 0; i < 4; i++)
			source_put(&f->sources[i], MIB);
		lanes_turn(f);
	}
	for (int i = 0; i < 4; i++)
		if (f->outlet.holder == &f->sources[i].lane.writer) {
			relay_clear(&f->sources[i].relay);
			f->sources[i].ended = 1;
			break;
		}
	lanes_carry(f, MIB, 65536);
	assert_true(f->got.len >= 3 * 400003);
}

/* The stream is not at its end before the outlet has its long last line. */
static void
the_end_waits_for_a_long_last_line(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add(f);

	source_fill(s, 'x', 3 * MIB);
	while (s->put < s->sent.len) {
		source_put(s, MIB);
		lanes_turn(f);
	}
	file_close(&s->write_end);
	LANES_UNTIL(f, s->lane.delivering && s->lane.sent > 0);
	for (int i = 0; i < 20; i++)
		lanes_turn(f);
	assert_int_equal(s->ended, 0);
	lanes_carry(f, 1, 65536);
	assert_int_equal(f->got.len, 3 * MIB + 3);
}

static void
who_gives_with_no_room_loses_nothing(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add(f);

	for (int i = 0; i < 40; i++) {
		source_fill(s, (char)('a' + i % 26), 100000);
		buf_add_text(&s->sent, i < 20 ? "" : "\n");
	}
	for (s->put = 0; s->put < s->sent.len; s->put += 50000)
		assert_int_equal(lane_add(&s->lane, s->sent.data + s->put,
		    s->sent.len - s->put < 50000 ? s->sent.len - s->put :
		    50000), 0);
	s->put = s->sent.len;
	lanes_carry(f, 1, 65536);
	assert_int_equal(f->got.len, s->sent.len + 20 * 2);
	assert_string_equal(f->got.data + f->got.len - 3, "nn\n");
}

static void
a_directory_that_takes_no_file_is_told(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add(f), *other = lanes_add(f);

	setenv("TMPDIR", "/nonexistent", 1);
	source_fill(s, 'x', 200000);
	source_text(other, "fine\n");
	lanes_carry(f, 65536, 65536);
	unsetenv("TMPDIR");
	assert_int_equal(s->broken, 1);
	assert_int_equal(s->cause, ENOENT);
	assert_true(s->lane.spill_failed);
	assert_int_equal(other->broken, 0);
	assert_got(f, "1 fine\n");
}

static void
a_file_that_can_not_grow_is_told(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add(f), *other = lanes_add(f);
	struct rlimit old, small;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 150000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	source_fill(s, 'x', 200000);
	buf_add_text(&s->sent, "\nmore\n");
	source_text(other, "fine\n");
	lanes_carry(f, 65536, 65536);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(s->broken, 1);
	assert_int_equal(s->cause, EFBIG);
	assert_true(s->lane.spill_failed);
	assert_got(f, "1 fine\n");
}

static void
progress_is_the_outlets_too(void **state)
{
	struct lanes *f = *state;
	struct source *a = lanes_add(f), *b = lanes_add(f);
	unsigned long before = relay_progress(&b->relay);

	source_text(a, "x\n");
	LANES_UNTIL(f, outlet_drained(&f->outlet) && f->outlet.steps > 0);
	assert_true(relay_progress(&b->relay) > before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LANES_TEST(a_lane_that_nobody_uses_yet_is_told_later),
		LANES_TEST(a_reader_that_leaves_is_told_to_all_once),
		LANES_TEST(a_break_ends_all_waiting),
		LANES_TEST(what_is_held_to_the_end_waits_for_a_verdict),
		LANES_TEST(what_is_judged_harmless_flows_on_in_order),
		LANES_TEST(patience_with_the_judge_ends),
		LANES_TEST(what_is_held_is_judged_though_the_outlet_broke),
		LANES_TEST(draining_ends_while_others_hold_the_pipe),
		LANES_TEST(draining_waits_for_room),
		LANES_TEST(what_is_abandoned_leaves_whole_lines),
		LANES_TEST(who_is_cleared_holds_up_nobody),
		LANES_TEST(the_end_waits_for_a_long_last_line),
		LANES_TEST(who_gives_with_no_room_loses_nothing),
		LANES_TEST(a_directory_that_takes_no_file_is_told),
		LANES_TEST(a_file_that_can_not_grow_is_told),
		LANES_TEST(progress_is_the_outlets_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
