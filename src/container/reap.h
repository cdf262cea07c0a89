/* SPDX-License-Identifier: ISC */
/*
 * Reaching the processes that a plan started inside its container: from outside
 * where that can be, otherwise a sweep is one docker exec of a shell script
 * (sweep.sh), by the command's own user and, where that is not root, once more
 * by root.
 */
#ifndef CONTAINER_REAP_H
#define CONTAINER_REAP_H

#include <stdbool.h>

#include "base/strv.h"
#include "container/outside.h"
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
	REAP_PAUSED,		/* who was hit gets the signal afterwards */
	REAP_FAILED,		/* the engine does not answer, or whatever else */
};

/* What a sweep does behind the signal; see sweep.sh. */
enum reap_mode {
	REAP_SIGNAL,		/* nothing */
	REAP_FOLLOW,		/* when the command ends by it, end the rest */
	REAP_FINISH,		/* end everything, by KILL after 300 ms */
};

struct reap {
	int hit;			/* processes that got the signal */
	int left;			/* of them alive afterwards */
	bool main_lives;		/* the command itself is among those */
	enum reap_problem problem;

	struct loop *loop;		/* the reap's own, as all below */
	const struct plan *plan;
	const struct say *say;
	int signo;
	enum reap_mode mode;		/* of the pass; asked for: */
	enum reap_mode asked;
	struct outside outside;
	bool seen;			/* there, so that it would be again */
	bool as_root;
	struct strv words;		/* what the first pass left, for root */
	struct capture capture;
	void (*done)(void *arg);
	void *arg;
};

/*
 * Send SIGNO to every process of PLAN, which has a cookie.  DONE is called when
 * that is done, maybe at once when docker cannot be started.
 */
void reap_start(struct reap *, struct loop *, const struct plan *,
    const struct say *, int signo, enum reap_mode, void (*done)(void *arg),
    void *arg);

bool reap_running(const struct reap *);

void reap_clear(struct reap *);

/* What a sweep prints about itself, see sweep.sh. */
struct reap_report {
	int uid, hit, left, main_lives;
	struct strv words;
};

/* Read it: 0 with REPORT filled in (to be cleared), or -1 if it is not that. */
int reap_parse(const char *text, struct reap_report *);

#endif
