/* SPDX-License-Identifier: ISC */
/*
 * After a docker exec that did not end well: was it the command, or was it
 * docker, the engine or the container?  Further docker calls are made only
 * where status and output leave that open.
 */
#ifndef CONTAINER_DIAGNOSE_H
#define CONTAINER_DIAGNOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "container/evidence.h"
#include "container/launch.h"
#include "container/plan.h"
#include "container/state.h"
#include "run/capture.h"
#include "run/loop.h"

struct say;

enum finding_kind {
	FINDING_COMMAND,	/* the status is the command's own */
	FINDING_NOT_FOUND,	/* it was never started: no such program */
	FINDING_NOT_INVOKED,	/* it was never started: anything else */
	FINDING_CONTAINER,	/* no such container, or not one that runs */
	FINDING_ENGINE,		/* docker or the engine failed before it began */
	FINDING_LOST,		/* something happened while it was running */
};

struct finding {
	enum finding_kind kind;
	char *message;		/* one line; NULL for FINDING_COMMAND */
	bool stopped;		/* the container exists but does not run */
};

struct diagnosis {
	struct finding finding;

	struct loop *loop;	/* the diagnosis's own, as all below */
	const struct plan *plan;
	const struct say *say;
	struct evidence evidence;
	int status;
	enum launch launch;		/* what docker's words say */
	struct state state;
	int looks;
	struct capture capture;
	int64_t asked;		/* for the engine's time; clock_now() */
	struct loop_timer again;
	void (*then)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

/* Find out; DONE is called when `finding` is filled in, maybe at once. */
void diagnose_start(struct diagnosis *, struct loop *, const struct plan *,
    const struct say *, const struct evidence *, void (*done)(void *arg),
    void *arg);

void diagnose_clear(struct diagnosis *);

#endif
