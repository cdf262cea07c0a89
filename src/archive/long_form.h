/* SPDX-License-Identifier: ISC */
/*
 * The lines of `ls -l`, in the shape GNU ls gives them in the C locale.
 *
 * Where an archive knows less than a file system: it has no link counts, so
 * that each is shown as 1; none for the blocks a file takes, so that there is
 * no "total" line; no size for a directory, shown as 0.  The size of a hard
 * link to a file that is not in the listing is "?", and so is everything about
 * ".." but its type.
 */
#ifndef ARCHIVE_LONG_FORM_H
#define ARCHIVE_LONG_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct buf;
struct node;

enum { LONG_LINKS, LONG_USER, LONG_GROUP, LONG_SIZE, LONG_DATE, LONG_CELLS };

struct long_form {
	bool human;
	bool numeric;
	bool question;
	time_t now;			/* what makes a date a recent one */
	size_t widths[LONG_CELLS];	/* zero at first */
	size_t major_width;		/* of devices */
	size_t minor_width;
};

/* Widen the columns so that NODE fits; for all nodes before the first line. */
void long_form_measure(struct long_form *, const struct node *);

/* Append the line of NODE up to the blank before its name. */
void long_form_add(struct buf *, const struct long_form *,
    const struct node *);

/* Append a size as it is, or in powers of 1024 rounded up ("1.1K", "12M"). */
void long_form_add_size(struct buf *, int64_t size, bool human);

/* Append "Nov 23 22:14", or "Nov 23  2019" when not of the last six months. */
void long_form_add_date(struct buf *, time_t when, time_t now);

#endif
