/* SPDX-License-Identifier: ISC */
/*
 * What both ends of a transfer say before it begins: the image here, and what
 * the host has, of programs and of the image.
 */
#ifndef DOCKERUTILS_TRANSFER_H
#define DOCKERUTILS_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"
#include "dockerutils/ssh.h"

struct call;
struct error;

/* In the order of the option's choices. */
enum compress { COMPRESS_AUTO, COMPRESS_ZSTD, COMPRESS_GZIP, COMPRESS_NONE };

struct transfer {
	const char *image;		/* the caller's, as the two below */
	struct ssh ssh;
	bool whole;			/* whatever is there already */

	enum compress compress;		/* the caller's; AUTO is decided */
	char *id;			/* of the image here */
	unsigned long long size;
	struct strv layers;		/* its diff IDs; none: not known */
	char *there;			/* the image's ID there; NULL or "": it
					   is not there, or that is not known */
	size_t shared;			/* layers that are there, from the
					   first on */
	char *docker;			/* how docker is called there; NULL: not
					   known */
};

/*
 * Ask.  A host that does not answer is no error: it may still be one that takes
 * an image.  -1 with the error set; in any case the caller clears it.
 */
int transfer_ask(struct transfer *, const struct call *, struct error *);

/* What is run there to take the image; the caller frees it. */
char *transfer_loader(const struct transfer *);

void transfer_clear(struct transfer *);

#endif
