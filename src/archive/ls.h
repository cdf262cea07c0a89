/* SPDX-License-Identifier: ISC */
/*
 * dexec-archive ls: what `ls` would list of a path, from its archive.
 */
#ifndef ARCHIVE_LS_H
#define ARCHIVE_LS_H

#include <stdbool.h>

#include "archive/ls_options.h"

struct error;
struct output;

struct ls_request {
	const char *name;		/* the path, as the user gave it */
	bool header;			/* "NAME:" before a directory */
	bool gap;			/* and an empty line before that */
	struct ls_options options;
};

/*
 * List the archive on FD.  0, or -1 with STATUS_PATH (a socket, of which
 * docker sends nothing), STATUS_BROKEN (nothing is listed then) or
 * STATUS_NOTHING.  FD is read no further than needed: to the end for a
 * directory, only its first entry for anything else and for -d.
 */
int ls_run(int fd, const struct ls_request *, struct output *,
    struct error *);

#endif
