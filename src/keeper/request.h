/* SPDX-License-Identifier: ISC */
/* The keeper's command line. */
#ifndef KEEPER_REQUEST_H
#define KEEPER_REQUEST_H

#include <stdbool.h>

#include "run/docker.h"

struct error;

/* Texts are borrowed from argv. */
struct request {
	struct docker docker;
	const char *user;	/* -u, or NULL */
	bool privileged;
	int idle;		/* ms without a command, after which it ends */
	int ready;		/* where to say how it went, or -1 */
	const char *socket;	/* absolute */
	const char *key;	/* KEY, or of "-" the value of $DEXEC_WARM_KEY,
				   for others can read an argv */
	char *memory;		/* the request's own */
	const char *target;
};

/* ARGV without the program's name.  -1 with a usage error. */
int request_parse(struct request *, char *const *argv, struct error *);
void request_clear(struct request *);

#endif
