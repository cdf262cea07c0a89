/* SPDX-License-Identifier: ISC */
/*
 * Files and descriptors.  Functions return -1 and leave errno, so that the
 * caller can say what it was about.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Append the whole file to BUF; larger than LIMIT is EFBIG. */
int file_read(const char *path, size_t limit, struct buf *);

/* Write all of it, waiting where the descriptor would block. */
int file_write(int fd, const void *data, size_t len);

/*
 * Put LEN bytes of DATA in the place of whatever PATH is, for its owner alone
 * (0600): who reads it meanwhile has the old content or the new.
 */
int file_replace(const char *path, const void *data, size_t len);

/*
 * Make the directory PATH, with all above it, where it is not there; only its
 * owner can look into what is made (0700).
 */
int file_make_directories(const char *path);

/*
 * A file with no name in $TMPDIR (or /tmp), open for reading and writing,
 * close-on-exec.  Gone when it is closed.
 */
int file_temporary(void);

/* The directory that file_temporary() uses. */
const char *file_temporary_directory(void);

/*
 * Fill whichever of the descriptors 0, 1 and 2 are closed, so that no file we
 * open takes their place.  The fillers fail as a closed one would: nothing can
 * be read from 0, nothing written to 1 and 2.
 */
int file_fill_standard(void);

/* A pipe, both ends close-on-exec, NONBLOCK for the end we keep (0, 1; -1). */
int file_pipe(int ends[2], int nonblock_end);

/* Close *FD when it is open, and set it to -1.  Keeps errno. */
void file_close(int *fd);

#define FD_AUTO __attribute__((cleanup(file_close)))

#endif
