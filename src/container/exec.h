/* SPDX-License-Identifier: ISC */
/*
 * One command in one container, from its start to the word on how it ended:
 * docker client, streams, spinner, guard, deadlines, signals, and the questions
 * asked after a failure, all on one loop.
 */
#ifndef CONTAINER_EXEC_H
#define CONTAINER_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/say.h"
#include "container/client.h"
#include "container/diagnose.h"
#include "container/ending.h"
#include "container/guard.h"
#include "container/plan.h"
#include "container/streams.h"
#include "run/loop.h"
#include "run/spinner.h"
#include "run/tty.h"

struct error;

/* All is borrowed until the outcome is known. */
struct exec_request {
	const struct plan *plan;
	const struct say *say;
	struct routes routes;	/* where its streams go */
	const struct warm_setup *warm;	/* by a warm connection; or NULL */
	bool spinner;		/* draw one on stderr where that is possible */
	bool color;
	struct guard *guard;	/* one for many, and */
	size_t which;		/* our number there; NULL: one of our own */
	int64_t timeout;	/* ms, 0: none */
	int64_t kill_after;	/* ms from being asked to end to KILL, 0: never */
};

enum outcome_kind {
	OUTCOME_STATUS,		/* exit with `value` */
	OUTCOME_SIGNAL,		/* die by signal `value` */
};

struct outcome {
	enum outcome_kind kind;
	int value;
	enum finding_kind finding;
	bool stopped;		/* the container exists and does not run */
	char *message;		/* what went wrong, one line, or NULL */
};

void outcome_clear(struct outcome *);

struct exec {
	struct outcome outcome;		/* filled in when finished */

	const struct exec_request *request;	/* the exec's own, as below */
	struct loop *loop;
	struct say say;				/* the request's, by way of us */
	struct streams streams;
	struct spinner spinner;
	struct guarded guarded;
	struct ending ending;
	struct diagnosis diagnosis;
	struct tty tty;
	struct client client;
	struct loop_timer timeout, stuck_timer, size_timer;
	unsigned long progress;
	int wait_status;
	bool carried, client_ended, finished_reported, output_lost, lent;
	int64_t begun;
	int broken_stream, broken_cause;
	void (*finished)(void *arg);
	void *arg;
};

/*
 * Start.  FINISHED is called from the loop when the outcome is known and all
 * output but a spool's is delivered.  -1 with the error set when docker could
 * not be started; exec_clear() in any case.
 */
int exec_start(struct exec *, struct loop *, const struct exec_request *,
    void (*finished)(void *arg), void *arg, struct error *);

/* We were sent SIGNO: INT, TERM, HUP, QUIT, WINCH. */
void exec_signal(struct exec *, int signo);

/* Nobody reads what it prints any more. */
void exec_broken_pipe(struct exec *);

/* We are about to stop (Ctrl-Z), or go on. */
void exec_pause(struct exec *);
void exec_resume(struct exec *);

/*
 * Write the spool, if there is one.  To be called when the loop is done with
 * and signals have their usual effect.
 */
void exec_replay(struct exec *);

void exec_clear(struct exec *);

/*
 * All of the above on a loop of its own, with this process's signals: returns
 * 0 with OUTCOME filled in, or -1 with the error set.
 */
int exec_run(const struct exec_request *, struct outcome *, struct error *);

#endif
