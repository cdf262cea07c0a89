/* SPDX-License-Identifier: ISC */
/*
 * The entries of one directory, or a single path: put in order and listed in
 * one of the three forms of ls.
 */
#ifndef ARCHIVE_ITEMS_H
#define ARCHIVE_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

struct ls_options;
struct node;
struct output;

/* An entry under a name that may not be its own ("."). */
struct item {
	const struct node *node;
	const char *name;
};

struct items {
	struct item *v;
	size_t n;
};

struct style {
	const struct ls_options *options;
	size_t width;		/* of the terminal; 0: there is none */
	bool question;		/* "?" for what is not printable */
};

/* Sorts ITEMS, by strcmp where the options name no other order. */
void items_list(struct items *, const struct style *, struct output *);

#endif
