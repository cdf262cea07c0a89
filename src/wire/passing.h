/* SPDX-License-Identifier: ISC */
/* Bytes and descriptors through a unix socket. */
#ifndef WIRE_PASSING_H
#define WIRE_PASSING_H

#include <sys/types.h>

#include <stddef.h>

#define PASSING_MOST	3	/* descriptors with one message */

/*
 * Send LEN bytes, at least one, and N descriptors with the first of them; wait
 * where the socket is full.  -1 with errno; never SIGPIPE.
 */
int passing_send(int fd, const void *bytes, size_t len, const int *fds,
    size_t n);

/*
 * Receive up to LEN bytes and add the descriptors that came with them to FDS,
 * which has *N of at most PASSING_MOST; they are close-on-exec, and the
 * caller's.  As read(2); EPROTO when more came: those are closed.
 */
ssize_t passing_receive(int fd, void *bytes, size_t len, int *fds, size_t *n);

#endif
