/* SPDX-License-Identifier: ISC */
/* Columns of text for people, as wide as what stands in them. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stddef.h>

/* `columns` is the caller's to set; all else is zero at first. */
struct table {
	size_t columns;

	char **cells;		/* the table's own, as all below */
	size_t n, room;
};

/* The next cell, row by row; TEXT is taken and made printable. */
void table_take(struct table *, char *text);
void table_add(struct table *, const char *text);

/* All rows, a line each; the caller frees it. */
char *table_text(const struct table *);

void table_clear(struct table *);

#endif
