/* SPDX-License-Identifier: ISC */
/*
 * Reading a container's files from outside, where nothing can be run in it:
 * the helper program dexec-archive has `docker cp CONTAINER:PATH -` make a tar
 * archive, and prints it as cat(1) or ls(1) would have.
 */
#ifndef CONTAINER_ARCHIVE_H
#define CONTAINER_ARCHIVE_H

#include <stdbool.h>

#include "base/strv.h"
#include "container/plan.h"

enum archive_mode {
	ARCHIVE_NONE,
	ARCHIVE_CAT,		/* all words are paths */
	ARCHIVE_LS,		/* options may stand among the paths */
};

/*
 * Append the helper's argv: do as MODE says with WORDS, in the container and
 * with the working directory of PLAN.
 */
void archive_argv(const struct plan *, enum archive_mode, char *const *words,
    bool verbose, struct strv *argv);

#endif
