/* SPDX-License-Identifier: ISC */
/*
 * The three streams of one docker client: which it gets from us directly, and
 * which are carried.
 *
 *	stdin	not attached: /dev/null.  Attached: ours, except where it is a
 *		terminal that docker is not given; that we read and feed.
 *	stdout	a pipe that we relay or spool; the terminal itself with -t.
 *	stderr	a pipe, always: docker's own complaints come out here.
 */
#ifndef CONTAINER_STREAMS_H
#define CONTAINER_STREAMS_H

#include <stdbool.h>

#include "container/plan.h"
#include "run/feed.h"
#include "run/loop.h"
#include "run/relay.h"
#include "run/spool.h"

struct error;

struct streams {
	struct relay out, err;
	struct feed feed;
	struct spool spool;
	bool buffered;		/* into the spool */
	bool direct;		/* docker has our terminal as stdout */
	bool shared;		/* ... and as stdin: same process group */

	struct loop *loop;	/* the streams' own, as all below */
	int child[3];		/* what the client gets; pipes are ours */
	int ours[3];		/* our ends of the pipes, or -1 */
};

/*
 * Decide, and make the pipes and the spool.  BUFFERED asks for a spool where
 * it makes sense.  -1 with the error set; streams_clear() in any case.
 */
int streams_open(struct streams *, const struct plan *, bool buffered,
    struct error *);

/*
 * The client runs with `child`: let go of its ends, and begin to carry.  HOOKS
 * are for both outputs; what to hold back is ours to say.
 */
void streams_carry(struct streams *, struct loop *,
    const struct relay_hooks *);

/* The client has ended: deliver what is on the way, then both will end. */
void streams_drain(struct streams *);
bool streams_ended(const struct streams *);

/* Grows whenever bytes move on: whoever reads our output still does. */
unsigned long streams_progress(const struct streams *);

/* Deliver no more, however much is on the way. */
void streams_abandon(struct streams *);

/* Deliver what was held back. */
void streams_release(struct streams *);

void streams_clear(struct streams *);

#endif
