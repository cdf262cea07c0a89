/* SPDX-License-Identifier: ISC */
/* The docker context of a dock: of the same name, for ssh://USER@HOST. */
#ifndef DOCKERUTILS_CONTEXT_H
#define DOCKERUTILS_CONTEXT_H

#include <stdbool.h>

struct call;
struct record;

/* The dock's name can be a context's. */
bool context_possible(const struct record *);

/*
 * Make it; with --print, show how.  One that has this name and is for something
 * else stays, and is told of; so is what docker has to say against it.
 */
void context_create(struct call *, const struct record *);

/* Remove it, if it is for this dock; with --print, show how. */
void context_remove(struct call *, const struct record *);

/* There is one, and it is for this dock. */
bool context_exists(const struct call *, const struct record *);

#endif
