/* SPDX-License-Identifier: ISC */
/*
 * Names as ls shows them.
 */
#ifndef ARCHIVE_LABEL_H
#define ARCHIVE_LABEL_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Append NAME; with QUESTION every character that is not printable in the
 * locale, and every byte that is no character, as "?" (ls -q).
 */
void label_add(struct buf *, const char *name, bool question);

/* How many columns of a terminal TEXT takes; other bytes count as one each. */
size_t label_width(const char *text);

#endif
