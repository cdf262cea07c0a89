/* SPDX-License-Identifier: ISC */
/*
 * Words in columns that fill downwards, as ls does on a terminal.
 */
#ifndef ARCHIVE_COLUMNS_H
#define ARCHIVE_COLUMNS_H

#include <stddef.h>

struct buf;

struct cell {
	char *text;
	size_t width;		/* in columns of the terminal */
};

/* Append the N cells in as few lines of less than WIDTH as they fit in. */
void columns_add(struct buf *, const struct cell *cells, size_t n,
    size_t width);

#endif
