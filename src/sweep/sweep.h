/* SPDX-License-Identifier: ISC */
/*
 * A sweep: a signal to all of a command's tree, and what follows; as
 * container/sweep.sh does it by a shell.  It never waits, and looks around
 * once at a time: it says when it wants to be gone on with.  Of many that go
 * on in turn, each look serves all.
 */
#ifndef SWEEP_SWEEP_H
#define SWEEP_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "sweep/tree.h"

/* What it does behind the signal. */
enum sweep_mode {
	SWEEP_SIGNAL,			/* nothing */
	SWEEP_FOLLOW,			/* when the command ends, end the rest;
					   nothing where it is not known */
	SWEEP_FINISH,			/* end all, by KILL after 300 ms */
};

enum sweep_phase {
	SWEEP_OVER,
	SWEEP_SEEKS,			/* all there are, before any signal */
	SWEEP_SIGNALS,			/* them, and those found since */
	SWEEP_FOLLOWS,			/* waits for the command itself */
	SWEEP_GATHERS,			/* what the command left behind */
	SWEEP_FINISHES,			/* waits for all */
	SWEEP_KILLS,
};

struct sweep {
	enum sweep_phase phase;
	enum sweep_mode mode;
	int signo;
	struct tree tree;
	uint32_t hit;			/* processes that got the signal */
	uint32_t left;			/* of the tree alive, when it is over */
	bool main_left;			/* the command itself is among those */
	int looks, rounds;
	unsigned long long born_before;
	int64_t until, wake;		/* of sweep_clock() */
};

/* Now, in us since some fixed moment (CLOCK_MONOTONIC). */
int64_t sweep_clock(void);

/* Begin: TREE has cookie, main, main_lives and birth. */
void sweep_start(struct sweep *, const struct tree *, int signo,
    enum sweep_mode);

/*
 * Go on, one look: at its WAKE, and when a process has ended.  MAIN_LIVES: the
 * command itself does.
 */
void sweep_go_on(struct sweep *, const struct surroundings *, bool main_lives);

void sweep_clear(struct sweep *);

#endif
