/* SPDX-License-Identifier: ISC */
/*
 * Jobs that are not started before their containers run, or are healthy: one
 * wait for each engine, on the loop of the fan-out.
 */
#ifndef FANOUT_READINESS_H
#define FANOUT_READINESS_H

#include <stddef.h>

#include "container/waiting.h"
#include "fanout/job.h"

struct readiness_group;

struct readiness {
	struct readiness_group *groups;
	size_t n;
};

/*
 * Keep all N jobs from being due until they are ready; one that will not be is
 * refused.  -1 with the error set; readiness_clear() in any case.
 */
int readiness_start(struct readiness *, struct loop *, struct job *jobs,
    size_t n, const struct waiting_request *like, struct error *);

/* Wait no more.  Harmless when nothing was started. */
void readiness_clear(struct readiness *);

#endif
