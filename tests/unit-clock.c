/* SPDX-License-Identifier: ISC */
/* Durations as people write them, and dates as docker does. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

#define DAY INT64_C(86400000)

static void
durations_add_up(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "0", 0 }, { "0s", 0 }, { "90", 90000 }, { "1.5", 1500 },
		{ ".5", 500 }, { "5.", 5000 }, { "1ms", 1 }, { "100ms", 100 },
		{ "1s", 1000 }, { "1.5s", 1500 }, { "2m", 120000 },
		{ "1h", 3600000 }, { "1d", DAY }, { "1m30s", 90000 },
		{ "1h1m1s1ms", 3661001 }, { "30s1m", 90000 },
		{ "1s1s", 2000 }, { "0.25m", 15000 }, { "007s", 7000 },
		/* Little is not nothing: a timeout of 0 means none. */
		{ "0.1ms", 1 }, { "0.0000001s", 1 }, { "0.0", 0 },
		{ "100000d", 100000 * DAY }, { "2400000h", 100000 * DAY },
	};
	int wrong = 0;
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ms = -1;
		wrong += differs(cases[i].text, clock_parse(cases[i].text,
		    &ms), 0);
		wrong += differs(cases[i].text, ms, cases[i].ms);
	}
	assert_int_equal(wrong, 0);
}

static void
what_is_no_duration_is_refused(void **state)
{
	static const char *const cases[] = { "", " ", "s", "ms", ".", "..",
	    "1.2.3", "-1", "+1", "-0", "1 s", " 1", "1 ", "1x", "1S", "1sec",
	    "1s2", "1s ", "1e3", "1e3s", "0x10", "inf", "nan", "infinity",
	    "1,5", "1s-1s", "\0611\n", "100001d", "99999999999999999999",
	    "1msx", "1\3", "\303\251" };
	int wrong = 0;
	int64_t ms = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		wrong += differs(cases[i], clock_parse(cases[i], &ms), -1);
	assert_int_equal(wrong, 0);
	assert_int_equal(ms, 42);
}

static void
a_number_of_any_length_is_no_trouble(void **state)
{
	char *text = mem_grow(NULL, 100001, 1);
	int64_t ms;

	(void)state;
	memset(text, '9', 100000);
	text[100000] = '\0';
	assert_int_equal(clock_parse(text, &ms), -1);
	memset(text, '0', 99999);
	assert_int_equal(clock_parse(text, &ms), 0);
	assert_int_equal(ms, 9000);
	free(text);
}

static void
dates_of_the_engine_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2024-02-29T12:34:56Z", INT64_C(1709210096000) },
		{ "2024-02-29T12:34:56.789Z", INT64_C(1709210096789) },
		{ "2024-02-29T12:34:56.789123456Z", INT64_C(1709210096789) },
		{ "2024-02-29T12:34:56.5+00:00", INT64_C(1709210096500) },
		{ "2024-02-29T14:34:56+02:00", INT64_C(1709210096000) },
		{ "2024-02-29T07:04:56-05:30", INT64_C(1709210096000) },
		{ "1969-12-31T23:59:59Z", -1000 },
		/* docker's "never". */
		{ "0001-01-01T00:00:00Z", INT64_C(-62135596800000) },
	};
	int wrong = 0;
	int64_t ms;

	(void)state;
	setenv("TZ", "Asia/Kolkata", 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		ms = 42;
		wrong += differs(cases[i].text, clock_parse_date(
		    cases[i].text, &ms), 0);
		wrong += differs(cases[i].text, ms, cases[i].ms);
	}
	assert_int_equal(wrong, 0);
}

static void
what_is_no_date_is_refused(void **state)
{
	static const char *const cases[] = { "", "now", "2024-02-29",
	    "2024-02-29T12:34:56", "2024-02-29 12:34:56Z",
	    "2024-13-01T00:00:00Z", "2024-02-29T25:00:00Z",
	    "2024-02-29T12:34Z", "2024-02-29T12:34:56z02",
	    "2024-02-29T12:34:56Zx", "2024-02-29T12:34:56+02",
	    "2024-02-29T12:34:56+0200", "2024-02-29T12:34:56.5",
	    "2024-02-29T12:34:56.5e3Z", "2024-02-29T12:34:56+02:00x",
	    "2024-02-29T12:34:56+-2:00", "2024-02-29T12:34:56+ 2:00",
	    "<no value>" };
	int wrong = 0;
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		wrong += differs(cases[i], clock_parse_date(cases[i], &ms),
		    -1);
	assert_int_equal(wrong, 0);
}

static void
the_clock_does_not_go_back(void **state)
{
	int64_t before = clock_now(), now;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		now = clock_now();
		assert_true(now >= before);
		before = now;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_add_up),
		cmocka_unit_test(what_is_no_duration_is_refused),
		cmocka_unit_test(a_number_of_any_length_is_no_trouble),
		cmocka_unit_test(dates_of_the_engine_are_read),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(the_clock_does_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
