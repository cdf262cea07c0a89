/* SPDX-License-Identifier: ISC */
/*
 * Lines that docker prints by a format of ours: each field goes through the
 * template function urlquery, with one blank between, so that nothing that
 * somebody has called something can be taken for the end of a field or a line.
 */
#ifndef FANOUT_FIELDS_H
#define FANOUT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

struct strv;

/*
 * Fill TO, which is empty, with the fields of LINE (LEN bytes, no line end) as
 * they were before urlquery.  False when they are not COUNT, or one is not
 * urlquery's or has a NUL in it; some of them may be there then.
 */
bool fields_split(struct strv *, const char *line, size_t len, size_t count);

#endif
