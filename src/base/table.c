/* SPDX-License-Identifier: ISC */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#define GAP	2		/* blanks between columns, at the least */

void
table_add(struct table *t, const char *text)
{
	if (t->n == t->room) {
		t->room = t->room == 0 ? 32 : t->room * 2;
		t->cells = mem_grow(t->cells, t->room, sizeof(*t->cells));
	}
	t->cells[t->n++] = text_printable(text, 0);
}

void
table_take(struct table *t, char *text)
{
	table_add(t, text);
	free(text);
}

/* How many columns of a terminal TEXT takes, were all its characters one wide. */
static size_t
width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void
measure(const struct table *t, size_t *widths)
{
	size_t w;

	for (size_t i = 0; i < t->n; i++) {
		w = width(t->cells[i]);
		if (w > widths[i % t->columns])
			widths[i % t->columns] = w;
	}
}

char *
table_text(const struct table *t)
{
	size_t *widths = mem_zero(t->columns, sizeof(*widths));
	struct buf out = { 0 };

	measure(t, widths);
	for (size_t i = 0; i < t->n; i++) {
		buf_add_text(&out, t->cells[i]);
		if ((i + 1) % t->columns == 0) {
			buf_add_byte(&out, '\n');
			continue;
		}
		for (size_t n = width(t->cells[i]);
		    n < widths[i % t->columns] + GAP; n++)
			buf_add_byte(&out, ' ');
	}
	free(widths);
	return buf_steal(&out);
}

void
table_clear(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	memset(t, 0, sizeof(*t));
}
