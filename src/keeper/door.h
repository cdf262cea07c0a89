/* SPDX-License-Identifier: ISC */
/*
 * The socket that clients come to.  Of several keepers that start at once for
 * the same socket one is let in, and a file is there only while somebody
 * listens, or was killed: whoever comes next replaces it.
 */
#ifndef KEEPER_DOOR_H
#define KEEPER_DOOR_H

#include <sys/types.h>

#include <stdbool.h>

#include "run/loop.h"

struct error;

struct door {
	char *path, *lock_path;		/* the door's own, as all here */
	int lock;			/* held: a keeper starts, or goes */
	dev_t device;
	ino_t inode;
	struct loop *loop;
	struct loop_watch watch;
	struct loop_timer again;
	void (*came)(void *arg, int fd);
	void (*gone)(void *arg);
	void *arg;
};

enum door_lock {
	DOOR_OURS,		/* nobody listens: start; all others wait */
	DOOR_SERVED,		/* a keeper listens there */
	DOOR_BUSY,		/* somebody else is starting */
};

/*
 * Who is to serve PATH?  WAIT while somebody starts, or else it is DOOR_BUSY.
 * The answer goes to *LOCK; -1 with the error set.
 */
int door_lock(struct door *, const char *path, bool wait, enum door_lock *lock,
    struct error *);

/*
 * Listen.  Lets the lock go; a file that was left there is replaced.  `came` is
 * called with each connection of this user, which does not block and is the
 * callee's.
 */
int door_open(struct door *, struct loop *, void (*came)(void *arg, int fd),
    void *arg, struct error *);

/*
 * Remove the file, if it is still ours, and listen no more; `gone` is called
 * when that is done, behind `came` for all who had come before; at once where it was never
 * open.
 */
void door_close(struct door *, void (*gone)(void *arg), void *arg);

/* Forget everything; the file stays. */
void door_clear(struct door *);

#endif
