/* SPDX-License-Identifier: ISC */
/*
 * Which compose project is meant where somebody stands: the one whose
 * containers say that they were started from that directory or, failing that,
 * from the nearest one above it.  No compose file is read for it.
 */
#ifndef FANOUT_PROJECT_H
#define FANOUT_PROJECT_H

#include <stddef.h>

struct inventory;

/* Set `directory`, and let inventories be looked through.  Borrows all. */
struct project_search {
	const char *directory;	/* absolute, as $PWD; NULL finds nothing */
	const char *name;	/* the project; NULL: none so far */
	const char *rival;	/* another one of the same directory, or NULL */
	size_t depth;		/* length of their directory, and one */
};

void project_look(struct project_search *, const struct inventory *);

#endif
