/* SPDX-License-Identifier: ISC */
/* The configuration file, and which of file, environment and flag counts. */
#include "unit.h"

#include <sys/stat.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "dexec/settings.h"

struct target {
	bool flag, fixed;
	const char *text;
	int64_t time;
};

static const struct option_row rows[] = {
	{ .name = "a-flag", .kind = OPTION_BOOL, .config = true,
	    .offset = offsetof(struct target, flag) },
	{ .name = "fixed", .kind = OPTION_BOOL,
	    .offset = offsetof(struct target, fixed) },
	{ .name = "text", .kind = OPTION_TEXT, .config = true,
	    .offset = offsetof(struct target, text) },
	{ .name = "time", .kind = OPTION_TIME, .config = true,
	    .offset = offsetof(struct target, time) },
	{ .name = NULL }
};

/* A scratch directory, which is HOME and XDG_CONFIG_HOME. */
static int
set_up(void **state)
{
	char *dir = mem_dup("/tmp/unit-config.XXXXXX");

	*state = mkdtemp(dir);
	setenv("HOME", dir, 1);
	setenv("XDG_CONFIG_HOME", dir, 1);
	unsetenv("DEXEC_DOCKER");
	unsetenv("DEXEC_TIMEOUT");
	return *state != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	char *dir = *state;
	MEM_AUTO char *file = mem_printf("%s/dexec/config", dir);
	MEM_AUTO char *sub = mem_printf("%s/dexec", dir);

	unlink(file);
	rmdir(file);
	rmdir(sub);
	rmdir(dir);
	free(dir);
	return 0;
}

/* Write dexec's configuration file; returns its path. */
static char *
write_config(const char *dir, const char *text)
{
	char *path = mem_printf("%s/dexec/config", dir);
	MEM_AUTO char *sub = mem_printf("%s/dexec", dir);
	FILE *file;

	mkdir(sub, 0700);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static void
lines_are_names_and_values(void **state)
{
	static const struct {
		const char *text;
		struct target expected;
	} cases[] = {
		{ "", { .text = NULL } },
		{ "\n\n# text = no\n  # text = no\n", { .text = NULL } },
		{ "text = a", { .text = "a" } },
		{ "text=a\n", { .text = "a" } },
		{ " \ttext\t=  a b  \r\n", { .text = "a b" } },
		{ "text = a = b # c\n", { .text = "a = b # c" } },
		{ "text =\n", { .text = "" } },
		{ "text = a\ntext = b\n", { .text = "b" } },
		{ "a-flag = true\ntime = 2m\n", { .flag = true,
		    .time = 120000 } },
		{ "a_flag = on\n", { .flag = true } },
		{ "a_flag = yes\na-flag = no\n", { .flag = false } },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct target t = { 0 };
		struct option_set set[] = { { rows, &t, NULL }, { 0 } };
		MEM_AUTO char *text = mem_dup(cases[i].text);
		ERROR_AUTO struct error e = { 0 };

		wrong += differs(cases[i].text,
		    config_parse(text, "f", set, &e), 0);
		wrong += differs_text(cases[i].text, t.text,
		    cases[i].expected.text);
		wrong += differs(cases[i].text, t.flag,
		    cases[i].expected.flag);
		wrong += differs(cases[i].text, t.time,
		    cases[i].expected.time);
	}
	assert_int_equal(wrong, 0);
}

static void
errors_name_file_and_line(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "word", "f:1: 'word' is not name = value" },
		{ "# ok\n\nword\n", "f:3: 'word' is not name = value" },
		{ "= x\n", "f:1: '= x' sets nothing that dexec knows" },
		{ "a-flag = maybe\n",
		    "f:1: --a-flag: 'maybe' is not true or false" },
		{ "a-flag =\n", "f:1: --a-flag: '' is not true or false" },
		{ "\ntime = x\n", "f:2: --time: 'x' is not a time such as "
		    "1.5s, 2m or 100ms" },
		{ "\033[2J\n", "f:1: '\\033[2J' is not name = value" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct target t = { 0 };
		struct option_set set[] = { { rows, &t, NULL }, { 0 } };
		MEM_AUTO char *text = mem_dup(cases[i].text);
		ERROR_AUTO struct error e = { 0 };

		wrong += differs(cases[i].text,
		    config_parse(text, "f", set, &e), -1);
		wrong += differs_text(cases[i].text, e.text, cases[i].error);
		wrong += differs(cases[i].text, e.usage, false);
	}
	assert_int_equal(wrong, 0);
}

static void
only_what_may_be_set_there_can_be(void **state)
{
	static const char *const cases[] = { "fixed = true\n", "none = 1\n",
	    "a-flags = 1\n", "--text = x\n", "Text = x\n" };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct target t = { 0 };
		struct option_set set[] = { { rows, &t, NULL }, { 0 } };
		MEM_AUTO char *text = mem_dup(cases[i]);
		ERROR_AUTO struct error e = { 0 };

		wrong += differs(cases[i], config_parse(text, "f", set, &e),
		    -1);
		wrong += differs(cases[i], strstr(e.text, "f:1: '") == e.text,
		    true);
		assert_false(t.fixed);
	}
	assert_int_equal(wrong, 0);
}

static void
the_path_follows_xdg(void **state)
{
	static const struct {
		const char *xdg, *home, *path;
	} cases[] = {
		{ "/x", "/h", "/x/dexec/config" },
		{ NULL, "/h", "/h/.config/dexec/config" },
		{ "", "/h", "/h/.config/dexec/config" },
		{ "relative", "/h", "/h/.config/dexec/config" },
		{ NULL, NULL, NULL }, { NULL, "", NULL },
		{ "x", "h", NULL },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *path = NULL;

		unsetenv("XDG_CONFIG_HOME");
		unsetenv("HOME");
		if (cases[i].xdg != NULL)
			setenv("XDG_CONFIG_HOME", cases[i].xdg, 1);
		if (cases[i].home != NULL)
			setenv("HOME", cases[i].home, 1);
		path = config_path("dexec");
		wrong += differs_text("path", path, cases[i].path);
	}
	assert_int_equal(wrong, 0);
}

static int
read_config(const char *path, struct error *e)
{
	struct target t = { 0 };
	struct option_set set[] = { { rows, &t, NULL }, { 0 } };
	char *content = NULL;
	int rc = config_read(path, set, &content, e);

	free(content);
	return rc;
}

static void
a_file_that_is_not_there_is_fine(void **state)
{
	MEM_AUTO char *path = mem_printf("%s/none/config", (char *)*state);
	ERROR_AUTO struct error e = { 0 };

	assert_int_equal(read_config(path, &e), 0);
	assert_int_equal(read_config("/dev/null/config", &e), 0);
	assert_null(e.text);
}

static void
a_file_that_cannot_be_read_is_an_error(void **state)
{
	MEM_AUTO char *path = mem_printf("%s/dexec", (char *)*state);
	MEM_AUTO char *expected = mem_printf("cannot read %s: Is a directory",
	    path);
	ERROR_AUTO struct error e = { 0 };

	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(read_config(path, &e), -1);
	assert_string_equal(e.text, expected);
	assert_int_equal(e.status, STATUS_FAILED);
}

static void
a_file_beyond_all_measure_is_refused(void **state)
{
	MEM_AUTO char *path = write_config(*state, "");
	ERROR_AUTO struct error e = { 0 };

	assert_int_equal(truncate(path, 2 * 1024 * 1024), 0);
	assert_int_equal(read_config(path, &e), -1);
	assert_non_null(strstr(e.text, "File too large"));
}

static void
flag_goes_before_environment_before_file(void **state)
{
	MEM_AUTO char *path = write_config(*state,
	    "timeout = 1s\ndocker = from-file\nquiet = true\n");
	char option[] = "--timeout=3s", name[] = "c";
	char *const argv[] = { option, name, NULL };
	struct settings s;
	struct option_set sets[] = { { settings_rows, &s, NULL }, { 0 } };
	ERROR_AUTO struct error e = { 0 };

	assert_int_equal(settings_load(&s, &e), 0);
	assert_int_equal(s.timeout, 1000);
	assert_string_equal(s.docker, "from-file");
	assert_true(s.quiet);
	settings_clear(&s);
	setenv("DEXEC_TIMEOUT", "2s", 1);
	assert_int_equal(settings_load(&s, &e), 0);
	assert_int_equal(s.timeout, 2000);
	assert_string_equal(s.docker, "from-file");
	assert_int_equal(options_parse(sets, argv, &e), 1);
	assert_int_equal(s.timeout, 3000);
	settings_clear(&s);
	unsetenv("DEXEC_TIMEOUT");
	unlink(path);
	assert_int_equal(settings_load(&s, &e), 0);
	assert_int_equal(s.timeout, 0);
	assert_string_equal(s.docker, "docker");
	settings_clear(&s);
}

static void
an_error_in_the_file_is_one_of_settings(void **state)
{
	MEM_AUTO char *path = write_config(*state, "\n\nprint = true\n");
	MEM_AUTO char *where = mem_printf("%s:3: ", path);
	struct settings s;
	ERROR_AUTO struct error e = { 0 };

	assert_int_equal(settings_load(&s, &e), -1);
	assert_ptr_equal(strstr(e.text, where), e.text);
	settings_clear(&s);
}

static void
colour_is_a_matter_of_option_and_environment(void **state)
{
	struct settings s = { .color = COLOR_ALWAYS };

	(void)state;
	assert_true(settings_color(&s, -1));
	s.color = COLOR_NEVER;
	setenv("CLICOLOR_FORCE", "1", 1);
	assert_false(settings_color(&s, -1));
	s.color = COLOR_AUTO;
	assert_true(settings_color(&s, -1));
	setenv("NO_COLOR", "1", 1);
	assert_false(settings_color(&s, -1));
	unsetenv("NO_COLOR");
	setenv("CLICOLOR_FORCE", "0", 1);
	assert_false(settings_color(&s, -1));
	unsetenv("CLICOLOR_FORCE");
	assert_false(settings_color(&s, -1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_names_and_values),
		cmocka_unit_test(errors_name_file_and_line),
		cmocka_unit_test(only_what_may_be_set_there_can_be),
		cmocka_unit_test(the_path_follows_xdg),
		TEST(a_file_that_is_not_there_is_fine),
		TEST(a_file_that_cannot_be_read_is_an_error),
		TEST(a_file_beyond_all_measure_is_refused),
		TEST(flag_goes_before_environment_before_file),
		TEST(an_error_in_the_file_is_one_of_settings),
		cmocka_unit_test(colour_is_a_matter_of_option_and_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
