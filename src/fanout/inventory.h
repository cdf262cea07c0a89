/* SPDX-License-Identifier: ISC */
/*
 * An engine's containers, by one docker ps.  Each field goes through the
 * template function urlquery, so that no name and no label can be taken for
 * the end of a field or a line; the answer is not trusted all the same.
 */
#ifndef FANOUT_INVENTORY_H
#define FANOUT_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"
#include "container/state.h"
#include "fanout/selector.h"

struct docker;
struct error;

/* What docker ps is asked for.  Zero is what every selector needs. */
struct inventory_ask {
	bool all;		/* containers that do not run, too */
	bool labels;		/* all labels: some may be there and empty */
	struct strv keys;	/* labels asked for by name, each once */
};

/* One container.  Texts are "" where docker has none; all are raw. */
struct container {
	char *id;		/* 12 to 64 hexadecimal digits */
	char *name;		/* one that docker allows, else ID's first 12 */
	char *image;		/* as it was started with, or an ID */
	char *status;		/* docker's words, "Up 2 hours (healthy)" */
	enum state_kind state;
	enum health health;
	char *project, *service, *number, *directory;	/* compose labels */
	bool oneoff;		/* made by docker compose run */
	char *swarm_service, *swarm_task, *swarm_task_id;
	struct strv values;	/* of the labels asked for, in their order */
	char *labels;		/* "KEY=VALUE,..." when asked for, or NULL */
};

struct inventory {
	struct container *v;
	size_t n, room;
	struct strv keys;	/* of the containers' `values` */
};

/* Ask for what the parts of SELECTORS need that an engine called CONTEXT can
 * be meant by: those in CONTEXT, and those in none. */
void inventory_ask_for(struct inventory_ask *, const struct selectors *,
    const char *context);

void inventory_ask_clear(struct inventory_ask *);

/* Append the docker ps argv that answers ASK. */
void inventory_argv(const struct docker *, const struct inventory_ask *,
    struct strv *argv);

/*
 * Append what that command has printed, LEN bytes of TEXT.  A line that is not
 * as it was asked for is an error; the containers before it stay.
 */
int inventory_parse(struct inventory *, const struct inventory_ask *,
    const char *text, size_t len, struct error *);

/* Whether C has the label KEY, and VALUE as its value (NULL: any). */
bool inventory_has_label(const struct inventory *, const struct container *c,
    const char *key, const char *value);

void inventory_clear(struct inventory *);

#define INVENTORY_AUTO __attribute__((cleanup(inventory_clear)))
#define INVENTORY_ASK_AUTO __attribute__((cleanup(inventory_ask_clear)))

#endif
