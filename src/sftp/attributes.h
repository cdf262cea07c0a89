/* SPDX-License-Identifier: ISC */
/* What a file is, as requests and replies have it (draft, section 5). */
#ifndef SFTP_ATTRIBUTES_H
#define SFTP_ATTRIBUTES_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stdint.h>

#include "sftp/packet.h"

#define ATTRIBUTES_SIZE		0x1u
#define ATTRIBUTES_OWNER	0x2u
#define ATTRIBUTES_PERMISSIONS	0x4u
#define ATTRIBUTES_TIMES	0x8u
#define ATTRIBUTES_EXTENDED	0x80000000u

/* Only what FLAGS name is there; the rest is 0. */
struct attributes {
	uint32_t flags;
	uint64_t size;
	uint32_t uid, gid;
	uint32_t permissions;		/* with the type of the file */
	uint32_t atime, mtime;		/* since 1970 */
};

/* Extended attributes are read over, and unknown flags make a packet bad. */
void attributes_get(struct packet *, struct attributes *);

void attributes_put(struct reply *, const struct attributes *);

/* A time that does not fit becomes the nearest that does. */
void attributes_of(struct attributes *, const struct stat *);

/* The mode that a new file shall have, or else UNKNOWN. */
mode_t attributes_mode(const struct attributes *, mode_t unknown);

/*
 * What they are given to: an open file, or else a name.  Of a name that is a
 * link the owner and the times are the link's own.  A link has no size and no
 * permissions; where STRICT they are refused, else they are those of what it
 * leads to.
 */
struct attributes_place {
	int fd;				/* -1: NAME */
	const char *name;
	bool strict;
};

/*
 * Give them to PLACE, and stop at the first that cannot be: 0 or an errno.  The
 * size comes first, which changes times; and the owner before the permissions,
 * since a change of it takes away set-user-ID.
 */
int attributes_apply(const struct attributes *, const struct attributes_place *);

#endif
