/* SPDX-License-Identifier: ISC */
#include "archive/members.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Behind the string that begins at TEXT; NULL: it has no end. */
static const char *
string_end(const char *text)
{
	for (text++; *text != '"'; text++) {
		if (*text == '\\')
			text++;
		if (*text == '\0')
			return NULL;
	}
	return text + 1;
}

/* Behind the value that begins at TEXT; NULL: it has no end. */
static const char *
value_end(const char *text)
{
	size_t depth = 0;

	while (text != NULL && *text != '\0') {
		if (depth == 0 && strchr(",}]", *text) != NULL)
			return text;
		if (*text == '"') {
			text = string_end(text);
			continue;
		}
		if (*text == '{' || *text == '[')
			depth++;
		else if (*text == '}' || *text == ']')
			depth--;
		text++;
	}
	return NULL;
}

/* Read one and go behind it; NULL: there is none. */
static const char *
read_member(struct member *m, const char *text)
{
	const char *end = *text == '"' ? string_end(text) : NULL;

	if (end == NULL || *end != ':')
		return NULL;
	m->name = text + 1;
	m->name_len = (size_t)(end - text) - 2;
	m->value = end + 1;
	end = value_end(m->value);
	if (end != NULL)
		m->len = (size_t)(end - m->value);
	return end;
}

int
members_read(struct members *m, const char *text)
{
	m->n = 0;
	if (*text++ != '{')
		return -1;
	for (;; text++) {
		if (m->n == MEMBERS_MOST)
			return -1;
		text = read_member(&m->member[m->n], text);
		if (text == NULL)
			return -1;
		m->n++;
		if (*text != ',')
			return *text == '}' ? 0 : -1;
	}
}

struct member *
members_get(struct members *m, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < m->n; i++)
		if (m->member[i].name_len == len &&
		    memcmp(m->member[i].name, name, len) == 0)
			return &m->member[i];
	return NULL;
}

void
members_set(struct members *m, const char *name, const char *value)
{
	struct member *one = members_get(m, name);

	if (one == NULL && m->n < MEMBERS_MOST)
		one = &m->member[m->n++];
	if (one != NULL)
		*one = (struct member){ name, strlen(name), value,
		    strlen(value) };
}

void
members_drop(struct members *m, const char *name)
{
	struct member *one = members_get(m, name);

	if (one != NULL)
		*one = m->member[--m->n];
}

static int
by_name(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	size_t len = x->name_len < y->name_len ? x->name_len : y->name_len;
	int order = memcmp(x->name, y->name, len);

	if (order != 0)
		return order;
	return (x->name_len > y->name_len) - (x->name_len < y->name_len);
}

void
members_write(struct members *m, struct buf *text)
{
	qsort(m->member, m->n, sizeof(m->member[0]), by_name);
	buf_add_byte(text, '{');
	for (size_t i = 0; i < m->n; i++) {
		buf_add_text(text, i > 0 ? ",\"" : "\"");
		buf_add(text, m->member[i].name, m->member[i].name_len);
		buf_add_text(text, "\":");
		buf_add(text, m->member[i].value, m->member[i].len);
	}
	buf_add_byte(text, '}');
}
