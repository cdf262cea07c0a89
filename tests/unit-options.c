/* SPDX-License-Identifier: ISC */
/* Options: every way of writing them that docker takes, and what it refuses. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/strv.h"

struct first {
	bool flag, other;
	const char *user;
	struct strv list;
	int64_t time;
	int choice;
	int shade;
};

struct second {
	bool zap;
	const char *text;
};

static const char *const choices[] = { "red", "green", "blue", NULL };

#define FIRST(f) offsetof(struct first, f)
#define SECOND(f) offsetof(struct second, f)

static const struct option_row first_rows[] = {
	{ .letter = 'f', .name = "flag", .kind = OPTION_BOOL,
	    .offset = FIRST(flag), .help = "a flag",
	    .environment = "UNIT_FLAG" },
	{ .letter = 'o', .name = "other_flag", .kind = OPTION_BOOL,
	    .offset = FIRST(other), .help = "another" },
	{ .letter = 'u', .name = "user", .kind = OPTION_TEXT,
	    .offset = FIRST(user), .value = "USER", .help = "a text",
	    .environment = "UNIT_USER" },
	{ .letter = 'l', .name = "list", .kind = OPTION_LIST,
	    .offset = FIRST(list), .value = "WORD", .help = "a list" },
	{ .name = "list-file", .kind = OPTION_LIST,
	    .offset = FIRST(list), .value = "FILE", .help = "longer" },
	{ .name = "time", .kind = OPTION_TIME, .offset = FIRST(time),
	    .value = "TIME", .help = "a time", .environment = "UNIT_TIME" },
	{ .name = "colour", .kind = OPTION_CHOICE, .offset = FIRST(choice),
	    .value = "COLOUR", .choices = choices, .help = "a choice" },
	{ .letter = 's', .name = "shade", .kind = OPTION_CHOICE,
	    .offset = FIRST(shade), .value = "COLOUR", .bare = "green",
	    .choices = choices, .help = "a choice that may be left out" },
	{ .name = NULL }
};

static const struct option_row second_rows[] = {
	{ .letter = 'z', .name = "zap", .kind = OPTION_BOOL,
	    .offset = SECOND(zap), .help = "of the second set" },
	{ .name = "second-text", .kind = OPTION_TEXT,
	    .offset = SECOND(text), .value = "TEXT", .help = "also" },
	{ .name = NULL }
};

struct fixture {
	struct first first;
	struct second second;
	struct strv argv;	/* fields borrow from it */
	struct error e;
	int used;
};

/* Parse the words of LINE, which blanks divide and "''" is the empty one. */
static struct fixture
parse(const char *line)
{
	struct fixture f = { 0 };
	struct option_set sets[] = { { first_rows, &f.first },
	    { second_rows, &f.second }, { 0 } };
	MEM_AUTO char *copy = mem_dup(line);
	char *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0')
			strv_push(&f.argv, strcmp(word, "''") == 0 ? "" : word);
	f.used = options_parse(sets, strv_argv(&f.argv), &f.e);
	return f;
}

static void
done(struct fixture *f)
{
	strv_clear(&f->argv);
	strv_clear(&f->first.list);
	error_clear(&f->e);
}

static void
booleans_take_what_go_parses(void **state)
{
	static const struct {
		const char *line;
		int used;
		bool flag;
	} cases[] = {
		{ "x", 0, false }, { "-f", 1, true }, { "--flag", 1, true },
		{ "-f=1 x", 1, true }, { "-f=t", 1, true },
		{ "-f=T", 1, true }, { "-f=TRUE", 1, true },
		{ "-f=true", 1, true }, { "-f=True", 1, true },
		{ "-f=0", 1, false }, { "-f=f", 1, false },
		{ "-f=F", 1, false }, { "-f=FALSE", 1, false },
		{ "-f=false", 1, false }, { "-f=False", 1, false },
		{ "--flag=true", 1, true }, { "--flag=0", 1, false },
		{ "-f -f=false", 2, false }, { "-f=false -f", 2, true },
		/* A word of its own is no value of a boolean. */
		{ "--flag false", 1, true }, { "-f false", 1, true },
		{ "-of=false", 1, false }, { "-f=tRUE", -1, false },
		{ "-f=2", -1, false }, { "-f=", -1, false },
		{ "--flag=", -1, false }, { "--flag=trueish", -1, false },
		{ "-f=true=true", -1, false },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f = parse(cases[i].line);

		wrong += differs(cases[i].line, f.used, cases[i].used);
		if (f.used != -1)
			wrong += differs(cases[i].line, f.first.flag,
			    cases[i].flag);
		done(&f);
	}
	assert_int_equal(wrong, 0);
}

static void
values_stand_behind_or_within(void **state)
{
	static const struct {
		const char *line;
		int used;
		const char *user;
	} cases[] = {
		{ "-u root x", 2, "root" }, { "-uroot x", 1, "root" },
		{ "-u=root x", 1, "root" }, { "--user root x", 2, "root" },
		{ "--user=root x", 1, "root" }, { "--user=", 1, "" },
		{ "-u '' x", 2, "" }, { "--user ''", 2, "" },
		{ "--user==", 1, "=" }, { "--user=a=b", 1, "a=b" },
		{ "-fu root", 2, "root" }, { "-furoot", 1, "root" },
		{ "-fu=root", 1, "root" }, { "-fou root", 2, "root" },
		{ "-u -f", 2, "-f" }, { "--user -- x", 2, "--" },
		{ "-u --", 2, "--" }, { "-ufo", 1, "fo" },
		{ "-u a -u b", 4, "b" }, { "-f -u a x -u b", 3, "a" },
		{ "-u", -1, NULL }, { "--user", -1, NULL },
		{ "-fu", -1, NULL },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f = parse(cases[i].line);

		wrong += differs(cases[i].line, f.used, cases[i].used);
		if (f.used != -1)
			wrong += differs_text(cases[i].line, f.first.user,
			    cases[i].user);
		done(&f);
	}
	assert_int_equal(wrong, 0);
}

static void
parsing_stops_at_the_first_other_word(void **state)
{
	static const struct {
		const char *line;
		int used;
	} cases[] = {
		{ "", 0 }, { "x", 0 }, { "x -f", 0 }, { "- -f", 0 },
		{ "'' -f", 0 }, { "--", 1 }, { "-- -f", 1 }, { "-- --", 1 },
		{ "-f -- -f", 2 }, { "-f x -o", 1 }, { "-f -", 1 },
		{ "-fo", 1 }, { "-f --flag --zap", 3 },
		{ "-fz x", 1 }, { "--second-text a --flag b", 3 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f = parse(cases[i].line);

		wrong += differs(cases[i].line, f.used, cases[i].used);
		wrong += differs(cases[i].line, f.first.other,
		    strcmp(cases[i].line, "-fo") == 0);
		done(&f);
	}
	assert_int_equal(wrong, 0);
}

static void
each_set_has_its_own_target(void **state)
{
	struct fixture f = parse("-fz --second_text=t -u n");

	(void)state;
	assert_int_equal(f.used, 4);
	assert_true(f.first.flag);
	assert_true(f.second.zap);
	assert_string_equal(f.second.text, "t");
	assert_string_equal(f.first.user, "n");
	done(&f);
}

static void
lists_add_up_in_order(void **state)
{
	struct fixture f = parse("-la --list b -l=c --list=d -l e "
	    "--list-file f --list= -l ''");
	static const char *const expected[] = { "a", "b", "c", "d", "e", "f",
	    "", "" };

	(void)state;
	assert_int_equal(f.first.list.n, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++)
		assert_string_equal(f.first.list.v[i], expected[i]);
	done(&f);
}

static void
long_names_are_exact_but_for_the_hyphen(void **state)
{
	static const struct {
		const char *line;
		int used;
	} cases[] = {
		{ "--other_flag", 1 }, { "--other-flag", 1 },
		{ "--list_file=x", 1 }, { "--list-file=x", 1 },
		{ "--other", -1 }, { "--other-flags", -1 },
		{ "--other flag", -1 }, { "--otherflag", -1 },
		{ "--lis=x", -1 }, { "--list-", -1 }, { "--=x", -1 },
		{ "---flag", -1 }, { "--Flag", -1 }, { "--f", -1 },
		{ "--flag-", -1 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f = parse(cases[i].line);

		wrong += differs(cases[i].line, f.used, cases[i].used);
		wrong += differs(cases[i].line, f.e.text != NULL,
		    f.used == -1);
		done(&f);
	}
	assert_int_equal(wrong, 0);
}

static void
times_and_choices_are_checked(void **state)
{
	struct fixture f = parse("--time 1.5s --colour=blue");

	(void)state;
	assert_int_equal(f.used, 3);
	assert_int_equal(f.first.time, 1500);
	assert_int_equal(f.first.choice, 2);
	done(&f);
	f = parse("--time=-1");
	assert_int_equal(f.used, -1);
	assert_string_equal(f.e.text,
	    "--time: '-1' is not a time such as 1.5s, 2m or 100ms");
	done(&f);
	f = parse("--colour Red");
	assert_int_equal(f.used, -1);
	assert_string_equal(f.e.text,
	    "--colour: 'Red' is not one of red, green, blue");
	done(&f);
}

static void
errors_name_the_nearest_option(void **state)
{
	static const struct {
		const char *line, *text;
	} cases[] = {
		{ "--flg", "unknown option --flg (did you mean --flag?)" },
		{ "--flga", "unknown option --flga (did you mean --flag?)" },
		{ "--sap", "unknown option --sap (did you mean --zap?)" },
		{ "--usr=x", "unknown option --usr (did you mean --user?)" },
		{ "--list-fiel x",
		    "unknown option --list-fiel (did you mean --list-file?)" },
		{ "--qqq", "unknown option --qqq" },
		{ "--x\033[31m", "unknown option --x\\033[31m" },
		{ "-fq", "unknown option -q in '-fq'" },
		{ "-\377", "unknown option - in '-\\377'" },
		{ "-u", "-u needs a value" },
		{ "--user", "--user needs a value" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f = parse(cases[i].line);

		assert_int_equal(f.used, -1);
		wrong += differs_text(cases[i].line, f.e.text, cases[i].text);
		assert_true(f.e.usage);
		assert_int_equal(f.e.status, STATUS_FAILED);
		done(&f);
	}
	assert_int_equal(wrong, 0);
}

static void
a_very_long_option_is_refused_at_once(void **state)
{
	size_t length = 1 << 20;
	char *line = mem_grow(NULL, length + 1, 1);
	struct fixture f;

	(void)state;
	memset(line, 'x', length);
	memcpy(line, "--", 2);
	line[length] = '\0';
	f = parse(line);
	assert_int_equal(f.used, -1);
	assert_true(strlen(f.e.text) < 200);
	done(&f);
	free(line);
}

static void
environment_sets_what_has_a_variable(void **state)
{
	struct first first = { 0 };
	struct option_set set = { first_rows, &first };
	ERROR_AUTO struct error e = { 0 };

	(void)state;
	setenv("UNIT_FLAG", "true", 1);
	setenv("UNIT_USER", "me", 1);
	setenv("UNIT_TIME", "", 1);	/* as good as not set */
	assert_int_equal(options_environment(&set, &e), 0);
	assert_true(first.flag);
	assert_string_equal(first.user, "me");
	assert_int_equal(first.time, 0);
	setenv("UNIT_TIME", "later", 1);
	assert_int_equal(options_environment(&set, &e), -1);
	assert_ptr_equal(strstr(e.text, "$UNIT_TIME: "), e.text);
	unsetenv("UNIT_FLAG");
	unsetenv("UNIT_USER");
	unsetenv("UNIT_TIME");
}

static void
a_value_that_may_be_left_out_stands_behind_the_sign(void **state)
{
	static const struct {
		const char *line;
		int used, shade;
	} cases[] = {
		{ "--shade", 1, 1 }, { "-s", 1, 1 }, { "-fs", 1, 1 },
		{ "--shade=blue", 1, 2 }, { "-s=red", 1, 0 },
		/* A word of its own is the next argument. */
		{ "--shade blue", 1, 1 }, { "-s blue", 1, 1 },
		{ "--shade=blue --shade", 2, 1 }, { "--shade -f", 2, 1 },
		{ "--shade=", -1, 0 }, { "--shade=pink", -1, 0 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f = parse(cases[i].line);

		wrong += differs(cases[i].line, f.used, cases[i].used);
		if (f.used != -1)
			wrong += differs(cases[i].line, f.first.shade,
			    cases[i].shade);
		done(&f);
	}
	assert_int_equal(wrong, 0);
}

static void
help_has_two_columns(void **state)
{
	static const struct option_row rows[] = {
		{ .letter = 'a', .name = "all", .help = "everything" },
		{ .name = "other", .value = "VALUE", .help = "more" },
		{ .name = "maybe", .value = "STATE", .bare = "x",
		    .help = "some" },
		{ .name = "a-very-long-name", .value = "LONG-VALUE",
		    .help = "below" },
		{ .name = NULL }
	};
	BUF_AUTO struct buf b = { 0 };

	(void)state;
	options_help(&b, rows);
	assert_string_equal(buf_text(&b),
	    "  -a, --all                   everything\n"
	    "      --other VALUE           more\n"
	    "      --maybe[=STATE]         some\n"
	    "      --a-very-long-name LONG-VALUE\n"
	    "                              below\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(booleans_take_what_go_parses),
		cmocka_unit_test(values_stand_behind_or_within),
		cmocka_unit_test(parsing_stops_at_the_first_other_word),
		cmocka_unit_test(each_set_has_its_own_target),
		cmocka_unit_test(lists_add_up_in_order),
		cmocka_unit_test(long_names_are_exact_but_for_the_hyphen),
		cmocka_unit_test(times_and_choices_are_checked),
		cmocka_unit_test(errors_name_the_nearest_option),
		cmocka_unit_test(a_very_long_option_is_refused_at_once),
		cmocka_unit_test(environment_sets_what_has_a_variable),
		cmocka_unit_test(
		    a_value_that_may_be_left_out_stands_behind_the_sign),
		cmocka_unit_test(help_has_two_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
