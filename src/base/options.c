/* SPDX-License-Identifier: ISC */
#include "base/options.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"

#define HELP_COLUMN 30

static bool
same_name(const char *name, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++, name++)
		if ((*name == '_' ? '-' : *name) !=
		    (word[i] == '_' ? '-' : word[i]))
			return false;
	return *name == '\0';
}

const struct option_row *
option_named(const struct option_row *rows, const char *name, size_t length)
{
	for (; rows->name != NULL; rows++)
		if (same_name(rows->name, name, length))
			return rows;
	return NULL;
}

/* The words that Go's ParseBool takes, because docker takes them. */
static int
parse_bool(const char *value, bool *result)
{
	static const char *const yes[] = { "1", "t", "T", "true", "TRUE",
	    "True", "yes", "on", NULL };
	static const char *const no[] = { "0", "f", "F", "false", "FALSE",
	    "False", "no", "off", NULL };

	for (size_t i = 0; yes[i] != NULL; i++) {
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			*result = strcmp(value, yes[i]) == 0;
			return 0;
		}
	}
	return -1;
}

static int
parse_choice(const char *const *choices, const char *value, int *result)
{
	for (int i = 0; choices[i] != NULL; i++) {
		if (strcmp(choices[i], value) == 0) {
			*result = i;
			return 0;
		}
	}
	return -1;
}

static int
parse_number(const char *value, int least, int *result)
{
	const char *wrong;

	*result = (int)strtonum(value, least, INT_MAX, &wrong);
	return wrong == NULL ? 0 : -1;
}

static int
bad_value(const struct option_row *row, const char *value, struct error *e)
{
	MEM_AUTO char *shown = text_printable(value, 60);
	struct buf expected = { 0 };

	if (row->kind == OPTION_TIME)
		buf_add_text(&expected, "a time such as 1.5s, 2m or 100ms");
	else if (row->kind == OPTION_NUMBER)
		buf_addf(&expected, "a number from %d on", row->least);
	else if (row->kind == OPTION_BOOL)
		buf_add_text(&expected, "true or false");
	for (size_t i = 0; row->kind == OPTION_CHOICE && row->choices[i]; i++)
		buf_addf(&expected, "%s%s", i > 0 ? ", " : "one of ",
		    row->choices[i]);
	error_usage(e, "--%s: '%s' is not %s", row->name, shown,
	    buf_text(&expected));
	buf_clear(&expected);
	return -1;
}

bool
option_takes_word(const struct option_row *row)
{
	return row->kind != OPTION_BOOL && row->bare == NULL;
}

int
option_assign(const struct option_row *row, void *target, const char *value,
    struct error *e)
{
	void *field = (char *)target + row->offset;
	int bad = 0;

	if (value == NULL)
		value = row->bare;
	switch (row->kind) {
	case OPTION_BOOL:
		bad = parse_bool(value != NULL ? value : "true", field);
		break;
	case OPTION_TEXT:
		*(const char **)field = value;
		break;
	case OPTION_LIST:
		strv_push(field, value);
		break;
	case OPTION_TIME:
		bad = clock_parse(value, field);
		break;
	case OPTION_NUMBER:
		bad = parse_number(value, row->least, field);
		break;
	case OPTION_CHOICE:
		bad = parse_choice(row->choices, value, field);
		break;
	}
	return bad ? bad_value(row, value, e) : 0;
}

static int
unknown_option(const struct option_set *sets, const char *name, size_t length,
    struct error *e)
{
	MEM_AUTO char *word = mem_printf("%.*s", (int)length, name);
	MEM_AUTO char *shown = text_printable(word, 60);
	const char *near;
	struct strv names = { 0 };

	for (; sets->rows != NULL; sets++)
		for (size_t i = 0; sets->rows[i].name != NULL; i++)
			strv_push(&names, sets->rows[i].name);
	near = text_nearest(word, (const char *const *)strv_argv(&names));
	if (near != NULL)
		error_usage(e, "unknown option --%s (did you mean --%s?)",
		    shown, near);
	else
		error_usage(e, "unknown option --%s", shown);
	strv_clear(&names);
	return -1;
}

/* One long option, "--name" or "--name=value".  Returns the words taken. */
static int
parse_long(const struct option_set *sets, char *const *argv, struct error *e)
{
	const char *name = argv[0] + 2, *value = NULL;
	size_t length = strcspn(name, "=");
	const struct option_row *row = NULL;
	const struct option_set *set;

	for (set = sets; set->rows != NULL; set++)
		if ((row = option_named(set->rows, name, length)) != NULL)
			break;
	if (row == NULL)
		return unknown_option(sets, name, length, e);
	if (name[length] == '=')
		value = name + length + 1;
	else if (option_takes_word(row) && (value = argv[1]) == NULL)
		return error_usage(e, "--%s needs a value", row->name);
	if (option_assign(row, set->target, value, e) == -1)
		return -1;
	return value == argv[1] && value != NULL ? 2 : 1;
}

static const struct option_row *
find_letter(const struct option_set *sets, char letter, void **target)
{
	for (; sets->rows != NULL; sets++)
		for (size_t i = 0; sets->rows[i].name != NULL; i++)
			if (sets->rows[i].letter == letter) {
				*target = sets->target;
				return &sets->rows[i];
			}
	return NULL;
}

/* One word of short options, "-it", "-eA=1", "-t=false". */
static int
parse_short(const struct option_set *sets, char *const *argv, struct error *e)
{
	MEM_AUTO char *shown = text_printable(argv[0], 60);
	const struct option_row *row;
	const char *at = argv[0] + 1, *value;
	void *target;

	for (; *at != '\0'; at++) {
		row = find_letter(sets, *at, &target);
		if (row == NULL)
			return error_usage(e, "unknown option -%.*s in '%s'",
			    (unsigned char)*at < 0x80 && *at > ' ', at, shown);
		if (!option_takes_word(row) && at[1] != '=') {
			if (option_assign(row, target, NULL, e) == -1)
				return -1;
			continue;
		}
		value = at[1] == '=' ? at + 2 : at[1] != '\0' ? at + 1 : argv[1];
		if (value == NULL)
			return error_usage(e, "-%c needs a value", *at);
		if (option_assign(row, target, value, e) == -1)
			return -1;
		return value == argv[1] ? 2 : 1;
	}
	return 1;
}

int
options_parse(const struct option_set *sets, char *const *argv,
    struct error *e)
{
	int used = 0, taken;

	while (argv[used] != NULL && argv[used][0] == '-' &&
	    argv[used][1] != '\0') {
		if (strcmp(argv[used], "--") == 0)
			return used + 1;
		if (argv[used][1] == '-')
			taken = parse_long(sets, argv + used, e);
		else
			taken = parse_short(sets, argv + used, e);
		if (taken == -1)
			return -1;
		used += taken;
	}
	return used;
}

int
options_environment(const struct option_set *set, struct error *e)
{
	const char *value;

	for (const struct option_row *row = set->rows; row->name; row++) {
		if (row->environment == NULL)
			continue;
		value = getenv(row->environment);
		if (value == NULL || *value == '\0')
			continue;
		if (option_assign(row, set->target, value, e) == -1)
			return error_context(e, "$%s", row->environment);
	}
	return 0;
}

void
options_help(struct buf *b, const struct option_row *row)
{
	size_t start;

	for (; row->name != NULL; row++) {
		start = b->len;
		if (row->letter != '\0')
			buf_addf(b, "  -%c, --%s", row->letter, row->name);
		else
			buf_addf(b, "      --%s", row->name);
		if (row->value != NULL)
			buf_addf(b, row->bare != NULL ? "[=%s]" : " %s",
			    row->value);
		if (b->len - start >= HELP_COLUMN) {
			buf_add_byte(b, '\n');
			start = b->len;
		}
		while (b->len - start < HELP_COLUMN)
			buf_add_byte(b, ' ');
		buf_addf(b, "%s\n", row->help);
	}
}
