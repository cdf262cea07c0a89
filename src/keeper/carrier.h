/* SPDX-License-Identifier: ISC */
/*
 * The docker client that carries bytes to and from the agent: docker exec -i.
 */
#ifndef KEEPER_CARRIER_H
#define KEEPER_CARRIER_H

#include <stdbool.h>

#include "base/buf.h"
#include "run/loop.h"

struct error;
struct strv;

struct carrier {
	int to, from;		/* the agent's; neither blocks */
	bool running;
	int wait_status;	/* when it does not run any more */

	struct loop *loop;	/* the carrier's own, as all below */
	struct loop_child child;
	struct loop_watch err;
	struct buf said;
	void (*ended)(void *arg);
	void *arg;
};

/* Start ARGV; `ended` is called from the loop.  -1 with the error set. */
int carrier_start(struct carrier *, struct loop *, const struct strv *argv,
    void (*ended)(void *arg), void *arg, struct error *);

/* Why it is at its end, as far as it knows; the caller frees it. */
char *carrier_why(struct carrier *);

/* Nothing more goes to the agent, which ends by that. */
void carrier_hang_up(struct carrier *);

/* End it at once, and reap it. */
void carrier_clear(struct carrier *);

#endif
