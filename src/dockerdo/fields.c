/* SPDX-License-Identifier: ISC */
#include "dockerdo/fields.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "dockerdo/yaml.h"

#define LARGEST	(16 * 1024 * 1024)

struct reading {
	const struct field *fields;
	char *target;
};

static void *
place(const struct field *f, void *target)
{
	return (char *)target + f->offset;
}

static const struct field *
field_of(const struct field *f, const char *key)
{
	for (; f->key != NULL; f++)
		if (strcmp(f->key, key) == 0)
			return f;
	return NULL;
}

/* The number of TEXT in WORDS, or -1. */
static int
index_of(const char *const *words, const char *text)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcasecmp(words[i], text) == 0)
			return i;
	return -1;
}

static int
parse_bool(const char *text, bool *value)
{
	static const char *const words[] = { "false", "true", "no", "yes",
	    "off", "on", "n", "y", "f", "t", "0", "1", NULL };
	int i = index_of(words, text);

	*value = i % 2 == 1;
	return i;
}

static int
parse_real(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(*value) &&
	    *value >= 0 ? 0 : -1;
}

static int
parse_port(const char *text, int *value)
{
	const char *bad;

	*value = (int)strtonum(text, 1, 65535, &bad);
	return bad == NULL ? 0 : -1;
}

/* -1: TEXT is not of the field's type.  NULL leaves the default, but in texts. */
static int
assign(const struct field *f, void *target, const char *text)
{
	void *to = place(f, target);

	if (f->kind == FIELD_TEXT) {
		fields_set(to, text);
		return 0;
	}
	if (text == NULL)
		return 0;
	switch (f->kind) {
	case FIELD_BOOL:
		return parse_bool(text, to);
	case FIELD_REAL:
		return parse_real(text, to);
	case FIELD_PORT:
		return parse_port(text, to);
	case FIELD_CHOICE:
		*(int *)to = index_of(f->choices, text);
		return *(int *)to;
	case FIELD_MAP:
	case FIELD_TEXT:
		break;
	}
	return -1;
}

static int
found(void *arg, const struct yaml_value *v, struct error *e)
{
	struct reading *r = arg;
	const struct field *f = field_of(r->fields,
	    v->map != NULL ? v->map : v->key);
	MEM_AUTO char *shown = NULL;

	if (f == NULL)
		return 0;
	if (v->map != NULL) {
		if (f->kind != FIELD_MAP)
			return error_set(e, "%s is a map", f->key);
		strv_pushf(place(f, r->target), "%s=%s", v->key,
		    v->text != NULL ? v->text : "");
		return 0;
	}
	if (assign(f, r->target, v->text) != -1)
		return 0;
	shown = text_printable(v->text, 60);
	return error_set(e, "%s cannot be \"%s\"", f->key, shown);
}

static int
check_required(const struct field *f, void *target, struct error *e)
{
	for (; f->key != NULL; f++)
		if (f->required && *(char **)place(f, target) == NULL)
			return error_set(e, "%s is missing", f->key);
	return 0;
}

int
fields_read(const struct field *fields, void *target, const char *path,
    struct error *e)
{
	struct reading r = { fields, target };
	BUF_AUTO struct buf text = { 0 };
	int errnum;

	if (file_read(path, LARGEST, &text) == -1) {
		errnum = errno;
		error_system(e, "cannot read %s", path);
		errno = errnum;
		return -1;
	}
	if (yaml_read(&text, found, &r, e) == -1 ||
	    check_required(fields, target, e) == -1) {
		error_context(e, "%s", path);
		errno = EINVAL;
		return -1;
	}
	return 0;
}

static void
write_text(struct yaml_writer *w, const char *text)
{
	if (text != NULL)
		yaml_text(w, text);
	else
		yaml_plain(w, "null");
}

static void
write_real(struct yaml_writer *w, double value)
{
	char text[40];

	snprintf(text, sizeof(text), "%.12g", value);
	if (strpbrk(text, ".e") == NULL)
		strlcat(text, ".0", sizeof(text));
	yaml_plain(w, text);
}

static void
write_map(struct yaml_writer *w, const struct strv *map)
{
	yaml_map(w);
	for (size_t i = 0; i < map->n; i++) {
		const char *value = strchr(map->v[i], '=');
		MEM_AUTO char *key = mem_printf("%.*s",
		    (int)(value - map->v[i]), map->v[i]);

		yaml_text(w, key);
		yaml_text(w, value + 1);
	}
	yaml_map_end(w);
}

static void
write_field(struct yaml_writer *w, const struct field *f, const void *at)
{
	char number[16];

	yaml_text(w, f->key);
	switch (f->kind) {
	case FIELD_TEXT:
		write_text(w, *(char *const *)at);
		break;
	case FIELD_BOOL:
		yaml_plain(w, *(const bool *)at ? "true" : "false");
		break;
	case FIELD_REAL:
		write_real(w, *(const double *)at);
		break;
	case FIELD_PORT:
		snprintf(number, sizeof(number), "%d", *(const int *)at);
		yaml_plain(w, *(const int *)at != 0 ? number : "null");
		break;
	case FIELD_CHOICE:
		yaml_text(w, f->choices[*(const int *)at]);
		break;
	case FIELD_MAP:
		write_map(w, at);
		break;
	}
}

int
fields_write(const struct field *f, const void *target, const char *path,
    struct error *e)
{
	BUF_AUTO struct buf text = { 0 };
	struct yaml_writer *w = yaml_begin(&text);

	for (; f->key != NULL; f++)
		write_field(w, f, (const char *)target + f->offset);
	if (yaml_end(w, e) == -1)
		return error_context(e, "%s", path);
	if (file_replace(path, text.data, text.len) == -1)
		return error_system(e, "cannot write %s", path);
	return 0;
}

void
fields_set(char **field, const char *text)
{
	char *copy = mem_dup(text);

	free(*field);
	*field = copy;
}

void
fields_clear(const struct field *f, void *target)
{
	for (; f->key != NULL; f++) {
		if (f->kind == FIELD_TEXT)
			fields_set(place(f, target), NULL);
		if (f->kind == FIELD_MAP)
			strv_clear(place(f, target));
	}
}
