/* SPDX-License-Identifier: ISC */
/*
 * Many results as one line, as one status, and as a reason to stop; and the
 * words for one of them.
 */
#include "unit.h"

#include <signal.h>
#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "fanout/halt.h"
#include "fanout/summary.h"

#define MANY	200

#define STATUS(n)	{ .outcome = { .value = (n) }, .started = true }
#define FOUND(f, n)	{ .outcome = { .value = (n), .finding = (f) }, \
    .started = true }
#define KILLED(n)	{ .outcome = { .kind = OUTCOME_SIGNAL, .value = (n) }, \
    .started = true }

static const struct result not_started = { .name = "x" };
static char no_daemon[] = "no daemon";

static void
each_end_has_its_word_and_its_status(void **state)
{
	static const struct {
		struct result r;
		const char *word, *reason;
		int status;
	} rows[] = {
		{ STATUS(0), "0", NULL, 0 },
		{ STATUS(3), "3", "exited with status 3", 3 },
		{ STATUS(137), "137", "exited with status 137", 137 },
		{ KILLED(SIGKILL), "killed by signal 9 (KILL)",
		    "killed by signal 9 (KILL)", 137 },
		{ KILLED(60), "killed by signal 60",
		    "killed by signal 60", 188 },
		{ { .started = true, .timed_out = true,
		    .outcome = { .value = 124 } }, "timed out", "timed out",
		    124 },
		{ FOUND(FINDING_NOT_FOUND, 127), "no such program",
		    "no such program", 127 },
		{ FOUND(FINDING_NOT_INVOKED, 126), "cannot be run",
		    "cannot be run", 126 },
		{ FOUND(FINDING_CONTAINER, 125), "not available",
		    "not available", 125 },
		{ { .started = true, .outcome = { .value = 125,
		    .finding = FINDING_CONTAINER, .stopped = true } },
		    "not running", "not running", 125 },
		{ FOUND(FINDING_ENGINE, 125), "docker failed",
		    "docker failed", 125 },
		{ FOUND(FINDING_LOST, 125), "lost", "lost", 125 },
		{ { .started = true, .outcome = { .value = 125,
		    .finding = FINDING_ENGINE, .message = no_daemon } },
		    "docker failed", "no daemon", 125 },
		{ { 0 }, "not started", "not started", 125 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		MEM_AUTO char *word = result_word(&rows[i].r);
		MEM_AUTO char *reason = result_reason(&rows[i].r);

		wrong += differs_text(rows[i].word, word, rows[i].word);
		wrong += differs_text(rows[i].word, reason, rows[i].reason);
		wrong += differs(rows[i].word, result_status(&rows[i].r),
		    rows[i].status);
		wrong += differs(rows[i].word, result_ok(&rows[i].r), i == 0);
		wrong += differs(rows[i].word, result_failed(&rows[i].r),
		    i > 0 && rows[i].r.started);
	}
	assert_int_equal(wrong, 0);
}

/* Results with names of their own. */
struct set {
	struct result r[MANY];
	const struct result *v[MANY];
	char name[MANY][80];
	size_t n;
};

static void
add(struct set *s, const char *name, struct result r)
{
	snprintf(s->name[s->n], sizeof(s->name[0]), "%s", name);
	r.name = s->name[s->n];
	s->r[s->n] = r;
	s->v[s->n] = &s->r[s->n];
	s->n++;
}

static void
add_numbered(struct set *s, size_t from, size_t to, struct result r)
{
	char name[80];

	for (; from <= to; from++) {
		snprintf(name, sizeof(name), "web-%zu", from);
		add(s, name, r);
	}
}

static void
expect(const struct set *s, const char *want)
{
	MEM_AUTO char *got = summary_text(s->v, s->n);

	assert_string_equal(got, want);
}

static void
a_summary_counts_and_names(void **state)
{
	struct set s = { .n = 0 };

	(void)state;
	expect(&s, "0 ok");
	add_numbered(&s, 1, 2, (struct result)STATUS(0));
	expect(&s, "2 ok");
	add(&s, "web-3", (struct result)STATUS(1));
	add_numbered(&s, 4, 6, (struct result)STATUS(0));
	add(&s, "web-7", (struct result){ .started = true, .timed_out = true,
	    .outcome = { .value = 124 } });
	expect(&s, "5 ok, 2 failed: web-3 (1), web-7 (timed out)");
	add_numbered(&s, 8, 12, (struct result){ 0 });
	expect(&s, "5 ok, 2 failed: web-3 (1), web-7 (timed out), "
	    "5 not started");
	s.n = 0;
	add_numbered(&s, 1, 3, (struct result)STATUS(1));
	expect(&s, "3 failed: web-[1-3] (1)");
	s.n = 0;
	add_numbered(&s, 1, 3, (struct result){ 0 });
	expect(&s, "3 not started");
}

static void
equal_reasons_are_folded_and_many_are_cut(void **state)
{
	MEM_AUTO char *text = NULL;
	struct set s = { .n = 0 };

	(void)state;
	add(&s, "db", (struct result)STATUS(2));
	add(&s, "web-1", (struct result)STATUS(1));
	add(&s, "web-2", (struct result)STATUS(2));
	add(&s, "web-3", (struct result)STATUS(1));
	expect(&s, "4 failed: db,web-2 (2), web-[1,3] (1)");

	s.n = 0;
	for (int i = 1; i <= 9; i++)
		add_numbered(&s, (size_t)i, (size_t)i,
		    (struct result)STATUS(i));
	expect(&s, "9 failed: web-1 (1), web-2 (2), web-3 (3), web-4 (4), "
	    "web-5 (5), web-6 (6), and 3 more");

	/* Names that do not fold: a line stays a line. */
	s.n = 0;
	for (int i = 0; i < MANY; i++) {
		char name[80];

		snprintf(name, sizeof(name), "%c%c-tail-with-no-number",
		    'a' + i / 26, 'a' + i % 26);
		add(&s, name, (struct result)STATUS(1));
	}
	text = summary_text(s.v, s.n);
	assert_non_null(strstr(text, "200 failed: aa-tail-with-no-number,"));
	assert_non_null(strstr(text, " more (1)"));
	assert_true(strlen(text) < 200);
}

static void
a_summary_is_printable(void **state)
{
	MEM_AUTO char *text = NULL;
	struct set s = { .n = 0 };

	(void)state;
	add(&s, "a\033[31m\nb", (struct result)STATUS(1));
	text = summary_text(s.v, s.n);
	for (const char *at = text; *at != '\0'; at++)
		assert_true(*at >= ' ' && *at < 0x7f);
}

static int
status_of(const struct set *s, const char *policy)
{
	ERROR_AUTO struct error e = { 0 };
	enum exit_policy p;

	assert_int_equal(exit_policy_parse(&p, policy, &e), 0);
	return exit_policy_status(p, s->v, s->n);
}

static void
expect_statuses(const struct set *s, const int want[4])
{
	assert_int_equal(status_of(s, "worst"), want[0]);
	assert_int_equal(status_of(s, "first"), want[1]);
	assert_int_equal(status_of(s, "any"), want[2]);
	assert_int_equal(status_of(s, "count"), want[3]);
}

static void
the_status_is_what_the_policy_says(void **state)
{
	struct set s = { .n = 0 };

	(void)state;
	expect_statuses(&s, (int[]){ 0, 0, 0, 0 });
	add_numbered(&s, 1, 2, (struct result)STATUS(0));
	expect_statuses(&s, (int[]){ 0, 0, 0, 0 });
	add(&s, "a", (struct result)STATUS(3));
	add(&s, "b", (struct result)KILLED(SIGTERM));
	add(&s, "c", (struct result)STATUS(1));
	for (size_t i = 0; i < s.n; i++)
		s.r[i].rank = s.n - i;
	expect_statuses(&s, (int[]){ 143, 1, 0, 3 });
	s.r[2].rank = 0;
	expect_statuses(&s, (int[]){ 143, 3, 0, 3 });
	/* Nobody ran it to the end. */
	s.r[0] = s.r[1] = s.r[4];
	expect_statuses(&s, (int[]){ 143, 3, 143, 5 });
}

static void
what_was_not_started_did_not_succeed(void **state)
{
	struct set s = { .n = 0 };

	(void)state;
	add(&s, "a", not_started);
	expect_statuses(&s, (int[]){ 125, 125, 125, 1 });
	add(&s, "b", (struct result)STATUS(0));
	expect_statuses(&s, (int[]){ 125, 125, 0, 1 });
	/* ... but a status of a command is worth more than none. */
	add(&s, "c", (struct result)STATUS(3));
	expect_statuses(&s, (int[]){ 3, 3, 0, 2 });
	s.n = 0;
	add_numbered(&s, 1, 100, (struct result)STATUS(1));
	assert_int_equal(status_of(&s, "count"), 100);
	add_numbered(&s, 101, 130, (struct result)STATUS(1));
	assert_int_equal(status_of(&s, "count"), 101);
}

static void
only_the_four_policies_are_known(void **state)
{
	static const char *const bad[] = { "", "Worst", "worst ", "all", "1" };
	ERROR_AUTO struct error e = { 0 };
	enum exit_policy p;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(exit_policy_parse(&p, bad[i], &e), -1);
		assert_true(e.usage);
	}
}

static void
a_halt_is_read_as_parallel_writes_it(void **state)
{
	static const struct {
		const char *text;
		enum halt_when when;
		size_t fail;
		bool percent;
	} good[] = {
		{ "never", HALT_NEVER, 0, false },
		{ "soon,fail=1", HALT_SOON, 1, false },
		{ "now,fail=30", HALT_NOW, 30, false },
		{ "soon,fail=1%", HALT_SOON, 1, true },
		{ "now,fail=100%", HALT_NOW, 100, true },
	};
	static const char *const bad[] = { "", "soon", "now", "soon,", "2",
	    "soon,fail", "soon,fail=", "soon,fail=0", "soon,fail=-1",
	    "soon,fail=+1", "now,fail= 1", "now,fail=1 ", "now,fail=%",
	    "now,fail=0%", "now,fail=101%", "now,fail=1%%", "now,fail=1x",
	    "now,success=1", "now,done=1", "later,fail=1", "never,fail=1",
	    "now,fail=99999999999999999999", "NOW,fail=1" };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		ERROR_AUTO struct error e = { 0 };
		struct halt h = { 0 };

		wrong += differs(good[i].text,
		    halt_parse(&h, good[i].text, &e), 0);
		wrong += differs(good[i].text, h.when, good[i].when);
		wrong += differs(good[i].text, (intmax_t)h.fail,
		    (intmax_t)good[i].fail);
		wrong += differs(good[i].text, h.percent, good[i].percent);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		ERROR_AUTO struct error e = { 0 };
		struct halt h = { .when = HALT_NOW };

		wrong += differs(bad[i], halt_parse(&h, bad[i], &e), -1);
		wrong += differs(bad[i], e.usage, true);
		wrong += differs(bad[i], h.when, HALT_NEVER);
	}
	assert_int_equal(wrong, 0);
}

static void
it_halts_at_the_failure_that_was_named(void **state)
{
	static const struct {
		const char *text;
		size_t failed, total;
		enum halt_when want;
	} rows[] = {
		{ "never", 20, 20, HALT_NEVER },
		{ "soon,fail=1", 0, 20, HALT_NEVER },
		{ "soon,fail=1", 1, 20, HALT_SOON },
		{ "now,fail=3", 2, 20, HALT_NEVER },
		{ "now,fail=3", 3, 20, HALT_NOW },
		{ "now,fail=3", 4, 20, HALT_NOW },
		{ "soon,fail=30%", 0, 20, HALT_NEVER },
		{ "soon,fail=30%", 5, 20, HALT_NEVER },
		{ "soon,fail=30%", 6, 20, HALT_SOON },
		{ "soon,fail=1%", 0, 20, HALT_NEVER },
		{ "soon,fail=1%", 1, 20, HALT_SOON },
		{ "now,fail=100%", 19, 20, HALT_NEVER },
		{ "now,fail=100%", 20, 20, HALT_NOW },
		{ "now,fail=100%", 0, 0, HALT_NEVER },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct halt h;

		assert_int_equal(halt_parse(&h, rows[i].text, NULL), 0);
		wrong += differs(rows[i].text,
		    halt_decide(&h, rows[i].failed, rows[i].total),
		    rows[i].want);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_end_has_its_word_and_its_status),
		cmocka_unit_test(a_summary_counts_and_names),
		cmocka_unit_test(equal_reasons_are_folded_and_many_are_cut),
		cmocka_unit_test(a_summary_is_printable),
		cmocka_unit_test(the_status_is_what_the_policy_says),
		cmocka_unit_test(what_was_not_started_did_not_succeed),
		cmocka_unit_test(only_the_four_policies_are_known),
		cmocka_unit_test(a_halt_is_read_as_parallel_writes_it),
		cmocka_unit_test(it_halts_at_the_failure_that_was_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
