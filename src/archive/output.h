/* SPDX-License-Identifier: ISC */
/*
 * Standard output: gathered into large writes, whole whatever the descriptor
 * does (partial writes, EINTR, non-blocking), and checked to the end.  After
 * the first failure nothing more is written.
 */
#ifndef ARCHIVE_OUTPUT_H
#define ARCHIVE_OUTPUT_H

#include <stdint.h>

#include "base/buf.h"

struct error;

struct output {
	int fd;
	int cause;		/* errno of the write that failed, or 0 */
	struct buf buf;
};

/* 0, or -1 when a write has failed, now or earlier. */
int output_add(struct output *, const void *data, size_t len);
int output_zeros(struct output *, int64_t count);

/* Write what is left; -1 as above. */
int output_flush(struct output *);

/* Write what is left and close; -1 when any write, or the close, failed. */
int output_finish(struct output *, struct error *);

#endif
