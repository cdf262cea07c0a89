/* SPDX-License-Identifier: ISC */
/* Text for people: made printable, quoted for a shell, and the nearest name. */
#include "unit.h"

#include <sys/wait.h>

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"

static const struct {
	const char *text, *shown;
} shown_cases[] = {
	{ "", "" }, { "plain text", "plain text" },
	{ "a\nb\tc", "a\\nb\\tc" }, { "\r", "\\r" }, { "\a\b\f\v",
	    "\\a\\b\\f\\v" },
	{ "\033[31mred", "\\033[31mred" }, { "\177", "\\177" },
	{ "\001", "\\001" }, { "a\\b", "a\\\\b" },
	/* UTF-8 stays, up to four bytes. */
	{ "caf\303\251", "caf\303\251" }, { "\342\202\254", "\342\202\254" },
	{ "\360\237\220\263", "\360\237\220\263" },
	{ "\302\240", "\302\240" },
	/* What is not well-formed does not: stray and missing bytes, */
	{ "\377\376", "\\377\\376" }, { "\200", "\\200" },
	{ "\303", "\\303" }, { "\303x", "\\303x" },
	{ "\342\202", "\\342\\202" }, { "\342\202x", "\\342\\202x" },
	{ "\360\237\220", "\\360\\237\\220" },
	/* overlong forms, surrogates, beyond U+10FFFF, */
	{ "\300\257", "\\300\\257" }, { "\301\277", "\\301\\277" },
	{ "\340\200\257", "\\340\\200\\257" },
	{ "\360\200\200\257", "\\360\\200\\200\\257" },
	{ "\355\240\200", "\\355\\240\\200" },
	{ "\355\237\277", "\355\237\277" },
	{ "\364\220\200\200", "\\364\\220\\200\\200" },
	{ "\365\200\200\200", "\\365\\200\\200\\200" },
	/* and the C1 controls, of which U+009B begins sequences. */
	{ "\302\233" "31m", "\\302\\23331m" }, { "\302\205", "\\302\\205" },
	{ "\302\237", "\\302\\237" },
};

static int
judge_printable(void)
{
	int wrong = 0;

	for (size_t i = 0; i < COUNT(shown_cases); i++) {
		MEM_AUTO char *got = text_printable(shown_cases[i].text, 0);

		wrong += differs_text(shown_cases[i].shown, got,
		    shown_cases[i].shown);
	}
	return wrong;
}

static void
nothing_that_moves_a_terminal_is_shown(void **state)
{
	(void)state;
	assert_int_equal(judge_printable(), 0);
}

static void
the_locale_makes_no_difference(void **state)
{
	static const char *const locales[] = { "C.UTF-8", "en_US.UTF-8",
	    "en_US.ISO-8859-1", "C" };

	(void)state;
	for (size_t i = 0; i < COUNT(locales); i++)
		if (setlocale(LC_ALL, locales[i]) != NULL)
			assert_int_equal(judge_printable(), 0);
	setlocale(LC_ALL, "C");
}

/* TEXT, of two bytes, is shown by ASCII that prints, or is one character. */
static void
assert_shown(const char *text)
{
	MEM_AUTO char *shown = text_printable(text, 0);

	for (const char *s = shown; *s != '\0'; s++) {
		assert_true((unsigned char)*s >= ' ' && *s != '\177');
		if ((unsigned char)*s >= 0x80)
			assert_string_equal(shown, text);
	}
}

static void
no_byte_gets_through_unprintable(void **state)
{
	char text[3] = "";

	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	for (int a = 1; a < 256; a++)
		for (int b = 0; b < 256; b++) {
			text[0] = (char)a;
			text[1] = (char)b;
			assert_shown(text);
		}
	setlocale(LC_ALL, "C");
}

static void
nothing_but_ascii_is_shown_where_that_is_all_there_is(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "", "" }, { "plain", "plain" }, { "\033[m", "\\033[m" },
		{ "caf\303\251", "caf\\303\\251" }, { "\377", "\\377" },
		{ "\302\233m", "\\302\\233m" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *got = text_printable_ascii(cases[i].text, 0);

		wrong += differs_text(cases[i].shown, got, cases[i].shown);
	}
	assert_int_equal(wrong, 0);
}

static void
long_text_is_cut_between_characters(void **state)
{
	static const struct {
		const char *text;
		size_t limit;
		const char *shown;
	} cases[] = {
		{ "abcdef", 3, "abc..." }, { "abc", 3, "abc" },
		{ "ab", 3, "ab" }, { "", 3, "" }, { "abcdef", 0, "abcdef" },
		{ "ab\303\251cd", 3, "ab\303\251..." },
		{ "ab\033cd", 3, "ab\\033..." },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *got = text_printable(cases[i].text,
		    cases[i].limit);

		wrong += differs_text(cases[i].text, got, cases[i].shown);
	}
	assert_int_equal(wrong, 0);
}

static void
plain_words_stay_plain(void **state)
{
	static const struct {
		const char *word, *quoted;
	} cases[] = {
		{ "docker", "docker" }, { "--user=root", "--user=root" },
		{ "a/b.c:d,e@f%g+h", "a/b.c:d,e@f%g+h" }, { "", "''" },
		{ "a b", "'a b'" }, { "it's", "'it'\\''s'" },
		{ "$x", "'$x'" }, { "~", "'~'" }, { "#", "'#'" },
		{ "\n", "'\n'" }, { "{a,b}", "'{a,b}'" }, { "!", "'!'" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		BUF_AUTO struct buf b = { 0 };

		text_quote(&b, cases[i].word);
		wrong += differs_text(cases[i].word, buf_text(&b),
		    cases[i].quoted);
	}
	assert_int_equal(wrong, 0);
}

/* --- the real sh reads back what was quoted */

static void
read_all(FILE *from, struct buf *b)
{
	int c;

	while ((c = getc(from)) != EOF)
		buf_add_byte(b, (char)c);
}

/* All words of ARGV, by way of SHELL, each followed by a NUL. */
static void
through_shell(const char *shell, char *const *argv, struct buf *got)
{
	MEM_AUTO char *quoted = text_quote_argv(argv);
	MEM_AUTO char *script = mem_printf("printf '%%s\\0' %s", quoted);
	int ends[2], status;
	FILE *from;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execlp(shell, shell, "-c", script, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	from = fdopen(ends[0], "r");
	assert_non_null(from);
	read_all(from, got);
	fclose(from);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
push_hostile_words(struct strv *words)
{
	char pair[3] = "";

	for (int a = 1; a < 256; a++)
		strv_pushf(words, "%c", a);
	for (const char *a = " '\"\\$`*?~#&|;<>(){}[]!\n\t-="; *a; a++)
		for (const char *b = "' \\\"\nx"; *b; b++) {
			pair[0] = *a;
			pair[1] = *b;
			strv_push(words, pair);
		}
	strv_push(words, "");
	strv_push(words, "'''");
	strv_push(words, "$(touch /tmp/never)");
	strv_push(words, "\377\376");
}

static void
a_shell_reads_the_same_bytes(void **state)
{
	static const char *const shells[] = { "sh", "bash", "dash" };
	STRV_AUTO struct strv words = { 0 };
	BUF_AUTO struct buf want = { 0 };

	(void)state;
	push_hostile_words(&words);
	for (size_t i = 0; i < words.n; i++)
		buf_add(&want, words.v[i], strlen(words.v[i]) + 1);
	for (size_t i = 0; i < COUNT(shells); i++) {
		BUF_AUTO struct buf got = { 0 };

		if (i > 0 && access("/bin/bash", X_OK) == -1)
			continue;
		through_shell(shells[i], strv_argv(&words), &got);
		assert_int_equal(got.len, want.len);
		assert_memory_equal(got.data, want.data, want.len);
	}
}

/* --- the nearest name */

static void
distance_counts_edits(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{ "", "", 0 }, { "", "abc", 3 }, { "abc", "", 3 },
		{ "abc", "abc", 0 }, { "abc", "abd", 1 }, { "abc", "ab", 1 },
		{ "abc", "xabc", 1 }, { "abc", "acb", 1 }, { "ab", "ba", 1 },
		{ "kitten", "sitting", 3 }, { "ca", "abc", 3 },
		{ "tty", "tyt", 1 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		wrong += differs(cases[i].a, (intmax_t)text_distance(
		    cases[i].a, cases[i].b), (intmax_t)cases[i].distance);
		wrong += differs(cases[i].b, (intmax_t)text_distance(
		    cases[i].b, cases[i].a), (intmax_t)cases[i].distance);
	}
	assert_int_equal(wrong, 0);
}

static void
the_nearest_name_is_near(void **state)
{
	static const char *const names[] = { "my-container", "web-1", "web-2",
	    "db", NULL };
	static const char *const none[] = { NULL };
	static const struct {
		const char *word, *nearest;
	} cases[] = {
		{ "my-contaner", "my-container" }, { "web1", "web-1" },
		{ "web-3", "web-1" }, { "dbb", "db" }, { "bd", "db" },
		{ "x", NULL }, { "zzzzzz", NULL }, { "", NULL },
		{ "completely-different", NULL },
		{ "my_container", "my-container" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		wrong += differs_text(cases[i].word,
		    text_nearest(cases[i].word, names), cases[i].nearest);
	assert_int_equal(wrong, 0);
	assert_null(text_nearest("web", none));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_moves_a_terminal_is_shown),
		cmocka_unit_test(the_locale_makes_no_difference),
		cmocka_unit_test(no_byte_gets_through_unprintable),
		cmocka_unit_test(
		    nothing_but_ascii_is_shown_where_that_is_all_there_is),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(plain_words_stay_plain),
		cmocka_unit_test(a_shell_reads_the_same_bytes),
		cmocka_unit_test(distance_counts_edits),
		cmocka_unit_test(the_nearest_name_is_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
