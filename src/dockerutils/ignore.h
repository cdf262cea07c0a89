/* SPDX-License-Identifier: ISC */
/*
 * .dockerignore for rsync: its patterns are docker's (from the root, "**" for
 * any depth, "!" for exceptions, the last one that fits counts), which rsync
 * would read otherwise.
 */
#ifndef DOCKERUTILS_IGNORE_H
#define DOCKERUTILS_IGNORE_H

struct error;
struct strv;

/*
 * Append rsync's "--filter=..." words for TEXT, the content of a .dockerignore
 * of the directory that is copied.
 */
void ignore_filters(struct strv *filters, const char *text);

/* The same from .dockerignore of the working directory, if there is one. */
int ignore_read(struct strv *filters, struct error *);

#endif
