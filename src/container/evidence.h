/* SPDX-License-Identifier: ISC */
/* What there is to see of a docker exec that has ended, and what it says. */
#ifndef CONTAINER_EVIDENCE_H
#define CONTAINER_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "container/launch.h"

struct plan;

#define STATUS_UNKNOWN	128	/* of a start that failed otherwise, engine 28 */
#define STATUS_KILLED	137	/* 128 + SIGKILL, what docker says */
#define STATUS_CUT_OFF	255	/* what docker says when the engine is gone */

/* How the docker client ended.  The texts are borrowed until it is found. */
struct evidence {
	int wait_status;	/* of the client */
	const char *out;	/* what was held back of its stdout, or "" */
	const char *err;	/* what was held back of its stderr, or "" */
	bool more_out;		/* something else has come out on stdout */
	bool more_err;		/* ... and on stderr */
	const char *lost;	/* it was a warm connection, and why that is
				   no more; NULL: a docker process */
	bool direct;		/* its stdout was a terminal: nothing was seen */
	int64_t begun;		/* when it was started, clock_now() */
};

/* The client's status, or -1: a signal has ended it. */
int evidence_status(const struct evidence *);

/*
 * Does what was held back read like a launch failure?  The runtime's message
 * is on stdout, with line end and status as docker has them; of a detached
 * start it is on stderr.
 */
enum launch evidence_launch(const struct evidence *, const struct plan *);

/*
 * The engine could not start it, in words that we do not know: a dying container
 * may be why.
 */
bool evidence_may_be_dying(const struct evidence *);

/* The first words of docker's; "" if there are none. */
const char *evidence_words(const struct evidence *);

#endif
