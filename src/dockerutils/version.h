/* SPDX-License-Identifier: ISC */
/* What is known of a project's version, as versioneer has it. */
#ifndef DOCKERUTILS_VERSION_H
#define DOCKERUTILS_VERSION_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

struct version {
	char *version;
	char *revision;		/* the whole hash; or NULL */
	char *date;		/* of the commit, ISO 8601; or NULL */
	char *error;		/* why there is no better one; or NULL */
	bool dirty;
	bool dirty_known;
};

/* What git says of a working tree. */
struct pieces {
	char *tag;		/* the nearest, without the prefix; or NULL */
	char *hash;		/* whole */
	char *abbreviated;
	char *date;
	char *branch;
	char *error;		/* what git said means nothing to us */
	unsigned long distance;	/* commits since the tag, or in all */
	bool dirty;
};

/*
 * Make of PIECES the version that STYLE (NULL: pep440) has.  Returns -1 with
 * the error set when there is no such style.
 */
int version_render(struct version *, const struct pieces *, const char *style,
    struct error *);

/*
 * Split what "git describe --long --dirty --always" printed: fills in tag,
 * distance, abbreviated and dirty, or error.  PREFIX is that of tags.
 */
void pieces_describe(struct pieces *, const char *text, const char *prefix);

void pieces_clear(struct pieces *);
void version_clear(struct version *);

#endif
