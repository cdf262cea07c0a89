/* SPDX-License-Identifier: ISC */
/*
 * The docker engines that a call is about, by the names that targets know them
 * by (docker contexts and swarm nodes), and what containers they have.
 */
#ifndef FANOUT_ENGINES_H
#define FANOUT_ENGINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fanout/inventory.h"
#include "run/docker.h"

struct error;
struct say;
struct selector;
struct selectors;

struct engine_row {
	char *name;		/* NULL: where docker's own settings lead */
	char *host;		/* what docker.host points to, or NULL */
	struct docker docker;
	bool common;		/* parts that name no context mean it */
	bool node;		/* is here only as a node of a swarm */
	bool wanted, asked;	/* for its containers */
	char *lost;		/* why it gave no answer; NULL: it did */
	struct inventory inventory;
};

struct engines {
	struct engine_row **v;	/* each at an address of its own */
	size_t n;
};

/* How engines are asked; all is borrowed. */
struct engines_ask {
	const struct selectors *take, *leave;	/* what has to be known */
	bool all;		/* also of containers that do not run */
	int64_t limit;		/* ms for an engine to answer, 0: none */
	const struct say *say;
};

/* A new row, by DOCKER, whose context is NAME where that is one. */
struct engine_row *engines_add(struct engines *, const struct docker *,
    const char *name);

/* That of this name (NULL is one), or NULL. */
struct engine_row *engines_named(const struct engines *, const char *name);

/* Whether PART, as one of TARGET's, is about containers of this engine. */
bool engine_is_meant(const struct engine_row *, const struct selector *part);

/*
 * Ask all that are wanted and have neither been asked nor lost for their
 * containers, at the same time.  One that does not answer is lost.  Returns as
 * ask().
 */
int engines_take_stock(struct engines *, const struct engines_ask *,
    struct error *);

/* It gave no answer; REASON is taken, the first one stays. */
void engine_lose(struct engine_row *, char *reason);

void engines_clear(struct engines *);

#endif
