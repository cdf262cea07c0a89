/* SPDX-License-Identifier: ISC */
#include "base/arguments.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

static const struct option_row *
named(const struct option_set *sets, const char *name, size_t length)
{
	const struct option_row *row = NULL;

	for (; sets->rows != NULL && row == NULL; sets++)
		row = option_named(sets->rows, name, length);
	return row;
}

/* NAME is the beginning of ROW's name. */
static bool
begins(const struct option_row *row, const char *name, size_t length)
{
	MEM_AUTO char *start = mem_printf("%.*s", (int)length, row->name);
	const struct option_row rows[] = { { .name = start }, { 0 } };

	return option_named(rows, name, length) != NULL;
}

/*
 * The row that NAME is, or is a beginning of; NULL when there is none (then
 * options_parse() says so), with the error set when there are several.
 */
static const struct option_row *
find(const struct option_set *sets, const char *name, size_t length,
    struct error *e)
{
	const struct option_row *found = named(sets, name, length);

	if (found != NULL || length == 0)
		return found;
	for (; sets->rows != NULL; sets++) {
		for (const struct option_row *row = sets->rows;
		    row->name != NULL; row++) {
			if (!begins(row, name, length))
				continue;
			if (found != NULL) {
				error_usage(e, "--%.*s may be --%s or --%s",
				    (int)length, name, found->name, row->name);
				return NULL;
			}
			found = row;
		}
	}
	return found;
}

static const struct option_row *
lettered(const struct option_set *sets, char letter)
{
	for (; sets->rows != NULL; sets++)
		for (size_t i = 0; sets->rows[i].name != NULL; i++)
			if (sets->rows[i].letter == letter)
				return &sets->rows[i];
	return NULL;
}

/* The last letter of WORD ("-gc") is an option that takes the next word. */
static bool
letters_take_word(const struct option_set *sets, const char *word)
{
	const struct option_row *row;

	for (word++; *word != '\0'; word++) {
		row = lettered(sets, *word);
		if (row == NULL || word[1] == '=')
			return false;
		if (option_takes_word(row))
			return word[1] == '\0';
	}
	return false;
}

/* Parse the option that stands first.  Returns the words taken, or -1. */
static int
take_option(struct arguments *a, const struct option_set *sets,
    char *const *argv, struct error *e)
{
	char *one[3] = { argv[0], NULL, NULL };
	const char *name = argv[0] + 2;
	size_t length = strcspn(name, "=");
	const struct option_row *row;
	bool takes;

	if (argv[0][1] != '-') {
		takes = letters_take_word(sets, argv[0]);
	} else {
		row = find(sets, name, length, e);
		if (e->text != NULL)
			return -1;
		takes = row != NULL && name[length] == '\0' &&
		    option_takes_word(row);
		if (row != NULL) {
			strv_pushf(&a->spelled, "--%s%s", row->name,
			    name + length);
			one[0] = a->spelled.v[a->spelled.n - 1];
		}
	}
	if (takes)
		one[1] = argv[1];
	return options_parse(sets, one, e);
}

int
arguments_parse(struct arguments *a, const struct option_set *sets,
    char *const *argv, struct error *e)
{
	int used;

	while (*argv != NULL) {
		if (strcmp(*argv, "--") == 0) {
			strv_pushv(&a->words, argv + 1);
			return 0;
		}
		if ((*argv)[0] != '-' || (*argv)[1] == '\0') {
			strv_push(&a->words, *argv++);
			if (a->words.n != a->until)
				continue;
			strv_pushv(&a->words, argv);
			return 0;
		}
		used = take_option(a, sets, argv, e);
		if (used == -1)
			return -1;
		argv += used;
	}
	return 0;
}

void
arguments_clear(struct arguments *a)
{
	strv_clear(&a->words);
	strv_clear(&a->spelled);
}
