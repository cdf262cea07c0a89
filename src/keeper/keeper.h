/* SPDX-License-Identifier: ISC */
/*
 * A keeper: one connection into one container, for one user, and whoever comes
 * with the right key.  It serves as long as it is sure that the container is
 * the one that was asked for and that it hears what becomes of it; else it lets
 * its socket go, finishes what runs, and ends.
 */
#ifndef KEEPER_KEEPER_H
#define KEEPER_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "container/snapshot.h"
#include "keeper/carrier.h"
#include "keeper/door.h"
#include "keeper/exchange.h"
#include "keeper/follow.h"
#include "keeper/shortcut.h"
#include "run/capture.h"
#include "run/loop.h"

struct error;
struct request;
struct strv;

struct keeper {
	const struct request *request;
	struct loop loop;
	struct door door;
	struct follow follow;
	struct carrier carrier;
	struct shortcut shortcut;	/* or -1: the carrier is the way */
	struct exchange exchange;
	struct snapshot subject;	/* as it was when we came */
	bool known;			/* subject is filled in */
	bool followed;			/* its events reach us */
	bool paused;
	bool stopped;			/* the container does not run any more */
	bool greeted;			/* the agent has said who it is */
	bool open;			/* clients are served, or were */
	struct greeting agent;
	char *why;			/* it will serve no more; or NULL */
	bool shut;			/* the socket is let go */
	bool quit;			/* a signal has told it to end */
	bool done;
	size_t most;			/* clients at a time */
	int64_t began, rests_since;
	struct loop_timer idle, deadline;
	struct capture look;
};

/*
 * A keeper that serves nobody yet.  The door is locked by the caller, and the
 * keeper's from now on.  -1 with the error set.
 */
int keeper_init(struct keeper *, const struct request *, struct door *,
    struct error *);

/* Connect to the agent by ARGV; it is there when `greeted` is set. */
int keeper_connect(struct keeper *, const struct strv *argv, struct error *);

/* From here on clients are served.  The lock is let go. */
int keeper_open(struct keeper *, struct error *);

/* Serve no more, for this reason: the first that is given counts. */
void keeper_let_go(struct keeper *, const char *why);

/* One round of the loop, and what follows from it. */
int keeper_round(struct keeper *, struct error *);

/* Serve until there is an end to it. */
void keeper_serve(struct keeper *);

/* End everything; what runs in the container ends by that too. */
void keeper_clear(struct keeper *);

#endif
