/* SPDX-License-Identifier: ISC */
#include "archive/ls_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "archive/input.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

struct row {
	char letter;
	const char *name;
	size_t offset;
	int value;
};

#define ROW(letter, name, field, value) \
	{ letter, name, offsetof(struct ls_options, field), value }

/* An option with two rows sets two fields. */
static const struct row rows[] = {
	ROW('1', NULL, one_column, 1),
	ROW('a', "all", hidden, ALL),
	ROW('A', "almost-all", hidden, ALMOST_ALL),
	ROW('l', NULL, long_form, 1),
	ROW('d', "directory", directory, 1),
	ROW('F', "classify", mark, MARK_TYPES),
	ROW('h', "human-readable", human, 1),
	ROW('n', "numeric-uid-gid", numeric, 1),
	ROW('n', "numeric-uid-gid", long_form, 1),
	ROW('r', "reverse", reverse, 1),
	ROW('t', NULL, order, BY_TIME),
	ROW('S', NULL, order, BY_SIZE),
	ROW('p', NULL, mark, MARK_DIRECTORIES),
	ROW('L', "dereference", follow, 1),
	ROW('q', "hide-control-chars", question, 1),
	ROW('R', "recursive", recursive, 1),
};

/* Whether ROW is the option LETTER or, where there is one, NAME. */
static bool
row_is(const struct row *row, char letter, const char *name)
{
	if (name == NULL)
		return row->letter == letter;
	return row->name != NULL && strcmp(row->name, name) == 0;
}

static bool
set(struct ls_options *o, char letter, const char *name)
{
	bool known = false;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!row_is(&rows[i], letter, name))
			continue;
		memcpy((char *)o + rows[i].offset, &rows[i].value,
		    sizeof(rows[i].value));
		known = true;
	}
	return known;
}

static int
unknown(const char *option, struct error *err)
{
	MEM_AUTO char *shown = text_printable(option, 64);

	error_set(err, "ls option %s is not available where the image has "
	    "no ls", shown);
	err->status = STATUS_BAD_OPTION;
	return -1;
}

/* A cluster of letters behind one "-". */
static int
parse_letters(struct ls_options *o, const char *letters, struct error *err)
{
	char option[] = "-?";

	for (; *letters != '\0'; letters++) {
		if (set(o, *letters, NULL))
			continue;
		option[1] = *letters;
		return unknown(option, err);
	}
	return 0;
}

static int
parse_word(struct ls_options *o, const char *word, struct error *err)
{
	if (strncmp(word, "--", 2) == 0)
		return set(o, '\0', word + 2) ? 0 : unknown(word, err);
	if (word[0] == '-' && word[1] != '\0')
		return parse_letters(o, word + 1, err);
	return unknown(word, err);
}

int
ls_options_parse(struct ls_options *o, char *const *argv, struct error *err)
{
	for (; *argv != NULL; argv++)
		if (parse_word(o, *argv, err) == -1)
			return -1;
	return 0;
}
