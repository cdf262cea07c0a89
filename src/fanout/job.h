/* SPDX-License-Identifier: ISC */
/*
 * One target's share of a fan-out: the plan, the exec, and what became of it.
 */
#ifndef FANOUT_JOB_H
#define FANOUT_JOB_H

#include <stdbool.h>

#include "container/exec.h"
#include "container/plan.h"
#include "fanout/fanout.h"
#include "fanout/output.h"
#include "fanout/result.h"
#include "run/broadcast.h"
#include "run/loop.h"

struct target;

enum job_state {
	JOB_WAITING,		/* not started, or not again yet */
	JOB_RUNNING,
	JOB_OVER,
};

/* What all jobs have in common; borrowed. */
struct job_setup {
	const struct fanout_request *request;
	struct loop *loop;
	struct output *output;
	struct guard *guard;
	struct procs *procs;		/* of this machine; see plan.h */
	struct broadcast *input;	/* NULL: no standard input */
	size_t count;			/* of targets */
	const struct say *say;		/* where notes go */
};

struct job {
	enum job_state state;
	bool due;			/* waiting, and may be started */
	struct result result;
	struct printout printout;
	struct plan plan;

	const struct job_setup *setup;	/* the job's own, as all below */
	char cookie[COOKIE_LENGTH + 1];
	struct strv env;
	struct strv helper;		/* argv of the archive helper */
	struct exec_options outside;	/* options for that: none */
	struct exec exec;
	struct exec_request request;
	bool live;			/* exec is to be cleared */
	bool from_outside, dropped;
	struct receiver receiver;
	struct loop_timer again, settled;
	int64_t begun;
	void (*over)(void *arg, struct job *);
	void (*woken)(void *arg);	/* due again */
	void *arg;
};

/*
 * Make it ready for TARGET, which is the INDEXth of those that are run, and
 * NUMBER of all targets.  OVER is called from the loop
 * or from job_start() when its result is there; WOKEN when it wants to be
 * started again.
 */
void job_init(struct job *, const struct job_setup *,
    const struct target *, size_t index, size_t number);

/* What a command can know of itself: it is NUMBER of COUNT, from 1. */
void job_environment(struct strv *env, const struct target *, size_t number,
    size_t count);
void job_notify(struct job *, void (*over)(void *arg, struct job *),
    void (*woken)(void *arg), void *arg);

void job_start(struct job *);

/* It may be started now; it shall not be started, as WHY says. */
void job_wake(struct job *);
void job_refuse(struct job *, const char *why);

/* Start it no more; one that runs is left alone. */
void job_drop(struct job *);

/* Its output is printed: let go of what was kept. */
void job_release(struct job *);

void job_clear(struct job *);

#endif
