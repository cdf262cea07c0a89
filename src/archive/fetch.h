/* SPDX-License-Identifier: ISC */
/*
 * Having docker make an archive: `docker cp --follow-link CONTAINER:PATH -`,
 * run beside us, one path at a time.
 */
#ifndef ARCHIVE_FETCH_H
#define ARCHIVE_FETCH_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/say.h"
#include "run/docker.h"

struct error;

struct source {
	struct docker docker;
	const char *target;	/* a container's name or ID */
	const char *shown;	/* what messages call it; NULL: as target */
	const char *workdir;	/* where relative paths begin, or NULL */
	struct say say;
};

struct fetch {
	int archive;		/* to read the archive from */
	int said;		/* a file that gets docker's complaints */
	pid_t docker;
};

/* Start; -1 with the error set.  Finish what was started. */
int fetch_start(struct fetch *, const struct source *, const char *path,
    struct error *);

/* Read no more, wait for docker's end, and append its complaints to SAID. */
void fetch_finish(struct fetch *, struct buf *said);

/* These are docker's words for a path that is not there. */
bool fetch_says_no_file(const char *said);

/*
 * The container's own working directory, without a last slash; the caller frees
 * it.  NULL with the error set.
 */
char *fetch_workdir(const struct source *, struct error *);

#endif
