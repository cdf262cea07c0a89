/* SPDX-License-Identifier: ISC */
/*
 * A process that takes over when we are killed outright: it waits, in a
 * session of its own, for our end of a pipe to close, and then ends what we
 * left behind in the container.
 */
#ifndef CONTAINER_GUARD_H
#define CONTAINER_GUARD_H

#include <sys/types.h>

#include "container/plan.h"

struct guard {
	int pipe;		/* -1: no guard */
	pid_t pid;
};

/*
 * Start one for PLAN, whose docker client is CLIENT.  Without one (no process
 * to be had) things go on as before; a guard is a second line.
 */
void guard_start(struct guard *, const struct plan *, pid_t client);

/* All is well: let it go.  Waits for its end. */
void guard_dismiss(struct guard *);

#endif
