/* SPDX-License-Identifier: ISC */
/*
 * A process that takes over when we are killed outright: it waits, in a
 * session of its own, for our end of a pipe to close, and then ends what we
 * left behind in the containers.  Through the pipe it is told what has begun
 * and what is over.
 */
#ifndef CONTAINER_GUARD_H
#define CONTAINER_GUARD_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "container/plan.h"
#include "run/loop.h"

struct guard {
	bool open;
	int ends[2];		/* of the pipe; the first until it is started */
	pid_t pid;		/* 0: not started */
};

/*
 * Get ready.  Without a guard (no pipe, no process to be had) things go on as
 * before: it is a second line.
 */
void guard_open(struct guard *);

/* PLANS[WHICH] has begun, with docker client CLIENT; it is over. */
void guard_begin(struct guard *, size_t which, pid_t client);
void guard_end(struct guard *, size_t which);

/* Start it, to watch over those of the N PLANS that have begun, or will. */
void guard_start(struct guard *, const struct plan *const *plans, size_t n);

/* All is well: let it go.  Waits for its end; harmless when not open. */
void guard_dismiss(struct guard *);

/*
 * One docker process and its guard: one for many, or one of its own, which is
 * started when half a second is over, so that short commands pay nothing.
 */
struct guarded {
	struct guard *many;	/* the guarded's own, as all below */
	size_t which;
	struct guard own;
	const struct plan *plan;
	pid_t client;
	struct loop *loop;
	struct loop_timer timer;
};

/*
 * CLIENT runs PLAN, which is borrowed; without a cookie nothing is guarded.
 * MANY and our number there, or NULL.
 */
void guarded_begin(struct guarded *, struct loop *, const struct plan *,
    struct guard *many, size_t which, pid_t client);

/* Start no guard any more; one that there is stays on. */
void guarded_rest(struct guarded *);

/* It is over.  Harmless when it never began, or is over. */
void guarded_end(struct guarded *);

#endif
