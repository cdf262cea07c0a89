/* SPDX-License-Identifier: ISC */
/*
 * Reading a container's files from outside, where nothing can be run in it:
 * `docker cp CONTAINER:PATH -` gives a tar archive, which the helper program
 * dexec-archive prints as cat(1) or ls(1) would have.
 */
#ifndef CONTAINER_ARCHIVE_H
#define CONTAINER_ARCHIVE_H

#include <stdbool.h>

#include "base/strv.h"
#include "container/plan.h"

struct error;
struct outcome;
struct say;

struct archive_request {
	const struct docker *docker;
	const char *target;
	const char *workdir;		/* relative paths begin here, or NULL */
	const char *mode;		/* "cat" or "ls" */
	char *const *options;		/* of ls, NULL-terminated */
	char *const *paths;
	const struct say *say;
};

/*
 * Print all paths one after the other; one that cannot be read is told through
 * `say`, and the others are still printed.  OUTCOME is 0, or the worst status.
 */
int archive_run(const struct archive_request *, struct outcome *,
    struct error *);

#endif
