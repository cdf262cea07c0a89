/* SPDX-License-Identifier: ISC */
/*
 * A tar archive on a descriptor that cannot be rewound, entry by entry, as
 * `docker cp CONTAINER:PATH -` writes it.  Nothing but plain tar is read: no
 * other format and no compression.
 *
 * What docker writes (clients 20.10 and 28, engine 20.10): first the entry of
 * PATH itself, named by its last component ("etc/"), "/" for the root and "./"
 * for a path that ends in "."; then, for a directory, everything below it
 * under that name, parents first.  With -L a symbolic link that was followed
 * takes the target's name.  Sockets are left out, so that the archive of a
 * socket has no entry at all.  Names that are not ASCII come in pax headers.
 */
#ifndef ARCHIVE_INPUT_H
#define ARCHIVE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive;
struct archive_entry;
struct error;

/* Exit statuses of the helper, beside 0 and those of base/error.h */
#define STATUS_PATH	1	/* the path is not of the kind asked for */
#define STATUS_BROKEN	2	/* no archive, a damaged or a truncated one */
#define STATUS_BAD_OPTION 2	/* an ls option that is not available */
#define STATUS_NOTHING	3	/* not one byte came; an error with no text */

struct input {
	struct archive *archive;
	char *block;		/* what was read last */
	int fd;			/* borrowed */
	bool any;		/* some byte came */
	bool failed;		/* reading did, at some time */
};

/* A piece of an entry's content; what lies between pieces is zeros. */
struct input_piece {
	const void *data;	/* valid until the next call */
	size_t len;
	int64_t offset;
};

/* FD stays the caller's.  Does not read yet.  Close also after a failure. */
int input_open(struct input *, int fd, struct error *);

/*
 * The next entry, valid until the next call: 1; the end of a complete archive:
 * 0; else -1 with STATUS_BROKEN or STATUS_NOTHING.
 *
 * Texts of the entry are the archive's own bytes as long as the locale's
 * character set is ASCII: libarchive cannot convert pax names then and keeps
 * them, where it would otherwise normalise them.
 */
int input_next(struct input *, struct archive_entry **, struct error *);

/* The next piece of the entry: 1; no more: 0; else -1 as above. */
int input_content(struct input *, struct input_piece *, struct error *);

/* Read to the end and throw away, so that the writer gets no SIGPIPE. */
void input_drain(struct input *);

void input_close(struct input *);

#endif
