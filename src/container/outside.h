/* SPDX-License-Identifier: ISC */
/*
 * A sweep from outside: where the engine runs on this very machine and we may
 * look into everybody's processes, those in a container are among ours, by
 * other numbers (pid_namespaces(7)).  It needs no engine, no shell and no time.
 */
#ifndef CONTAINER_OUTSIDE_H
#define CONTAINER_OUTSIDE_H

#include <stdbool.h>

#include "run/loop.h"
#include "sweep/sweep.h"

struct plan;

struct outside {
	bool found;			/* the command's processes, and may
					   signal them; or nothing was done */
	bool frozen;			/* they are: the signal waits there */
	struct sweep sweep;		/* when it is over: what came of it */

	bool running;			/* the outside's own, as all below */
	const char *cookie;
	int signo;
	enum sweep_mode mode;
	struct procs *procs, own;
	int64_t begun;
	unsigned long long birth;	/* nobody of ours is older */
	unsigned long long main_birth;
	struct loop *loop;
	struct loop_timer timer;
	void (*done)(void *arg);
	void *arg;
};

/* We are root, and see all that is there. */
bool outside_possible(void);

/*
 * Send SIGNO to the processes that PLAN's cookie marks and their kin.  DONE is
 * called, never at once.
 */
void outside_start(struct outside *, struct loop *, const struct plan *,
    int signo, enum sweep_mode, void (*done)(void *arg), void *arg);

void outside_clear(struct outside *);

#endif
