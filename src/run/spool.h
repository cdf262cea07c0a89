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

#define SPOOL_CHUNK	(64 * 1024)	/* the most that is read at once */
#define SPOOL_ALL	(-1)		/* every stream */

/*
 * Where a reader is in a spool; as many as are wanted may read the same one.
 * It holds SPOOL_CHUNK bytes of memory from its first spool_next() on until
 * the end, or spool_cursor_clear().  A zeroed struct may be cleared.
 */
struct spool_cursor {
	const struct spool *spool;	/* the cursor's own, as all below */
	int only;
	int stream;			/* of the run that is under way, */
	size_t left;			/* and what is still to come of it */
	off_t at;
	char *window;			/* bytes of the file from `from` on */
	off_t from;
	size_t filled;
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

/*
 * Read SPOOL, which is borrowed, from its beginning: all of it in the order it
 * came, or the bytes of stream ONLY.
 */
void spool_read(struct spool_cursor *, const struct spool *, int only);

/*
 * The next piece: *BYTES points to it until the cursor is used again, *STREAM
 * is whose it is.  Where a piece ends means nothing: one write may come in
 * two.  Returns its length, at most SPOOL_CHUNK; 0 at the end; -1 with errno.
 * What is added to the spool meanwhile is read too.
 */
ssize_t spool_next(struct spool_cursor *, const char **bytes, int *stream);

void spool_cursor_clear(struct spool_cursor *);
#define SPOOL_CURSOR_AUTO __attribute__((cleanup(spool_cursor_clear)))

void spool_close(struct spool *);

#endif
