/* SPDX-License-Identifier: ISC */
#include "dockerdo/mounts.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"

#define LARGEST	(64 * 1024 * 1024)

/* Blanks and backslashes are written as "\040", three octal digits. */
static char *
unescape(const char *text)
{
	struct buf b = { 0 };
	char digits[4] = "";

	for (; *text != '\0'; text++) {
		if (*text == '\\' && strspn(text + 1, "01234567") >= 3) {
			memcpy(digits, text + 1, 3);
			buf_add_byte(&b, (char)strtol(digits, NULL, 8));
			text += 3;
		} else {
			buf_add_byte(&b, *text);
		}
	}
	buf_add(&b, "", 0);
	return buf_steal(&b);
}

/* 36 35 98:0 /root /point options optional... - type source options */
static void
parse_line(struct mounts *m, char *line)
{
	char *field[5] = { NULL }, *word, *type = NULL;
	size_t n = 0;

	while ((word = strsep(&line, " ")) != NULL) {
		if (n < 5)
			field[n] = word;
		else if (strcmp(word, "-") == 0)
			break;
		n++;
	}
	if (word != NULL)
		type = strsep(&line, " ");
	if (type == NULL)
		return;
	m->v = mem_grow(m->v, m->n + 1, sizeof(*m->v));
	m->v[m->n++] = (struct mounted){ .device = mem_dup(field[2]),
	    .root = unescape(field[3]), .point = unescape(field[4]),
	    .type = unescape(type) };
}

void
mounts_parse(struct mounts *m, const char *text)
{
	MEM_AUTO char *copy = mem_dup(text);
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		parse_line(m, line);
}

int
mounts_read(struct mounts *m, struct error *e)
{
	BUF_AUTO struct buf text = { 0 };

	*m = (struct mounts){ 0 };
	if (file_read(MOUNTS_FILE, LARGEST, &text) == -1)
		return error_system(e, "cannot read " MOUNTS_FILE);
	mounts_parse(m, buf_text(&text));
	return 0;
}

const char *
mounts_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (strcmp(directory, "/") == 0)
		length = 0;
	if (strncmp(path, directory, length) != 0 ||
	    (path[length] != '/' && path[length] != '\0'))
		return NULL;
	return path + length;
}

const struct mounted *
mounts_at(const struct mounts *m, const char *point)
{
	for (size_t i = m->n; i > 0; i--)
		if (strcmp(m->v[i - 1].point, point) == 0)
			return &m->v[i - 1];
	return NULL;
}

const struct mounted *
mounts_holding(const struct mounts *m, const char *path)
{
	const struct mounted *best = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const struct mounted *one = &m->v[i];

		if (mounts_below(path, one->point) != NULL && (best == NULL ||
		    strlen(one->point) >= strlen(best->point)))
			best = one;
	}
	return best;
}

void
mounts_clear(struct mounts *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->v[i].device);
		free(m->v[i].root);
		free(m->v[i].point);
		free(m->v[i].type);
	}
	free(m->v);
	*m = (struct mounts){ 0 };
}
