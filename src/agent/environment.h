/* SPDX-License-Identifier: ISC */
/* The environment of a command: what a docker exec of it would give it. */
#ifndef AGENT_ENVIRONMENT_H
#define AGENT_ENVIRONMENT_H

#include "wire/start.h"

/*
 * OWN with the changes of START: TERM=xterm where it has a terminal and OWN
 * has none; NAME=VALUE and NAME in their order; DEXEC_ID; and HOME from
 * /etc/passwd where that left none, as runc does.  To be freed, by a single
 * free(), while the strings are START's and OWN's.  NULL with ENOMEM.
 */
char **environment_make(char *const *own, const struct start *);

/* The value of NAME, or NULL. */
const char *environment_get(char *const *env, const char *name);

#endif
