/* SPDX-License-Identifier: ISC */
/*
 * The pure parts of dexec-archive: sizes, dates, options, names, columns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "archive/columns.h"
#include "archive/label.h"
#include "archive/long_form.h"
#include "archive/ls_options.h"
#include "base/buf.h"
#include "base/error.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
size_is_rounded_up_as_gnu_ls_does(void **state)
{
	static const struct {
		int64_t size;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 1023, "1023" }, { 1024, "1.0K" },
		{ 1025, "1.1K" }, { 10137, "9.9K" }, { 10138, "10K" },
		{ 10241, "11K" }, { 1047552, "1023K" }, { 1047553, "1.0M" },
		{ 1048576, "1.0M" }, { 1048577, "1.1M" },
		{ INT64_C(1) << 40, "1.0T" }, { INT64_MAX, "8.0E" },
	};
	BUF_AUTO struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_drop(&b, b.len);
		long_form_add_size(&b, cases[i].size, true);
		assert_string_equal(buf_text(&b), cases[i].text);
	}
	buf_drop(&b, b.len);
	long_form_add_size(&b, INT64_MAX, false);
	assert_string_equal(buf_text(&b), "9223372036854775807");
}

static void
date_has_the_time_only_when_recent(void **state)
{
	const time_t now = 1700000000;	/* Nov 14 22:13:20 2023 */
	static const struct {
		int64_t when;
		const char *text;
	} cases[] = {
		{ 1700000000, "Nov 14 22:13" }, { 1700000001, "Nov 14  2023" },
		{ 1699000000, "Nov  3 08:26" },
		{ 1700000000 - 15778475, "May 16 07:18" },
		{ 1700000000 - 15778476, "May 16  2023" },
		{ 0, "Jan  1  1970" }, { -1, "Dec 31  1969" },
		{ INT64_MAX, "9223372036854775807" },
	};
	BUF_AUTO struct buf b = { 0 };

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_drop(&b, b.len);
		long_form_add_date(&b, (time_t)cases[i].when, now);
		assert_string_equal(buf_text(&b), cases[i].text);
	}
}

static void
options_combine_and_the_last_one_wins(void **state)
{
	char *words[] = { "-laS", "-At", "--reverse", "-F", "-p", NULL };
	struct ls_options o = { 0 };
	ERROR_AUTO struct error err = { 0 };

	(void)state;
	assert_int_equal(ls_options_parse(&o, words, &err), 0);
	assert_true(o.long_form && o.reverse && !o.numeric);
	assert_int_equal(o.hidden, ALMOST_ALL);
	assert_int_equal(o.order, BY_TIME);
	assert_int_equal(o.mark, MARK_DIRECTORIES);
}

static void
numeric_is_the_long_form_too(void **state)
{
	char *words[] = { "-n", NULL };
	struct ls_options o = { 0 };
	ERROR_AUTO struct error err = { 0 };

	(void)state;
	assert_int_equal(ls_options_parse(&o, words, &err), 0);
	assert_true(o.long_form && o.numeric);
}

static void
unknown_options_are_named(void **state)
{
	static const struct {
		char *word;
		const char *shown;
	} cases[] = {
		{ "-lX", "ls option -X is" }, { "--", "ls option -- is" },
		{ "-", "ls option - is" }, { "--al", "ls option --al is" },
		{ "-\n", "ls option -\\n is" }, { "", "ls option  is" },
		{ "word", "ls option word is" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *words[] = { cases[i].word, NULL };
		struct ls_options o = { 0 };
		ERROR_AUTO struct error err = { 0 };

		assert_int_equal(ls_options_parse(&o, words, &err), -1);
		assert_int_equal(err.status, 2);
		assert_ptr_equal(strstr(err.text, cases[i].shown), err.text);
	}
}

static void
labels_show_only_what_can_be_printed(void **state)
{
	BUF_AUTO struct buf b = { 0 };

	(void)state;
	label_add(&b, "a\tb\x1b[m\xff c\x7f", true);
	assert_string_equal(buf_text(&b), "a?b?[m? c?");
	buf_drop(&b, b.len);
	label_add(&b, "a\tb\xff", false);
	assert_string_equal(buf_text(&b), "a\tb\xff");
	assert_int_equal(label_width("abc"), 3);
	assert_int_equal(label_width(""), 0);
}

static void
columns_fill_downwards(void **state)
{
	struct cell cells[] = {
		{ "a", 1 }, { "bbbb", 4 }, { "c", 1 }, { "dd", 2 }, { "e", 1 },
	};
	BUF_AUTO struct buf b = { 0 };

	(void)state;
	columns_add(&b, cells, 5, 80);
	assert_string_equal(buf_text(&b), "a  bbbb  c  dd  e\n");
	buf_drop(&b, b.len);
	/* one line is 17 wide; ls wants one more */
	columns_add(&b, cells, 5, 17);
	assert_string_equal(buf_text(&b), "a     c   e\nbbbb  dd\n");
	buf_drop(&b, b.len);
	columns_add(&b, cells, 5, 1);
	assert_string_equal(buf_text(&b), "a\nbbbb\nc\ndd\ne\n");
	buf_drop(&b, b.len);
	columns_add(&b, cells, 0, 80);
	assert_string_equal(buf_text(&b), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_is_rounded_up_as_gnu_ls_does),
		cmocka_unit_test(date_has_the_time_only_when_recent),
		cmocka_unit_test(options_combine_and_the_last_one_wins),
		cmocka_unit_test(numeric_is_the_long_form_too),
		cmocka_unit_test(unknown_options_are_named),
		cmocka_unit_test(labels_show_only_what_can_be_printed),
		cmocka_unit_test(columns_fill_downwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
