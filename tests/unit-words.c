/* SPDX-License-Identifier: ISC */
/* Words and bytes that grow, errors that travel, lines that are told. */
#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/strv.h"

/* --- strv */

static void
an_empty_vector_is_an_argv(void **state)
{
	STRV_AUTO struct strv s = { 0 };

	(void)state;
	assert_non_null(strv_argv(&s));
	assert_null(strv_argv(&s)[0]);
	strv_clear(&s);
	strv_clear(&s);
	assert_null(strv_argv(&s)[0]);
}

static void
a_vector_is_an_argv_at_every_moment(void **state)
{
	STRV_AUTO struct strv s = { 0 };

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		strv_pushf(&s, "%zu", i);
		assert_int_equal(s.n, i + 1);
		assert_null(strv_argv(&s)[s.n]);
	}
	assert_string_equal(s.v[0], "0");
	assert_string_equal(s.v[15], "15");
	assert_string_equal(s.v[999], "999");
}

static void
push_copies_and_take_takes(void **state)
{
	STRV_AUTO struct strv s = { 0 };
	STRV_AUTO struct strv t = { 0 };
	char word[] = "word", *mine = mem_dup("mine");

	(void)state;
	strv_push(&s, word);
	word[0] = 'X';
	assert_string_equal(s.v[0], "word");
	strv_take(&s, mine);
	assert_ptr_equal(s.v[1], mine);
	strv_push_option(&s, "-u", NULL);
	assert_int_equal(s.n, 2);
	strv_push_option(&s, "-u", "");
	assert_int_equal(s.n, 4);
	assert_string_equal(s.v[3], "");
	strv_pushv(&t, strv_argv(&s));
	strv_pushv(&t, NULL);
	assert_int_equal(t.n, 4);
	assert_ptr_not_equal(t.v[0], s.v[0]);
	assert_string_equal(t.v[1], "mine");
}

/* --- buf */

static void
bytes_are_followed_by_a_nul_that_does_not_count(void **state)
{
	BUF_AUTO struct buf b = { 0 };

	(void)state;
	assert_string_equal(buf_text(&b), "");
	buf_add(&b, "", 0);
	assert_string_equal(buf_text(&b), "");
	for (size_t i = 0; i < 5000; i++) {
		buf_add_byte(&b, 'x');
		assert_int_equal(b.len, i + 1);
		assert_int_equal(b.data[b.len], '\0');
	}
	buf_drop(&b, 4998);
	assert_string_equal(buf_text(&b), "xx");
	buf_addf(&b, "%d%s", 12, "ab");
	assert_string_equal(buf_text(&b), "xx12ab");
	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 9);
	assert_memory_equal(b.data, "xx12aba\0b", 10);
}

static void
dropping_more_than_there_is_empties(void **state)
{
	BUF_AUTO struct buf b = { 0 };

	(void)state;
	buf_drop(&b, 5);
	buf_add_text(&b, "abc");
	buf_drop(&b, 0);
	assert_string_equal(buf_text(&b), "abc");
	buf_drop(&b, 99);
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_text(&b), "");
	buf_add_text(&b, "d");
	assert_string_equal(buf_text(&b), "d");
}

static void
stolen_content_is_a_string_of_its_own(void **state)
{
	BUF_AUTO struct buf b = { 0 };
	MEM_AUTO char *empty = buf_steal(&b);
	MEM_AUTO char *text = NULL;

	(void)state;
	assert_string_equal(empty, "");
	buf_add_text(&b, "abc");
	text = buf_steal(&b);
	assert_string_equal(text, "abc");
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	buf_clear(&b);
	buf_clear(&b);
}

static void
reserved_room_is_there(void **state)
{
	BUF_AUTO struct buf b = { 0 };
	char *to;

	(void)state;
	buf_add_text(&b, "ab");
	to = buf_reserve(&b, 100000);
	memset(to, 'c', 100000);
	b.len += 100000;
	assert_true(b.len < b.room);
	assert_memory_equal(b.data, "abcc", 4);
}

/* --- error */

static void
an_error_carries_its_cause_and_status(void **state)
{
	ERROR_AUTO struct error e = { 0 };

	(void)state;
	assert_int_equal(error_set(&e, "cannot %s", "fly"), -1);
	assert_string_equal(e.text, "cannot fly");
	assert_int_equal(e.status, STATUS_FAILED);
	assert_false(e.usage);
	errno = ENOENT;
	assert_int_equal(error_system(&e, "cannot read %s", "/x"), -1);
	assert_string_equal(e.text,
	    "cannot read /x: No such file or directory");
	assert_int_equal(error_context(&e, "config:%d", 3), -1);
	assert_string_equal(e.text,
	    "config:3: cannot read /x: No such file or directory");
	assert_int_equal(error_usage(&e, "no"), -1);
	assert_true(e.usage);
	/* A later error leaves nothing of an earlier one. */
	error_set(&e, "other");
	assert_false(e.usage);
	error_clear(&e);
	error_clear(&e);
	assert_null(e.text);
	assert_int_equal(e.status, 0);
}

/* --- mem */

static void
memory_is_zeroed_and_copies_are_copies(void **state)
{
	int *numbers = mem_zero(100, sizeof(*numbers));
	MEM_AUTO char *text = mem_printf("%s-%d", "a", 1);

	(void)state;
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(numbers[i], 0);
	numbers = mem_grow(numbers, 0, sizeof(*numbers));
	assert_non_null(numbers);
	free(numbers);
	assert_string_equal(text, "a-1");
	assert_null(mem_dup(NULL));
}

/* --- say */

static void
note_line(void *arg, const char *text)
{
	buf_addf(arg, "%s\n", text);
}

static void
lines_are_told_to_whom_they_concern(void **state)
{
	char docker[] = "docker", word[] = "a b\033";
	char *const argv[] = { docker, word, NULL };
	BUF_AUTO struct buf told = { 0 };
	struct say nobody = { 0 }, quiet = { .line = note_line, .arg = &told,
	    .quiet = true }, verbose = { .line = note_line, .arg = &told,
	    .verbose = true };

	(void)state;
	say_warning(&nobody, "x");
	say_note(&nobody, "x");
	say_command(&nobody, argv);
	say_note(&quiet, "not told");
	say_command(&quiet, argv);
	say_warning(&quiet, "w%d", 1);
	say_note(&verbose, "n%d", 2);
	say_command(&verbose, argv);
	assert_string_equal(buf_text(&told),
	    "w1\nn2\ndocker 'a b\\033'\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_vector_is_an_argv),
		cmocka_unit_test(a_vector_is_an_argv_at_every_moment),
		cmocka_unit_test(push_copies_and_take_takes),
		cmocka_unit_test(
		    bytes_are_followed_by_a_nul_that_does_not_count),
		cmocka_unit_test(dropping_more_than_there_is_empties),
		cmocka_unit_test(stolen_content_is_a_string_of_its_own),
		cmocka_unit_test(reserved_room_is_there),
		cmocka_unit_test(an_error_carries_its_cause_and_status),
		cmocka_unit_test(memory_is_zeroed_and_copies_are_copies),
		cmocka_unit_test(lines_are_told_to_whom_they_concern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
