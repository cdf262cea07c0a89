/* SPDX-License-Identifier: ISC */
/*
 * Waiting until containers of one engine run, or are healthy: docker events and
 * one docker inspect of all of them, on the loop, with a deadline.
 *
 * The events are begun first and with everything that the engine remembers (see
 * container/events.h), so that nothing which happens after the inspect can be
 * missed, whichever of the two gets through first.  Events are then read one
 * by one against what the inspect has said: one that is older than that is
 * passed over; one that is surely newer, by the times which the engine gives to
 * both, makes its container ready; where it cannot be told (a name that did not
 * exist yet, a container that ended and started within a moment) those that are
 * still waited for are inspected once more.  So an event can at most cause a look, and
 * no clock but the engine's is asked.
 */
#ifndef CONTAINER_WAITING_H
#define CONTAINER_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container/events.h"
#include "container/snapshot.h"
#include "run/capture.h"
#include "run/loop.h"

struct docker;
struct error;
struct say;

enum waiting_for {
	WAITING_RUNNING,	/* and not paused */
	WAITING_HEALTHY,	/* by its health check, and running */
};

/* All is borrowed until waiting_clear(). */
struct waiting_request {
	const struct docker *docker;
	const struct say *say;
	char *const *targets;	/* names or IDs, ended by NULL */
	enum waiting_for what;
	int64_t limit;		/* ms for all of them, 0: none */

	/*
	 * Called from the loop once for each target, the INDEXth: it is ready,
	 * or FAILURE, one line, says why it is not going to be.  It may call
	 * waiting_clear(), but not free the struct.
	 */
	void (*settled)(void *arg, size_t index, const char *failure);
	void *arg;
};

struct waiting_target {
	const char *name;
	struct snapshot seen;
	bool done;
	bool found;		/* by the look under way */
};

struct waiting {
	struct loop *loop;	/* the module's own, as all below */
	struct waiting_request request;
	struct waiting_target *targets;
	size_t n, left;
	struct events events;
	struct capture look;
	struct loop_timer deadline;
	bool looking, looked, over, again;
	char *trouble;		/* why the last look came to nothing */
};

/*
 * Start.  A container that does not exist is waited for like one that does not
 * run.  An engine that cannot be reached at first is a failure; one that goes
 * away later has until the deadline to come back.  No docker process is left
 * when the last target is settled.  Returns -1 with the error set when docker
 * cannot be started; waiting_clear() in any case.
 */
int waiting_start(struct waiting *, struct loop *,
    const struct waiting_request *, struct error *);

/* Ends the docker processes too (KILL). */
void waiting_clear(struct waiting *);

/* "running" or "healthy" */
const char *waiting_word(enum waiting_for);

/* What an event says of a container that was SEEN like that. */
enum news {
	NEWS_OLD,		/* nothing that was not known */
	NEWS_RUNNING,		/* it runs now */
	NEWS_HEALTHY,
	NEWS_UNSURE,		/* look */
};
enum news waiting_news(const struct snapshot *seen, const struct event *);

#endif
