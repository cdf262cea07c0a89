/* SPDX-License-Identifier: ISC */
/*
 * One command through a warm connection: what dexec says to the keeper, and
 * hears from it (wire/message.h).
 *
 *	connected ──call──▶ asked ──TAKEN──▶ taken ──STARTED──▶ runs ──END──▶
 *
 * Up to "taken" it surely has not run, from there on it may have.
 */
#ifndef CONTAINER_WARM_H
#define CONTAINER_WARM_H

#include <stdbool.h>
#include <stddef.h>

#include "run/loop.h"
#include "wire/frame.h"

struct start;

/* One of those that end it is the last to be called. */
struct warm_hooks {
	/* It surely did not run and will not, as WHY says.  Ends it. */
	void (*declined)(void *arg, const char *why);

	void (*started)(void *arg);

	/* The answer to the oldest warm_sweep() that has none. */
	void (*swept)(void *arg, int hit, int left, bool main_lives);

	/* All its output is delivered; status as docker has it.  Ends it. */
	void (*ended)(void *arg, int status);

	/* Nobody knows how it goes on, as WHY says.  Ends it. */
	void (*lost)(void *arg, const char *why);

	void *arg;
};

struct warm {
	struct warm_hooks hooks;

	struct loop *loop;		/* the warm's own, as all below */
	struct loop_watch watch;
	struct loop_timer patience;
	struct frame_reader reader;
	bool connected, taken, running, over;
};

/* Connect to the keeper at SOCKET: false where there is none, or not ours. */
bool warm_connect(struct warm *, const char *socket);

/*
 * Have the command that START describes run by the connection that KEY is of,
 * with PIPES for its stdin (if it has one), stdout and stderr: ends of pipes
 * that are borrowed until the call is taken or declined.  `hooks` is set.
 */
void warm_call(struct warm *, struct loop *, const char *key,
    const struct start *, const int pipes[3]);

/*
 * Signal all its processes, as enum reap_mode says; false where it is too late
 * or too early for that.
 */
bool warm_sweep(struct warm *, int signo, int mode);

/* Close the connection, which ends what runs.  Harmless in any state. */
void warm_clear(struct warm *);

#endif
