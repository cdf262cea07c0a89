/* SPDX-License-Identifier: ISC */
/*
 * Who runs the command for us: a docker process, or a warm connection that is
 * there already.  Where the connection surely has not run it, docker does after
 * all.
 */
#ifndef CONTAINER_CLIENT_H
#define CONTAINER_CLIENT_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/say.h"
#include "container/plan.h"
#include "container/reap.h"
#include "container/warm.h"
#include "container/warm_keeper.h"
#include "container/warm_place.h"
#include "container/warm_request.h"
#include "run/loop.h"
#include "run/spawn.h"

struct error;

struct client_hooks {
	/*
	 * It runs; what the child has of the streams can be let go of.  The
	 * warm one's output is the command's alone, with no words of docker's.
	 */
	void (*began)(void *arg);

	/* docker was stopped by SIGNO: it wants the terminal. */
	void (*stopped)(void *arg, int signo);

	void (*swept)(void *arg, int hit, int left);

	/* A status of waitpid(2), or what docker's would have been. */
	void (*ended)(void *arg, int wait_status);

	/* Not even docker could be started. */
	void (*failed)(void *arg, struct error *);

	void *arg;
};

struct client {
	struct client_hooks hooks;
	bool warm;		/* not docker but a connection */
	char *lost;		/* why the connection was, or NULL */
	pid_t pid;		/* docker's, while it runs, or 0 */
	bool in_group;		/* it leads a process group of its own */

	struct loop *loop;	/* the client's own, as all below */
	const struct plan *plan;
	const struct warm_setup *setup;
	const struct say *say;
	struct spawn spawn;
	struct loop_child child;
	struct warm connection;
	struct warm_place place;
	struct warm_request request;
	struct loop_timer keeper_timer;
	bool wants_keeper, direct;
};

/*
 * Get ready for PLAN; with SETUP by a warm connection, if there is one and it
 * can do that.  All is borrowed.
 */
void client_connect(struct client *, struct loop *, const struct plan *,
    const struct warm_setup *, const struct say *);

/*
 * Start, with FDS for its 0, 1 and 2 (pipes, when it is warm), which stay the
 * caller's, and stay open until it began or failed.  `began` may be called from
 * within.  -1 with the error set when docker cannot be started.
 */
int client_start(struct client *, const int fds[3], bool own_group,
    bool direct, const struct client_hooks *, struct error *);

/* Signal the command's processes: true if `swept` will tell of it. */
bool client_sweep(struct client *, int signo, enum reap_mode);

/*
 * Signal docker itself, not the command.  Of a connection KILL is the end:
 * `ended` is called as if docker had been killed; others do nothing.
 */
void client_signal(struct client *, int signo);

/* All went well: where there was no connection, let there be one for later. */
void client_over(struct client *);

void client_clear(struct client *);

#endif
