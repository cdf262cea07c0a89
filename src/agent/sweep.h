/* SPDX-License-Identifier: ISC */
/*
 * A sweep: a signal to all of a command's tree, and what follows; as
 * container/sweep.sh does it from outside.  It never waits: where it has to,
 * it says when it wants to be gone on with.
 */
#ifndef AGENT_SWEEP_H
#define AGENT_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/tree.h"

enum sweep_phase {
	SWEEP_OVER,
	SWEEP_FOLLOWS,			/* waits for the command itself */
	SWEEP_FINISHES,			/* waits for all */
	SWEEP_KILLS,
};

struct sweep {
	enum sweep_phase phase;
	int signo;
	struct tree tree;
	uint32_t hit;			/* processes that got the signal */
	uint32_t left;			/* of the tree alive, when it is over */
	bool main_left;			/* the command itself is among those */
	int rounds;
	int64_t until, wake;		/* of clock_us() */
};

/*
 * Begin: TREE has cookie, main, main_lives and birth.  MODE is one of enum wire_sweep.  It
 * may be over at once.
 */
void sweep_start(struct sweep *, const struct tree *,
    const struct surroundings *, int signo, int mode);

/*
 * Go on: at its WAKE, and when a process has ended.  MAIN_LIVES: the command
 * itself does.
 */
void sweep_go_on(struct sweep *, const struct surroundings *, bool main_lives);

void sweep_clear(struct sweep *);

#endif
