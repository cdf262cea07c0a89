/* SPDX-License-Identifier: ISC */
/*
 * Output of commands that have ended, whose pipes somebody they left behind
 * still holds: it is read and thrown away, so that a daemon lives on.
 */
#ifndef AGENT_LEFTOVERS_H
#define AGENT_LEFTOVERS_H

#include <poll.h>
#include <stddef.h>

#define LEFTOVERS_MOST	64

struct leftovers {
	int fds[LEFTOVERS_MOST];
	size_t n;
};

/*
 * Take FD, non-blocking, unless it has ended: then it is closed.  With one too
 * many the oldest is closed.
 */
void leftovers_add(struct leftovers *, int fd);

/* Fill in what to poll for: N entries. */
void leftovers_poll(const struct leftovers *, struct pollfd *);

/* Read what came; POLLED is what poll(2) made of the same entries. */
void leftovers_drain(struct leftovers *, const struct pollfd *polled);

void leftovers_clear(struct leftovers *);

#endif
