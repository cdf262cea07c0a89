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

#endif
