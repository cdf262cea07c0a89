/* SPDX-License-Identifier: ISC */
/*
 * What docker says a container's state is, as one line of our own format.
 */
#ifndef CONTAINER_STATE_H
#define CONTAINER_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct capture;
struct strv;
struct docker;

enum state_kind {
	STATE_UNKNOWN,		/* the engine did not answer */
	STATE_NONE,		/* there is no such container */
	STATE_RUNNING,
	STATE_PAUSED,
	STATE_RESTARTING,
	STATE_STOPPED,		/* created, exited, dead or being removed */
};

enum health {
	HEALTH_NONE,		/* nothing checks it */
	HEALTH_STARTING,	/* no result yet, or none since it runs */
	HEALTH_HEALTHY,
	HEALTH_UNHEALTHY,
};

struct state {
	enum state_kind kind;
	char word[16];		/* docker's own word for it */
	int64_t started;	/* ms since 1970 by the engine's clock, or 0 */
	int exit_status;	/* of its last run */
};

/* Append the docker argv that asks for TARGET's state. */
void state_argv(const struct docker *, const char *target, struct strv *);

/* What docker's word for a state says. */
enum state_kind state_kind_of(const char *word);

/* TEXT, of docker's stderr, says that there is no such container. */
bool state_says_none(const char *text);

/* What that call has answered. */
void state_read(struct state *, const struct capture *);

/* "is paused", "is not running (exited with status 3)"; the caller frees it. */
char *state_describe(const struct state *);

#endif
