/* SPDX-License-Identifier: ISC */
/*
 * Bringing a command in a container to an end before its time: which signal
 * its processes get when, and when we stop hoping.
 *
 *	asked once	the signal itself		(INT, TERM, HUP, PIPE)
 *	asked again	TERM
 *	a third time, or `kill_after` since the first	KILL
 *	two seconds behind that	the docker client is killed, and that is said
 *
 * A sweep may take ten seconds: an engine that does not answer by then has
 * failed, and the client is killed as well.
 *
 * When the client has ended, whatever is left of the tree is swept away.
 */
#ifndef CONTAINER_ENDING_H
#define CONTAINER_ENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "container/plan.h"
#include "container/reap.h"
#include "run/loop.h"

struct say;

enum ending_cause {
	ENDING_NONE,		/* the command ends by itself */
	ENDING_SIGNAL,		/* we were sent a signal */
	ENDING_TIMEOUT,
	ENDING_BROKEN_PIPE,	/* nobody reads our output any more */
	ENDING_WRITE_ERROR,	/* our output could not be written */
	ENDING_CLIENT_LOST,	/* the docker client was killed by others */
};

/* What its owner does for it. */
struct ending_hooks {
	/* Signal whoever runs the command for us; KILL ends it for certain. */
	void (*signal)(void *arg, int signo);

	/*
	 * Signal the command's processes without a docker exec, where that can
	 * be done: true, and ending_swept() tells what came of it.
	 */
	bool (*sweep)(void *arg, int signo, enum reap_mode);

	/*
	 * A sweep has reached the tree and left nothing of it, though the
	 * client has yet to end.
	 */
	void (*all_dead)(void *arg);

	void *arg;
};

struct ending {
	enum ending_cause cause;	/* the first */
	int first_signal;		/* that we were sent, or 0 */
	uint64_t sent;			/* bit N: signal N went to the tree */
	char *trouble;			/* why it could not be ended, or NULL */

	struct loop *loop;		/* the ending's own, as all below */
	const struct plan *plan;
	const struct say *say;
	int64_t kill_after;
	struct ending_hooks hooks;
	bool client_runs;
	int level, wanted, failures;
	bool sweeping;			/* by the hook */
	bool hook_deaf;			/* it has not answered once */
	bool finishing, answered;
	bool clean;			/* the last sweep has left nothing */
	struct reap reap;
	struct loop_timer kill_timer, term_timer, retry_timer, give_up_timer;
	struct loop_timer hook_timer;
	void (*finished)(void *arg);
	void *arg;
};

/*
 * Get ready for PLAN.  KILL_AFTER in ms; 0: never.  Everything given is
 * borrowed.
 */
void ending_init(struct ending *, struct loop *, const struct plan *,
    const struct say *, const struct ending_hooks *, int64_t kill_after);

/* Its client has been started; it has ended, and is not to be signalled. */
void ending_client_started(struct ending *);
void ending_client_ended(struct ending *);

/* The answer to the hook's sweep: how many got the signal, how many are left */
void ending_swept(struct ending *, int hit, int left);

/* There will be no answer: whoever was asked runs nothing of ours. */
void ending_not_swept(struct ending *);

/* Somebody wants it to end. */
void ending_by_signal(struct ending *, int signo);
void ending_by_timeout(struct ending *);
void ending_by_broken_pipe(struct ending *);
void ending_by_write_error(struct ending *);

/*
 * The client has ended and its output is delivered.  Sweep away what is left
 * of the tree if it was brought to its end; FINISHED is called when that is
 * done, maybe at once.
 */
void ending_finish(struct ending *, bool client_killed,
    void (*finished)(void *arg), void *arg);

void ending_clear(struct ending *);

#endif
