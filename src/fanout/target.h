/* SPDX-License-Identifier: ISC */
/*
 * The containers that a command is to be run in: found by selectors or by
 * other means, run by ID, shown by name.
 */
#ifndef FANOUT_TARGET_H
#define FANOUT_TARGET_H

#include <stddef.h>

#include "container/state.h"
#include "fanout/selector.h"

struct container;

struct target {
	char *id;		/* docker gets this one */
	char *name;		/* shown: "NAME", or "CONTEXT/NAME" */
	char *context;		/* NULL: where docker's own settings lead */
	char *image;
	char *status;		/* docker's words */
	enum state_kind state;
	enum health health;
};

struct targets {
	struct target *v;
	size_t n, room;
};

/* Append a copy of what is known of C, in CONTEXT (NULL: none is named). */
void targets_add(struct targets *, const struct container *c,
    const char *context);

/* In natural order of the names; of those with the same ID the first stays. */
void targets_order(struct targets *);

/* Take out those whose IDs are among OTHERS, which are ordered by it. */
void targets_subtract(struct targets *, struct targets *others);

/* Leave COUNT of them, chosen by chance, in the order they had. */
void targets_pick(struct targets *, size_t count);

/* A table for people, a line each, below a line of headings; the caller frees
 * it.  All of it can be printed. */
char *targets_table(const struct targets *);

void targets_clear(struct targets *);

#define TARGETS_AUTO __attribute__((cleanup(targets_clear)))

#endif
