/* SPDX-License-Identifier: ISC */
/*
 * A log of what ran, in the format of GNU parallel's --joblog: tab-separated,
 * with a header, one line for each target when it is over.  Host is the target
 * as shown, Command what ran, quoted, on one line; Seq counts targets from 1;
 * Receive counts bytes of stdout, as there.
 */
#ifndef FANOUT_JOBLOG_H
#define FANOUT_JOBLOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"

struct error;
struct result;

#define JOBLOG_LIMIT	(64 * 1024 * 1024)	/* bytes that are read back */

struct joblog {
	int fd;			/* open where there is a path */
	char *path;
	char *command;		/* as the lines have it */
};

/*
 * Open PATH to log the words of ARGV into: a new log, or behind what there is
 * (APPEND), where a last line that was never finished is cut off.  Writes the
 * header where there is none.  -1 with the error set; joblog_close() in any
 * case.
 */
int joblog_open(struct joblog *, const char *path, bool append,
    char *const *argv, struct error *);

/*
 * Add the line of a result: one write(2), so that lines of several writers do
 * not mix.  One that was not started has no line, and a closed log gets none.
 * -1 with the error set.
 */
int joblog_add(struct joblog *, const struct result *, struct error *);

/* Harmless when never opened (zeroed), or closed. */
void joblog_close(struct joblog *);

/* What an earlier log says.  Zeroed: nothing. */
struct joblog_past {
	struct strv succeeded;	/* names, sorted by bytes */
};

/*
 * Read which targets ARGV succeeded on (exit value and signal 0): of several
 * lines for one the latest counts, and lines of other commands do not.  A log
 * that is not there yet says nothing.  Logs of GNU parallel itself are fine; a
 * last line that is not finished is passed over.  -1 with the error set, which
 * names the file and the line; joblog_past_clear() in any case.
 */
int joblog_read(struct joblog_past *, const char *path, char *const *argv,
    struct error *);

/* The same from a log of LEN bytes in memory; PATH is for messages. */
int joblog_parse(struct joblog_past *, const char *text, size_t len,
    const char *path, char *const *argv, struct error *);

bool joblog_succeeded(const struct joblog_past *, const char *name);

void joblog_past_clear(struct joblog_past *);

#endif
