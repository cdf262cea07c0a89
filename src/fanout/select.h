/* SPDX-License-Identifier: ISC */
/*
 * Selectors and what the engines have, made a list of targets.
 *
 * A name selects its container whatever that does, so that the exec can say
 * why it cannot be: by exact name, else by full ID, else by the beginning of
 * one ID.  Everything else selects what runs; what is paused runs.
 *
 * @swarm parts are passed over: a service's tasks are on nodes that only a
 * manager knows, and their targets come from elsewhere (targets_add).
 */
#ifndef FANOUT_SELECT_H
#define FANOUT_SELECT_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct inventory;
struct selectors;
struct targets;

/* An engine that was asked. */
struct engine {
	const char *context;	/* NULL: where docker's own settings lead */
	bool common;		/* parts that name no context mean it */
	bool lost;		/* no answer: nothing is missed there */
	const struct inventory *inventory;	/* NULL: has nothing */
};

struct selection {
	const struct selectors *take;
	const struct selectors *leave;	/* -x; NULL: nothing */
	const struct engine *engines;
	size_t engine_count;
	const char *project;	/* $COMPOSE_PROJECT_NAME; NULL or "": unset */
	const char *directory;	/* $PWD; NULL: unknown */
	size_t pick;		/* this many of them by chance; 0: all */
	bool waiting;		/* patterns select what is about to run, too */
};

/*
 * Append the targets that are selected, in natural order and each once.  A part
 * that selects nothing is an error, and so is an ID's beginning that is that of
 * several, and a list that -x leaves empty; TARGETS is of no use then.  A part
 * of -x may select nothing; where it names no context it holds in all.
 */
int select_targets(const struct selection *, struct targets *,
    struct error *);

#endif
