/* SPDX-License-Identifier: ISC */
/*
 * The three streams of one docker client: which it gets from us directly, and
 * which are carried.
 *
 *	stdin	not attached: /dev/null.  Attached: ours, except where it is a
 *		terminal that docker is not given; that we read and feed.
 *	stdout	a pipe that we relay or spool; the terminal itself with -t.
 *	stderr	a pipe: docker's own complaints come out here.
 *
 * Routes say otherwise: for a client that shall have our descriptors
 * themselves, and for one of many that run side by side.
 */
#ifndef CONTAINER_STREAMS_H
#define CONTAINER_STREAMS_H

#include <stdbool.h>
#include <unistd.h>

#include "container/plan.h"
#include "run/feed.h"
#include "run/loop.h"
#include "run/relay.h"
#include "run/spool.h"

struct error;
struct lane;

struct routes {
	bool buffered;		/* both outputs into the spool */
	bool direct;		/* the client gets our stdout and stderr */
	bool beside;		/* others run beside it: small pipes */
	bool own_input;		/* fd[0] is for this client alone */
	struct lane *lane[3];	/* where outputs go that are no descriptor's */
	int fd[3];		/* what stands for 0, 1 and 2; borrowed */
};

/* Our own. */
#define ROUTES_OURS	{ .fd = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO } }

struct streams {
	struct relay out, err;
	struct feed feed;
	struct spool spool;
	bool buffered;		/* into the spool */
	bool direct;		/* the client has our stdout itself */
	bool direct_err;	/* ... and our stderr */
	bool shared;		/* it has our terminal for stdin and stdout:
				   same process group */

	struct loop *loop;	/* the streams' own, as all below */
	int to[3];
	struct lane *lane[3];
	bool beside;
	int child[3];		/* what the client gets; pipes are ours */
	int ours[3];		/* our ends of the pipes, or -1 */
};

/*
 * Decide, and make the pipes and the spool, which is only where it makes sense.
 * PIPES: the client can do with pipes of ours only, and not with descriptors
 * that are others' too.  -1 with the error set; streams_clear() in any case.
 */
int streams_open(struct streams *, const struct plan *,
    const struct routes *, bool pipes, struct error *);

/*
 * The client runs with `child`: let go of its ends, and begin to carry.  HOOKS
 * are for both outputs; what to hold back is ours to say, and nothing when they
 * are PURE: none of it can be docker's.
 */
void streams_carry(struct streams *, struct loop *, bool pure,
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
