/* SPDX-License-Identifier: ISC */
/*
 * A YAML file as a struct: a row for each key says of which type it is and
 * where it is kept, for reading and for writing alike.
 */
#ifndef DOCKERDO_FIELDS_H
#define DOCKERDO_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

enum field_kind {
	FIELD_TEXT,		/* char *, NULL: null */
	FIELD_BOOL,		/* bool */
	FIELD_REAL,		/* double, not negative */
	FIELD_PORT,		/* int, 0: null */
	FIELD_CHOICE,		/* int: the index in `choices` */
	FIELD_MAP,		/* struct strv of NAME=VALUE, by their names */
};

struct field {
	const char *key;	/* NULL ends the rows; by their order */
	enum field_kind kind;
	size_t offset;
	bool required;		/* of FIELD_TEXT: it is never null */
	const char *const *choices;
};

/*
 * Read the file at PATH into TARGET, which has the defaults.  Keys that no row
 * knows do not count.  -1 with the error set, errno ENOENT: there is no file.
 */
int fields_read(const struct field *, void *target, const char *path,
    struct error *);

/* Write it there, in place of what there is. */
int fields_write(const struct field *, const void *target, const char *path,
    struct error *);

/* Set a FIELD_TEXT. */
void fields_set(char **field, const char *text);

void fields_clear(const struct field *, void *target);

#endif
