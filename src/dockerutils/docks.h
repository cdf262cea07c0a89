/* SPDX-License-Identifier: ISC */
/*
 * The docks that are recorded: DIRECTORY/HOST/connection_config.txt for each,
 * in $XDG_CONFIG_HOME/dexec/docks (or ~/.config/...), where new ones are put,
 * and in ~/.docker, where docker-utils has put them.
 */
#ifndef DOCKERUTILS_DOCKS_H
#define DOCKERUTILS_DOCKS_H

#include <stddef.h>

#include "dockerutils/record.h"

struct dock {
	struct record record;
	char *directory;	/* that it is recorded in */
};

struct docks {
	struct dock *v;		/* by the names of their directories */
	size_t n;
};

/* Read all; one that cannot be used is told to SAY. */
int docks_read(struct docks *, const struct say *, struct error *);

/*
 * That whose moniker or host is NAME (NULL or empty: $DOCKER_IP); NULL with the
 * error set when there is none.
 */
const struct dock *docks_find(const struct docks *, const char *name,
    struct error *);

/* The same, or NULL. */
const struct dock *docks_search(const struct docks *, const char *name);

/* Record it, in place of what is recorded of its host. */
int docks_write(const struct record *, char **directory, struct error *);

/*
 * Remove what is recorded of HOST: the files that we know in the directories
 * named so, and these where nothing else is in them.  TELL is called with each.
 */
int docks_remove(const char *host, void (*tell)(const char *directory),
    struct error *);

void docks_clear(struct docks *);

#endif
