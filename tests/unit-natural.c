/* SPDX-License-Identifier: ISC */
/* Names with numbers in them: their order, and folding them. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/natural.h"
#include "base/strv.h"

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

/* Each stands before the next one. */
static const char *const in_order[] = {
	"", "-", "0", "00", "01", "1", "1a", "01b", "1b", "2", "9", "009a",
	"10", "18446744073709551615", "18446744073709551616",
	"99999999999999999999999999999999", "A", "a", "a-1-10", "a-2-9",
	"a-10-1", "a1", "a1b", "a2", "a10", "node01", "node1", "node02",
	"node010", "node10", "web", "web-1", "web-1-x", "web-2", "web-10",
	"web-10a", "web-100", "web_1", "\303\251", "\377",
};

static void
numbers_count_by_value(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(in_order); i++)
		for (size_t k = 0; k < COUNT(in_order); k++)
			wrong += differs(in_order[i], sign(natural_compare(
			    in_order[i], in_order[k])),
			    sign((int)i - (int)k));
	assert_int_equal(wrong, 0);
}

static int
compare_elements(const void *a, const void *b)
{
	return natural_compare(*(const char *const *)a,
	    *(const char *const *)b);
}

/* All texts of up to four of these bytes: an order has no circles. */
static void
the_order_is_total(void **state)
{
	static const char bytes[] = "01aA-";
	STRV_AUTO struct strv all = { 0 };

	(void)state;
	strv_push(&all, "");
	for (size_t i = 0; all.n < 781 && i < all.n; i++)
		for (const char *b = bytes; *b != '\0'; b++)
			strv_pushf(&all, "%s%c", all.v[i], *b);
	qsort(all.v, all.n, sizeof(*all.v), compare_elements);
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < all.n; k++)
			if (sign(natural_compare(all.v[i], all.v[k])) !=
			    sign((int)i - (int)k))
				fail_msg("<%s> <%s>", all.v[i], all.v[k]);
}

/* --- folding */

static char *
fold_words(const char *words)
{
	MEM_AUTO char *copy = mem_dup(words);
	STRV_AUTO struct strv v = { 0 };
	char *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL)
		strv_push(&v, word);
	return natural_fold(strv_argv(&v), v.n);
}

static const struct {
	const char *names, *folded;
} fold_cases[] = {
	{ "web-1", "web-1" }, { "db", "db" }, { "b a", "a,b" },
	{ "web-1 web-2", "web-[1-2]" }, { "web-1 web-3", "web-[1,3]" },
	{ "web-7 db web-3 web-1 web-2", "db,web-[1-3,7]" },
	{ "web-10 web-9 web-8", "web-[8-10]" },
	{ "web web-1 web-2", "web,web-[1-2]" },
	{ "1 2 3", "[1-3]" }, { "x 0 1", "[0-1],x" },
	/* In the middle, and of two numbers the one that folds more. */
	{ "proj_web_1_x proj_web_2_x", "proj_web_[1-2]_x" },
	{ "p1-web-1 p1-web-2 p1-web-3 p2-web-1",
	    "p1-web-[1-3],p2-web-1" },
	{ "p1-web p2-web p1-db p2-db", "p[1-2]-db,p[1-2]-web" },
	{ "a1b1 a2b1 a3b1 a1b2", "a[1-3]b1,a1b2" },
	/* Of two as good ones the last. */
	{ "a1-1 a1-2 a2-1 a2-2", "a1-[1-2],a2-[1-2]" },
	/* Leading zeros are part of the name. */
	{ "node01 node02 node03", "node[01-03]" },
	{ "node08 node09 node10 node11", "node[08-11]" },
	{ "node1 node01", "node01,node1" },
	{ "n1 n2 n01 n02", "n[01-02],n[1-2]" },
	{ "n001 n02 n3", "n001,n02,n3" },
	{ "n99 n100", "n[99-100]" }, { "n099 n100", "n[099-100]" },
	{ "n0 n1", "n[0-1]" }, { "n00 n01 n1", "n[00-01],n1" },
	/* The same name is there once. */
	{ "a a a", "a" }, { "a1 a1 a2 a2", "a[1-2]" },
	/* What is longer than any number that is counted with is text. */
	{ "x99999999999999999998 x99999999999999999999",
	    "x99999999999999999998,x99999999999999999999" },
	{ "x99999999999999999999-1 x99999999999999999999-2",
	    "x99999999999999999999-[1-2]" },
	{ "x999999999999999999 x999999999999999998",
	    "x[999999999999999998-999999999999999999]" },
	{ "east/web-1 east/web-2 west/web-1",
	    "east/web-[1-2],west/web-1" },
};

static void
names_fold_by_one_number(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(fold_cases); i++) {
		MEM_AUTO char *got = fold_words(fold_cases[i].names);

		wrong += differs_text(fold_cases[i].names, got,
		    fold_cases[i].folded);
	}
	assert_int_equal(wrong, 0);
}

static void
nothing_folds_to_nothing(void **state)
{
	MEM_AUTO char *got = natural_fold(NULL, 0);

	(void)state;
	assert_string_equal(got, "");
}

static void
a_thousand_names_are_one_word(void **state)
{
	STRV_AUTO struct strv v = { 0 };
	MEM_AUTO char *got = NULL;

	(void)state;
	for (int i = 1000; i > 0; i--)
		strv_pushf(&v, "proj-web-%d", i);
	got = natural_fold(strv_argv(&v), v.n);
	assert_string_equal(got, "proj-web-[1-1000]");
	assert_string_equal(v.v[0], "proj-web-1000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_count_by_value),
		cmocka_unit_test(the_order_is_total),
		cmocka_unit_test(names_fold_by_one_number),
		cmocka_unit_test(nothing_folds_to_nothing),
		cmocka_unit_test(a_thousand_names_are_one_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
