/* SPDX-License-Identifier: ISC */
/*
 * Lanes: lines of many streams on one outlet, none of them torn or lost,
 * however long they are and however slowly they are read.
 */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "unit-lane.h"

static void
assert_got(const struct lanes *f, const char *want)
{
	assert_string_equal(buf_text(&f->got), want);
}

static uint32_t
checksum(const char *bytes, size_t len)
{
	uint32_t sum = 2166136261;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ (unsigned char)bytes[i]) * 16777619;
	return sum;
}

/* Line NUMBER of lane I: "I NUMBER xxx... CHECKSUM". */
static void
add_line(struct buf *b, int i, int number)
{
	size_t begin = b->len;

	buf_addf(b, "%d %d ", i, number);
	for (int k = 0; k < (i * 31 + number * 7) % 150; k++)
		buf_add_byte(b, (char)('a' + k % 26));
	buf_addf(b, " %08x\n", checksum(b->data + begin, b->len - begin));
}

/* The line from AT to END; returns the lane it is of, its number in *NUMBER. */
static int
check_line(const char *at, const char *end, int *number)
{
	char *body, *rest;
	long prefix = strtol(at, &body, 10), i;

	assert_int_equal(*body++, ' ');
	i = strtol(body, &rest, 10);
	assert_int_equal(i, prefix);
	*number = (int)strtol(rest, NULL, 10);
	assert_true(end - body > 9);
	assert_int_equal(strtoul(end - 8, NULL, 16),
	    checksum(body, (size_t)(end - 9 - body)));
	return (int)i;
}

/* What came out is every lane's lines, whole and in their order. */
static void
assert_lines(const struct lanes *f, int lines)
{
	int next[LANES_MOST] = { 0 }, i, number, total = 0;
	const char *at = f->got.data, *stop = at + f->got.len, *end;

	for (; at < stop; at = end + 1, total++) {
		end = memchr(at, '\n', (size_t)(stop - at));
		assert_non_null(end);
		i = check_line(at, end, &number);
		assert_in_range(i, 0, f->count - 1);
		assert_int_equal(number, next[i]++);
	}
	assert_int_equal(total, lines * f->count);
}

static void
lines_are_neither_torn_nor_lost(void **state)
{
	static const struct {
		int lanes, lines;
		size_t put, get;
	} cases[] = {
		{ 1, 1, 1, 1 }, { 3, 40, 1, 7 }, { 100, 100, 611, 50000 },
		{ 40, 2000, 5000, 9000 }, { 20, 3000, 65536, 65536 },
	};
	struct lanes *f;

	(void)state;
	for (size_t c = 0; c < COUNT(cases); c++) {
		lanes_set_up((void **)&f);
		for (int i = 0; i < cases[c].lanes; i++) {
			lanes_add(f);
			for (int n = 0; n < cases[c].lines; n++)
				add_line(&f->sources[i].sent, i, n);
		}
		lanes_carry(f, cases[c].put, cases[c].get);
		assert_lines(f, cases[c].lines);
		lanes_tear_down((void **)&f);
	}
}

static void
an_unfinished_last_line_is_completed(void **state)
{
	struct lanes *f = *state;

	source_text(lanes_add(f), "one\ntwo");
	lanes_carry(f, 1, 100);
	assert_got(f, "0 one\n0 two\n");
}

static void
an_unfinished_line_waits_for_its_end(void **state)
{
	struct lanes *f = *state;
	struct source *a = lanes_add(f), *b = lanes_add(f);

	source_text(a, "whole\nbegun");
	source_text(b, "other\n");
	LANES_UNTIL(f, outlet_drained(&f->outlet) && a->lane.line.len == 5 &&
	    f->outlet.steps > 0);
	lanes_receive(f, 100);
	assert_got(f, "0 whole\n1 other\n");
	source_text(a, " and done\n\n");
	lanes_carry(f, 1, 100);
	assert_got(f, "0 whole\n1 other\n0 begun and done\n0 \n");
}

static void
nothing_comes_of_nothing(void **state)
{
	struct lanes *f = *state;

	lanes_add(f);
	lanes_add_with(f, NULL);
	lanes_carry(f, 1, 100);
	assert_int_equal(f->got.len, 0);
}

static void
every_byte_may_be_in_a_line(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add(f);
	struct buf want = { 0 };

	for (int i = 255; i >= 0; i--)
		if (i != '\n')
			buf_add_byte(&s->sent, (char)i);
	buf_add_byte(&s->sent, '\n');
	buf_add(&s->sent, "\0\0\n\0", 4);
	lanes_carry(f, 3, 100);
	buf_add_text(&want, "0 ");
	buf_add(&want, s->sent.data, 256);
	buf_add(&want, "0 \0\0\n0 \0\n", 9);
	assert_int_equal(f->got.len, want.len);
	assert_memory_equal(f->got.data, want.data, want.len);
	buf_clear(&want);
}

static void
without_lines_bytes_pass_unaltered(void **state)
{
	struct lanes *f = *state;
	struct source *s = lanes_add_with(f, NULL);

	source_text(s, "no end");
	LANES_UNTIL(f, outlet_drained(&f->outlet) && f->outlet.steps > 0);
	lanes_receive(f, 100);
	assert_got(f, "no end");
	for (int i = 0; i < 300000; i++)
		buf_add_byte(&s->sent, (char)(i * 7 >> (i % 5)));
	lanes_carry(f, 7000, 3000);
	assert_int_equal(f->got.len, s->sent.len);
	assert_memory_equal(f->got.data, s->sent.data, s->sent.len);
	assert_int_equal(s->lane.line.room, 0);
}

static void
an_empty_prefix_still_makes_lines(void **state)
{
	struct lanes *f = *state;
	struct source *a = lanes_add_with(f, ""), *b = lanes_add_with(f, "");

	source_text(a, "aa\naa");
	source_text(b, "bb\n\nbb");
	LANES_UNTIL(f, a->lane.line.len == 2 && b->lane.line.len == 2);
	lanes_carry(f, 1, 100);
	assert_got(f, "aa\nbb\n\naa\nbb\n");
}

/* Between the long lines of two lanes there are only whole lines of others. */
static void
assert_long_lines(const struct lanes *f, size_t len)
{
	const char *at = f->got.data, *stop = at + f->got.len, *end;
	int seen = 0, others = 0;

	for (; at < stop; at = end + 1) {
		end = memchr(at, '\n', (size_t)(stop - at));
		assert_non_null(end);
		if (*at == '2') {
			assert_int_equal(end - at, 7);
			assert_memory_equal(at, "2 short", 7);
			others++;
		} else if ((size_t)(end - at) == len + 2) {
			assert_int_equal(at[2], *at);
			assert_memory_equal(at + 2, at + 3, len - 1);
			seen++;
		} else
			assert_memory_equal(at + 1, " end\n", 5);
	}
	assert_int_equal(seen, 4);
	assert_int_equal(others, 1000);
}

static void
long_lines_come_out_whole(void **state)
{
	static const size_t cases[] = { 64 * KIB - 1, 64 * KIB, 64 * KIB + 1,
	    128 * KIB, MIB + 17 };
	struct lanes *f;

	(void)state;
	for (size_t c = 0; c < COUNT(cases); c++) {
		lanes_set_up((void **)&f);
		for (int i = 0; i < 2; i++) {
			lanes_add(f);
			source_fill(&f->sources[i], (char)('0' + i), cases[c]);
			buf_add_text(&f->sources[i].sent, "\nend\n");
			source_fill(&f->sources[i], (char)('0' + i), cases[c]);
		}
		lanes_add(f);
		for (int n = 0; n < 1000; n++)
			buf_add_text(&f->sources[2].sent, "short\n");
		lanes_carry(f, 30000, 20000);
		assert_long_lines(f, cases[c]);
		assert_int_equal(f->sources[0].lane.spill, -1);
		lanes_tear_down((void **)&f);
	}
}

/* Nobody reads: the writers have to wait, and we hold little. */
static void
a_slow_reader_makes_the_writers_wait(void **state)
{
	struct lanes *f = *state;
	struct source *s;
	size_t taken = 0, before = 1;

	for (int i = 0; i < 20; i++)
		source_fill(lanes_add(f), '\n', MIB);
	while (taken != before) {
		before = taken;
		taken = 0;
		for (s = f->sources; s < f->sources + f->count; s++) {
			for (int i = 0; i < 20; i++)
				source_put(s, 4096);
			taken += s->put;
		}
		for (int i = 0; i < 20; i++)
			lanes_turn(f);
	}
	/* The pipes, and what one outlet holds. */
	assert_true(taken <= 22 * 64 * KIB + MIB);
	for (s = f->sources; s < f->sources + f->count; s++) {
		assert_int_equal(s->lane.line.room, 0);
		assert_false(s->relay.in.active);
	}
}

/* All of them have begun a line, and none of them ends it. */
static void
unfinished_lines_share_a_bounded_memory(void **state)
{
	struct lanes *f = *state;
	size_t room = 0;
	int spilled = 0;

	for (int i = 0; i < LANES_MOST; i++)
		source_fill(lanes_add(f), 'x', 60000);
	for (int i = 0; i < LANES_MOST; i++) {
		while (f->sources[i].put < 60000)
			source_put(&f->sources[i], 60000), lanes_turn(f);
		LANES_UNTIL(f, f->sources[i].lane.line.len +
		    (size_t)f->sources[i].lane.size == 60000);
	}
	for (int i = 0; i < LANES_MOST; i++) {
		room += f->sources[i].lane.line.room;
		spilled += f->sources[i].lane.spill != -1;
	}
	assert_true(room <= 4 * MIB);
	assert_true(spilled > 50);
	lanes_carry(f, 1, MIB);
	assert_int_equal(f->got.len, 60003 * 10 + 60004 * 90);
}

/* One that always has something does not keep the others from their turn. */
static void
everybody_gets_a_turn(void **state)
{
	struct lanes *f = *state;
	struct source *busy = lanes_add(f), *rare;
	int64_t deadline = clock_now() + DEADLINE_MS;

	for (int i = 0; i < 200000; i++)
		buf_add_text(&busy->sent, "busy busy busy busy\n");
	while (f->outlet.pending.len < 200 * KIB) {
		source_put(busy, 65536);
		lanes_turn(f);
		assert_true(clock_now() < deadline);
	}
	rare = lanes_add(f);
	source_text(rare, "rare\n");
	while (strstr(buf_text(&f->got), "1 rare\n") == NULL) {
		source_put(busy, 65536);
		lanes_turn(f);
		lanes_receive(f, 4096);
		assert_true(f->got.len < 2 * MIB);
		assert_true(clock_now() < deadline);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_neither_torn_nor_lost),
		LANES_TEST(an_unfinished_last_line_is_completed),
		LANES_TEST(an_unfinished_line_waits_for_its_end),
		LANES_TEST(nothing_comes_of_nothing),
		LANES_TEST(every_byte_may_be_in_a_line),
		LANES_TEST(without_lines_bytes_pass_unaltered),
		LANES_TEST(an_empty_prefix_still_makes_lines),
		cmocka_unit_test(long_lines_come_out_whole),
		LANES_TEST(a_slow_reader_makes_the_writers_wait),
		LANES_TEST(unfinished_lines_share_a_bounded_memory),
		LANES_TEST(everybody_gets_a_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
