/* SPDX-License-Identifier: ISC */
/*
 * Bytes on their way to a client's pipe.  What the pipe takes at once is not
 * copied where the kernel can move it; what it does not take waits in memory,
 * which the window of the stream bounds.
 */
#ifndef KEEPER_OUTFLOW_H
#define KEEPER_OUTFLOW_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/loop.h"

struct outflow {
	int fd;			/* -1: closed, or nobody reads it */
	uint32_t used;		/* bytes that are through (or dropped, where
				   nobody reads); the user takes them off */

	struct buf waiting;	/* the outflow's own, as all below */
	size_t start;
	bool ended, large;
	struct loop *loop;
	struct loop_watch watch;
	void (*moved)(void *arg);
	void *arg;
};

/*
 * FD, the write end of a pipe that does not block, is the outflow's own from now
 * on; -1: all is dropped.  `moved` is called from the loop when
 * waiting bytes have gone through, or never will.
 */
void outflow_open(struct outflow *, struct loop *, int fd,
    void (*moved)(void *arg), void *arg);

void outflow_put(struct outflow *, const void *bytes, size_t n);

/*
 * Take up to N bytes out of FROM, a pipe that does not block.  As read(2): how
 * many; 0 at its end; -1 with EAGAIN when it is empty.
 */
ssize_t outflow_move(struct outflow *, int from, size_t n);

/* Nothing more comes: close it when all is through. */
void outflow_end(struct outflow *);

bool outflow_closed(const struct outflow *);

/* Close it now.  What waited is dropped, and not used. */
void outflow_clear(struct outflow *);

#endif
