/* SPDX-License-Identifier: ISC */
/*
 * Standard input, read on a child's behalf: from a terminal, where the child is
 * in the background and reading would stop it, or for one that can do with
 * pipes of ours only.  We read a terminal only while it is our turn at it, and
 * never stop for it either.
 */
#ifndef RUN_FEED_H
#define RUN_FEED_H

#include <stdbool.h>

#include "base/buf.h"
#include "run/loop.h"

struct feed {
	struct loop *loop;	/* NULL: nothing is fed */
	struct loop_watch in, out;
	struct loop_timer turn;
	struct buf pending;
};

/* Feed OUT, the write end of a pipe, which is the feed's now, from IN. */
void feed_start(struct feed *, struct loop *, int in, int out);

/* No more; closes the pipe. */
void feed_clear(struct feed *);

#endif
