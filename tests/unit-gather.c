/* SPDX-License-Identifier: ISC */
/*
 * Equal results are told once, the most common first, whatever the way their
 * bytes came.
 */
#include "unit.h"
#include "unit-gather.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/buf.h"

static void
expect(struct set *s, const char *want)
{
	struct gather g = { 0 };

	gather_set(&g, s);
	expect_told(&g, want);
	gather_clear(&g);
	gather_clear(&g);
	set_clear(s);
}

static void
equal_results_are_told_once(void **state)
{
	struct set s = { .n = 0 };

	(void)state;
	expect(&s, "");
	add(&s, 0, "b\n", "");
	add(&s, 0, "a\n", "");
	add(&s, 0, "a\n", "");
	add(&s, 3, "a\n", "");
	add(&s, 0, "a\n", "oh\n");
	add(&s, 0, "a\n", "");
	expect(&s, "==== web-[2-3,6] (3) ====\na\n"
	    "==== web-1 (1) ====\nb\n"
	    "==== web-4 (1) ====\nexited with status 3\na\n"
	    "==== web-5 (1) ====\na\n{oh\n}");
}

static void
streams_are_not_taken_for_each_other(void **state)
{
	struct set s = { .n = 0 };

	(void)state;
	add(&s, 0, "ab", "");
	add(&s, 0, "", "ab");
	add(&s, 0, "a", "b");
	add(&s, 0, "a\nb", "");
	expect(&s, "==== web-1 (1) ====\nab\n"
	    "==== web-2 (1) ====\n{ab}{\n}"
	    "==== web-3 (1) ====\na{b}\n{\n}"
	    "==== web-4 (1) ====\na\nb\n");
}

static void
how_bytes_came_does_not_matter(void **state)
{
	struct set s = { .n = 0 };
	struct gather g = { 0 };

	(void)state;
	for (size_t piece = 1; piece <= 20; piece++)
		add_in_pieces(&s, 0, "one\ntwo\nthree\n", "uno\ndue\n", piece);
	gather_set(&g, &s);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.groups[0].n, 20);
	assert_string_equal(g.groups[0].title, "web-[1-20]");
	for (size_t i = 0; i < 20; i++)
		assert_ptr_equal(g.groups[0].members[i], &s.r[i]);
	gather_clear(&g);
	set_clear(&s);
}

/* What differs is the last of many bytes, and no digest is to be trusted. */
static void
bytes_decide_and_not_their_digests(void **state)
{
	static char big[200001], other[200001];
	struct set s = { .n = 0 };
	struct gather g = { 0 };

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	memcpy(other, big, sizeof(big));
	other[199999] = 'y';
	add_in_pieces(&s, 0, big, "", 777);
	add_in_pieces(&s, 0, other, "", 65536);
	add_in_pieces(&s, 0, big, "", 100000);
	gather_set(&g, &s);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.groups[0].n, 2);
	g.groups[0].digest[0] = g.groups[1].digest[0];
	assert_int_equal(gather_differ(&g.groups[0], &g.groups[1],
	    RESULT_STDOUT), 1);
	assert_int_equal(gather_differ(&g.groups[0], &g.groups[1],
	    RESULT_STDERR), 0);
	/* One that ends where the other goes on. */
	spool_add(&s.spool[1], RESULT_STDERR, "x", 1);
	assert_int_equal(gather_differ(&g.groups[0], &g.groups[1],
	    RESULT_STDERR), 1);
	gather_clear(&g);
	set_clear(&s);
}

static void
how_it_ended_is_told_in_words(void **state)
{
	static char gone[] = "no such container: web-1",
	    gone_2[] = "no such container: web-2";
	struct set s = { .n = 0 };

	(void)state;
	for (int i = 0; i < 9; i++)
		add(&s, 0, "", "");
	s.r[0].outcome = s.r[1].outcome = (struct outcome){ .value = 125,
	    .finding = FINDING_CONTAINER, .stopped = true,
	    .message = gone };
	s.r[1].outcome.message = gone_2;
	s.r[2].outcome.kind = OUTCOME_SIGNAL;
	s.r[2].outcome.value = SIGTERM;
	s.r[3].outcome.value = 124;
	s.r[4].outcome.value = 124;
	s.r[4].timed_out = true;
	s.r[5].started = false;
	s.r[5].spool = NULL;
	expect(&s, "==== web-[7-9] (3) ====\n"
	    "==== web-[1-2] (2) ====\nnot running\n"
	    "==== web-3 (1) ====\nkilled by signal 15 (TERM)\n"
	    "==== web-4 (1) ====\nexited with status 124\n"
	    "==== web-5 (1) ====\ntimed out\n"
	    "==== web-6 (1) ====\nnot started\n");
}

static void
output_of_any_size_is_told_in_pieces(void **state)
{
	BUF_AUTO struct buf out = { 0 }, want = { 0 }, got = { 0 };
	struct set s = { .n = 0 };
	struct gather g = { 0 };

	(void)state;
	for (int i = 0; i < 40000; i++)
		buf_addf(&out, "line %d\n", i);
	add_in_pieces(&s, 0, out.data, "", 33);
	buf_addf(&want, "==== web-1 (1) ====\n%s", out.data);
	gather_set(&g, &s);
	tell(&g, &got);
	assert_string_equal(got.data, want.data);
	gather_clear(&g);
	set_clear(&s);
}

static void
a_spool_that_cannot_be_read_is_an_error(void **state)
{
	BUF_AUTO struct buf chunk = { 0 };
	struct gather_reader r;
	struct set s = { .n = 0 };
	struct gather g = { 0 };
	int rc, stream;

	(void)state;
	add(&s, 0, "hello", "");
	gather_set(&g, &s);
	assert_int_equal(ftruncate(s.spool[0].fd, 3), 0);
	gather_read(&r, &g);
	while ((rc = gather_next(&r, &chunk, &stream)) == 1)
		continue;
	assert_int_equal(rc, -1);
	assert_int_equal(errno, EIO);
	gather_reader_clear(&r);
	assert_int_equal(gather_add(&g, &s.r[0]), -1);
	assert_int_equal(g.n, 1);
	gather_clear(&g);
	set_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_results_are_told_once),
		cmocka_unit_test(streams_are_not_taken_for_each_other),
		cmocka_unit_test(how_bytes_came_does_not_matter),
		cmocka_unit_test(bytes_decide_and_not_their_digests),
		cmocka_unit_test(how_it_ended_is_told_in_words),
		cmocka_unit_test(output_of_any_size_is_told_in_pieces),
		cmocka_unit_test(a_spool_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
