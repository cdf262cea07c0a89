/* SPDX-License-Identifier: ISC */
/*
 * Where bytes go: a descriptor of somebody else's, written to without waiting
 * and without changing its flags, whatever it is.
 */
#ifndef RUN_SINK_H
#define RUN_SINK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct sink {
	int fd;			/* to poll and write; -1: none */
	bool is_terminal;
	bool is_pipe;		/* its reader can go away */

	bool own;		/* fd is our own open of the destination */
	bool is_socket;
	bool may_block;		/* writes longer than there is room block */
	bool splices;		/* splice(2) to it may work */
	bool widened;
};

/* Write to FD, which stays its owner's. */
void sink_open(struct sink *, int fd);

/*
 * Write what there is room for.  Returns how much, or -1 with errno: EAGAIN
 * when there is no room now.
 */
ssize_t sink_write(struct sink *, const char *bytes, size_t len);

/*
 * Move up to MOST bytes from pipe FD by splice(2).  Returns as that does;
 * EINVAL: not with this destination, and never again.
 */
ssize_t sink_splice(struct sink *, int fd, size_t most);

/*
 * Much is flowing: let a pipe hold as much as it may, so that its reader and
 * we wake each other less often.
 */
void sink_widen(struct sink *);

void sink_close(struct sink *);

#endif
