/* SPDX-License-Identifier: ISC */
/* What dexec asks of dexec-archive, in its argv. */
#ifndef ARCHIVE_REQUEST_H
#define ARCHIVE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "archive/fetch.h"
#include "archive/ls.h"

struct error;

/* All is borrowed from argv. */
struct request {
	char *const *rest;	/* of an image: how many layers, and all diff
				   IDs; NULL: it is cat or ls, as follows */
	bool is_ls;		/* or else cat */
	struct ls_request ls;	/* its `name` for cat as well */
	struct source source;
	char *const *paths;	/* to fetch; NULL: the archive is on stdin */
};

int request_parse(struct request *, char *const *argv, struct error *);

/* Where a relative path begins has to be known. */
bool request_any_relative(const struct request *);

/*
 * TEXT made printable as text_printable() does it, by the user's locale: the
 * rest of the program has none, for libarchive's sake.
 */
char *request_shown(const char *text, size_t limit);

#endif
