/* SPDX-License-Identifier: ISC */
/*
 * Output kept until the end: several streams in one file without a name, in
 * the order in which their bytes came.  Memory use does not depend on size.
 */
#ifndef RUN_SPOOL_H
#define RUN_SPOOL_H

#include <sys/types.h>

#include <stddef.h>

struct spool {
	int fd;
	off_t size;
};

/* A new, empty spool.  -1 with errno when no file can be made. */
int spool_open(struct spool *);

/*
 * Move bytes from FD, a pipe, to the end of the spool as part of STREAM (0 to
 * 255).  Returns how many, 0 at the end of the pipe, or -1 with errno: EAGAIN
 * from the pipe, anything else from the file.
 */
ssize_t spool_take(struct spool *, int stream, int fd);

/* Append bytes in memory to STREAM.  0, or -1 with errno. */
int spool_add(struct spool *, int stream, const void *bytes, size_t len);

/*
 * Write everything, each stream S to TO[S], in the order it came.  Returns 0,
 * or -1 with errno and *STREAM the one that could not be written (-1: the
 * spool could not be read).
 */
int spool_replay(const struct spool *, const int *to, int *stream);

void spool_close(struct spool *);

#endif
