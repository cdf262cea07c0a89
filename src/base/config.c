/* SPDX-License-Identifier: ISC */
#include "base/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"

#define LARGEST_FILE (1024 * 1024)

char *
config_path(const char *program)
{
	const char *dir = getenv("XDG_CONFIG_HOME");

	if (dir != NULL && *dir == '/')
		return mem_printf("%s/%s/config", dir, program);
	dir = getenv("HOME");
	if (dir != NULL && *dir == '/')
		return mem_printf("%s/.config/%s/config", dir, program);
	return NULL;
}

/* S without blanks at either end; cut in place. */
static char *
trim(char *s)
{
	size_t len;

	s += strspn(s, " \t\r");
	len = strlen(s);
	while (len > 0 && strchr(" \t\r", s[len - 1]) != NULL)
		len--;
	s[len] = '\0';
	return s;
}

/* Where "@NAME = VALUE" goes, or NULL. */
static struct strv *
named_values(const struct option_set *sets)
{
	for (; sets->rows != NULL; sets++)
		if (sets->named != NULL)
			return sets->named;
	return NULL;
}

/* The row that the file may set, and its set; or NULL. */
static const struct option_row *
find_row(const struct option_set **set, const char *name)
{
	const struct option_row *row;

	for (; (*set)->rows != NULL; (*set)++) {
		row = option_named((*set)->rows, name, strlen(name));
		if (row != NULL && row->config)
			return row;
	}
	return NULL;
}

static int
parse_line(char *line, const struct option_set *set, struct error *e)
{
	struct strv *named = named_values(set);
	const struct option_row *row;
	MEM_AUTO char *shown = NULL;
	char *name = trim(line), *value;

	if (*name == '\0' || *name == '#')
		return 0;
	shown = text_printable(name, 60);
	value = strchr(name, '=');
	if (value == NULL)
		return error_set(e, "'%s' is not name = value", shown);
	*value++ = '\0';
	name = trim(name);
	if (*name == '@' && name[1] != '\0' && named != NULL) {
		strv_pushf(named, "%s=%s", name + 1, trim(value));
		return 0;
	}
	row = find_row(&set, name);
	if (row == NULL)
		return error_set(e, "'%s' sets nothing that dexec knows",
		    shown);
	return option_assign(row, set->target, trim(value), e);
}

int
config_parse(char *text, const char *name, const struct option_set *set,
    struct error *e)
{
	unsigned int number = 0;
	char *line;

	while ((line = strsep(&text, "\n")) != NULL) {
		number++;
		if (parse_line(line, set, e) == 0)
			continue;
		e->usage = false;
		return error_context(e, "%s:%u", name, number);
	}
	return 0;
}

int
config_read(const char *path, const struct option_set *set, char **content,
    struct error *e)
{
	struct buf text = { 0 };

	if (file_read(path, LARGEST_FILE, &text) == -1) {
		if (errno != ENOENT && errno != ENOTDIR)
			error_system(e, "cannot read %s", path);
		buf_clear(&text);
		return e->text != NULL ? -1 : 0;
	}
	*content = buf_steal(&text);
	return config_parse(*content, path, set, e);
}
