/* SPDX-License-Identifier: ISC */
/*
 * For groups of equal results: the less common ones as a unified diff against
 * the most common one, by diff(1), which runs on the loop.  Its answers are
 * kept in spools of the groups, for gather_next() to tell of instead of the
 * outputs.
 */
#ifndef FANOUT_DIFFERENCE_H
#define FANOUT_DIFFERENCE_H

#include <stdbool.h>

#include "base/error.h"
#include "run/loop.h"
#include "run/relay.h"
#include "run/spool.h"

struct gather;

struct difference {
	struct error error;		/* what went wrong, when done */

	struct loop *loop;		/* the difference's own, as all below */
	struct gather *gather;
	size_t at;			/* the group, */
	int stream;			/* and the stream, under way */
	char *directory;		/* NULL: there is none (any more) */
	char *common, *other;		/* the copies in it, */
	int copied;			/* `common` of this stream */
	struct relay out, err;
	struct spool complaints;	/* diff's stderr */
	struct loop_child child;
	int wait_status;
	bool running;			/* diff is */
	struct loop_timer next;
	void (*done)(void *arg);
	void *arg;
};

/*
 * Compare the groups of GATHER, which is ordered and borrowed.  DONE is called
 * from the loop when that is done, or with `error` set where it went wrong (no
 * diff program, no room); then the groups are told whole.  Copies of two
 * outputs at a time lie in a directory of our own in $TMPDIR; it is removed
 * before DONE is called, or by difference_clear().
 */
void difference_start(struct difference *, struct loop *, struct gather *,
    void (*done)(void *arg), void *arg);

/* Ends a running diff too (KILL).  Harmless when zeroed, and within DONE. */
void difference_clear(struct difference *);

#endif
