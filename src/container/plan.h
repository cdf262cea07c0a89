/* SPDX-License-Identifier: ISC */
/*
 * What shall be executed where, and the docker argv that does it: a pure
 * function of the plan, so that it can be shown, tested and kept stable.
 */
#ifndef CONTAINER_PLAN_H
#define CONTAINER_PLAN_H

#include <stdbool.h>

#include "base/options.h"
#include "base/strv.h"
#include "run/docker.h"

/* docker exec's own options, as docker-exec(1) describes them. */
struct exec_options {
	bool interactive;
	bool tty;
	bool detach;
	bool privileged;
	struct strv env;
	struct strv env_file;
	const char *user;
	const char *workdir;
	const char *detach_keys;
};

extern const struct option_row exec_option_rows[];

void exec_options_clear(struct exec_options *);

/* The variable that marks what we started, inside the container. */
#define COOKIE_NAME	"DEXEC_ID"
#define COOKIE_LENGTH	32

struct procs;

/* All is borrowed from whoever made the plan, and outlives it. */
struct plan {
	const struct docker *docker;
	const struct exec_options *options;
	const char *target;		/* a container's name or ID */
	const char *name;		/* for people; NULL: as target */
	char *const *env;		/* NAME=VALUE words of ours, or NULL */
	char *const *command;
	const char *cookie;		/* NULL: argv stays pristine */
	unsigned long long birth;	/* when that was made, see sweep/procs.h;
					   whoever bears it is no older */

	/*
	 * Not docker exec but this, a vector to run on our side: nothing of it
	 * is in the container, no cookie finds it.  NULL otherwise.
	 */
	char *const *client;

	/*
	 * This machine's processes as last looked at, for several plans that
	 * may be ended at once.  NULL: it looks for itself.
	 */
	struct procs *procs;
};

/* Fill COOKIE with 128 random bits in hex. */
void cookie_make(char cookie[COOKIE_LENGTH + 1]);

/* Make COOKIE, and have PLAN's command marked by it. */
void plan_mark(struct plan *, char cookie[COOKIE_LENGTH + 1]);

/* Append the whole argv of PLAN's client. */
void plan_argv(const struct plan *, struct strv *argv);

/*
 * Append variables that PLAN's client shall have besides ours: docker is a Go
 * program, and one that lives for a single call is better off without garbage
 * collection, up to a heap of 64 MiB: it takes a seventh less CPU.  None where
 * the user has set them, or where `-e NAME` or a file of variables may take
 * them on into the container.
 */
void plan_env(const struct plan *, struct strv *env);

/*
 * Append the argv of a docker exec beside the plan's: same engine, container
 * and nothing else but the user USER (NULL: the container's own).
 */
void plan_side_argv(const struct plan *, const char *user, struct strv *argv);

/* What people call the target; the caller frees it. */
char *plan_shown(const struct plan *);

/* What a spinner calls it: the target and the command, in one line. */
char *plan_label(const struct plan *);

#endif
