/* SPDX-License-Identifier: ISC */
/*
 * Standard input from a terminal, read on a child's behalf: the child is in
 * the background, where reading would stop it.  We read only while it is our
 * turn at the terminal, and never stop for it either.
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
