/* SPDX-License-Identifier: ISC */
/*
 * Waiting for one container as all that this process does: a loop of its own,
 * signals, and a spinner.
 */
#ifndef CONTAINER_AWAIT_H
#define CONTAINER_AWAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "container/waiting.h"

struct error;
struct say;

/* All is borrowed until the return. */
struct await_request {
	const struct docker *docker;
	const struct say *say;
	const char *target;
	enum waiting_for what;
	int64_t limit;		/* ms, 0: none */
	bool spinner;		/* draw one on stderr where that is possible */
	bool color;
};

/*
 * Wait.  Returns 0 when the container is ready, or when a signal has put an
 * end to it: *SIGNO is its number then, else 0.  -1 with the error set when it
 * did not become ready.  No docker process is left in any case.
 */
int await_run(const struct await_request *, int *signo, struct error *);

#endif
