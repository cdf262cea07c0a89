/* SPDX-License-Identifier: ISC */
/*
 * The files of a container that have been changed through its mount, each once:
 * modified_files in the session's directory, an absolute path of the container's
 * a line.  One with a line's end in it is written as a JSON string.
 */
#ifndef DOCKERDO_CHANGES_H
#define DOCKERDO_CHANGES_H

#include "base/strv.h"

struct error;
struct session;

struct changes {
	void *known;		/* a tree of their paths, see tsearch(3) */
	int fd;			/* to add to; -1: none */
	char *path;
};

/* Read those of S, and get ready to add; changes_close() in any case. */
int changes_open(struct changes *, const struct session *s, struct error *);

/* 1: it is new, and written; 0: it is known; -1 with the error set. */
int changes_add(struct changes *, const char *path, struct error *);

void changes_close(struct changes *);

/* Append those of S to PATHS, in the order of their bytes, each once. */
int changes_list(const struct session *s, struct strv *paths, struct error *);

/* Sort PATHS by their bytes, and keep each once. */
void changes_sort(struct strv *paths);

#endif
