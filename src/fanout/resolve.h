/* SPDX-License-Identifier: ISC */
/*
 * From TARGET, as it was written, to the containers that it selects: every
 * engine that it is about is asked once for what it has, all at the same time.
 * For a swarm the managers are asked first and then the nodes.
 */
#ifndef FANOUT_RESOLVE_H
#define FANOUT_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"
#include "fanout/engines.h"
#include "fanout/target.h"
#include "run/docker.h"

struct error;
struct say;

/* All is borrowed. */
struct resolve_request {
	struct docker docker;		/* its context may be a comma list */
	const char *target;
	const struct strv *exclude;	/* further TARGETs, to leave out */
	const struct strv *groups;	/* "NAME=TARGET" of the configuration */
	size_t pick;			/* so many by chance; 0: all */
	bool waiting;			/* what does not run yet counts, too */
	const char *project;		/* $COMPOSE_PROJECT_NAME, or NULL */
	const char *directory;		/* $PWD, or NULL */
	const char *swarm_host;		/* for a node: "ssh://root@%n", or NULL */
	int64_t limit;			/* ms for an engine to answer, 0: none */
	const struct say *say;
};

/* What is known to be there and cannot be reached: a task, or an engine. */
struct lost {
	char *name;			/* as a target's, fit to be shown */
	char *reason;
};

struct resolved {
	struct engines engines;		/* a target's context names one */
	struct targets targets;
	struct lost *lost;
	size_t lost_count;
	int signo;			/* interrupted; nothing else is valid */
};

/*
 * 0 with at least one target or one that is lost, or interrupted; or -1 with
 * the error set, also when no engine that TARGET is about has answered and it
 * is only one.  resolved_clear() in any case.
 */
int resolve(const struct resolve_request *, struct resolved *,
    struct error *);

/* NAME and REASON are taken. */
void resolved_lose(struct resolved *, char *name, char *reason);

void resolved_clear(struct resolved *);

#endif
