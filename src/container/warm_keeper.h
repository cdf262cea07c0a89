/* SPDX-License-Identifier: ISC */
/* Starting the keeper of a warm connection, which lives on when we are gone. */
#ifndef CONTAINER_WARM_KEEPER_H
#define CONTAINER_WARM_KEEPER_H

#include <stdint.h>

#include "base/say.h"
#include "container/plan.h"
#include "container/warm_place.h"

struct error;

struct warm_setup {
	int64_t idle;		/* ms without a command, after which it ends;
				   0: never */
	const struct say *say;
};

/*
 * Start one at PLACE for calls like PLAN's, or find that there is one; it goes
 * on by itself.  READY: a descriptor for its one line on how it went ("ready",
 * or "failed: " and why), or -1.  -1 with the error set.
 */
int warm_keeper_start(const struct warm_setup *, const struct warm_place *,
    const struct plan *, int ready, struct error *);

#endif
