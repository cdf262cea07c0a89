/* SPDX-License-Identifier: ISC */
/*
 * This process's signals, given to a loop for a while: those that end, stop or
 * resize us reach `taken` from the loop, outside of signal context.
 */
#ifndef RUN_SIGNALS_H
#define RUN_SIGNALS_H

#include <signal.h>

#include "run/loop.h"

#define SIGNALS_CAUGHT	7

struct signals {
	/* INT, TERM, HUP, QUIT or WINCH has come. */
	void (*taken)(void *arg, int signo);

	/* We are about to stop (Ctrl-Z), and go on. */
	void (*pause)(void *arg);
	void (*resume)(void *arg);

	void *arg;

	struct loop *loop;		/* the signals' own, as all below */
	struct sigaction before[SIGNALS_CAUGHT];
};

/*
 * Catch them.  The upper fields are set.  SIGPIPE is ignored from now on: a
 * reader that went away is seen where we write.
 */
void signals_take(struct signals *, struct loop *);

/* As they were before; harmless when nothing was taken. */
void signals_give_back(struct signals *);

#endif
