/* SPDX-License-Identifier: ISC */
/*
 * The dialect in which docker/dockerutils.cfg and setup.cfg are written: that
 * of Python 3's ConfigParser with its defaults
 * (https://docs.python.org/3/library/configparser.html).  "[section]" headers,
 * "key = value" or "key: value", values that go on in lines indented deeper
 * than their key, whole-line comments with "#" or ";", "%(key)s" for another
 * value of the section, and "[DEFAULT]", whose keys every section has.
 *
 * Unlike there, a "%" that means nothing stays as it is, with a warning.
 */
#ifndef DOCKERUTILS_INI_H
#define DOCKERUTILS_INI_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;
struct say;

struct ini_entry {
	char *key;
	char *raw;		/* before "%" is looked at */
	unsigned int line;	/* of the key, from 1 */
};

struct ini_section {
	char *name;
	unsigned int line;
	struct ini_entry *entries;	/* in the order of the file */
	size_t n, room;
};

struct ini {
	char *file;		/* what messages call it */
	struct ini_section defaults;	/* [DEFAULT] */
	struct ini_section *sections;	/* in the order of the file */
	size_t n, room;
	size_t *sorted;		/* their numbers, in the order of names */
};

/*
 * Read TEXT, LEN bytes that NAME stands for in messages.  FOLD: keys are the
 * same in either case (setup.cfg), and are kept in lower case.  Returns 0, or
 * -1 with an error that begins "NAME:LINE: "; the struct, zeroed before, is
 * the caller's to clear in both cases.
 */
int ini_parse(struct ini *, const char *text, size_t len, const char *name,
    bool fold, struct error *);

/* The same from a file; one that is not there is empty. */
int ini_read(struct ini *, const char *path, bool fold, struct error *);

/* The section of that very name but DEFAULT, or NULL. */
const struct ini_section *ini_section(const struct ini *, const char *name);

/* KEY's entry in the section, or in DEFAULT; NULL: there is none. */
const struct ini_entry *ini_entry(const struct ini *,
    const struct ini_section *, const char *key);

/*
 * Append the entry's value, with "%%" and "%(key)s" replaced by what they mean
 * in SECTION.  Returns -1 with an error that names file and line when a key
 * does not exist or refers to itself.  A "%" that means nothing is told to SAY.
 */
int ini_value(const struct ini *, const struct ini_section *,
    const struct ini_entry *, struct buf *value, const struct say *,
    struct error *);

/* Set an error: "FILE:LINE: TEXT". */
int ini_error(const struct ini *, unsigned int line, struct error *,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

void ini_clear(struct ini *);

#endif
