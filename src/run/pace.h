/* SPDX-License-Identifier: ISC */
/*
 * How fast the writer of a pipe goes.  One at full speed wakes its reader for
 * every few KiB; letting it fill the pipe for a moment makes fewer, larger
 * steps.  For one pipe that is worth while only where it has room for what
 * comes meanwhile.  Of many pipes all are let alone until the same moment, so
 * that one look finds them filled.
 */
#ifndef RUN_PACE_H
#define RUN_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pace {
	bool roomy;		/* the pace's own, as all below */
	bool one_of_many;
	int64_t tick;
	size_t bytes;		/* in this tick; of many: since the last rest */
};

/* Begin to measure what comes out of FD, a pipe. */
void pace_open(struct pace *, int fd, bool one_of_many);

/* BYTES have been read. */
void pace_count(struct pace *, size_t bytes);

/*
 * Until when (clock_now()) the writer should be let alone, since it is in full
 * flow, or 0; then measures anew.
 */
int64_t pace_rest(struct pace *);

#endif
