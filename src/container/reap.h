/* SPDX-License-Identifier: ISC */
/*
 * Reaching the processes that a plan started inside its container: a sweep is
 * one docker exec of a shell script (sweep.sh), by the command's own user and,
 * where that is not root, once more by root.
 */
#ifndef CONTAINER_REAP_H
#define CONTAINER_REAP_H

#include <stdbool.h>

#include "base/strv.h"
#include "container/plan.h"
#include "run/capture.h"
#include "run/loop.h"

struct error;
struct say;

/* What stood in the way of a sweep. */
enum reap_problem {
	REAP_FINE,
	REAP_NO_SHELL,		/* nor could it be done from outside */
	REAP_GONE,		/* the container is gone or stopped: all ended */
	REAP_PAUSED,
	REAP_FAILED,		/* the engine does not answer, or whatever else */
};

struct reap {
	int hit;			/* processes that got the signal */
	int left;			/* of them alive afterwards */
	enum reap_problem problem;

	struct loop *loop;		/* the reap's own, as all below */
	const struct plan *plan;
	const struct say *say;
	int signo;
	bool finish, as_root;
	struct strv words;		/* what the first pass left, for root */
	struct capture capture;
	void (*done)(void *arg);
	void *arg;
};

/*
 * Send SIGNO to every process of PLAN, which has a cookie.  With FINISH, give
 * them 300 ms to end and then send KILL, so that none is left.  DONE is called
 * from the loop, never from within.
 */
void reap_start(struct reap *, struct loop *, const struct plan *,
    const struct say *, int signo, bool finish, void (*done)(void *arg),
    void *arg);

bool reap_running(const struct reap *);

void reap_clear(struct reap *);

/* What a finished sweep printed: 0 with the fields set, -1 if it is not that. */
int reap_parse(const char *text, int *uid, int *hit, int *left,
    struct strv *words);

#endif
