/* SPDX-License-Identifier: ISC */
/*
 * How fast the writer of a pipe goes.  One at full speed wakes its reader for
 * every few KiB; letting it fill the pipe for a moment makes fewer, larger
 * steps.  That is worth while only where the pipe has room for what comes
 * meanwhile.
 */
#ifndef RUN_PACE_H
#define RUN_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For how many ms a writer in full flow is left alone. */
#define PACE_REST_MS	1

struct pace {
	bool roomy;		/* the pace's own, as all below */
	int64_t tick;
	size_t bytes;		/* in this tick */
};

/* Begin to measure what comes out of FD, a pipe. */
void pace_open(struct pace *, int fd);

/* BYTES have been read. */
void pace_count(struct pace *, size_t bytes);

/* So much came within one ms that a rest is due; then measures anew. */
bool pace_rest_due(struct pace *);

#endif
