/* SPDX-License-Identifier: ISC */
/*
 * The docker command line: which program, and which engine it shall talk to.
 * Everything else (contexts, TLS, credentials) stays docker's own affair.
 */
#ifndef RUN_DOCKER_H
#define RUN_DOCKER_H

struct strv;

struct docker {
	const char *program;	/* "docker", "podman", a path */
	const char *host;	/* -H, or NULL */
	const char *context;	/* -c, or NULL */
};

/* Append the program, its global options, and VERB. */
void docker_argv(const struct docker *, struct strv *argv, const char *verb);

/*
 * Append TARGET, a container's name as somebody gave it: behind "--" where it
 * would be taken for an option.
 */
void docker_argv_target(struct strv *argv, const char *target);

#endif
