/* SPDX-License-Identifier: ISC */
/*
 * The members of a JSON object, each as it is written: for a digest, to which
 * every byte matters.
 */
#ifndef ARCHIVE_MEMBERS_H
#define ARCHIVE_MEMBERS_H

#include <stddef.h>

struct buf;

/* More are not read. */
#define MEMBERS_MOST	32

/* Without the quotes of its name, with those of its value. */
struct member {
	const char *name;
	size_t name_len;
	const char *value;
	size_t len;
};

/* All is borrowed. */
struct members {
	struct member member[MEMBERS_MOST];
	size_t n;
};

/*
 * Read the object TEXT, with no blanks between its parts.  0, or -1 where it is
 * something else or has too many members.  Values are only told apart.
 */
int members_read(struct members *, const char *text);

/* That of this name, or NULL. */
struct member *members_get(struct members *, const char *name);

/* Give it the value VALUE, as it is to be written, or add it if there is room. */
void members_set(struct members *, const char *name, const char *value);

void members_drop(struct members *, const char *name);

/* Append the object, its members sorted by name. */
void members_write(struct members *, struct buf *);

#endif
