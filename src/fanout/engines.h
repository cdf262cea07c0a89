/* SPDX-License-Identifier: ISC */
/*
 * The docker engines that a call is about, by the names that targets know them
 * by: docker contexts and swarm nodes.
 */
#ifndef FANOUT_ENGINES_H
#define FANOUT_ENGINES_H

#include <stdbool.h>
#include <stddef.h>

#include "fanout/inventory.h"
#include "run/docker.h"

struct engine_row {
	char *name;		/* NULL: where docker's own settings lead */
	char *host;		/* what docker.host points to, or NULL */
	struct docker docker;
	bool common;		/* parts that name no context mean it */
	bool node;		/* of a swarm: its tasks are found elsewhere */
	char *lost;		/* why it gave no answer; NULL: it did */
	struct inventory inventory;
};

struct engines {
	struct engine_row **v;	/* each at an address of its own */
	size_t n;
};

/* A new row, by DOCKER, whose context is NAME where that is one. */
struct engine_row *engines_add(struct engines *, const struct docker *,
    const char *name);

/* That of this name (NULL is one), or NULL. */
struct engine_row *engines_named(const struct engines *, const char *name);

void engines_clear(struct engines *);

#endif
