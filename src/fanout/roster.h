/* SPDX-License-Identifier: ISC */
/*
 * All that a fan-out is about: a job for each target, and behind them what is
 * known to be there but cannot be reached.
 */
#ifndef FANOUT_ROSTER_H
#define FANOUT_ROSTER_H

#include <stddef.h>

#include "fanout/job.h"
#include "fanout/output.h"
#include "fanout/result.h"

struct error;
struct joblog_past;

/* One that has failed before anything began. */
struct absentee {
	struct result result;
	struct printout printout;
};

struct roster {
	struct job *jobs;
	const struct plan **plans;	/* the jobs', in the same order */
	size_t n;
	struct absentee *absent;
	size_t absent_count;
	struct result **results;	/* of all, in that order */
	size_t total;
};

/* Jobs for what PAST does not know to be done already. */
void roster_make(struct roster *, const struct job_setup *,
    const struct joblog_past *past);

/*
 * How many of the jobs may run at a time, WANTED at the most (0: as suits this
 * machine) and as far as there are descriptors, of which as many as possible
 * are asked for.  -1 with the error set when there is no room for any.
 */
int roster_fit(const struct roster *, int wanted, size_t *most,
    struct error *);

/*
 * How far it is: "3/50 done, 1 failed, 4 running, slowest web-7"; the caller
 * frees it.
 */
char *roster_progress(const struct roster *, size_t over, size_t failed);

void roster_clear(struct roster *);

#endif
