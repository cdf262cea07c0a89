/* SPDX-License-Identifier: ISC */
/*
 * The tables of dexec themselves: what help, man page and completion are made
 * from has to be whole and without contradictions.
 */
#include "unit.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/program.h"
#include "container/plan.h"
#include "dexec/command.h"
#include "dexec/help.h"
#include "dexec/settings.h"

static const struct option_row *const tables[] = { settings_rows, many_rows,
    exec_option_rows };

#define EACH_ROW(row) \
	for (size_t table = 0; table < COUNT(tables); table++) \
		for (const struct option_row *row = tables[table]; \
		    row->name != NULL; row++)

/* How many rows have that name (or letter). */
static int
count_name(const char *name)
{
	int n = 0;

	EACH_ROW(row)
		if (option_named((const struct option_row[]){ *row, { 0 } },
		    name, strlen(name)) != NULL)
			n++;
	return n;
}

static int
count_letter(char letter)
{
	int n = 0;

	EACH_ROW(row)
		if (row->letter == letter)
			n++;
	return n;
}

/* Both tables are parsed in one go, so no name may be in both. */
static void
letters_and_names_are_unique(void **state)
{
	int wrong = 0;

	(void)state;
	EACH_ROW(row) {
		wrong += differs(row->name, count_name(row->name), 1);
		if (row->letter != '\0')
			wrong += differs(row->name,
			    count_letter(row->letter), 1);
	}
	assert_int_equal(wrong, 0);
}

static void
every_row_is_whole(void **state)
{
	int wrong = 0;

	(void)state;
	EACH_ROW(row) {
		wrong += differs(row->name, row->help != NULL &&
		    *row->help != '\0', true);
		/* One line, lower case, no full stop. */
		wrong += differs(row->name, row->help[strlen(row->help) - 1]
		    != '.', true);
		wrong += differs(row->name, strchr(row->help, '\n') == NULL,
		    true);
		wrong += differs(row->name, islower((unsigned char)
		    row->help[0]) || isupper((unsigned char)row->help[1]),
		    true);
		wrong += differs(row->name, (row->value == NULL) ==
		    (row->kind == OPTION_BOOL), true);
		/* Only a long option is sure to be read as one word. */
		wrong += differs(row->name, row->bare == NULL ||
		    (row->value != NULL && row->letter == '\0'), true);
		wrong += differs(row->name, (row->choices != NULL) ==
		    (row->kind == OPTION_CHOICE), true);
		wrong += differs(row->name, row->letter == '\0' ||
		    isalpha((unsigned char)row->letter), true);
		wrong += differs(row->name, (intmax_t)strspn(row->name,
		    "abcdefghijklmnopqrstuvwxyz-_"),
		    (intmax_t)strlen(row->name));
	}
	assert_int_equal(wrong, 0);
}

/* $DEXEC_ and the option's name, so that one is known from the other. */
static void
variables_are_called_as_their_options(void **state)
{
	int wrong = 0;

	(void)state;
	EACH_ROW(row) {
		MEM_AUTO char *name = mem_printf("DEXEC_%s", row->name);

		if (row->environment == NULL)
			continue;
		for (char *c = name; *c != '\0'; c++)
			*c = *c == '-' ? '_' : (char)toupper(
			    (unsigned char)*c);
		wrong += differs_text(row->name, row->environment, name);
	}
	assert_int_equal(wrong, 0);
}

static size_t
size_of(enum option_kind kind)
{
	switch (kind) {
	case OPTION_BOOL:
		return sizeof(bool);
	case OPTION_LIST:
		return sizeof(struct strv);
	case OPTION_TIME:
		return sizeof(int64_t);
	case OPTION_CHOICE:
	case OPTION_NUMBER:
		return sizeof(int);
	default:
		return sizeof(const char *);
	}
}

/* No two rows of a table set the same bytes. */
static void
each_row_has_a_field_of_its_own(void **state)
{
	static const size_t sizes[] = { sizeof(struct settings),
	    sizeof(struct settings), sizeof(struct exec_options) };

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		char *taken = mem_zero(sizes[i], 1);

		for (const struct option_row *row = tables[i];
		    row->name != NULL; row++)
			for (size_t j = 0; j < size_of(row->kind); j++) {
				assert_true(row->offset + j < sizes[i]);
				assert_int_equal(taken[row->offset + j]++, 0);
			}
		free(taken);
	}
}

/* docker exec(1) has these, and no others. */
static void
all_of_docker_execs_options_are_there(void **state)
{
	static const struct {
		const char *name;
		char letter;
		enum option_kind kind;
	} docker[] = {
		{ "detach", 'd', OPTION_BOOL },
		{ "detach-keys", '\0', OPTION_TEXT },
		{ "env", 'e', OPTION_LIST },
		{ "env-file", '\0', OPTION_LIST },
		{ "interactive", 'i', OPTION_BOOL },
		{ "privileged", '\0', OPTION_BOOL },
		{ "tty", 't', OPTION_BOOL },
		{ "user", 'u', OPTION_TEXT },
		{ "workdir", 'w', OPTION_TEXT },
	};
	size_t n = 0;
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(docker); i++) {
		const struct option_row *row = option_named(exec_option_rows,
		    docker[i].name, strlen(docker[i].name));

		assert_non_null(row);
		wrong += differs(docker[i].name, row->letter,
		    docker[i].letter);
		wrong += differs(docker[i].name, row->kind, docker[i].kind);
	}
	while (exec_option_rows[n].name != NULL)
		n++;
	assert_int_equal(n, COUNT(docker));
	assert_int_equal(wrong, 0);
}

static void
command_names_are_unique_sorted_and_whole(void **state)
{
	const char *before = "";
	int wrong = 0;

	(void)state;
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *c = commands[i];

		wrong += differs(c->name, strcmp(before, c->name) < 0, true);
		wrong += differs(c->name, command_named(c->name) == c, true);
		wrong += differs(c->name, (c->argv != NULL) != (c->run != NULL),
		    true);
		wrong += differs(c->name, c->synopsis != NULL && c->summary !=
		    NULL && c->help != NULL, true);
		wrong += differs(c->name, c->help[strlen(c->help) - 1],
		    '\n');
		wrong += differs(c->name, c->summary[strlen(c->summary) - 1]
		    != '.', true);
		before = c->name;
	}
	assert_int_equal(wrong, 0);
	assert_ptr_equal(command_named("exec"), &command_exec);
	assert_null(command_named("exe"));
	assert_null(command_named(""));
}

static int
judge_lines(const char *text)
{
	MEM_AUTO char *copy = mem_dup(text);
	char *rest = copy, *line;
	int wrong = 0;

	while ((line = strsep(&rest, "\n")) != NULL) {
		wrong += differs(line, strlen(line) <= 80, true);
		wrong += differs(line, strchr(line, '\t') == NULL, true);
		wrong += differs(line, *line == '\0' ||
		    line[strlen(line) - 1] != ' ', true);
	}
	return wrong;
}

static void
help_fits_eighty_columns(void **state)
{
	BUF_AUTO struct buf b = { 0 };
	int wrong = 0;

	(void)state;
	help_program(&b);
	program_version(&b, "dexec");
	for (size_t i = 0; commands[i] != NULL; i++)
		help_command(&b, commands[i]);
	wrong = judge_lines(buf_text(&b));
	assert_int_equal(wrong, 0);
}

static void
help_tells_of_every_option_and_command(void **state)
{
	BUF_AUTO struct buf b = { 0 };
	int wrong = 0;

	(void)state;
	help_program(&b);
	EACH_ROW(row) {
		MEM_AUTO char *option = mem_printf("--%s", row->name);

		wrong += differs(option, strstr(buf_text(&b), option) != NULL,
		    true);
	}
	for (size_t i = 0; commands[i] != NULL; i++) {
		MEM_AUTO char *line = mem_printf("\n  %s ",
		    commands[i]->name);

		wrong += differs(commands[i]->name, strstr(buf_text(&b), line)
		    != NULL, true);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_and_names_are_unique),
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(variables_are_called_as_their_options),
		cmocka_unit_test(each_row_has_a_field_of_its_own),
		cmocka_unit_test(all_of_docker_execs_options_are_there),
		cmocka_unit_test(command_names_are_unique_sorted_and_whole),
		cmocka_unit_test(help_fits_eighty_columns),
		cmocka_unit_test(help_tells_of_every_option_and_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
