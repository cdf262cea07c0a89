/* SPDX-License-Identifier: ISC */
/* The warm connections that there are, as their keepers tell of them. */
#ifndef CONTAINER_WARM_STATUS_H
#define CONTAINER_WARM_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct warm_status {
	char *socket;		/* where its keeper listens */
	char *container;	/* its full ID */
	char *user;		/* as given by -u, or "" */
	char *way;		/* to the agent: shortcut or docker; or "" */
	int pid;		/* the keeper's */
	int version;		/* of what it speaks */
	bool ours;		/* and so do we */
	int64_t age, idle;	/* ms */
	int64_t served, running;	/* commands */
};

struct warm_list {
	struct warm_status *v;
	size_t n;
};

/*
 * Ask all of them; one that does not answer within a second is left out.  -1
 * with the error set when the directory cannot be used; warm_list_clear() in
 * any case.
 */
int warm_list(struct warm_list *, struct error *);
void warm_list_clear(struct warm_list *);

/*
 * Wait for the keepers that are about to listen: what comes of them is in the
 * next list.  They have a limit of their own.
 */
void warm_settle(void);

/*
 * Tell the keeper to take no more calls, and to end with the last one; wait
 * until it has let go of its socket.  -1 with the error set.
 */
int warm_stop(const struct warm_status *, struct error *);

#endif
